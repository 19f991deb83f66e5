"""The best choice for any instance in the time given, with a proven bound: several methods, each where it is strong."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from services.matching.engine.solving.core import Core, core_of
from services.matching.engine.solving.greedy import in_order, repaired
from services.matching.engine.solving.instance import UNPLACED, Answer, Instance, Ints
from services.matching.engine.solving.lagrange import Prices, subgradient
from services.matching.engine.solving.search import Search

Tell = Callable[[Answer], None]


class Incumbent:
    """The best choice of each part so far, and the least bound of each."""

    def __init__(self, core: Core, started: float) -> None:
        self.core = core
        self.started = started
        self.chosen = np.full(core.instance.demands, UNPLACED, np.int64)
        # Parts without a demand hold nothing and are solved; a part where each demand must be placed is open until each is.
        self.open = np.bincount(core.part, minlength=core.parts) > 0 if core.instance.must else np.zeros(core.parts, np.bool_)
        self.value = np.zeros(core.parts, np.int64)
        self.bound = np.zeros(core.parts, np.int64)
        self.impossible = False

    def offer(self, chosen: Ints) -> bool:
        """Take over the parts where a choice that keeps to the capacities is better; whether there were any."""
        core = self.core
        worth = core.by_part(chosen)
        whole = np.ones(core.parts, np.bool_)
        if core.instance.must:
            whole[core.part[chosen < 0]] = False
        better = whole & (self.open | (worth > self.value))
        if not better.any():
            return False
        taken = better[core.part]
        self.chosen[taken] = chosen[taken]
        self.value[better] = worth[better]
        self.open[better] = False
        return True

    @property
    def proven(self) -> bool:
        """Whether value and bound meet, or nothing can be chosen."""
        return self.impossible or (not self.open.any() and bool(np.all(self.value >= self.bound)))

    def answer(self) -> Answer:
        """What is known now, in options of the original instance."""
        seconds = perf_counter() - self.started
        bound = int(self.bound.sum())
        if self.impossible or self.open.any():
            return Answer(None, 0, 0 if self.impossible else bound, seconds, self.impossible)
        return Answer(self.core.back(self.chosen), int(self.value.sum()), bound, seconds, self.proven)


def best(instance: Instance, seconds: float, start: Ints | None = None, tell: Tell | None = None) -> Answer:
    """The best choice found in so many wall-clock seconds, never worse than `start`, and a proven upper bound."""
    started = perf_counter()
    until = started + seconds
    core = core_of(instance)
    held = Incumbent(core, started)
    held.impossible = instance.must and bool(np.any(np.diff(core.instance.first) == 0))
    if held.impossible:
        return held.answer()
    prices = subgradient(core, 200)
    held.bound = prices.bound
    guess = repaired(core.instance, in_order(core.instance, np.argsort(-prices.reduced, kind="stable")), prices.reduced)
    held.offer(guess)
    if start is not None and not instance.faults(start):
        held.offer(repaired(core.instance, core.into(start), prices.reduced))
    if not held.proven:
        _search(core, prices, held, guess, until, tell)
    return held.answer()


def _search(core: Core, prices: Prices, held: Incumbent, guess: Ints, until: float, tell: Tell | None) -> None:
    search = Search(core, prices, guess)
    begun = told = perf_counter()
    span = max(until - begun, 1e-3)
    heat = float(np.abs(core.instance.value).mean())
    moves = 2000
    while (now := perf_counter()) < until and not held.proven:
        degrees = heat * 0.02 * 0.05 ** ((now - begun) / span)
        search.run(moves, degrees, degrees)
        took = perf_counter() - now
        moves = int(min(1_000_000, max(500, moves * min(2.0, span / 100 / max(took, 1e-5)))))
        if now - told > 1:
            told = now
            if search.found:
                held.offer(search.best)
            if tell:
                tell(held.answer())
    if search.found:
        held.offer(search.best)
    held.offer(repaired(core.instance, search.chosen, prices.reduced))


def warm() -> None:
    """Compile the kernels, or load them from the cache on disk: seconds the first time, so never within a request."""
    one = np.ones(1, np.int64)
    ends = np.array([0, 1], np.int64)
    for must in (False, True):
        tiny = Instance(one, np.array([0, 1, 2], np.int64), np.array([3, 2], np.int64), np.arange(3), np.zeros(2, np.int64), np.ones(2, np.int64), must)
        best(tiny, 0.01)
        best(Instance(one, ends, one, ends, one - 1, one, must), 0.01)
