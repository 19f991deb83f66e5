"""The third door: periodic work (expiry, reviews, retention, retries).

One process at a time runs each timer; a failed run is tried at the next turn.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from chassis import audit
from chassis.choices import read_choices
from chassis.telemetry import log_for, where


@dataclass(frozen=True, slots=True)
class Timer:
    """Work that recurs. `run` gets the service (Any: chassis.service.Service, which imports this module) and opens its own transactions with
    `service.open_work(SYSTEM)`, so that it may talk to the outside between two of them."""

    name: str
    every_seconds: float
    run: Callable[[Any], Awaitable[None]]


class Clockwork:
    """Runs the timers of one service; `wake` runs one at once."""

    def __init__(self, service: Any, timers: tuple[Timer, ...]) -> None:  # Any: as above
        self._service = service
        self._timers = timers
        self._wakes = {timer.name: asyncio.Event() for timer in timers}
        self._log = log_for(service.name)
        self._last: dict[str, tuple[datetime, str]] = {}
        self.started_at: datetime = service.clock()

    def runs(self) -> list[tuple[Timer, tuple[datetime, str] | None]]:
        """Every timer with the moment and the outcome of its last run in this process."""
        return [(timer, self._last.get(timer.name)) for timer in self._timers]

    def wake(self, name: str) -> None:
        """Run that timer now."""
        if name in self._wakes:
            self._wakes[name].set()

    def tasks(self) -> list[asyncio.Task[None]]:
        """Start them all."""
        return [asyncio.create_task(self._run(timer), name=f"{self._service.name}/{timer.name}") for timer in self._timers]

    async def _run(self, timer: Timer) -> None:
        wake = self._wakes[timer.name]
        while True:
            wake.clear()
            await self.turn(timer)
            try:
                await asyncio.wait_for(wake.wait(), timer.every_seconds)
            except TimeoutError:
                continue

    async def turn(self, timer: Timer) -> None:
        """One run, if no other process is at it; errors are logged."""
        outcome = "done"
        try:
            async with self._service.database.only_one(f"{self._service.name}/{timer.name}") as alone:
                if alone:
                    await timer.run(self._service)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a timer must outlive any single failure; it runs again
            outcome = "failed"
            self._log.warning("timer failed", name=timer.name, error=type(error).__name__, where=where(error))
        self._last[timer.name] = (self._service.clock(), outcome)
        self._service.metrics.timers.labels(self._service.name, timer.name, outcome).inc()


async def _seal_audit(service: Any) -> None:  # Any: as above
    async with service.database.writing() as session:
        sealed = await audit.seal_rows(session, service.ledger, service.signer, service.clock())
    if sealed == 1000:
        service.clockwork.wake("seal audit")


async def _keep_house(service: Any) -> None:  # Any: as above
    """Retention of the chassis tables (R19, decisions: outbox 7 days, inbox 14, idempotency 24 hours, audit 2 years)."""
    now, settings, ledger = service.clock(), service.settings, service.ledger
    async with service.database.writing() as session:
        outbox_end = now - timedelta(days=settings.outbox_days)
        await session.execute(delete(ledger.outbox).where(ledger.outbox.c.created_at < outbox_end, ledger.outbox.c.sent_at.is_not(None)))
        await session.execute(delete(ledger.inbox).where(ledger.inbox.c.handled_at < now - timedelta(days=settings.inbox_days)))
        await session.execute(delete(ledger.inbox_failure).where(ledger.inbox_failure.c.failed_at < now - timedelta(days=settings.inbox_days)))
        await session.execute(delete(ledger.idempotency).where(ledger.idempotency.c.claimed_at < now - timedelta(hours=settings.idempotency_hours)))
        kept_days = (await read_choices(session, ledger)).get("audit_days") or settings.audit_days
        await audit.purge(session, ledger, service.signer, now - timedelta(days=kept_days), now)


CHASSIS_TIMERS = (Timer("seal audit", 1.0, _seal_audit), Timer("keep house", 3600.0, _keep_house))
