"""Receives events: parse, open a transaction, ask the inbox, call the handler, commit, then ack (R5, R6).

A repeat changes nothing. A handler that fails is tried again with back-off; failures are counted in the inbox, not deliveries, so a kill costs
none. After the last attempt, or when the message is malformed or of an unknown version, it goes to the dead-letter table and is taken off the
stream. Messages are never dropped on an exception.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from chassis.bus import Bus, Delivery
from chassis.context import follow
from chassis.database import Database
from chassis.errors import HubError, Unavailable
from chassis.ids import new_id
from chassis.tables import Ledger
from chassis.telemetry import Metrics, log_for, where
from chassis.work import Clock, Work
from contracts.envelope import REGISTRY, Envelope, Event, MalformedEvent, UnknownEvent, open_envelope

Handler = Callable[[Any, Any], Awaitable[None]]
"""`async def offer_posted(work, event)`. Any: each service has its own Work, each handler its own event."""
OpenWork = Callable[[Envelope], AbstractAsyncContextManager[Work]]

BATCH = 50
TOGETHER = 16
"""So many waiting messages are handled in one transaction: under load the cost of a transaction is shared, and nobody waits long for the writer."""
FETCH_SECONDS = 0.5
HEARTBEAT_SECONDS = 0.8
"""Well under the broker's ack_wait of 2 s."""


