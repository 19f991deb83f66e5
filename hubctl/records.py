"""What an operator reads in the services' databases: dead letters, the stops of one correlation id, and whether the audit trail is whole."""

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from chassis import audit
from chassis.database import Database
from chassis.identity import public_key_of
from chassis.tables import Ledger
from hubctl.parts import SERVICES, settings_of_service
from hubctl.refusals import Refusal

MOST = 500


class NoSuchLetter(Refusal):
    """No service has a dead letter of that id."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that a service could not handle."""

    service: str
    id: str
    subject: str
    reason: str
    died_at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing that happened under a correlation id."""

    at: datetime
    service: str
    what: str


@dataclass(frozen=True, slots=True)
class Chain:
    """One service's audit trail: rows checked, the first fault or None, and the head, to be kept elsewhere."""

    service: str
    rows: int
    fault: str | None
    head: tuple[int, str] | None


def present() -> list[str]:
    """The services whose settings this process has: all on one machine, one in a container."""
    return [name for name in SERVICES if any(os.environ.get(f"{name.upper()}_DATABASE_URL{end}") for end in ("", "_FILE"))]


@dataclass(frozen=True, slots=True)
class Records:
    """What a service recorded: its database, the tables that every service has, and the key that its audit trail is signed with."""

    database: Database
    ledger: Ledger
    public_key: str


@asynccontextmanager
async def records_of(name: str) -> AsyncIterator[Records]:
    """A service's records for the length of a command. Only settings and tables are loaded: the rest of a service takes seconds."""
    tables_module: Any = importlib.import_module(f"services.{name}.tables")  # Any: the service is known only now
    settings = settings_of_service(name)
    database = Database(settings.database_url, pool=1, busy_seconds=settings.database_busy_seconds)
    try:
        yield Records(database, tables_module.ledger, public_key_of(settings.signing_key.get_secret_value()))
    finally:
        await database.close()


async def dead_letters() -> list[DeadLetter]:
    """Dead letters that were not handled since, oldest first."""
    found: list[DeadLetter] = []
    for name in present():
        async with records_of(name) as records:
            table = records.ledger.dead_letter
            query = select(table).where(table.c.replayed_at.is_(None)).order_by(table.c.died_at).limit(MOST)
            async with records.database.reading() as session:
                found += [DeadLetter(name, row.id, row.subject, row.reason, row.died_at) for row in await session.execute(query)]
    return sorted(found, key=lambda letter: letter.died_at)


async def replay(letter_id: str) -> str:
    """Handle a dead letter once more; the service that did. Raises NoSuchLetter, or what the handler raises."""
    from hubctl.building import service_of

    for name in present():
        async with service_of(name) as service:
            # Any consumer of the service will do: they share their handlers and their inbox.
            if await service.consumers()[0].replay(letter_id):
                return name
    raise NoSuchLetter("No service has a dead letter of this id.")


async def trace(correlation: str) -> list[Stop]:
    """Every stop of one correlation id, in the order of time: what was done, told and heard."""
    stops: list[Stop] = []
    for name in present():
        async with records_of(name) as records:
            ledger = records.ledger
            outbox, inbox, trail = ledger.outbox, ledger.inbox, ledger.audit
            async with records.database.reading() as session:
                for row in await session.execute(select(outbox).where(outbox.c.correlation_id == correlation).limit(MOST)):
                    sent = "published" if row.sent_at else "not published yet"
                    stops.append(Stop(row.created_at, name, f"tells {row.subject} about {row.subject_id} ({sent}, event {row.id})"))
                for row in await session.execute(select(inbox).where(inbox.c.correlation_id == correlation).limit(MOST)):
                    stops.append(Stop(row.handled_at, name, f"hears {row.subject} (event {row.event_id})"))
                for row in await session.execute(select(trail).where(trail.c.correlation_id == correlation).limit(MOST)):
                    stops.append(Stop(row.at, name, f"{row.action} on {row.subject_kind} {row.subject_id} by {row.caller_kind}"))
    return sorted(stops, key=lambda stop: stop.at)


async def verify_audit(known_heads: dict[str, tuple[int, str]]) -> list[Chain]:
    """Walk every service's audit trail. `known_heads` are heads kept elsewhere, by service."""
    chains = []
    for name in present():
        async with records_of(name) as records, records.database.reading() as session:
            verdict = await audit.verify(session, records.ledger, records.public_key, known_head=known_heads.get(name))
            table = records.ledger.audit
            newest = select(func.max(table.c.seq)).scalar_subquery()
            head = (await session.execute(select(table.c.seq, table.c.hash).where(table.c.seq == newest))).first()
            chains.append(Chain(name, verdict.rows, verdict.fault, (head.seq, head.hash) if head else None))
    return chains
