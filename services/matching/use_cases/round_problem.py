"""What a round is solved on: the open needs that its beginner may see, each with its best offers, as one problem."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.identity import Caller
from services.matching.engine.distance import distance_m
from services.matching.engine.index import Index
from services.matching.engine.plan import Plan
from services.matching.engine.problem import Pair, Problem, RoundNeed, RoundOffer, RoundPair, groups, worth
from services.matching.engine.rounds.compared import Compared, compared
from services.matching.engine.types import NeedFacts, OfferFacts
from services.matching.model.round import NeedFilter, Round
from services.matching.work import Work, need_facts

MOST_NEEDS = 5000
"""Needs of one round."""
MOST_PAIRS = 200_000
"""Pairs of one round: the more needs, the fewer offers of each are looked at, but never fewer than `FEWEST_OFFERS`."""
FEWEST_OFFERS = 20


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a round is solved on, as it was when its beginner's needs were read, and the name of the weights that scores are made with."""

    needs: list[NeedFacts]
    index: Index
    as_of: datetime
    most_offers: int
    weights: str


@dataclass(frozen=True, slots=True)
class Posed:
    """The problem, and the facts of the offers in it."""

    problem: Problem
    offers: dict[UUID, OfferFacts]


async def gather(work: Work, made: Round, actor_id: UUID | None) -> Gathered:
    """The open needs of the round that its beginner may see."""
    beginner = Caller("account", str(made.created_by), "coordinator", actor_id, frozenset({"needs", "matches"}))
    index = await work.resources.keeper.refresh(work)
    facts = await need_facts(work, await work.needs.all_open(beginner, MOST_NEEDS))
    needs = [need for need in facts if _chosen(made.needs, need)]
    most = min(work.settings.round_offers, max(FEWEST_OFFERS, MOST_PAIRS // max(len(needs), 1)))
    return Gathered(needs, index, work.now, most, index.weights.version)


async def pose(made: Round, gathered: Gathered) -> Posed:
    """The round as a problem: each need's best offers by the definition. Without a transaction, and letting others run between two needs;
    an offer that changes meanwhile is looked at again when the round is applied."""
    index, as_of, wishes = gathered.index, gathered.as_of, made.wishes
    offers: dict[UUID, OfferFacts] = {}
    pairs: dict[Pair, RoundPair] = {}
    # What was pinned or planned before takes part even where it is not among the best.
    also: dict[UUID, set[UUID]] = {}
    for need_id, offer_id in wishes.pinned | (made.stood or frozenset()):
        also.setdefault(need_id, set()).add(offer_id)
    for need in gathered.needs:
        if need.id in wishes.without_needs:
            continue
        verdicts = index.top_k(need, gathered.most_offers + len(wishes.without_offers), as_of)
        more = [index.offers[offer_id] for offer_id in sorted(also.get(need.id, ())) if offer_id in index.offers]
        verdicts += [found for found in (index.verdict(need, offer, as_of) for offer in more) if found.eligible]
        for verdict in verdicts:
            offers[verdict.offer_id] = index.offers[verdict.offer_id]
            value = worth(verdict.score, (as_of - need.posted_at).days)
            pairs[need.id, verdict.offer_id] = RoundPair(need.id, verdict.offer_id, value)
        await asyncio.sleep(0)
    together = groups(gathered.needs)
    problem = Problem(
        offers=tuple(RoundOffer(offer.id, offer.places_left) for offer in offers.values()),
        needs=tuple(RoundNeed(need.id, need.size, need.urgency, together.get(need.id)) for need in gathered.needs),
        pairs=tuple(pairs.values()),
        pinned=wishes.pinned,
        forbidden=wishes.forbidden,
        without=wishes.without_needs | wishes.without_offers,
        start=made.stood or frozenset(),
    )
    return Posed(problem, offers)


def compare(gathered: Gathered, posed: Posed, plan: Plan) -> Compared:
    """The plan beside what would happen today without it."""
    return compared(posed.problem, plan.seats, {need.id: need for need in gathered.needs}, posed.offers, gathered.as_of)


def _chosen(wanted: NeedFilter, need: NeedFacts) -> bool:
    if wanted.need_ids and need.id not in wanted.need_ids:
        return False
    if wanted.urgencies and need.urgency not in wanted.urgencies:
        return False
    if wanted.categories and not any(need.category == code or need.category.startswith(code + ".") for code in wanted.categories):
        return False
    if wanted.near is not None and wanted.radius_km:
        return need.place is not None and distance_m(wanted.near, need.place) <= wanted.radius_km * 1000
    return True
