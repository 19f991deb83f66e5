"""What is known of an instance while it is being solved: the best choice of each part, and the least bounds."""

from time import perf_counter

import numpy as np

from services.matching.engine.solving.core import Core
from services.matching.engine.solving.instance import UNPLACED, Answer, Ints


class Incumbent:
    """The best choice of each part so far, the least bound of each, and the least bound of the whole."""

    def __init__(self, core: Core, started: float) -> None:
        self.core = core
        self.started = started
        self.chosen = np.full(core.instance.demands, UNPLACED, np.int64)
        # Parts without a demand hold nothing and are solved; a part where each demand must be placed is open until each is.
        self.open = np.bincount(core.part, minlength=core.parts) > 0 if core.instance.must else np.zeros(core.parts, np.bool_)
        self.value = np.zeros(core.parts, np.int64)
        self.bound = np.zeros(core.parts, np.int64)
        self.total: int | None = None
        self.impossible = False

    def offer(self, chosen: Ints, also_equal: bool = False) -> bool:
        """Take over the parts where a choice that keeps to the capacities is better (or as good, if so asked); whether there were any."""
        core = self.core
        worth = core.by_part(chosen)
        whole = np.ones(core.parts, np.bool_)
        if core.instance.must:
            whole[core.part[chosen < 0]] = False
        better = whole & (self.open | (worth > self.value) | (also_equal & (worth == self.value)))
        if not better.any():
            return False
        taken = better[core.part]
        self.chosen[taken] = chosen[taken]
        self.value[better] = worth[better]
        self.open[better] = False
        return True

    def unsettled(self) -> Ints:
        """The parts whose optimum is not proven yet."""
        return np.flatnonzero(self.open | (self.value < self.bound))

    @property
    def least(self) -> int:
        """The least upper bound."""
        parts = int(self.bound.sum())
        return parts if self.total is None else min(parts, self.total)

    @property
    def proven(self) -> bool:
        """Whether value and bound meet, or nothing can be chosen."""
        return self.impossible or (not self.open.any() and int(self.value.sum()) >= self.least)

    def answer(self) -> Answer:
        """What is known now, in options of the original instance."""
        seconds = perf_counter() - self.started
        if self.impossible or self.open.any():
            return Answer(None, 0, 0 if self.impossible else self.least, seconds, self.impossible)
        return Answer(self.core.back(self.chosen), int(self.value.sum()), self.least, seconds, self.proven)
