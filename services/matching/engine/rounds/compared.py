"""A plan beside what would happen without a round: numbers only, of the same needs, offers and pairs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.engine.distance import distance_m
from services.matching.engine.problem import Problem, RoundPair
from services.matching.engine.seating import asked_of, components, fill, room_of, usable_pairs
from services.matching.engine.types import MOST_URGENT_FIRST, NeedFacts, OfferFacts, Place


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Of one level of urgency: how many needs have a place, and what these places are worth."""

    urgency: str
    placed: int
    value: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What some seats come to: needs placed, value, both by level; the mean way in metres (None where no pair has one) and the mean days waited
    of the placed needs; how many providers are asked, and by how many needs the most asked one."""

    placed: int
    value: int
    levels: tuple[LevelFigures, ...]
    mean_metres: int | None
    mean_days_waited: float | None
    providers: int
    most_asked: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The plan; `proposals`: each need, in order of posting, takes its own best offer that still has room, without a thought for others;
    `one_by_one`: a coordinator confirms the most valuable pair first, level by level, again and again."""

    plan: Figures
    proposals: Figures
    one_by_one: Figures


def compared(
    problem: Problem, seats: Iterable[RoundPair], needs: Mapping[UUID, NeedFacts], offers: Mapping[UUID, OfferFacts], as_of: datetime
) -> Compared:
    """The plan of a problem beside the two ways without one. O(pairs log pairs)."""
    by_hand = [pair for part in components(problem) for pair in fill(part).values()]
    alone = by_proposals(problem, needs, offers)
    return Compared(*(figures(chosen, needs, offers, as_of) for chosen in (seats, alone, by_hand)))


def by_proposals(problem: Problem, needs: Mapping[UUID, NeedFacts], offers: Mapping[UUID, OfferFacts]) -> list[RoundPair]:
    """Each need by itself, earliest first, at its best offer with room; ties by earlier offer, then id. Pins and bundles play no part."""
    options: defaultdict[UUID, list[RoundPair]] = defaultdict(list)
    for pair in usable_pairs(problem):
        options[pair.need_id].append(pair)
    left = {offer.id: room_of(offer) for offer in problem.offers}
    chosen = []
    for need in sorted(problem.needs, key=lambda need: (needs[need.id].posted_at, need.id)):
        asked = asked_of(need)
        for pair in sorted(options[need.id], key=lambda pair: (-pair.value, offers[pair.offer_id].posted_at, pair.offer_id)):
            room = left[pair.offer_id]
            if all(amount <= room.get(name, 0) for name, amount in asked):
                for name, amount in asked:
                    room[name] -= amount
                chosen.append(pair)
                break
    return chosen


def figures(seats: Iterable[RoundPair], needs: Mapping[UUID, NeedFacts], offers: Mapping[UUID, OfferFacts], as_of: datetime) -> Figures:
    """What some seats come to."""
    seats = list(seats)
    placed: Counter[str] = Counter(needs[seat.need_id].urgency for seat in seats)
    value: Counter[str] = Counter()
    for seat in seats:
        value[needs[seat.need_id].urgency] += seat.value
    ways = [distance_m(*places) for seat in seats if (places := _apart(needs[seat.need_id], offers[seat.offer_id]))]
    waited = [max(0, (as_of - needs[seat.need_id].posted_at).days) for seat in seats]
    asked = Counter(offers[seat.offer_id].provider_id for seat in seats)
    return Figures(
        placed=len(seats),
        value=sum(seat.value for seat in seats),
        levels=tuple(LevelFigures(str(level), placed[level], value[level]) for level in MOST_URGENT_FIRST),
        mean_metres=sum(ways) // len(ways) if ways else None,
        mean_days_waited=round(sum(waited) / len(waited), 1) if waited else None,
        providers=len(asked),
        most_asked=max(asked.values(), default=0),
    )


def _apart(need: NeedFacts, offer: OfferFacts) -> tuple[Place, Place] | None:
    return (need.place, offer.place) if need.place and offer.place and not offer.remote else None
