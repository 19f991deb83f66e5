"""Periodic work of the registry: the day's statistics, and forgetting withdrawn offers."""

from typing import Any

from chassis.identity import SYSTEM
from chassis.timers import Timer
from services.actors.model.graph.ask import Drawing, NetworkNotDrawn, draw
from services.actors.model.graph.packed import EMPTY
from services.actors.model.provenance import RecordKind
from services.actors.use_cases import directory, duplicates, provenance, saved, searching, statistics, suggestions
from services.actors.use_cases.graph import drawing
from services.actors.use_cases.imports.finishing import forget_old
from services.actors.use_cases.imports.running import run_imports
from services.actors.use_cases.interchange.exporting import file_of


async def take_statistics(service: Any) -> None:  # Any: chassis.service.Service, narrowed in app.py
    """Publish the statistics of the day, if they are not yet."""
    async with service.open_work(SYSTEM) as work:
        await statistics.take_snapshot(work, service.settings.snapshot_days)


async def score_old_records(service: Any) -> None:  # Any: as above
    """Score again what has grown old, kind by kind, each in a transaction of its own."""
    for kind in RecordKind:
        async with service.open_work(SYSTEM) as work:
            await provenance.score_old(work, kind)


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


async def mend_search(service: Any) -> None:  # Any: as above
    """Read again what the search does not hold as the records are now, in portions that let writers pass."""
    more = True
    while more:
        async with service.open_work(SYSTEM) as work:
            more = await searching.mend_search(work)
    async with service.open_work(SYSTEM, reading=True) as work:
        revision, portions = await searching.misjudged_actors(work)
    for counts in portions:
        async with service.open_work(SYSTEM) as work:
            await searching.weigh_actors(work, counts)
    if revision is not None:
        async with service.open_work(SYSTEM) as work:
            await searching.note_mended(work, revision)


async def sweep_search(service: Any) -> None:  # Any: as above
    """Forget words that are in no record, and earlier places in lists."""
    async with service.open_work(SYSTEM) as work:
        await searching.sweep_search(work)


async def tell_what_is_new(service: Any) -> None:  # Any: as above
    """Tell readers of saved searches what is new, in portions."""
    more = True
    while more:
        async with service.open_work(SYSTEM) as work:
            more = await saved.tell_what_is_new(work)


async def compare_actors(service: Any) -> None:  # Any: as above
    """Find records that look like the same organisation among those that are new or changed."""
    more = True
    while more:
        async with service.open_work(SYSTEM) as work:
            actors = await duplicates.index_some(work)
        if not actors:
            return
        async with service.open_work(SYSTEM, reading=True) as work:
            pairs = await duplicates.compare(work, actors)
        async with service.open_work(SYSTEM) as work:
            await duplicates.keep_pairs(work, actors, pairs)
        more = len(actors) == duplicates.AT_ONCE


async def forget_old_imports(service: Any) -> None:  # Any: as above
    """Cancel imports that nobody confirmed, and delete the lines of those that ended long ago."""
    async with service.open_work(SYSTEM) as work:
        await forget_old(work)


async def forget_suggestions(service: Any) -> None:  # Any: as above
    """Delete suggestions that were decided long ago."""
    async with service.open_work(SYSTEM) as work:
        await suggestions.forget_decided(work, await work.chosen("suggestion_days", service.settings.suggestion_days))


async def keep_open_data_ready(service: Any) -> None:  # Any: as above
    """Make the dump of the open data anew when something changed, so that whoever asks need not wait."""
    await file_of(service, "dump.zip")


TIMERS = (
    Timer("keep the open data ready", 600.0, keep_open_data_ready),
    Timer("forget suggestions", 3600.0, forget_suggestions),
    Timer("run imports", 2.0, run_imports),
    Timer("forget old imports", 3600.0, forget_old_imports),
    Timer("compare actors", 60.0, compare_actors),
    Timer("mend the search", 30.0, mend_search),
    Timer("sweep the search", 86_400.0, sweep_search),
    Timer("tell what is new", 600.0, tell_what_is_new),
    Timer("take the day's statistics", 60.0, take_statistics),
    Timer("forget withdrawn offers", 3600.0, forget_withdrawn),
    Timer("score old records", 3600.0, score_old_records),
    Timer("draw the network", 20.0, draw_network),
)
