"""The answer of a round: seats, needs without one and why, pins that were lost, and the certificate; as values and as JSON."""

from dataclasses import asdict, dataclass
from typing import Any, cast
from uuid import UUID

from services.matching.engine.problem import RoundPair
from services.matching.engine.types import Reason, Urgency


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A need without a seat, and why."""

    need_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class PinLost:
    """A pinned pair that could not be kept: `forbidden`, `left_out`, `not_eligible` or `no_room`."""

    need_id: UUID
    offer_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class LevelCertificate:
    """One level of urgency: the value reached; `bound`, which no seating of this level beside the seats that the plan gives to more urgent levels
    (and to pins) can pass; and what the plain greedy reaches. The bound of the most urgent level therefore depends on pins only."""

    urgency: Urgency
    value: int
    bound: int
    greedy: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good the plan is. The best plan is the one that keeps most pins, then has the most value in the most urgent level, then in the next,
    and so on. `bound` is a sum that no such best plan passes; `gap` is (bound - value) / bound, never below 0; `proven`: this plan is such a best
    plan, and bound and value meet. `components` counts the independent parts of the round, `seconds` the wall-clock time."""

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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solver is: the value of the best plan so far, an upper bound, their gap, and the seconds that went by."""

    value: int
    bound: int
    gap: float
    seconds: float


def gap_of(value: int, bound: int) -> float:
    """(bound - value) / bound; 0 where nothing is left to gain."""
    return (bound - value) / bound if bound > value else 0.0


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def plan_to_plain(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values (`Any`: the shape is the dataclass's own)."""
    return cast(dict[str, Any], _plain(asdict(plan)))


def plan_from(plain: dict[str, Any]) -> Plan:
    """The plan that `plan_to_plain` wrote."""
    certificate = plain["certificate"]
    levels = tuple(LevelCertificate(Urgency(row["urgency"]), row["value"], row["bound"], row["greedy"]) for row in certificate["levels"])
    return Plan(
        seats=tuple(RoundPair(UUID(row["need_id"]), UUID(row["offer_id"]), row["value"]) for row in plain["seats"]),
        unplaced=tuple(
            Unplaced(UUID(row["need_id"]), Reason(row["reason"]["code"], tuple((name, value) for name, value in row["reason"]["params"])))
            for row in plain["unplaced"]
        ),
        pins_lost=tuple(PinLost(UUID(row["need_id"]), UUID(row["offer_id"]), row["code"]) for row in plain["pins_lost"]),
        certificate=Certificate(**{**certificate, "levels": levels}),
        greedy_value=plain["greedy_value"],
    )
