"""A round as a problem: values that travel to the solver as JSON."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.matching.engine.score import WAITING_DAYS
from services.matching.engine.types import LinkKind, NeedFacts, OfferFacts, Urgency, Verdict

Pair = tuple[UUID, UUID]
"""A need and an offer."""


Amounts = tuple[tuple[str, int], ...]
"""Whole numbers by name of a further dimension: `(("care", 1), ("school_seat", 2))`."""


@dataclass(frozen=True, slots=True)
class RoundOffer:
    """An offer and the places that the round may give away; `further` holds its places in other dimensions (none where one is not named)."""

    id: UUID
    places: int
    further: Amounts = ()


@dataclass(frozen=True, slots=True)
class RoundNeed:
    """A need, its size, its urgency, and the group (any id) whose needs are filled all or not at all; `further` holds its sizes in other
    dimensions, each of which the offer must have room for as well."""

    id: UUID
    size: int
    urgency: Urgency = Urgency.NORMAL
    together: UUID | None = None
    further: Amounts = ()


@dataclass(frozen=True, slots=True)
class RoundPair:
    """An eligible pair and what it is worth: a whole number from 1 to 1 000 000."""

    need_id: UUID
    offer_id: UUID
    value: int

    @property
    def key(self) -> Pair:
        """The two ids."""
        return self.need_id, self.offer_id


@dataclass(frozen=True, slots=True)
class Problem:
    """What a round decides upon. The order of its tuples means nothing. `without` holds needs and offers that the coordinator left out: such a
    need gets no seat, such an offer gives none. `start` is a plan that the search may go on from; what of it cannot stand is passed over."""

    offers: tuple[RoundOffer, ...]
    needs: tuple[RoundNeed, ...]
    pairs: tuple[RoundPair, ...]
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    without: frozenset[UUID] = frozenset()
    start: frozenset[Pair] = frozenset()


def worth(score: int, days_waited: int) -> int:
    """The value of a pair in a round: its score, doubled step by step over the first 60 days of waiting; at least 1, at most 200 001."""
    days = min(max(days_waited, 0), WAITING_DAYS)
    return 1 + score + score * days // WAITING_DAYS


def groups(needs: Iterable[NeedFacts]) -> dict[UUID, UUID]:
    """For each need that must be filled together with others of the list: the lowest id of its group. Links to needs outside do not count."""
    known = {need.id: need for need in needs}
    root = {key: key for key in known}

    def find(key: UUID) -> UUID:
        while root[key] != key:
            key = root[key]
        return key

    for need in known.values():
        for link in need.links:
            if link.kind is LinkKind.TOGETHER and link.need_id in known:
                low, high = sorted((find(need.id), find(link.need_id)))
                root[high] = low
    found = {key: find(key) for key in known}
    members = Counter(found.values())
    return {key: group for key, group in found.items() if members[group] > 1}


def problem_of(
    needs: Iterable[NeedFacts],
    offers: Iterable[OfferFacts],
    verdict: Callable[[NeedFacts, OfferFacts], Verdict],
    as_of: datetime,
    pinned: Iterable[Pair] = (),
    forbidden: Iterable[Pair] = (),
) -> Problem:
    """The round over these needs and offers: every pair that `verdict` finds eligible takes part."""
    needs, offers = tuple(needs), tuple(offers)
    together = groups(needs)
    verdicts = ((need, verdict(need, offer)) for need in needs for offer in offers)
    return Problem(
        offers=tuple(RoundOffer(offer.id, offer.places_left) for offer in offers),
        needs=tuple(RoundNeed(need.id, need.size, need.urgency, together.get(need.id)) for need in needs),
        pairs=tuple(
            RoundPair(found.need_id, found.offer_id, worth(found.score, (as_of - need.posted_at).days)) for need, found in verdicts if found.eligible
        ),
        pinned=frozenset(pinned),
        forbidden=frozenset(forbidden),
    )


def to_plain(problem: Problem) -> dict[str, Any]:
    """A problem as JSON values (`Any`: lists of ids and numbers); a pair names its need and its offer by their places in the lists."""
    need_at = {need.id: at for at, need in enumerate(problem.needs)}
    offer_at = {offer.id: at for at, offer in enumerate(problem.offers)}
    return {
        "offers": [[offer.id.hex, offer.places, offer.further] for offer in problem.offers],
        "needs": [[need.id.hex, need.size, str(need.urgency), need.together.hex if need.together else None, need.further] for need in problem.needs],
        "pairs": [
            [need_at[pair.need_id], offer_at[pair.offer_id], pair.value]
            for pair in problem.pairs
            if pair.need_id in need_at and pair.offer_id in offer_at
        ],
        "pinned": _pairs_plain(problem.pinned),
        "forbidden": _pairs_plain(problem.forbidden),
        "without": sorted(each.hex for each in problem.without),
        "start": _pairs_plain(problem.start),
    }


def problem_from(plain: dict[str, Any]) -> Problem:
    """The problem that `to_plain` wrote."""
    offers = tuple(RoundOffer(UUID(key), places, _amounts(further)) for key, places, further in plain["offers"])
    needs = tuple(
        RoundNeed(UUID(key), size, Urgency(urgency), UUID(together) if together else None, _amounts(further))
        for key, size, urgency, together, further in plain["needs"]
    )
    return Problem(
        offers=offers,
        needs=needs,
        pairs=tuple(RoundPair(needs[need].id, offers[offer].id, value) for need, offer, value in plain["pairs"]),
        pinned=_pairs(plain["pinned"]),
        forbidden=_pairs(plain["forbidden"]),
        without=frozenset(UUID(each) for each in plain["without"]),
        start=_pairs(plain["start"]),
    )


def _amounts(rows: list[list[Any]]) -> Amounts:
    return tuple((name, amount) for name, amount in rows)


def _pairs_plain(pairs: frozenset[Pair]) -> list[list[str]]:
    return sorted([need.hex, offer.hex] for need, offer in pairs)


def _pairs(rows: list[list[str]]) -> frozenset[Pair]:
    return frozenset((UUID(need), UUID(offer)) for need, offer in rows)
