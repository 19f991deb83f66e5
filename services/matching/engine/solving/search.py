"""Price-guided simulated annealing with ejections: the workhorse where an optimum cannot be proven in time."""

import numpy as np

from services.matching.engine.solving.core import Core
from services.matching.engine.solving.instance import UNPLACED, Ints
from services.matching.engine.solving.lagrange import Prices
from services.matching.engine.solving.search_kernels import anneal, columns, columns_of, settle

WIDTH = 10
"""How many options of a demand the search tries: the best by reduced value."""
REACH = 3.0
"""Options are tried that lose at most so many times the temperature."""
NONE = -(1 << 62)
"""The value of no choice."""


class Search:
    """A choice in motion. Energy = what the columns lose against the best of each demand at the prices, plus, for each resource, price x unused, or
    a steeper price x overused (steeper while it stays overused). At firmness 1 that is the bound minus the value. A run begins soft (little weight
    on resources: demands settle into their best columns) and firms up, which reaches much better states than cooling alone. A move shifts a
    demand to another of its best options, those preferred that lose least against its best at the prices; where that overfills a resource, one
    of its occupants moves on, to where that costs least (an ejection chain of two: Glover 1996; Yagiura, Ibaraki, Glover 2004). Accepted as in
    simulated annealing (Kirkpatrick, Gelatt, Vecchi 1983). `best` is the best
    choice seen that holds. The same seed and the same calls give the same states.

    The search keeps columns of its own, close together in memory: the best options of each demand, best first, and for a demand that may stay out
    one that is worth and uses nothing, so that every demand always has one."""

    def __init__(self, core: Core, prices: Prices, start: Ints, seed: int = 1, width: int = WIDTH) -> None:
        instance = core.instance
        self.core, self.demands, self.reduced = core, instance.demands, prices.reduced
        self.first, self.option = columns(instance.first, prices.reduced, instance.must, width, np.where(start >= 0, start, UNPLACED))
        real = np.maximum(self.option, 0)
        self.value = np.where(self.option >= 0, instance.value[real], 0)
        counts = np.where(self.option >= 0, np.diff(instance.uses)[real], 0)
        self.uses = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int32)
        at = np.repeat(instance.uses[real] - self.uses[:-1], counts) + np.arange(int(self.uses[-1]), dtype=np.int64)
        self.resource, self.amount = instance.resource[at].astype(np.int32), instance.amount[at]
        self.owner = np.repeat(np.arange(self.demands, dtype=np.int32), np.diff(self.first))
        self.column_of_use = np.repeat(np.arange(len(self.option), dtype=np.int32), counts)
        loss = prices.utility[self.owner] - np.where(self.option >= 0, prices.reduced[real], 0)
        self.tried = np.argsort(loss, kind="stable").astype(np.int32)
        self.tried = self.tried[np.diff(self.first)[self.owner[self.tried]] > 1]
        self.loss = loss / prices.scale
        self.sorted_loss = self.loss[self.tried]
        # What a typical option loses against the best of its demand: the unit of temperature.
        self.unit = max(float(np.median(prices.utility[core.owner] - prices.reduced)) / prices.scale if instance.options else 0.0, 1e-3)
        self.price = prices.price / prices.scale
        positive = self.price[self.price > 0]
        self.base = np.maximum(self.price, 0.2 * float(np.median(positive)) if len(positive) else 1.0)
        self.factor = np.ones(len(self.price))
        resources = len(instance.capacity)
        self.room = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(self.resource, minlength=resources)))).astype(np.int32)
        self.member = np.zeros(len(self.resource), np.int32)
        self.slot = np.full(len(self.resource), -1, np.int32)
        self.count = np.zeros(resources, np.int32)
        self.used = np.zeros(resources, np.int64)
        self.chosen = np.zeros(self.demands, np.int32)
        self.kept = np.zeros(self.demands, np.int32)
        # value of `chosen`, total overuse, value of the best, journal length, random state
        self.state = np.array([0, 0, NONE, 0, seed * 0x9E3779B9 + 1], np.int64)
        self.journal = np.zeros(self.demands, np.int32)
        self.noted = np.zeros(self.demands, np.bool_)
        self.restart(start)

    def restart(self, chosen: Ints) -> None:
        """Go on from another choice (what it leaves open, or is no column here, becomes the demand's best column); the best stays."""
        columns_of(self.first, self.option, chosen, self.chosen)
        settle(
            self.uses, self.resource, self.amount, self.core.instance.capacity, self.value, self.chosen, self.room, self.member, self.slot,
            self.count, self.used, self.state, self.journal, self.noted,
        )  # fmt: skip

    def run(self, moves: int, heat: float, firm: float = 1.0) -> None:
        """Try so many moves at a temperature (in value units) with a weight on resources (1: their price)."""
        # What loses far more than the temperature is hardly ever accepted, so it is not tried.
        near = max(int(np.searchsorted(self.sorted_loss, REACH * heat, side="right")), min(len(self.tried), 2 * self.demands))
        if near:
            anneal(
                self.core.instance.capacity, self.value, self.uses, self.resource, self.amount, self.owner, self.column_of_use, self.first,
                self.tried[:near], self.loss, self.price * firm, self.base * firm,
                self.factor, self.room, self.member, self.slot, self.count, self.used, self.chosen, self.kept, self.journal,
                self.noted, self.state, moves, heat,
            )  # fmt: skip

    @property
    def best_value(self) -> int:
        """The value of the best choice seen that holds; `NONE` where none was."""
        return int(self.state[2])

    @property
    def found(self) -> bool:
        """Whether any choice held."""
        return self.best_value > NONE

    @property
    def best(self) -> Ints:
        """The best choice seen that holds, in options of the core."""
        kept: Ints = self.option[self.kept]
        return kept

    @property
    def now(self) -> Ints:
        """The choice where the search stands, in options of the core; it may overuse resources."""
        now: Ints = self.option[self.chosen]
        return now
