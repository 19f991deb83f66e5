"""Carries the news of a first load from service to service, many events in a transaction, as the broker would one by one.

A demo city makes some 7,000 handlings; through the broker each has a transaction of its own, which takes minutes on a small machine. Here the
same handlers hear the same events in the same order, the inbox names them as handled and the outbox as sent, so that nothing is told twice.
"""

import asyncio
from dataclasses import dataclass, field, replace

from sqlalchemy import insert, select, update

from chassis.broker import Broker
from chassis.bus import Bus, BusUnavailable
from chassis.context import follow
from chassis.identity import SYSTEM
from chassis.service import AnyService
from chassis.topology import CONSUMERS
from contracts.envelope import Envelope, Event, open_envelope

BATCH = 250
CONNECT_SECONDS = 10.0

Letter = tuple[Envelope, Event]


@dataclass(slots=True)
class Courier:
    """Delivers between services of this process, none of which runs its own background work."""

    services: dict[str, AnyService]
    _seen: dict[str, int] = field(default_factory=dict)

    async def deliver(self) -> int:
        """Carry everything that was told so far, and what its hearing makes others tell; answers how many events."""
        count = 0
        while found := await self._round():
            count += found
        return count

    async def _round(self) -> int:
        count = 0
        for producer, readers in CONSUMERS.items():
            while letters := await self._take(producer):
                await asyncio.gather(*(self._hear(self.services[reader], letters) for reader in readers))
                count += len(letters)
        return count

    async def _take(self, producer: str) -> list[Letter]:
        service = self.services[producer]
        outbox = service.ledger.outbox
        after = self._seen.get(producer, 0)
        async with service.database.reading() as session:
            query = select(outbox.c.seq, outbox.c.body).where(outbox.c.seq > after).order_by(outbox.c.seq).limit(BATCH)
            rows = (await session.execute(query)).all()
        if not rows:
            return []
        self._seen[producer] = rows[-1].seq
        async with service.database.writing() as session:
            sent = update(outbox).where(outbox.c.seq > after, outbox.c.seq <= rows[-1].seq).values(sent_at=service.clock())
            await session.execute(sent)
        return [open_envelope(row.body.encode()) for row in rows]

    async def _hear(self, service: AnyService, letters: list[Letter]) -> None:
        heard = [(envelope, event, handler) for envelope, event in letters if (handler := service.handlers.get(type(event))) is not None]
        if not heard:
            return
        async with service.open_work(SYSTEM, cause=heard[0][0]) as work:
            for envelope, event, handler in heard:
                follow(envelope.correlationid)
                await handler(type(work)(replace(work.parts, cause=envelope)), event)
            rows = [
                {"event_id": str(envelope.id), "subject": envelope.type, "correlation_id": str(envelope.correlationid), "handled_at": work.now}
                for envelope, _, _ in heard
            ]
            await work.session.execute(insert(service.ledger.inbox), rows)

    async def settle(self, broker: Broker) -> None:
        """Note the running broker's streams as they are now, so that the relays do not take what was carried here for lost.

        Raises BusUnavailable.
        """
        for name, service in self.services.items():
            bus = Bus(url=broker.url, seed=broker.keys.seeds[name], service=name)
            await bus.start()
            try:
                if await bus.session_within(CONNECT_SECONDS) is None:
                    raise BusUnavailable("The message broker does not answer; see its log.")
                created = (await bus.own_stream()).created.isoformat()
            finally:
                await bus.close()
            async with service.database.writing() as session:
                await session.execute(insert(service.ledger.relay_state).values(id=1, stream_created=created, last_seq=0))
