"""Periodic work of the registry: the day's statistics, and forgetting withdrawn offers."""

from typing import Any

from chassis.identity import SYSTEM
from chassis.timers import Timer
from services.actors.use_cases import directory, statistics


async def take_statistics(service: Any) -> None:  # Any: chassis.service.Service, narrowed in app.py
    """Publish the statistics of the day, if they are not yet."""
    async with service.open_work(SYSTEM) as work:
        await statistics.take_snapshot(work, service.settings.snapshot_days)


async def forget_withdrawn(service: Any) -> None:  # Any: as above
    """Delete what is left of offers that were withdrawn long ago."""
    async with service.open_work(SYSTEM) as work:
        await directory.forget_withdrawn_offers(work, service.settings.withdrawn_days)


TIMERS = (Timer("take the day's statistics", 60.0, take_statistics), Timer("forget withdrawn offers", 3600.0, forget_withdrawn))
