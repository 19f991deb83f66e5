"""Counts what the registry holds and keeps the published snapshot of each day."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.statistics import Protected, Snapshot
from services.actors.tables import ActorRow, DeclarationRow, InitiativeRow, MembershipRow, ResourceRow, SnapshotRow


def _snapshot(row: SnapshotRow) -> Snapshot:
    figures = dict(row.figures)
    offers = Protected(**figures.pop("open_offers"))
    return Snapshot(day=row.day, taken_at=row.taken_at, open_offers=offers, **figures)


@dataclass(slots=True)
class StatisticsStore:
    """Counts and snapshots in one transaction."""

    session: AsyncSession

    async def actors_by_kind(self) -> dict[str, int]:
        """Actors that are not archived, by kind."""
        asked = select(col(ActorRow.kind), func.count()).where(col(ActorRow.archived).is_(False)).group_by(col(ActorRow.kind))
        return {kind: count for kind, count in (await self.session.execute(asked)).all()}

    async def declarations_by_type(self) -> dict[str, int]:
        """Declarations by type."""
        asked = select(col(DeclarationRow.type), func.count()).group_by(col(DeclarationRow.type))
        return {kind: count for kind, count in (await self.session.execute(asked)).all()}

    async def declarations_by_year(self) -> dict[str, int]:
        """Declarations by the year of their date; those without one are left out."""
        year = func.substr(col(DeclarationRow.date), 1, 4).label("year")
        dated = select(year).where(col(DeclarationRow.date) != "").subquery()
        asked = select(dated.c.year, func.count()).group_by(dated.c.year)
        return {found: count for found, count in sorted((row[0], row[1]) for row in (await self.session.execute(asked)).all())}

    async def count(self, kind: str) -> int:
        """How many memberships, initiatives or resources there are."""
        tables: dict[str, Any] = {"memberships": MembershipRow, "initiatives": InitiativeRow, "resources": ResourceRow}  # Any: mapped classes
        return (await self.session.execute(select(func.count()).select_from(tables[kind]))).scalar_one()

    async def of_day(self, day: date) -> Snapshot | None:
        """The snapshot of a day."""
        row = (await self.session.execute(select(SnapshotRow).where(col(SnapshotRow.day) == day))).scalars().first()
        return _snapshot(row) if row is not None else None

    async def newest(self) -> Snapshot | None:
        """The snapshot of the last day that has one."""
        row = (await self.session.execute(select(SnapshotRow).order_by(col(SnapshotRow.day).desc()).limit(1))).scalars().first()
        return _snapshot(row) if row is not None else None

    async def put(self, snapshot: Snapshot) -> None:
        """Keep a snapshot as the one of its day."""
        figures = asdict(snapshot)
        del figures["day"], figures["taken_at"]
        await self.session.execute(delete(SnapshotRow).where(col(SnapshotRow.day) == snapshot.day))
        await self.session.execute(insert(SnapshotRow).values(day=snapshot.day, figures=figures, taken_at=snapshot.taken_at))

    async def forget(self, before: date) -> None:
        """Delete the snapshots of days before a day."""
        await self.session.execute(delete(SnapshotRow).where(col(SnapshotRow.day) < before))
