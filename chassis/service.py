"""A running service: database, broker, relay, consumers, timers and doors, built once and passed on. `app.py` of each service builds one."""

import asyncio
import contextlib
import gc
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound, OperationalError, ProgrammingError

from chassis import live, upkeep
from chassis.bus import Bus
from chassis.consume import Consumer, Handler
from chassis.database import Database, DatabaseBusy
from chassis.edge import Keys
from chassis.identity import SYSTEM, Caller, Signer, Verifier
from chassis.relay import Relay
from chassis.settings import ServiceSettings
from chassis.tables import Ledger
from chassis.telemetry import Metrics, log_for, set_up_logging
from chassis.timers import CHASSIS_TIMERS, Clockwork, Timer
from chassis.topology import CONSUMERS, stream_of
from chassis.web import service_app
from chassis.work import Clock, Work, WorkParts, utc_now
from contracts.envelope import Envelope, Event

W = TypeVar("W", bound=Work)
R = TypeVar("R")
VERSION = "0.1.0"
Preview = Callable[[Any, datetime], Awaitable[int]]
"""Counts what retention would end that is older than a moment (Any: the service's own Work)."""


class NotMigrated(RuntimeError):
    """The database is older or newer than the code."""


class Service(Generic[W, R]):
    """One service. `resources` is what the service keeps in memory (an index, a vault's keys); Work sees it."""

    def __init__(
        self,
        *,
        name: str,
        settings: ServiceSettings,
        ledger: Ledger,
        work: type[W],
        handlers: Mapping[type[Event], Handler],
        timers: tuple[Timer, ...],
        resources: R,
        clock: Clock = utc_now,
        previews: Mapping[str, Preview] | None = None,
    ) -> None:
        self.name = name
        self.settings = settings
        self.ledger = ledger
        self.resources = resources
        self.clock = clock
        self.database = Database(settings.database_url, pool=settings.database_pool, busy_seconds=settings.database_busy_seconds)
        self.signer = Signer(name, settings.signing_key.get_secret_value())
        self.verifier = Verifier(name, settings.trusted_keys)
        self.metrics = Metrics(name)
        self.keys = Keys(self.database, ledger)
        self.bus = Bus(url=settings.nats_url, seed=settings.nats_seed.get_secret_value(), service=name)
        self.relay = Relay(name, self.database, ledger, self.bus, self.metrics, clock)
        self.clockwork = Clockwork(self, (*CHASSIS_TIMERS, *timers))
        self.cursor_secret = hashlib.sha256(b"cursor" + settings.signing_key.get_secret_value().encode()).digest()
        self.handlers = handlers
        self.previews: Mapping[str, Preview] = previews or {}
        self._work = work
        self._channel = f"hub_outbox_{name}"

    @asynccontextmanager
    async def open_work(self, caller: Caller = SYSTEM, *, reading: bool = False, cause: Envelope | None = None) -> AsyncIterator[W]:
        """One transaction. It commits when the block ends without an error; then the relay and the timers that were woken run."""
        work: W | None = None
        try:
            async with self.database.reading() if reading else self.database.writing() as session:
                channel = "" if self.relay.publishes else self._channel
                parts = WorkParts(session, self.ledger, caller, self.clock(), channel, self.resources, cause)
                work = self._work(parts)
                yield work
                await work.finish()
        except BaseException:
            if work is not None and work.outbox.rows:
                self.relay.wake()  # who was stopped while it was being committed does not know whether it was
            raise
        if work.outbox.rows:
            self.relay.wake(work.outbox.rows)
        for timer in work.wakes:
            self.clockwork.wake(timer)

    def consumers(self) -> list[Consumer]:
        """One for each stream that this service listens to."""
        return [
            Consumer(
                service=self.name,
                stream=stream,
                bus=self.bus,
                database=self.database,
                ledger=self.ledger,
                handlers=self.handlers,
                open_work=lambda envelope: self.open_work(SYSTEM, cause=envelope),
                metrics=self.metrics,
                clock=self.clock,
                retry_seconds=self.settings.retry_seconds,
            )
            for stream in (stream_of(producer) for producer, readers in CONSUMERS.items() if self.name in readers)
        ]

    async def check(self) -> None:
        """Refuse to run on a database that could lose writes or that another version migrated (R1)."""
        await self.database.check_durability()
        found, wanted = await self._revision(), head_of(self.name)
        if found != wanted:
            raise NotMigrated(f"The database of {self.name} is at revision {found or 'none'}, this version needs {wanted}. Run: ./hub migrate")

    async def _revision(self) -> str | None:
        try:
            async with self.database.reading() as session:
                return str((await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())
        except (ProgrammingError, OperationalError, NoResultFound):
            return None  # no table yet: no revision

    async def readiness(self) -> dict[str, str]:
        """Part by part: `ok`, or what is wrong in a word."""
        checks = {"database": "ok", "migrations": "ok", "broker": "ok" if self.bus.connected else "away"}
        try:
            await self.database.ping()
            if await self._revision() != head_of(self.name):
                checks["migrations"] = "other version"
        except (DatabaseBusy, OSError):
            checks["database"] = "away"
        self.metrics.connected.labels(self.name).set(1 if self.bus.connected else 0)
        return checks

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Background work: relay, consumers, timers. Ends cleanly: unfinished events are handled again by the next start."""
        set_up_logging(self.settings.log_level)
        try:
            await self.check()
        except RuntimeError as error:  # our own sentences (UnsafeDatabase, NotMigrated), for the operator
            log_for(self.name).error("service cannot start", reason=str(error))
            raise
        if self.database.is_sqlite:
            await self.keys.clear_unanswered()
        await self.bus.start()
        # What stands now stays: the collector need not walk through it again each time, nor look at what lives for one request only so often.
        gc.freeze()
        gc.set_threshold(10_000, 10, 10)
        tasks = [asyncio.create_task(self.relay.run(), name=f"{self.name}/relay")]
        tasks += [asyncio.create_task(consumer.run(), name=f"{self.name}/consumer") for consumer in self.consumers()]
        tasks += self.clockwork.tasks()
        log_for(self.name).info("service runs")
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(Exception):  # whatever closing meets, the process is ending
                await self.bus.close()
            await self.database.close()

    def app(self, *, title: str, description: str, routers: Sequence[APIRouter]) -> FastAPI:
        """The service's application: its own routes and those that every service has."""
        return service_app(
            name=self.name,
            title=title,
            description=description,
            version=VERSION,
            service=self,
            routers=[live.router, upkeep.router, *routers],
            run=self.running,
        )


def head_of(name: str) -> str:
    """The newest migration of a service; a file of its own, so that two migrations made side by side conflict in git."""
    return (Path(__file__).parent.parent / "services" / name / "migrations" / "head.txt").read_text(encoding="utf-8").strip()


AnyService = Service[Any, Any]
"""A service whose Work and resources do not matter here."""
