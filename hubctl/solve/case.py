"""A problem of docs/solve.md as arrays: who, where, how much, what is eligible and worth what, and who ranks whom."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.types import MOST_URGENT_FIRST, Urgency

Ints = NDArray[np.int64]
Pair = tuple[int, int]
"""The numbers of a need and of an offer, from 0."""

LARGEST = 10**12
"""The largest size, capacity or value (either sign)."""
DECIMALS = 6
"""How many digits after the point a value may have."""
LEVELS = tuple(urgency.value for urgency in MOST_URGENT_FIRST)
"""The levels of urgency, most urgent first."""
USUAL = LEVELS.index(Urgency.NORMAL.value)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """n needs, m offers, d dimensions of size, p eligible pairs, in order of need and, within one, of its preference (best first).

    `need`, `offer`, `value`, `standing` (p): the pair's two sides, its worth in units of 1 / `scale`, how the offer ranks the need (lowest
    first, ties to the earlier need); `size` (p, d); `capacity` (m, d); `level` (n: index into `LEVELS`)."""

    needs: tuple[str, ...]
    offers: tuple[str, ...]
    need: Ints
    offer: Ints
    value: Ints
    standing: Ints
    size: Ints
    capacity: Ints
    level: Ints
    scale: int
    together: tuple[tuple[int, ...], ...]
    pinned: tuple[Pair, ...]
    forbidden: frozenset[Pair]
    lists: bool
    """Whether either side ranks the other."""
    ranked: bool
    """Whether the needs rank the offers."""

    def first(self) -> Ints:
        """Where the pairs of each need begin (n + 1)."""
        counts = np.bincount(self.need, minlength=len(self.needs))
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int64)

    def plain(self, amount: int) -> int | Decimal:
        """An amount in the file's own unit."""
        if self.scale == 1 or amount % self.scale == 0:
            return amount // self.scale
        return Decimal(amount) / self.scale
