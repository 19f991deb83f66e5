"""Under which values other registers know our actors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import Conflict
from services.actors.model.provenance import Identifier
from services.actors.store.among import among, lists
from services.actors.store.bulk import insert_rows
from services.actors.store.records import chunks
from services.actors.store.search.again import look_again
from services.actors.tables import ActorIdentifierRow

COLUMNS = ("id", "actor_id", "scheme", "value", "source", "created_at")


class IdentifierTaken(Conflict):
    """Another actor has this identifier."""


def _identifier(row: ActorIdentifierRow) -> Identifier:
    return Identifier(id=row.id, actor_id=row.actor_id, scheme=row.scheme, value=row.value, source=row.source, created_at=row.created_at)


@dataclass(slots=True)
class IdentifierStore:
    """Identifiers in one transaction."""

    session: AsyncSession

    async def of(self, actor_id: UUID) -> list[Identifier]:
        """All identifiers of an actor, by scheme and value."""
        return (await self.of_many([actor_id])).get(actor_id, [])

    async def of_many(self, actor_ids: Iterable[UUID]) -> dict[UUID, list[Identifier]]:
        """The identifiers of these actors, each list by scheme and value."""
        found: dict[UUID, list[Identifier]] = {}
        for part in chunks(actor_ids):
            asked = select(ActorIdentifierRow).where(col(ActorIdentifierRow.actor_id).in_(part))
            rows = (await self.session.execute(asked.order_by(col(ActorIdentifierRow.scheme), col(ActorIdentifierRow.value)))).scalars()
            for row in rows:
                found.setdefault(row.actor_id, []).append(_identifier(row))
        return found

    async def find(self, scheme: str, value: str) -> UUID | None:
        """The actor that has this identifier."""
        return (await self.find_many(scheme, [value])).get(value)

    async def find_many(self, scheme: str, values: Iterable[str]) -> dict[str, UUID]:
        """Which actors have these identifiers, by value."""
        found: dict[str, UUID] = {}
        for part in lists(values):
            asked = select(col(ActorIdentifierRow.value), col(ActorIdentifierRow.actor_id)).where(
                col(ActorIdentifierRow.scheme) == scheme, among(self.session, col(ActorIdentifierRow.value), part)
            )
            found |= {value: actor_id for value, actor_id in (await self.session.execute(asked)).all()}
        return found

    async def add(self, identifier: Identifier) -> None:
        """A new identifier; the same once more changes nothing. Raises IdentifierTaken when another actor has it."""
        holder = await self.find(identifier.scheme, identifier.value)
        if holder is None:
            await self.add_many([identifier])
        elif holder != identifier.actor_id:
            raise IdentifierTaken("Another organisation in the registry has this identifier.")

    async def add_many(self, identifiers: Sequence[Identifier]) -> None:
        """New identifiers that nobody has, in one statement."""
        if identifiers:
            await self.add_first(identifiers)
            await look_again(self.session, (identifier.actor_id for identifier in identifiers))

    async def add_first(self, identifiers: Sequence[Identifier]) -> None:
        """New identifiers of new actors, before what they are found by is written: it need not be looked at again."""
        if identifiers:
            await insert_rows(self.session, ActorIdentifierRow.__table__, COLUMNS, map(attrgetter(*COLUMNS), identifiers))  # type: ignore[attr-defined]

    async def move(self, from_id: UUID, to_id: UUID) -> None:
        """All identifiers of an actor become another's."""
        await self.session.execute(
            update(ActorIdentifierRow)
            .where(col(ActorIdentifierRow.actor_id) == from_id)
            .values(actor_id=to_id)
            .execution_options(synchronize_session=False)
        )
        await look_again(self.session, [to_id])

    async def move_some(self, ids: Sequence[UUID], to_id: UUID) -> None:
        """These identifiers (by their own ids) become an actor's."""
        for part in chunks(ids):
            await self.session.execute(
                update(ActorIdentifierRow)
                .where(col(ActorIdentifierRow.id).in_(part))
                .values(actor_id=to_id)
                .execution_options(synchronize_session=False)
            )
            await look_again(self.session, [to_id])

    async def drop(self, actor_id: UUID) -> None:
        """Delete the identifiers of an actor that leaves."""
        await self.session.execute(
            delete(ActorIdentifierRow).where(col(ActorIdentifierRow.actor_id) == actor_id).execution_options(synchronize_session=False)
        )
