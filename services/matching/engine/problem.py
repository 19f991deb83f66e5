"""A round as a problem and its answer: values that travel to the solver and back as JSON."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from services.matching.engine.score import WAITING_DAYS
from services.matching.engine.types import LinkKind, NeedFacts, OfferFacts, Reason, Urgency, Verdict

Pair = tuple[UUID, UUID]
"""A need and an offer."""


@dataclass(frozen=True, slots=True)
class RoundOffer:
    """An offer and the places that the round may give away."""

    id: UUID
    places: int


@dataclass(frozen=True, slots=True)
class RoundNeed:
    """A need, its size, its urgency, and the group (any id) whose needs are filled all or not at all."""

    id: UUID
    size: int
    urgency: Urgency = Urgency.NORMAL
    together: UUID | None = None


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
    """What a round decides upon. The order of its tuples means nothing."""

    offers: tuple[RoundOffer, ...]
    needs: tuple[RoundNeed, ...]
    pairs: tuple[RoundPair, ...]
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A need without a seat, and why."""

    need_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class PinLost:
    """A pinned pair that could not be kept: `forbidden`, `not_eligible` or `no_room`."""

    need_id: UUID
    offer_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class LevelCertificate:
    """One level of urgency: the value reached, the proven upper bound given the levels above, and what the plain greedy reaches."""

    urgency: Urgency
    value: int
    bound: int
    greedy: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good the plan is: `gap` is (bound - value) / bound, 0 where `proven`; `components` counts the independent parts."""

    value: int
    bound: int
    gap: float
    seconds: float
    proven: bool
    components: int
    levels: tuple[LevelCertificate, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer of a round: chosen pairs in order of need id, unplaced needs with reasons, pins that could not be kept, the certificate,
    and the total value of the plain greedy (which may exceed `certificate.value` only by breaking the urgency levels' order of value)."""

    seats: tuple[RoundPair, ...]
    unplaced: tuple[Unplaced, ...]
    pins_lost: tuple[PinLost, ...]
    certificate: Certificate
    greedy_value: int


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


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted([cast(Any, _plain(inner)) for inner in value])
    return value


def to_plain(value: Problem | Plan) -> dict[str, Any]:
    """A problem or a plan as JSON values (`Any`: the shape is the dataclass's own)."""
    return cast(dict[str, Any], _plain(asdict(value)))


def _pairs(rows: list[list[str]]) -> frozenset[Pair]:
    return frozenset((UUID(need), UUID(offer)) for need, offer in rows)


def _seats(rows: list[dict[str, Any]]) -> tuple[RoundPair, ...]:
    return tuple(RoundPair(UUID(row["need_id"]), UUID(row["offer_id"]), row["value"]) for row in rows)


def problem_from(plain: dict[str, Any]) -> Problem:
    """The problem that `to_plain` wrote."""
    return Problem(
        offers=tuple(RoundOffer(UUID(row["id"]), row["places"]) for row in plain["offers"]),
        needs=tuple(
            RoundNeed(UUID(row["id"]), row["size"], Urgency(row["urgency"]), UUID(row["together"]) if row["together"] else None)
            for row in plain["needs"]
        ),
        pairs=_seats(plain["pairs"]),
        pinned=_pairs(plain["pinned"]),
        forbidden=_pairs(plain["forbidden"]),
    )


def plan_from(plain: dict[str, Any]) -> Plan:
    """The plan that `to_plain` wrote."""
    certificate = plain["certificate"]
    levels = tuple(LevelCertificate(Urgency(row["urgency"]), row["value"], row["bound"], row["greedy"]) for row in certificate["levels"])
    return Plan(
        seats=_seats(plain["seats"]),
        unplaced=tuple(
            Unplaced(UUID(row["need_id"]), Reason(row["reason"]["code"], tuple((name, value) for name, value in row["reason"]["params"])))
            for row in plain["unplaced"]
        ),
        pins_lost=tuple(PinLost(UUID(row["need_id"]), UUID(row["offer_id"]), row["code"]) for row in plain["pins_lost"]),
        certificate=Certificate(**{**certificate, "levels": levels}),
        greedy_value=plain["greedy_value"],
    )
