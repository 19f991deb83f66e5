"""Deferred acceptance: a matching that no household and no place would both leave for each other, and the check that says so."""

from dataclasses import dataclass

import numpy as np

from services.matching.engine.solving.instance import UNPLACED, Ints
from services.matching.engine.solving.stable_kernels import Desk, blocks, defer_alike, defer_sized, fill

STRETCHES = 20
"""How often, with sizes, the search for a stable matching stops to look how many pairs block, before it starts from another order."""
RECALLS_A_STRETCH = 0.02
"""How many households, as a share of all, are called back from one look to the next (and 20 more)."""
ORDERS = 4
"""How many orders of the households are tried where the first does not lead to a stable matching; large markets get one."""
PAIRS_FOR_ALL_ORDERS = 200_000
"""Up to how many pairs, divided by the orders, all of them are tried."""


RANKS = 2**31
"""Ranks from here on are renumbered, so that rank and household fit one key of 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """n households, m places, p acceptable pairs in order of household and, within one, of its preference (best first), d dimensions.

    `first` (n + 1: pairs of household i are first[i]..first[i+1]), `place` (p), `standing` (p: how the place ranks the household, lowest
    first, ties to the lower household), `size` (p, d: what the household uses there, from 0), `capacity` (m, d)."""

    first: Ints
    place: Ints
    standing: Ints
    size: Ints
    capacity: Ints

    @property
    def households(self) -> int:
        """How many households there are."""
        return len(self.first) - 1

    @property
    def alike(self) -> bool:
        """Whether every household uses one and the same amount of a single dimension, so that stable matchings exist for sure."""
        return self.size.shape[1] == 1 and bool(len(self.size) == 0 or (self.size[0, 0] > 0 and np.all(self.size == self.size[0, 0])))

    def owner(self) -> Ints:
        """The household of each pair (p)."""
        return np.repeat(np.arange(self.households, dtype=np.int64), np.diff(self.first))


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """The pair of each household (n, or `UNPLACED`), and how many pairs block it; 0 is a stable matching."""

    chosen: Ints
    blocking: int


def defer(market: Market) -> Matched:
    """The household-proposing deferred acceptance of Gale and Shapley (1962), many-to-one, with capacities. Steps: every household asks its best
    place that has not refused it; a place keeps whom it ranks best and refuses the rest; until nobody asks.

    Guarantee where all sizes are alike: no blocking pair; every household is as well off as in any stable matching; saying something else than
    the true preferences never helps a household; the order of the households does not matter. O(p log c) with c the largest capacity.

    Guarantee otherwise (sizes, several dimensions): no capacity exceeded, nobody split, and *no waste*: no household would rather have a place
    that has room for it as things stand. A place goes down its ranking and keeps whoever still fits; when a place has refused somebody who would
    fit by now (it let a large household go for a small one), they are called back, best ranked first. Where the calling back ends by itself, no
    pair blocks. A stable matching need not exist, and whether one does is NP-hard to say (McDermid, Manlove 2010, hospitals and residents with
    sizes; Delacretaz, Kominers, Teytelboym 2016 for several dimensions), so that calling back may go round for ever: from time to time free room
    is filled without displacing anyone and the blocking pairs are counted; of all these matchings, and of several fixed orders of the households,
    the one with the fewest is kept (the first of equals). The same market gives the same matching."""
    if market.alike:
        chosen = propose(market)
        return Matched(chosen, len(blocking_pairs(market, chosen)))
    return _defer_sized(market)


def propose(market: Market) -> Ints:
    """The matching of `defer` where sizes are alike, without counting anything."""
    unit = int(market.size[0, 0]) if len(market.size) else 1
    standing = market.standing
    if len(standing) and (standing.min() < 0 or standing.max() >= RANKS):
        standing = np.unique(standing, return_inverse=True)[1].astype(np.int64)
    chosen: Ints = defer_alike(market.first, market.place, standing, np.ascontiguousarray(market.capacity[:, 0]) // unit)
    return chosen


def _defer_sized(market: Market) -> Matched:
    owner = market.owner()
    wishers = np.lexsort((owner, market.standing, market.place)).astype(np.int64)
    start = np.concatenate(([0], np.cumsum(np.bincount(market.place, minlength=len(market.capacity))))).astype(np.int64)
    shuffle, order = np.random.default_rng(0), np.arange(market.households, dtype=np.int64)
    recalls = int(RECALLS_A_STRETCH * market.households) + 20
    best: Matched | None = None
    for _ in range(max(1, min(ORDERS, PAIRS_FOR_ALL_ORDERS // max(1, len(market.place))))):
        desk = _desk(market, order)
        for _ in range(STRETCHES):
            ended = defer_sized(market.place, market.standing, market.size, market.capacity, owner, wishers, start, market.first, desk, recalls)
            chosen = desk.chosen.copy()
            fill(market.place, market.size, market.capacity, owner, wishers, start, chosen)
            blocking = len(blocking_pairs(market, chosen))
            if best is None or blocking < best.blocking:
                best = Matched(chosen, blocking)
            if ended or blocking == 0:
                break
        if best is not None and best.blocking == 0:
            break
        order = shuffle.permutation(market.households).astype(np.int64)
    assert best is not None
    return best


def _desk(market: Market, order: Ints) -> Desk:
    households, places = market.households, len(market.capacity)
    return Desk(
        chosen=np.full(households, UNPLACED, np.int64),
        ask=market.first[:-1].copy(),
        held=np.empty(len(market.place), np.int64),
        many=np.zeros(places, np.int64),
        waiting=order[::-1].copy(),
        asks=np.ones(households, np.bool_),
        stirred=np.zeros(places, np.bool_),
        ring=np.zeros(places + 1, np.int64),
        at=np.array([households, 0, 0], np.int64),
    )


def blocking_pairs(market: Market, chosen: Ints) -> Ints:
    """The pairs that block a matching, in ascending order. Household and place block where the household would rather be there (or is nowhere) and
    has room beside those of its residents whom the place ranks above it: by removing only lower ranked ones, or none, it could come in.
    With sizes alike this is the classical notion of Gale and Shapley. O(n log n + p log c), independent of how the matching was found."""
    picked = chosen[chosen >= 0]
    owner = market.owner()
    held = picked[np.lexsort((owner[picked], market.standing[picked], market.place[picked]))]
    start = np.searchsorted(market.place[held], np.arange(len(market.capacity) + 1)).astype(np.int64)
    used = np.zeros((len(held) + 1, market.size.shape[1]), np.int64)
    np.cumsum(market.size[held], axis=0, out=used[1:])
    found: Ints = np.flatnonzero(blocks(market.first, market.place, market.standing, market.size, market.capacity, chosen, owner, held, start, used))
    return found


def free_room(market: Market, chosen: Ints) -> Ints:
    """What is left of each place in each dimension (m, d)."""
    left = market.capacity.copy()
    picked = chosen[chosen >= 0]
    np.subtract.at(left, market.place[picked], market.size[picked])
    return left


def wasted_pairs(market: Market, chosen: Ints) -> Ints:
    """The pairs of which the household would rather be at the place and the place has room as things stand, in ascending order."""
    owner = market.owner()
    here = chosen[owner]
    rather = (here == UNPLACED) | (np.arange(len(owner)) < here)
    found: Ints = np.flatnonzero(rather & np.all(market.size <= free_room(market, chosen)[market.place], axis=1))
    return found
