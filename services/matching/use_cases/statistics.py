"""Count the days that are over, and publish the quarters that are."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.matching.model.statistics.counting import Figure, MatchSpan, NeedSpan, OfferSpan, count_days
from services.matching.model.statistics.measures import DURATIONS, Grain, back, next_start, spread_of, start_of
from services.matching.model.statistics.published import PublishedTree, Tree, category_tree, flat, publish, published_spread
from services.matching.store.statistics import Asked, without_pairs_from
from services.matching.work import Work

AFTER_MIDNIGHT = timedelta(minutes=10)
"""A day is counted when it has been over for so long: what was begun before midnight has been written by then."""
LONGEST = timedelta(days=30)
"""Days after the first one that are counted at once, within its month."""
FATES = ("fulfilled", "ended", "going_on")
ANSWERS = ("accepted", "declined", "expired", "called_off", "waiting")
RESULTS = ("fulfilled", "not_fulfilled", "going_on")
USES = ("offers_never_asked", "offers_asked", "offers_full")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What some days are counted from."""

    first: date
    last: date
    needs: list[NeedSpan]
    matches: list[MatchSpan]
    offers: list[OfferSpan]
    without_place: Mapping[date, Mapping[str, int]]


def _yesterday(work: Work) -> date:
    return (work.now - AFTER_MIDNIGHT).date() - timedelta(days=1)


async def gather(work: Work) -> Gathered | None:
    """What the next days that are over are counted from, a month at most; None where all are counted."""
    counted = await work.statistics.last_day()
    first = counted + timedelta(days=1) if counted is not None else await work.sources.first_day()
    if first is None or first > _yesterday(work):
        return None
    last = min(_yesterday(work), next_start(Grain.MONTH, start_of(Grain.MONTH, first)) - timedelta(days=1), first + LONGEST)
    return await gather_days(work, first, last)


async def gather_days(work: Work, first: date, last: date) -> Gathered:
    """What these days are counted from."""
    sources = work.sources
    needs, matches, offers = await sources.needs(first, last), await sources.matches(first, last), await sources.offers(first, last)
    return Gathered(first, last, needs, matches, offers, await sources.without_place(first, last))


async def count(gathered: Gathered, days_from: date) -> Counter[Figure]:
    """The figures of the days, counted beside, without a transaction; single days are told from `days_from`."""
    spans = (gathered.needs, gathered.matches, gathered.offers)
    counts = await asyncio.to_thread(count_days, gathered.first, gathered.last, *spans, days_from)
    for day, totals in gathered.without_place.items():
        for category, many in totals.items():
            if many > 0:
                counts[Figure("category" if category else "", "needs_without_place", day, category)] = many
    return counts


def days_kept_from(work: Work) -> date:
    """The first day whose figures are kept by themselves."""
    return work.now.date() - timedelta(days=work.settings.statistic_days)


async def keep(work: Work, gathered: Gathered, counts: Counter[Figure]) -> None:
    """Store the figures of the days and forget what is not kept so long. Doing it again changes nothing."""
    await work.statistics.put_days(gathered.first, gathered.last, counts, work.now)
    pairs = without_pairs_from(gathered.last)
    await work.statistics.forget_days(pairs, min(pairs, days_kept_from(work)))
    await work.statistics.forget_years(work.now.date() - timedelta(days=366 * work.settings.statistic_years))


async def publish_quarters(work: Work) -> int:
    """Publish every quarter that is over and counted, and not published yet. Answers how many."""
    last, first = await work.statistics.last_day(), await work.sources.first_day()
    if last is None or first is None:
        return 0
    done = await work.statistics.published_starts()
    quarter = max(start_of(Grain.QUARTER, first), back(Grain.QUARTER, start_of(Grain.QUARTER, last), 4 * work.settings.statistic_years))
    made = 0
    while next_start(Grain.QUARTER, quarter) <= last + timedelta(days=1):
        if quarter not in done:
            last_of = next_start(Grain.QUARTER, quarter) - timedelta(days=1)
            await publish_quarter(work, quarter, await work.sources.fates(quarter, last_of), *await work.sources.answers(quarter, last_of))
            made += 1
        quarter = next_start(Grain.QUARTER, quarter)
    return made


