"""What is lacking: computed beside from all open needs and offers, kept, and read exactly by coordinators and rounded by everybody else."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.identity import SYSTEM, Caller
from chassis.ids import derived_id, new_id
from services.matching.engine.index import Index
from services.matching.engine.problem import worth
from services.matching.engine.scarcity.figures import Total
from services.matching.engine.scarcity.profiles import Asks, Gives, Profile, asks_of, gives_of, primary
from services.matching.engine.scarcity.published import PublishedTotal
from services.matching.engine.scarcity.question import Expected, Findings, Pair, Question
from services.matching.engine.types import Circumstances, NeedFacts
from services.matching.model.scarcity import KEPT, Computation
from services.matching.use_cases.rights import MODERATORS, require
from services.matching.work import Work, need_facts

SCARCITY = "scarcity"
"""The timer that computes what is lacking."""
MOST_NEEDS = 5_000
"""Open needs that take part, those recorded first where there are more."""
MOST_OFFERS = 50
"""Offers that take part for each need, the best ones."""
BREATH = 200
"""So many offers are read before others may run."""
LOOKED_BACK = timedelta(days=56)
"""Needs posted so lately stand for those that are expected."""
LOOKED_AHEAD = timedelta(days=28)
"""For so long prices look ahead (ADR 31)."""
MOST_LATE = 500
"""Needs that are looked back at, the last ones where there are more."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a computation begins with, as it was when the needs were read: the open ones, and those posted `lately`, which are expected to come again
    so many `times` within the time that prices look ahead."""

    needs: list[NeedFacts]
    index: Index
    as_of: datetime
    lately: Sequence[NeedFacts] = ()
    times: float = 0.0


@dataclass(frozen=True, slots=True)
class Posed:
    """The question, the ids of its first offers (the others are merged), and the weights' name."""

    question: Question
    offer_ids: list[UUID]
    weights: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """A figure as it may be read: None where it is withheld. `exact`: of `served_by_one_more`, else it is at least so many (or rounded)."""

    profile: Profile
    open_needs: int | None
    free_places: int | None
    served_by_one_more: int
    shadow_price: int | None
    exact: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of a category at a moment, as they may be read: None where withheld."""

    computed_at: datetime
    open_needs: int | None
    without_place: int | None
    free_places: int | None


NOTHING = Total(0, 0, 0)
WITHHELD = PublishedTotal(None, None, None)


async def is_due(work: Work) -> bool:
    """Whether to compute now."""
    last = await work.scarcity.last_at()
    changed = last is not None and await work.scarcity.changed_since(last)
    return work.resources.pace.is_due(work.now, last, changed)


async def gather(work: Work) -> Gathered:
    """All open needs, and those posted lately whose households may be looked at. Where there are more of these than are read, they tell of the
    shorter time since the first that is."""
    index = await work.resources.keeper.refresh(work)
    needs = await need_facts(work, await work.needs.all_open(SYSTEM, MOST_NEEDS))
    late = await work.needs.posted_since(work.now - LOOKED_BACK, MOST_LATE)
    back = work.now - late[0].posted_at if len(late) == MOST_LATE else LOOKED_BACK
    lately = [_like(facts, work.now) for facts in await need_facts(work, late) if facts.consent_match]
    return Gathered(needs, index, work.now, lately, LOOKED_AHEAD / max(back, timedelta(hours=1)))


def _like(need: NeedFacts, now: datetime) -> NeedFacts:
    """A need of somebody else who asks for the same now: no offer was tried for it, nobody helps its household yet, and its dates begin today."""
    key, case_key, later = derived_id("like", need.id.hex), derived_id("like", need.case_id.hex), now.date() - need.posted_at.date()
    begins, ends = (each and each + later for each in (need.from_date, need.until_date))
    return replace(need, id=key, case_id=case_key, is_open=True, posted_at=now, from_date=begins, until_date=ends, links=())


async def pose(gathered: Gathered) -> Posed:
    """The question: needs that some offer could serve, each with its best offers, and all places that are left. Without a transaction, and letting
    others run between two needs. Offers that are nobody's best are merged where they give the same."""
    index, as_of = gathered.index, gathered.as_of
    asks: list[Asks] = []
    pairs: list[tuple[int, UUID, int]] = []
    coming: list[tuple[int, UUID, int]] = []
    for need in gathered.needs:
        asked = asks_of(need, Circumstances(as_of), index.weights)
        if asked is not None:
            days = (as_of - need.posted_at).days
            pairs.extend((len(asks), offer_id, worth(score, days)) for offer_id, score in index.best(need, MOST_OFFERS, as_of))
            asks.append(asked)
        await asyncio.sleep(0)
    for at, need in enumerate(gathered.lately):
        coming.extend((at, offer_id, worth(score, 0)) for offer_id, score in index.best(need, MOST_OFFERS, as_of))
        await asyncio.sleep(0)
    offer_ids = sorted({offer_id for _, offer_id, _ in (*pairs, *coming)})
    number = {offer_id: at for at, offer_id in enumerate(offer_ids)}
    first: dict[int, Gives] = {}
    others: Counter[Gives] = Counter()
    for at, offer in enumerate(list(index.offers.values()) if asks else ()):
        if offer.id in number:
            first[number[offer.id]] = gives_of(offer, as_of.date())
        elif offer.is_open and offer.places_left > 0:
            given = gives_of(offer, as_of.date())
            others[replace(given, places=0)] += given.places
        if at % BREATH == 0:
            await asyncio.sleep(0)
    # An offer that went while others ran has no place any more.
    gives = [first.get(at, Gives("", frozenset(), 0, None, False, 0)) for at in range(len(offer_ids))]

    def fitting(found: list[tuple[int, UUID, int]], sizes: tuple[int, ...]) -> tuple[Pair, ...]:
        numbered = ((need, number[offer_id], value) for need, offer_id, value in found)
        return tuple((need, at, value) for need, at, value in numbered if sizes[need] <= gives[at].places)

    sizes = tuple(need.size for need in gathered.lately)
    expected = Expected(sizes, fitting(coming, sizes), gathered.times)
    open_pairs = fitting(pairs, tuple(each.size for each in asks))
    gives += [replace(each, places=places) for each, places in others.items()]
    return Posed(Question(tuple(asks), tuple(gives), open_pairs, expected), offer_ids, index.weights.version)