class Consumer:
    """Handles the events of one stream for one service, one after the other."""

    def __init__(
        self,
        *,
        service: str,
        stream: str,
        bus: Bus,
        database: Database,
        ledger: Ledger,
        handlers: Mapping[type[Event], Handler],
        open_work: OpenWork,
        metrics: Metrics,
        clock: Clock,
        retry_seconds: list[float],
    ) -> None:
        self._service = service
        self._stream = stream
        self._bus = bus
        self._database = database
        self._ledger = ledger
        self._handlers = handlers
        self._open_work = open_work
        self._metrics = metrics
        self._clock = clock
        self._retry_seconds = retry_seconds
        self._log = log_for(service)
        self._failures: set[UUID] = set()

    async def run(self) -> None:
        """Receive for ever."""
        source = self._bus.pull(self._stream)
        while True:
            try:
                batch = await source.fetch(BATCH, FETCH_SECONDS)
                if batch:
                    await self._handle_batch(batch)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # receiving must outlive any single failure; unacked messages come again
                self._log.warning("receiving stopped for a moment", stream=self._stream, error=type(error).__name__, where=where(error))
                await asyncio.sleep(0.3)

    async def _handle_batch(self, batch: list[Delivery]) -> None:
        waiting = []
        for delivery in batch:
            if self._concerns(delivery):
                waiting.append(delivery)
            else:
                self._count("ignored")
                await delivery.ack()
        if not waiting:
            return
        heart = asyncio.create_task(self._keep_alive(waiting))
        try:
            while waiting:
                some = waiting[:TOGETHER]
                if len(some) > 1 and await self._receive_together(some):
                    del waiting[: len(some)]
                    continue
                for delivery in some:
                    await self.receive(delivery)
                    waiting.pop(0)
        finally:
            heart.cancel()

    def _concerns(self, delivery: Delivery) -> bool:
        """Whether there is something to do: what is known, and known to be for others, need not even be opened."""
        known = REGISTRY.get(delivery.subject)
        return known is None or known in self._handlers

    async def _keep_alive(self, waiting: list[Delivery]) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for delivery in list(waiting):
                with contextlib.suppress(Exception):  # a lost heartbeat only means that the message comes again
                    await delivery.in_progress()

    async def _receive_together(self, some: list[Delivery]) -> bool:
        """Several messages in one transaction. False where any of them failed or is malformed: then nothing was changed, acked or counted, and
        each is to be received by itself."""
        try:
            opened = [open_envelope(delivery.data) for delivery in some]
        except (MalformedEvent, UnknownEvent):
            return False
        inbox, outcomes = self._ledger.inbox, []
        try:
            async with self._open_work(opened[0][0]) as work:
                asked = [str(envelope.id) for envelope, _ in opened]
                handled = set((await work.session.execute(select(inbox.c.event_id).where(inbox.c.event_id.in_(asked)))).scalars())
                fresh = []
                for envelope, event in opened:
                    handler = self._handlers.get(type(event))
                    outcomes.append("ignored" if handler is None else "repeated" if str(envelope.id) in handled else "handled")
                    if handler is None or str(envelope.id) in handled:
                        continue
                    handled.add(str(envelope.id))
                    fresh.append(envelope)
                    work.parts.cause = envelope
                    follow(envelope.correlationid)
                    await handler(work, event)
                if fresh:
                    await self._note(work, fresh, failed_before=True)
        except Exception:  # whatever it was, it is met again, counted and told when each is received by itself
            return False
        self._failures.difference_update(envelope.id for envelope in fresh)
        for delivery, outcome in zip(some, outcomes, strict=True):
            self._count(outcome)
            await delivery.ack()
        return True

    async def _note(self, work: Work, envelopes: list[Envelope], *, failed_before: bool) -> None:
        """Write into the inbox that these events were handled, and forget their failures where there may have been any."""
        await work.session.flush()
        await work.session.execute(
            insert(self._ledger.inbox),
            [
                {"event_id": str(each.id), "subject": each.type, "correlation_id": str(each.correlationid), "handled_at": work.now}
                for each in envelopes
            ],
        )
        failure = self._ledger.inbox_failure
        if failed_before:
            await work.session.execute(delete(failure).where(failure.c.event_id.in_([str(each.id) for each in envelopes])))

    async def receive(self, delivery: Delivery) -> None:
        """One message, to its end: acked, sent back with a delay, or dead."""
        try:
            envelope, event = open_envelope(delivery.data)
        except (MalformedEvent, UnknownEvent) as error:
            await self._bury(delivery, None, str(error))
            return
        handler = self._handlers.get(type(event))
        if handler is None:
            self._count("ignored")
            await delivery.ack()
            return
        follow(envelope.correlationid)
        try:
            done = await self._once(envelope, event, handler, again=delivery.delivered > 1 or envelope.id in self._failures)
        except Unavailable:
            # The database is away: no attempt was made, so none is counted.
            await delivery.nak(1.0)
        except Exception as error:  # whatever a handler raises is an attempt that failed
            await self._failed(delivery, envelope, error)
        else:
            self._failures.discard(envelope.id)
            self._count("handled" if done else "repeated")
            await delivery.ack()

    async def _once(self, envelope: Envelope, event: Event, handler: Handler, *, again: bool) -> bool:
        """Run the handler unless this event was handled before; effect and inbox row are one transaction."""
        inbox = self._ledger.inbox
        try:
            async with self._open_work(envelope) as work:
                if (await work.session.execute(select(inbox.c.event_id).where(inbox.c.event_id == str(envelope.id)))).first():
                    return False
                await handler(work, event)
                await self._note(work, [envelope], failed_before=again)
        except IntegrityError:
            async with self._database.reading() as session:
                if (await session.execute(select(inbox.c.event_id).where(inbox.c.event_id == str(envelope.id)))).first():
                    return False  # another replica handled it in the same moment
            raise
        return True

    async def _failed(self, delivery: Delivery, envelope: Envelope, error: Exception) -> None:
        failures = await self._count_failure(envelope.id, error)
        self._failures.add(envelope.id)
        reason = error.code() if isinstance(error, HubError) else type(error).__name__
        self._count("failed")
        self._log.warning("handling failed", event_id=str(envelope.id), subject=envelope.type, attempt=failures, reason=reason, where=where(error))
        if failures > len(self._retry_seconds):
            await self._bury(delivery, envelope.id, f"failed {failures} times: {reason}")
        else:
            await delivery.nak(self._retry_seconds[failures - 1])

    async def _count_failure(self, event_id: UUID, error: Exception) -> int:
        table = self._ledger.inbox_failure
        async with self._database.writing() as session:
            known = (await session.execute(select(table.c.failures).where(table.c.event_id == str(event_id)).with_for_update())).scalar()
            values = {"failures": (known or 0) + 1, "reason": type(error).__name__[:200], "failed_at": self._clock()}
            if known is None:
                await session.execute(insert(table).values(event_id=str(event_id), **values))
            else:
                await session.execute(update(table).where(table.c.event_id == str(event_id)).values(**values))
        return (known or 0) + 1

    async def _bury(self, delivery: Delivery, event_id: UUID | None, reason: str) -> None:
        """Keep the message in the dead-letter table, then take it off the stream. `./hub events dead` lists, `replay` sends again."""
        table = self._ledger.dead_letter
        async with self._database.writing() as session:
            known = (
                await session.execute(select(table.c.id).where(table.c.stream == self._stream, table.c.stream_seq == delivery.stream_seq))
            ).first()
            if known is None:
                await session.execute(
                    insert(table).values(
                        id=str(new_id()),
                        event_id=str(event_id) if event_id else None,
                        stream=self._stream,
                        stream_seq=delivery.stream_seq,
                        subject=delivery.subject[:200],
                        reason=reason[:200],
                        body=delivery.data,
                        died_at=self._clock(),
                    )
                )
            dead = (await session.execute(select(func.count()).select_from(table).where(table.c.replayed_at.is_(None)))).scalar_one()
        self._count("dead")
        self._metrics.dead.labels(self._service).set(dead)
        self._log.error("event is dead", event_id=str(event_id) if event_id else None, stream=self._stream, seq=delivery.stream_seq, reason=reason)
        await delivery.term()

    async def replay(self, letter_id: str) -> bool:
        """Handle a dead letter once more, here; True when its effect is written (or was already). Raises what the handler raises."""
        table = self._ledger.dead_letter
        async with self._database.reading() as session:
            row = (await session.execute(select(table).where(table.c.id == letter_id))).first()
        if row is None:
            return False
        envelope, event = open_envelope(row.body)
        handler = self._handlers.get(type(event))
        if handler is not None:
            follow(envelope.correlationid)
            await self._once(envelope, event, handler, again=True)
        async with self._database.writing() as session:
            await session.execute(update(table).where(table.c.id == letter_id).values(replayed_at=self._clock()))
        return True

    def _count(self, outcome: str) -> None:
        self._metrics.events.labels(self._service, outcome).inc()