async def publish_quarter(work: Work, quarter: date, fates: Mapping[str, int], answers: Mapping[str, int], results: Mapping[str, int]) -> None:
    """Publish a quarter from its figures, and from what had become of its needs and requests when it ended; what is missing then is withheld."""
    asked = Asked(Grain.QUARTER, quarter, quarter)
    months = [quarter, next_start(Grain.MONTH, quarter)]
    months.append(next_start(Grain.MONTH, months[1]))
    series = await work.statistics.series(asked)
    broken = {name: await work.statistics.broken(asked, name, fine=True) for name in ("category", "area", "language")}

    def by_month(measure: str) -> dict[str, int]:
        return {month.isoformat()[:7]: sum(value for name, start, value in series if (name, start) == (measure, month)) for month in months}

    def by(name: str, measure: str, since: date = quarter) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for found, start, key, value in broken[name]:
            if found == measure and start >= since:
                counts[key] += value
        return dict(counts)

    def at_end(measure: str) -> int:
        return sum(value for name, start, value in series if (name, start) == (measure, months[-1]))

    needs, requests, offers = by_month("needs_posted"), by_month("requests_made"), at_end("offers_open")
    figures = {
        "needs": _lists(
            sum(needs.values()),
            month=(needs, True), area=(by("area", "needs_posted"), False), language=(by("language", "needs_posted"), False),
            category=(by("category", "needs_posted"), False), fate=(dict.fromkeys(FATES, 0) | dict(fates), True),
        ),
        "requests": _lists(
            sum(requests.values()),
            month=(requests, True), category=(by("category", "requests_made"), False), answer=(dict.fromkeys(ANSWERS, 0) | dict(answers), True),
            below={"accepted": Tree(answers.get("accepted", 0), flat(dict.fromkeys(RESULTS, 0) | dict(results)), closed=True)},
        ),
        "offers": _lists(
            offers, category=(by("category", "offers_open", months[-1]), False), use=({name: at_end(name) for name in USES}, True)
        ),
        "times": {name: published_spread(spread_of(found)) for name, found in (await _durations(work, asked)).items()},
    }  # fmt: skip
    await work.statistics.publish(quarter, figures, work.now)


async def _durations(work: Work, asked: Asked) -> dict[str, dict[int, int]]:
    found: dict[str, Counter[int]] = {name: Counter() for name in DURATIONS}
    for name, _start, bucket, many in await work.statistics.durations(asked):
        found[name][bucket] += many
    return {name: dict(counts) for name, counts in found.items()}


def _lists(whole: int, below: Mapping[str, Tree] | None = None, **lists: tuple[dict[str, int], bool]) -> dict[str, Any]:
    """A population as published: its total, and each list that cuts it one way. A list that does not add up to the whole is of another
    population, and is not told."""
    found: dict[str, Any] = {"total": None, **{name: {} for name in lists}}
    for name, (counts, closed) in lists.items():
        if sum(counts.values()) != whole:
            continue
        tree = category_tree(counts, whole) if name == "category" else Tree(whole, {**flat(counts), **_branches(counts, below)}, closed)
        told = publish(tree)
        if told is not None:
            found["total"] = told.count
            found[name] = _codes(told)
    return found


def _branches(counts: Mapping[str, int], below: Mapping[str, Tree] | None) -> dict[str, Tree]:
    return {name: tree for name, tree in (below or {}).items() if name in counts and sum(part.count for part in tree.parts.values()) == tree.count}


def _codes(tree: PublishedTree, above: str = "") -> dict[str, int]:
    """The parts of a tree by code. What is counted at an upper kind of help itself is told as `housing.general`, the rest of another branch under
    both names."""
    found: dict[str, int] = {}
    for name, part in tree.parts.items():
        code = f"{name}.general" if name == above else name if not above or name.startswith(f"{above}.") else f"{above}.{name}"
        found[code] = part.count
        found |= _codes(part, name)
    return found