async def keep(work: Work, as_of: datetime, posed: Posed, findings: Findings) -> None:
    """Store what was found."""
    await work.scarcity.add(new_id(), as_of, posed.weights, findings)
    await work.scarcity.put_prices({posed.offer_ids[at]: price for at, price in findings.prices}, as_of)
    await work.scarcity.forget(as_of - KEPT)


async def ask_for_refresh(work: Work) -> datetime | None:
    """Have it computed now, whatever changed; answers when it was computed last."""
    require(work.caller, MODERATORS)
    compute_soon(work)
    return await work.scarcity.last_at()


def compute_soon(work: Work) -> None:
    """Have it computed once this transaction is committed: much changed at once, or somebody asks."""
    work.resources.pace.wanted = True
    work.wake(SCARCITY)


def reads_exactly(caller: Caller) -> bool:
    """Whether a caller reads exact figures: coordinators and administrators. Everybody else reads what is published."""
    return caller.kind == "system" or (caller.kind == "account" and caller.role in MODERATORS)


async def read_scarcity(work: Work, category: str | None, language: str | None) -> tuple[Computation | None, list[Lacking]]:
    """What is lacking, what serves most first: of a category and all below, of a language. Exact figures are those of the last computation; what is
    published is fixed for the day, so that nobody can watch single needs come and go (R21)."""
    exact = reads_exactly(work.caller)
    made = await (work.scarcity.latest() if exact else work.scarcity.of_the_day(work.now))
    if made is None:
        return None, []
    found = _exact(made) if exact else _published(made)
    return made, [each for each in found if _is_asked_for(each.profile, category, language)]


async def read_history(work: Work, category: str, limit: int) -> list[Totals]:
    """Totals of a category (empty: of the whole hub), newest first: of each computation, or what was published of each day."""
    if reads_exactly(work.caller):
        exact = [(made.computed_at, made.totals.get(category, NOTHING)) for made in await work.scarcity.recent(limit)]
        return [Totals(at, total.open_needs, total.without_place, total.free_places) for at, total in exact]
    days = await work.scarcity.of_days(work.now, limit)
    if not days and (first := await work.scarcity.of_the_day(work.now)) is not None:
        days = [first]
    told = [(made.computed_at, made.published.totals.get(category, WITHHELD)) for made in days]
    return [Totals(at, total.open_needs, total.without_place, total.free_places) for at, total in told]


def _exact(made: Computation) -> list[Lacking]:
    return [Lacking(each.profile, each.open_needs, each.free_places, each.served_by_one_more, each.shadow_price, each.exact) for each in made.figures]


def _published(made: Computation) -> list[Lacking]:
    return [Lacking(each.profile, each.open_needs, each.free_places, each.served_by_one_more, None, exact=False) for each in made.published.figures]


def _is_asked_for(profile: Profile, category: str | None, language: str | None) -> bool:
    within = category is None or profile.category == category or profile.category.startswith(category + ".")
    return within and (language is None or primary(language) in profile.languages)
