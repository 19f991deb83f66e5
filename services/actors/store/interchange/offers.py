"""Reads the offers that are open data, in parts."""

from collections.abc import AsyncIterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest
from services.actors.model.directory import DirectoryOffer
from services.actors.store.directory import offer_of
from services.actors.store.interchange.changed import changed
from services.actors.store.interchange.parts import in_parts
from services.actors.store.interchange.streams import valid_offers
from services.actors.tables import DirectoryOfferRow


async def offers(session: AsyncSession, today: date) -> AsyncIterator[list[DirectoryOffer]]:
    """All of them in the order of their ids."""
    asked = select(DirectoryOfferRow).where(*valid_offers(today))
    async for part in in_parts(session, asked, col(DirectoryOfferRow.id)):
        yield [offer_of(row) for (row,) in part]


async def listed_after(session: AsyncSession, moment: datetime, paging: PageRequest) -> Listed[DirectoryOffer]:
    """One page of the listed offers in the order of their changes, whatever their state, also those whose last day is over."""
    row = DirectoryOfferRow
    return await changed(session, row, offer_of, moment, paging, [col(row.listed).is_(True)])
