"""Loads and saves what the city chose for kinds of help: at most one row for each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.database import core
from chassis.errors import PreconditionFailed
from services.matching.model.categories import CategoryChoice
from services.matching.tables import Base, CategoryChoiceRow

CHOICES = select(Base.metadata.tables["category_choice"]).limit(1000)


@dataclass(slots=True)
class CategoryStore:
    """Choices of one transaction."""

    session: AsyncSession

    async def choices(self) -> dict[str, CategoryChoice]:
        """All that was chosen, by code."""
        rows = await (await core(self.session)).execute(CHOICES)
        return {row.code: CategoryChoice(row.code, row.version, row.offered, dict(row.names), row.place, row.icon) for row in rows}

    async def save(self, choice: CategoryChoice, version: int, now: datetime) -> None:
        """Write a choice over the version that was read. Raises PreconditionFailed."""
        values: dict[str, Any] = {
            "version": choice.version,
            "offered": choice.offered,
            "names": dict(choice.names),
            "place": choice.place,
            "icon": choice.icon,
        }  # Any: values of many types
        if version == 0:
            if (await self.choices()).get(choice.code) is not None:
                raise PreconditionFailed("Somebody changed this in the meantime; read it again.")
            self.session.add(CategoryChoiceRow(code=choice.code, updated_at=now, **values))
            await self.session.flush()
            return
        mine = col(CategoryChoiceRow.code) == choice.code, col(CategoryChoiceRow.version) == version
        done = await self.session.execute(update(CategoryChoiceRow).where(*mine).values(updated_at=now, **values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise PreconditionFailed("Somebody changed this in the meantime; read it again.")
