"""Loads and saves what the city chose: the one row of settings, and the picture."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.choices import THE_ROW, Choices
from chassis.errors import NotFound
from services.people.model.logo import Picture
from services.people.tables import InstanceLogoRow, ledger


class NoLogo(NotFound):
    """The city has no picture."""

    def __init__(self) -> None:
        super().__init__("There is no picture of this name.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was chosen, with its version and its moment; version 0 before the first choice."""

    version: int
    state: Choices
    updated_at: datetime | None


@dataclass(slots=True)
class InstanceStore:
    """The settings of the hub in one transaction."""

    session: AsyncSession

    async def kept(self, *, to_write: bool = False) -> Kept:
        """What was chosen; `to_write` keeps the row for this transaction."""
        query = select(ledger.instance).where(ledger.instance.c.id == THE_ROW)
        row = (await self.session.execute(query.with_for_update() if to_write else query)).first()
        return Kept(row.version, dict(row.state), row.updated_at) if row is not None else Kept(0, {}, None)

    async def put_logo(self, picture: Picture, now: datetime) -> None:
        """Keep the picture in place of the one before."""
        await self.drop_logo()
        self.session.add(InstanceLogoRow(sha256=picture.sha256, media_type=picture.media_type, content=picture.content, kept_at=now))
        await self.session.flush()

    async def drop_logo(self) -> None:
        """Take it away."""
        await self.session.execute(delete(InstanceLogoRow))

    async def logo(self, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes. Raises NoLogo."""
        row = (await self.session.execute(select(InstanceLogoRow).where(col(InstanceLogoRow.sha256) == sha256))).scalars().first()
        if row is None:
            raise NoLogo
        return row.media_type, row.content
