"""Invents the figures of the demo city's past: needs, requests and offers of two years, of which only the counts are kept.

Nobody in them exists, as in the rest of the demo. They are counted by the same rules as a real hub counts its days, and stand in the figures as what
is left of cases that are long gone; no case, need or offer of them is in the database.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from chassis.identity import SYSTEM
from chassis.service import AnyService
from hubctl.demo.cases import TONGUES, WANTS
from hubctl.demo.kinds import KINDS
from hubctl.demo.places import AROUND, DISTRICTS
from hubctl.demo.world import SEED
from services.matching.model.statistics.counting import Keys, MatchSpan, NeedSpan, OfferSpan, Use
from services.matching.model.statistics.measures import Grain, next_start, start_of
from services.matching.store.statistics_sources import area_of
from services.matching.use_cases import statistics

MONTHS = 24
DAYS_APART = 35
"""Days up to today whose figures stand by themselves; further back, weeks and months do."""
SEASON = (0.9, 0.95, 1.0, 0.95, 0.9, 0.85, 0.75, 0.7, 1.2, 1.35, 1.25, 1.0)
"""How busy each month of the year is, January first."""
DECLINED = (("times_do_not_fit", 5), ("no_longer_available", 4), ("too_many_requests", 3), ("too_far", 2), ("not_suitable", 2), ("other", 1))
OUTCOMES = (("helped", 70), ("helped_in_part", 14), ("no_show_of_case", 5), ("no_show_of_provider", 3), ("did_not_fit", 5), ("broken_off", 3))
GOOD = ("helped", "helped_in_part")


@dataclass(frozen=True, slots=True)
class Past:
    """Everything that happened, in spans without ids."""

    needs: list[NeedSpan]
    matches: list[MatchSpan]
    offers: list[OfferSpan]


def past(today: date) -> Past:
    """The same past for the same day."""
    random = Random(SEED + 2)
    first = start_of(Grain.MONTH, today - timedelta(days=30 * MONTHS))
    needs: list[NeedSpan] = []
    matches: list[MatchSpan] = []
    month = first
    while month < today:
        days = (next_start(Grain.MONTH, month) - month).days
        grown = min(1.0, 0.35 + 0.065 * ((month.year - first.year) * 12 + month.month - first.month))
        for _each in range(round(62 * grown * SEASON[month.month - 1] * random.uniform(0.9, 1.1))):
            posted = _moment(month + timedelta(days=random.randrange(days)), random)
            if posted.date() < today:
                _live(posted, needs, matches, random)
        month = next_start(Grain.MONTH, month)
    return Past(needs, matches, _offers(first, today, random))


def _live(posted: datetime, needs: list[NeedSpan], matches: list[MatchSpan], random: Random) -> None:
    """One need from its posting on, with its requests."""
    want = random.choices(WANTS, [each.weight for each in WANTS])[0]
    where = random.choices((DISTRICTS, AROUND), (74, 26))[0]
    place = where[random.choice(list(where))]
    tongue = random.choices(TONGUES, [row[1] for row in TONGUES])[0][0].split()[0].split("-")[0]
    keys = Keys(want.category, area_of(round(place.lat, 2), round(place.lon, 2)), tongue)
    scarce = want.category.startswith("housing")
    at, tries = posted, 0
    while tries < 3 and random.random() < (0.4 if scarce else 0.86):
        made = at + timedelta(hours=random.lognormvariate(4.6 if scarce else 3.6, 0.8))
        tries += 1
        how = random.choices(("accepted", "declined", "expired", "cancelled"), (70, 13, 12, 5))[0]
        if how == "accepted":
            yes = made + timedelta(hours=random.lognormvariate(2.9, 0.9))
            outcome = random.choices([row[0] for row in OUTCOMES], [row[1] for row in OUTCOMES])[0]
            over = yes + timedelta(days=random.lognormvariate(2.8, 0.7))
            good = outcome in GOOD
            matches.append(MatchSpan(keys, posted, made, yes, over, "fulfilled" if good else "not_fulfilled", outcome, None, tries == 1))
            if good:
                needs.append(NeedSpan(keys, posted, over, "needs_fulfilled"))
                return
            at = over
            continue
        over = made + timedelta(days=7) if how == "expired" else made + timedelta(hours=random.uniform(2, 120))
        reason = random.choices([row[0] for row in DECLINED], [row[1] for row in DECLINED])[0] if how == "declined" else None
        matches.append(MatchSpan(keys, posted, made, None, over, how, None, reason, tries == 1))
        at = over
    if random.random() < 0.45:
        needs.append(NeedSpan(keys, posted, at + timedelta(days=random.uniform(1, 60)), "needs_withdrawn"))
    else:
        needs.append(NeedSpan(keys, posted, max(at, posted + timedelta(days=90)), "needs_ran_out"))


def _offers(first: date, today: date, random: Random) -> list[OfferSpan]:
    """Offers that came quickly in the first ten months, and then kept pace with those that ended."""
    found = []
    span = (today - first).days
    for kind in KINDS:
        for _each in range(round(1.5 * (kind.by_residents + kind.by_associations))):
            posted = _moment(first + timedelta(days=int(span * random.random() ** 1.8)), random)
            until = posted + timedelta(days=random.uniform(150, 1200))
            places = random.choice(kind.places)
            asked = posted + timedelta(days=random.expovariate(1 / 80)) if random.random() < 0.72 else None
            place = DISTRICTS[random.choice(list(DISTRICTS))]
            uses = (
                [Use(min(places, random.choice((1, 1, 2))), asked, asked + timedelta(days=random.uniform(20, 200)))]
                if asked and asked < until
                else []
            )
            if uses and random.random() < 0.5:
                later = uses[0].since + timedelta(days=random.uniform(5, 90))
                uses.append(Use(max(1, places - 1), later, later + timedelta(days=random.uniform(20, 150))))
            languages = ("fr", random.choice(("ar", "en", "uk", "es")))
            found.append(OfferSpan(kind.category, area_of(place.lat, place.lon), languages, places, posted, ((posted, until),), asked, tuple(uses)))
    return [offer for offer in found if offer.posted_at.date() < today]


def _moment(day: date, random: Random) -> datetime:
    return datetime.combine(day, time(random.randint(8, 18), random.randrange(60)), UTC)


async def record(service: AnyService, today: date) -> None:
    """Count the past into the figures of a new demo, month by month, and publish its quarters."""
    everything = past(today)
    month = start_of(Grain.MONTH, min(need.posted_at.date() for need in everything.needs))
    while month < today:
        last = min(next_start(Grain.MONTH, month), today) - timedelta(days=1)
        gathered = statistics.Gathered(month, last, everything.needs, everything.matches, everything.offers, {})
        counts = await statistics.count(gathered, today - timedelta(days=DAYS_APART))
        async with service.open_work(SYSTEM) as work:
            await statistics.keep(work, gathered, counts)
            after = last + timedelta(days=1)
            if after == start_of(Grain.QUARTER, after):
                quarter = start_of(Grain.QUARTER, last)
                await statistics.publish_quarter(work, quarter, _fates(everything, quarter, after), *_answers(everything, quarter, after))
        month = next_start(Grain.MONTH, month)


def _fates(everything: Past, first: date, after: date) -> dict[str, int]:
    found: Counter[str] = Counter()
    for need in everything.needs:
        if first <= need.posted_at.date() < after:
            over = need.ended_at is not None and need.ended_at.date() < after
            found["going_on" if not over else "fulfilled" if need.end == "needs_fulfilled" else "ended"] += 1
    return dict(found)


def _answers(everything: Past, first: date, after: date) -> tuple[dict[str, int], dict[str, int]]:
    answers: Counter[str] = Counter()
    results: Counter[str] = Counter()
    for match in everything.matches:
        if not first <= match.made_at.date() < after:
            continue
        over = match.ended_at is not None and match.ended_at.date() < after
        if match.accepted_at is not None and match.accepted_at.date() < after:
            answers["accepted"] += 1
            results["going_on" if not over else "fulfilled" if match.state == "fulfilled" else "not_fulfilled"] += 1
        else:
            answers["waiting" if not over else "called_off" if match.state == "cancelled" else match.state] += 1
    return dict(answers), dict(results)
