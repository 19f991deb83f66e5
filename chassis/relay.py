"""Publishes the outbox in order, and stores what the broker confirmed (R3).

On SQLite, where this process alone writes, what was just committed is handed over and need not be read. Elsewhere, at the start, after whatever
went wrong, and once a second all the same, the outbox is looked at. A batch is sent without waiting for the answers in between. What was confirmed
is noted in the outbox a moment later, together: a process that dies before publishes it again, under the same ids.

Before its first publish after each reconnect it reconciles: a stream that was made anew, or that ends below what we know it confirmed, gets the
retained rows again. Consumers handle each event id once, so publishing twice is harmless and losing is not possible.
"""

import asyncio
import contextlib
import time
from collections.abc import Collection, Sequence
from itertools import repeat

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.bus import Bus, Message
from chassis.database import Database
from chassis.errors import HubError
from chassis.outbox import Outgoing
from chassis.tables import Ledger
from chassis.telemetry import Metrics, log_for
from chassis.work import Clock

BATCH = 200
IDLE_SECONDS = 1.0
"""Longest wait before the outbox is looked at without a wake-up."""
NOTE_SECONDS = 0.1
"""Longest time until what was confirmed is noted."""


class Relay:
    """One relay of one service. On PostgreSQL an advisory lock keeps it the only one among replicas, so that order is kept."""

    def __init__(self, service: str, database: Database, ledger: Ledger, bus: Bus, metrics: Metrics, clock: Clock) -> None:
        self._service = service
        self._database = database
        self._ledger = ledger
        self._bus = bus
        self._metrics = metrics
        self._clock = clock
        self._log = log_for(service)
        self._wake = asyncio.Event()
        self._must_reconcile = True
        self._look = True
        self._look_at = 0.0
        self._handed_over: list[Outgoing] = []
        self._confirmed: dict[str, int] = {}
        """Rows that the broker confirmed and that are not noted yet, with their places in the stream."""
        self._note_at = 0.0
        self.publishes = False
        """Whether this process publishes for all replicas: then what it commits itself need not be told to any other."""
        bus.on_connect.append(self._reconnected)

    def wake(self, committed: Sequence[Outgoing] = ()) -> None:
        """There may be something to publish: these rows, which this process has just committed, or whatever the outbox holds."""
        if not committed or not self._database.is_sqlite or len(self._handed_over) >= BATCH:
            self._look = True
        elif not self._look:  # else it is found by the look that is to come
            self._handed_over += committed
        self._wake.set()

    def _reconnected(self) -> None:
        self._must_reconcile = True
        self._wake.set()

    async def run(self) -> None:
        """Publish for ever; errors are logged and tried again."""
        while True:
            try:
                async with self._database.only_one(f"relay/{self._service}") as alone:
                    if alone:
                        async with self._database.listening(f"hub_outbox_{self._service}", self.wake):
                            self.publishes = True
                            try:
                                await self._publish_for_ever()
                            finally:
                                self.publishes = False
                await asyncio.sleep(IDLE_SECONDS)
            except asyncio.CancelledError:
                raise
            except (HubError, OSError) as error:
                self._log.warning("relay waits", error=type(error).__name__)
                await asyncio.sleep(0.2)
            except Exception as error:  # the relay must outlive any single failure; what failed is still in the outbox
                self._log.error("relay failed", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _publish_for_ever(self) -> None:
        while True:
            # Cleared before looking: whoever writes while we look wakes us again.
            self._wake.clear()
            published = await self._publish()
            if self._confirmed and (len(self._confirmed) >= BATCH or time.monotonic() >= self._note_at):
                await self._note()
            if not published:
                await self._pause()

    async def _pause(self) -> None:
        seconds = max(0.0, min(IDLE_SECONDS, self._note_at - time.monotonic())) if self._confirmed else IDLE_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def publish_waiting(self) -> int:
        """Publish one batch in order and note it; returns how many were confirmed. Raises BusUnavailable when the broker is away."""
        self._look = True
        published = await self._publish()
        await self._note()
        return published

    async def _publish(self) -> int:
        if not self._bus.connected:
            self._look = True
            return 0
        if self._must_reconcile:
            await self._reconcile()
            self._look = True
        try:
            rows = await self._next()
            places = await self._bus.publish_many([_message(row) for row in rows]) if rows else []
        except BaseException:
            self._look = True
            raise
        confirmed = {row.id: place for row, place in zip(rows, places, strict=True) if place is not None}
        if confirmed:
            if not self._confirmed:
                self._note_at = time.monotonic() + NOTE_SECONDS
            self._confirmed.update(confirmed)
            self._metrics.published.labels(self._service).inc(len(confirmed))
        if len(confirmed) < len(rows):
            self._look = True
            self._log.warning("publishing stopped", count=len(rows) - len(confirmed))
            await asyncio.sleep(0.2)
        return len(confirmed)

    async def _next(self) -> list[Outgoing]:
        """What is to be published next, in order."""
        if not self._look and time.monotonic() < self._look_at:
            rows, self._handed_over = self._handed_over, []
            return [row for row in rows if row.id not in self._confirmed]
        # Forgotten before looking: what is handed over from now on may be committed too late to be seen.
        self._look, self._look_at = False, time.monotonic() + IDLE_SECONDS
        self._handed_over = []
        async with self._database.reading() as session:
            rows = await self._waiting(session)
        self._look = self._look or len(rows) == BATCH
        return rows

    async def _waiting(self, session: AsyncSession) -> list[Outgoing]:
        outbox = self._ledger.outbox
        query = select(outbox.c.id, outbox.c.subject, outbox.c.body, outbox.c.correlation_id).where(outbox.c.sent_at.is_(None))
        if self._confirmed:
            query = query.where(outbox.c.id.not_in(_filled(self._confirmed)))
        rows = [Outgoing(*row) for row in (await session.execute(query.order_by(outbox.c.seq).limit(BATCH))).all()]
        self._metrics.outbox.labels(self._service).set(len(rows))
        return rows

    async def _note(self) -> None:
        """Write down what was confirmed."""
        if not self._confirmed:
            return
        confirmed, last, now = dict(self._confirmed), max(self._confirmed.values()), self._clock()
        outbox, state = self._ledger.outbox, self._ledger.relay_state
        async with self._database.writing() as session:
            connection = await session.connection()
            await connection.execute(
                update(outbox).where(outbox.c.id == bindparam("row_id")).values(sent_at=now, stream_seq=bindparam("at_broker")),
                [{"row_id": row_id, "at_broker": stream_seq} for row_id, stream_seq in confirmed.items()],
            )
            await session.execute(update(state).where(state.c.last_seq < last).values(last_seq=last))
        self._confirmed.clear()

    async def _reconcile(self) -> None:
        """Compare the stream with what it confirmed to us; what it no longer holds, and what was not noted yet, is published again."""
        self._confirmed.clear()
        facts = await self._bus.own_stream()
        created = facts.created.isoformat()
        outbox, state = self._ledger.outbox, self._ledger.relay_state
        async with self._database.writing() as session:
            known = (await session.execute(select(state))).first()
            if known is None:
                await session.execute(insert(state).values(id=1, stream_created=created, last_seq=0))
                again: ColumnElement[bool] = outbox.c.sent_at.is_not(None)
            elif known.stream_created != created:
                await session.execute(update(state).values(stream_created=created, last_seq=0))
                again = outbox.c.sent_at.is_not(None)
            else:
                again = outbox.c.stream_seq > facts.last_seq
            result = await session.execute(update(outbox).where(again).values(sent_at=None, stream_seq=None))
            await session.execute(update(state).values(last_seq=func.coalesce(select(func.max(outbox.c.stream_seq)).scalar_subquery(), 0)))
        count = result.rowcount  # type: ignore[attr-defined]
        if count:
            self._log.warning("the broker lacks events; publishing them again", count=count)
        self._must_reconcile = False


def _filled(ids: Collection[str]) -> list[str]:
    """The same ids, some of them again, so that their number is one of few: the database prepares a statement for each number."""
    size = 1 << (len(ids) - 1).bit_length()
    return [*ids, *repeat(next(iter(ids)), size - len(ids))]


def _message(row: Outgoing) -> Message:
    headers = {"Hub-Correlation-Id": row.correlation_id, "Content-Type": "application/cloudevents+json"}
    return Message(row.subject, row.body.encode(), row.id, headers)
