"""Writes the offers that are at certain times as a calendar."""

import asyncio
from typing import IO, Any

from services.actors.model.interchange.calendars import calendar_of, has_times
from services.actors.store.interchange.offers import offers
from services.actors.work import Work


async def write_calendar(work: Work, settings: Any, out: IO[bytes]) -> None:  # Any: services.actors.settings.Settings
    """All of them in one calendar."""
    found = [offer async for part in offers(work.session, work.now.date()) for offer in part if has_times(offer)]
    name = f"{settings.publisher_name}: open offers"
    content = await asyncio.to_thread(lambda: calendar_of(found, name=name, zone=settings.timezone, address=settings.public_url))
    out.write(content)
