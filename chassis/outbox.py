"""Transactional outbox: news is written in the transaction of the data that it tells about (R2), and published later by the relay."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.context import correlation_id
from chassis.database import core
from chassis.errors import Invalid
from chassis.ids import new_id
from chassis.tables import Ledger, insert_into
from contracts.envelope import Event, seal


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see an event live (server-sent events, webhooks): everybody, roles, accounts, or members of actors. Nobody by default."""

    public: bool = False
    roles: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As stored beside the event (Any: JSON)."""
        return {"public": self.public, "roles": list(self.roles), "accounts": list(self.accounts), "actors": list(self.actors)}


MAX_EVENT_BYTES = 30_000
"""Largest event as it travels; below the stream's own limit, which counts headers too."""


class TextTooLong(Invalid):
    """The record's event would be larger than the streams take."""


NOTIFY = text("SELECT pg_notify(:channel, '')")
NOBODY = Audience()
EVERYBODY = Audience(public=True)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox as it is published."""

    id: str
    subject: str
    body: str
    correlation_id: str


@dataclass(slots=True)
class Outbox:
    """The outgoing events of one transaction; `rows` are those that it wrote, in their order. Who publishes in another process is told over the
    `channel` (PostgreSQL); none is named where this one publishes itself."""

    session: AsyncSession
    ledger: Ledger
    now: datetime
    channel: str
    rows: list[Outgoing] = field(default_factory=list)

    async def add(self, event: Event, audience: Audience = NOBODY) -> UUID:
        """Write an event beside the data. It is published after the commit, at least once and in order. Answers the event's id."""
        return (await self.add_many([event], audience))[0]

    async def add_many(self, events: Sequence[Event], audience: Audience = NOBODY) -> list[UUID]:
        """Write many events of one audience in one statement, in their order. Answers their ids."""
        if not events:
            return []
        ids = [new_id() for _ in events]
        correlation = correlation_id()
        await self.session.flush()
        rows: list[dict[str, Any]] = [  # Any: values of many types
            {
                "id": str(event_id),
                "subject": event.type_name,
                "subject_id": event.about_id,
                "body": seal(event, event_id=event_id, occurred_at=self.now, correlation_id=correlation).decode(),
                "audience": audience.as_json(),
                "correlation_id": str(correlation),
                "created_at": self.now,
            }
            for event_id, event in zip(ids, events, strict=True)
        ]
        if any(len(row["body"].encode()) > MAX_EVENT_BYTES for row in rows):
            # The stream would refuse it, and everything written later would wait behind it.
            raise TextTooLong("The texts of this record are too long together; please shorten them.")
        connection = await core(self.session)
        await connection.execute(insert_into(self.ledger.outbox), rows)
        if self.channel and not self.rows and connection.dialect.name == "postgresql":
            await connection.execute(NOTIFY, {"channel": self.channel})
        self.rows += [Outgoing(row["id"], row["subject"], row["body"], row["correlation_id"]) for row in rows]
        return ids
