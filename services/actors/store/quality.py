"""Finds the records most worth improving, by their stored score, and keeps the scores of records that grow old true."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, false, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.provenance import RecordKind
from services.actors.model.quality import quality_of
from services.actors.model.records import Record
from services.actors.store import rows
from services.actors.tables import ActorRow, CapacityRow, DeclarationRow, InitiativeRow, MembershipRow, PracticeRow, ResourceRow

KINDS: dict[RecordKind, tuple[Any, Any, str | None]] = {  # Any: the mapped class, and what makes a record of its row
    RecordKind.ACTOR: (ActorRow, rows.actor_of, "id"),
    RecordKind.MEMBERSHIP: (MembershipRow, rows.membership_of, "member_id"),
    RecordKind.DECLARATION: (DeclarationRow, rows.declaration_of, "municipality_id"),
    RecordKind.INITIATIVE: (InitiativeRow, rows.initiative_of, "actor_id"),
    RecordKind.RESOURCE: (ResourceRow, rows.resource_of, None),
    RecordKind.CAPACITY: (CapacityRow, rows.capacity_of, "municipality_id"),
    RecordKind.PRACTICE: (PracticeRow, rows.practice_of, "actor_id"),
}
"""Rows of each kind, and the column of the actor by whose country and kind they are filtered."""


def _about(kind: RecordKind, country: str | None, actor_kind: str | None) -> list[ColumnElement[bool]]:
    row, _, column = KINDS[kind]
    if kind is RecordKind.ACTOR:
        found = [row.archived.is_(False)]
        if country is not None:
            found.append(row.country == country)
        if actor_kind is not None:
            found.append(row.kind == actor_kind)
        return found
    if country is None and actor_kind is None:
        return []
    if column is None:
        return [false()]
    wanted = [col(ActorRow.id) == getattr(row, column)]
    if country is not None:
        wanted.append(col(ActorRow.country) == country)
    if actor_kind is not None:
        wanted.append(col(ActorRow.kind) == actor_kind)
    return [exists().where(*wanted)]


@dataclass(slots=True)
class QualityStore:
    """Scores in one transaction."""

    session: AsyncSession

    async def page(self, kind: RecordKind, request: PageRequest, country: str | None, actor_kind: str | None) -> Listed[Record]:
        """One page of the records of a kind, the lowest score first; of actors of a country and kind, if wanted."""
        row, to_model, _ = KINDS[kind]
        found = await read_page(self.session, select(row).where(*_about(kind, country, actor_kind)), (row.quality, row.id), request)
        return found.map(to_model)

    async def about(self, actor_id: UUID, most: int) -> list[Record]:
        """The records about an actor with the lowest scores, at most so many of each kind."""
        found: list[Record] = []
        for kind, (row, to_model, column) in KINDS.items():
            if kind is RecordKind.ACTOR or column is None:
                continue
            columns: Iterable[str] = ("member_id", "network_id") if kind is RecordKind.MEMBERSHIP else (column,)
            for name in columns:
                asked = select(row).where(getattr(row, name) == actor_id).order_by(row.quality, row.id).limit(most)
                found += map(to_model, (await self.session.execute(asked)).scalars())
        return found

    async def score_old(self, kind: RecordKind, on: date, most: int) -> int:
        """Score again what is due on a day, at most so many records; answers how many. No version rises: nothing was said anew."""
        row, to_model, _ = KINDS[kind]
        due = (await self.session.execute(select(row).where(row.quality_due <= on).order_by(row.quality_due, row.id).limit(most))).scalars().all()
        if not due:
            return 0
        scored = [(to_model(one), quality_of(to_model(one), on)) for one in due]
        table = row.__table__
        statement = (
            update(table)
            .where(table.c.id == bindparam("the_id"), table.c.version == bindparam("the_version"))
            .values(quality=bindparam("score"), quality_due=bindparam("due"))
        )
        named = [{"the_id": record.id, "the_version": record.version, "score": quality.score, "due": quality.due} for record, quality in scored]
        connection = await self.session.connection()
        await connection.execute(statement, named)
        return len(due)
