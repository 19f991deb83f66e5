"""What a running service tells its operator: JSON log lines and Prometheus metrics, with ids and counts and never a person (R18)."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from chassis.context import correlation_id

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "logger",
        "service",
        "correlation_id",
        "method",
        "route",
        "status",
        "seconds",
        "caller_kind",
        "role",
        "error",
        "event_id",
        "subject",
        "stream",
        "reason",
        "attempt",
        "count",
        "name",
        "id",
        "kind",
        "version",
        "seq",
        "delay",
        "url_path",
        "port",
        "pid",
        "need_id",
        "offer_id",
        "case_id",
        "match_id",
        "round_id",
        "actor_id",
        "account_id",
        "delivery_id",
        "job_id",
        "exc_type",
        "where",
    ]
)
"""The only keys a log line may have; anything else is dropped, so that a slip does not write a person into a log."""


def _add_correlation(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # Any: structlog's signature
    line.setdefault("correlation_id", str(correlation_id()))
    return line


def _only_allowed(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # Any: structlog's signature
    for key in [key for key in line if key not in ALLOWED]:
        del line[key]
    return line


def set_up_logging(level: str) -> None:
    """JSON lines on standard error, for our code and for libraries (whose messages are cut to their level WARNING and above)."""
    structlog.configure(
        processors=[
            _add_correlation,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING,
        stream=sys.stderr,
        format='{"level":"%(levelname)s","logger":"%(name)s","event":"library message"}',
        force=True,
    )


def log_for(service: str) -> Any:
    """The log of one service. Any: structlog's bound loggers have no static type."""
    return structlog.get_logger().bind(service=service)


def where(error: BaseException) -> str:
    """The innermost place of an error (module:line): enough to find it, without its message, which could quote data."""
    trace, place = error.__traceback__, "unknown"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class Metrics:
    """The metrics of one service, on a registry of their own (services may share a process)."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.requests = Counter("hub_requests_total", "Answered HTTP requests.", ["service", "route", "method", "status"], registry=own)
        self.seconds = Histogram("hub_request_seconds", "Seconds from request to answer.", ["service", "route"], registry=own)
        self.events = Counter(
            "hub_events_total",
            "Events by what became of them: handled, repeated, ignored, failed, dead.",
            ["service", "outcome"],
            registry=own,
        )
        self.published = Counter("hub_published_total", "Events published to the broker.", ["service"], registry=own)
        self.outbox = Gauge("hub_outbox_waiting", "Events written and not yet published.", ["service"], registry=own)
        self.dead = Gauge("hub_dead_letters", "Events that were refused and wait for a human.", ["service"], registry=own)
        self.connected = Gauge("hub_broker_connected", "1 while the broker answers.", ["service"], registry=own)
        self.timers = Counter("hub_timer_runs_total", "Runs of periodic work, by outcome.", ["service", "name", "outcome"], registry=own)
        self.service = service

    def text(self) -> bytes:
        """All metrics in the Prometheus text format."""
        return generate_latest(self.registry)
