"""Judges the pairs of one need against stored prices: take a place now, or keep it free for needs that are expected soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.matching.engine.types import Reason, Urgency

PATIENCE_DAYS = 14
"""From so many days of waiting on, no place is kept free from a need."""


class Move(StrEnum):
    """What is advised for a pair."""

    TAKE = "take"
    KEEP_FREE = "keep_free"


@dataclass(frozen=True, slots=True)
class PricedPair:
    """An offer that the need could take now: what the pair is worth, and how many places the need takes."""

    offer_id: UUID
    value: int
    size: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What is advised for a pair: its value, the price of all places it takes, the margin between the two, and the reason."""

    offer_id: UUID
    move: Move
    value: int
    price: int
    margin: int
    reason: Reason


def advise(
    pairs: Sequence[PricedPair],
    prices: Mapping[UUID, int],
    urgency: Urgency = Urgency.NORMAL,
    days_waited: int = 0,
    patience_days: int = PATIENCE_DAYS,
) -> tuple[Advice, ...]:
    """Advice for each pair of one need, the best pair first: a bid-price control (Talluri, van Ryzin 1998). `prices` of one place of each offer look
    ahead (`scarcity.ahead`), as the potentials of Ahani, Goelz, Procaccia, Teytelboym and Trapp do (Operations Research 72, 2024).

    Steps: price = price a place x size, 0 for an offer without one; margin = value - price. A pair with a price is to be kept free where its margin
    is below 0, or below that of another pair of this need; every other is to be taken. Guarantees: an urgent need, and one that waited
    `patience_days` or longer, is told to keep nothing free; without prices the order is by value, as greedy has it. Equal margins by value, then by
    offer id. All to be kept free means: wait. O(pairs log pairs)."""
    if exempt := _exempt(urgency, days_waited, patience_days):
        judged = [_advice(pair, Move.TAKE, _price(pair, prices), exempt) for pair in pairs]
        return tuple(sorted(judged, key=lambda each: (-each.value, each.offer_id)))
    best = max((pair.value - _price(pair, prices) for pair in pairs), default=0)
    judged = [_judged(pair, _price(pair, prices), best) for pair in pairs]
    return tuple(sorted(judged, key=lambda each: (-each.margin, -each.value, each.offer_id)))


def _exempt(urgency: Urgency, days_waited: int, patience_days: int) -> Reason | None:
    """Why this need need not stand back for others, if so."""
    if urgency is Urgency.URGENT:
        return Reason("advice.urgent")
    if days_waited >= patience_days:
        return Reason("advice.waited", (("days", days_waited),))
    return None


def _price(pair: PricedPair, prices: Mapping[UUID, int]) -> int:
    return max(0, prices.get(pair.offer_id, 0)) * pair.size


def _judged(pair: PricedPair, price: int, best: int) -> Advice:
    margin = pair.value - price
    if price == 0:
        return _advice(pair, Move.TAKE, price, Reason("advice.not_scarce"))
    if margin < 0:
        return _advice(pair, Move.KEEP_FREE, price, Reason("advice.keep_free", (("price", price), ("value", pair.value))))
    if margin < best:
        return _advice(pair, Move.KEEP_FREE, price, Reason("advice.less_scarce", (("best", best), ("margin", margin))))
    return _advice(pair, Move.TAKE, price, Reason("advice.take", (("price", price), ("value", pair.value))))


def _advice(pair: PricedPair, move: Move, price: int, reason: Reason) -> Advice:
    return Advice(pair.offer_id, move, pair.value, price, pair.value - price, reason)
