"""Take and read the published statistics of a day."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from chassis.errors import NotFound
from services.actors.model.statistics import Snapshot, group_of, protected
from services.actors.work import Work

QUIET = timedelta(seconds=60)
"""A first filling of the directory is over when it brought no news for so long."""


class NotYetPublished(NotFound):
    """No statistics have been published."""


async def take_snapshot(work: Work, keep_days: int) -> None:
    """Fix the day's figures, once.

    While the day's snapshot says nothing about offers it is taken again when there is something to say and the directory is quiet: a hub
    that is being filled need not wait for tomorrow. Once it says something it stays, so that no two of a day can be subtracted.
    """
    today = work.now.date()
    present = await work.statistics.of_day(today)
    if present is not None and not present.says_nothing_of_offers():
        return
    fresh = await _counted(work)
    is_first_filling = present is not None or await work.statistics.newest() is None
    if is_first_filling and not fresh.says_nothing_of_offers() and not await _is_quiet(work):
        return
    if present is not None and replace(fresh, taken_at=present.taken_at) == present:
        return
    await work.statistics.put(fresh)
    await work.statistics.forget(today - timedelta(days=keep_days))


async def _is_quiet(work: Work) -> bool:
    news = await work.directory.last_news_at()
    return news is None or news <= work.now - QUIET


async def _counted(work: Work) -> Snapshot:
    offers: Counter[str] = Counter()
    for category, count in (await work.directory.open_by_category()).items():
        offers[group_of(category)] += count
    kinds, types = await work.statistics.actors_by_kind(), await work.statistics.declarations_by_type()
    return Snapshot(
        day=work.now.date(), taken_at=work.now, actors=sum(kinds.values()), actors_by_kind=kinds, networks=kinds.get("network", 0),
        memberships=await work.statistics.count("memberships"), declarations=sum(types.values()), declarations_by_type=types,
        initiatives=await work.statistics.count("initiatives"), resources=await work.statistics.count("resources"),
        open_offers=protected(offers), declarations_by_year=await work.statistics.declarations_by_year(),
    )  # fmt: skip


async def read_statistics(work: Work) -> Snapshot:
    """The newest published statistics. Raises NotYetPublished."""
    snapshot = await work.statistics.newest()
    if snapshot is None:
        raise NotYetPublished("No statistics have been published yet; the first follow within minutes of the hub's start.")
    return snapshot
