"""The one shape that every solver takes: demands, each with options that use up resources, and its answer with a certificate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Whole numbers of 64 bits."""
UNPLACED = -1
"""What `Answer.chosen` holds for a demand without an option."""


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A multiple-choice multidimensional knapsack problem (Kellerer, Pferschy, Pisinger 2004, chapters 9 and 11): choose at most one option of
    each demand (exactly one where `must`), no resource beyond its capacity, the summed value as large as possible.

    n demands, p options in order of their demand, u uses in order of their option, r resources:
    `capacity` (r), `first` (n + 1: options of demand i are first[i]..first[i+1]), `value` (p, any sign), `uses` (p + 1: uses of option o are
    uses[o]..uses[o+1]), `resource` (u, distinct within an option), `amount` (u, above 0). A generalised assignment problem has one use an option;
    an offer with places in d dimensions is d resources; needs that belong together are one demand whose options use several offers."""

    capacity: Ints
    first: Ints
    value: Ints
    uses: Ints
    resource: Ints
    amount: Ints
    must: bool = False

    @property
    def demands(self) -> int:
        """How many demands there are."""
        return len(self.first) - 1

    @property
    def options(self) -> int:
        """How many options there are, of all demands."""
        return len(self.value)

    @property
    def single(self) -> bool:
        """Whether each option uses exactly one resource: a generalised assignment problem."""
        return len(self.resource) == self.options and bool(np.all(np.diff(self.uses) == 1))

    def owner(self) -> Ints:
        """The demand of each option (p)."""
        return np.repeat(np.arange(self.demands, dtype=np.int64), np.diff(self.first))

    def used(self, chosen: Ints) -> Ints:
        """What a choice uses of each resource (r)."""
        picked = chosen[chosen >= 0]
        counts = self.uses[picked + 1] - self.uses[picked]
        starts = np.repeat(self.uses[picked] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts) if len(picked) else np.zeros(0, np.int64)
        at = starts + np.arange(int(counts.sum()), dtype=np.int64)
        used = np.zeros(len(self.capacity), np.int64)
        np.add.at(used, self.resource[at], self.amount[at])
        return used

    def worth(self, chosen: Ints) -> int:
        """The summed value of a choice."""
        return int(self.value[chosen[chosen >= 0]].sum())

    def faults(self, chosen: Ints) -> list[str]:
        """What is wrong with a choice, in words; none when it holds: an option of another demand, a resource beyond its capacity, a demand
        left out where none may be."""
        wrong = []
        picked = np.flatnonzero(chosen >= 0)
        if len(chosen) != self.demands or np.any(chosen[picked] < self.first[picked]) or np.any(chosen[picked] >= self.first[picked + 1]):
            return ["a demand holds an option that is not its own"]
        if over := int(np.sum(self.used(chosen) > self.capacity)):
            wrong.append(f"{over} resources are used beyond their capacity")
        if self.must and len(picked) < self.demands:
            wrong.append(f"{self.demands - len(picked)} demands are left out")
        return wrong


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The best choice found: per demand the option chosen or `UNPLACED`, its value, a proven upper bound, the wall-clock seconds, and whether
    value and bound are shown to meet. `chosen` is None where every demand must be placed and no way was found (`proven`: there is none)."""

    chosen: Ints | None
    value: int
    bound: int
    seconds: float
    proven: bool

    @property
    def gap(self) -> float:
        """(bound - value) / |bound|: 0 where they meet, infinite where nothing was found."""
        if self.chosen is None:
            return float("inf")
        return 0.0 if self.bound == self.value else (self.bound - self.value) / max(abs(self.bound), 1)
