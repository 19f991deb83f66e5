"""Periodic work of the registry: the day's statistics, and forgetting withdrawn offers."""

from typing import Any

from chassis.identity import SYSTEM
from chassis.timers import Timer
from services.actors.model.graph.ask import Drawing, NetworkNotDrawn, draw
from services.actors.model.graph.packed import EMPTY
from services.actors.use_cases import directory, statistics
from services.actors.use_cases.graph import drawing


async def take_statistics(service: Any) -> None:  # Any: chassis.service.Service, narrowed in app.py
    """Publish the statistics of the day, if they are not yet."""
    async with service.open_work(SYSTEM) as work:
        await statistics.take_snapshot(work, service.settings.snapshot_days)


async def forget_withdrawn(service: Any) -> None:  # Any: as above
    """Delete what is left of offers that were withdrawn long ago."""
    async with service.open_work(SYSTEM) as work:
        await directory.forget_withdrawn_offers(work, service.settings.withdrawn_days)


async def draw_network(service: Any) -> None:  # Any: as above
    """Draw the network where memberships changed, in a process beside; no transaction is open meanwhile, and writers pass between the portions."""
    service.resources.graphs.rest()
    async with service.open_work(SYSTEM, reading=True) as work:
        asked = await drawing.task(work)
    if asked is None:
        return
    async with service.open_work(SYSTEM) as work:
        if await drawing.still_true(work, asked):
            return
    drawn = Drawing(EMPTY, EMPTY.x, dict(drawing.NOBODY))
    if asked.links:
        try:
            drawn = await draw(asked.links, asked.old, memory_mb=service.settings.graph_memory_mb, patience=service.settings.graph_seconds)
        except NetworkNotDrawn:
            async with service.open_work(SYSTEM) as work:
                await drawing.note_failure(work, asked)
            raise
    for places in drawing.places_of(drawn):
        async with service.open_work(SYSTEM) as work:
            await drawing.put_places(work, asked, places)
    async with service.open_work(SYSTEM) as work:
        await drawing.finish(work, asked, drawn)


TIMERS = (
    Timer("take the day's statistics", 60.0, take_statistics),
    Timer("forget withdrawn offers", 3600.0, forget_withdrawn),
    Timer("draw the network", 20.0, draw_network),
)
