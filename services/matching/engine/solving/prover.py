"""Hands the parts that are not proven yet to the worker process, one after another, and takes its answers into the incumbent."""

from time import perf_counter

import numpy as np

from services.matching.engine.solving.core import Core, sub_instance
from services.matching.engine.solving.incumbent import Incumbent
from services.matching.engine.solving.instance import UNPLACED, Ints
from services.matching.engine.solving.lagrange import Prices
from services.matching.engine.solving.mip import Worker

LARGEST = 6_000
"""Options of a part that branch and bound is tried on."""
SURE = 2_000
"""Options of a part that it is expected to finish: then its choice counts, so that the same input gives the same output."""

MOST_PARTS = 64
"""Parts that are looked at when the next is chosen."""


class Prover:
    """Asks for each open part, the smallest first. Only options that can be in a better choice are sent: those whose loss at the prices is below
    the gap of the part (reduced-cost fixing: Martello, Toth 1990, chapter 7), so what the worker proves holds for the whole part. Small parts are
    sent as they were known when the prover was made, whatever the search finds meanwhile, and their proven choice counts: same input, same output."""

    def __init__(self, core: Core, prices: Prices, held: Incumbent, until: float) -> None:
        self.core, self.prices, self.held, self.until = core, prices, held, until
        self.worker = Worker()
        self.part = -1
        self.options: Ints = np.zeros(0, np.int64)
        self.demands: Ints = np.zeros(0, np.int64)
        self.floor = 0
        self.tried: set[int] = set()
        self.sure: list[tuple[int, Ints, Ints]] = []
        parts = held.unsettled()
        if len(parts) <= MOST_PARTS:
            counted = sorted(((len(options := self._left(part)), part, options) for part in parts.tolist()), key=lambda each: each[:2])
            self.sure = [(part, options, held.chosen.copy()) for count, part, options in counted if count <= SURE]
        self.step()

    @property
    def nearly_done(self) -> bool:
        """Whether the worker still has parts that it is expected to finish."""
        return bool(self.sure) or (self.worker.busy and len(self.options) <= SURE)

    def close(self) -> None:
        """End the worker."""
        self.worker.close()

    def step(self) -> bool:
        """Take in what the worker has said, and give it the next part when it is free; whether a better choice came."""
        better = False
        for said in self.worker.news():
            if "chosen" in said:
                better |= self._take(said["chosen"], done="done" in said and int(said["done"][0]) == 1)
            if "done" in said:
                self._settle(int(said["done"][0]), said.get("bound"))
        if not self.worker.busy and perf_counter() < self.until - 0.05:
            self._next()
        return better

    def _next(self) -> None:
        if self.sure:
            self.part, self.options, known = self.sure.pop(0)
        else:
            open_parts = [part for part in self.held.unsettled().tolist() if part not in self.tried][:MOST_PARTS]
            counted = [(len(options := self._left(part)), part, options) for part in open_parts]
            counted = [each for each in counted if each[0] <= LARGEST]
            if not counted:
                return
            _, self.part, self.options = min(counted, key=lambda each: each[:2])
            known = self.held.chosen
        self.tried.add(self.part)
        self.demands = np.flatnonzero(self.core.part == self.part)
        known = known[self.demands]
        self.floor = int(self.core.instance.value[known[known >= 0]].sum())
        at = np.minimum(np.searchsorted(self.options, np.maximum(known, 0)), max(len(self.options) - 1, 0))
        start = np.where((known >= 0) & (self.options[at] == known), at, UNPLACED)
        instance = sub_instance(self.core.instance, self.options, self.demands, self.core.instance.capacity)
        self.worker.ask(instance, start, self.until - perf_counter())

    def _left(self, part: int) -> Ints:
        """The options of a part that a better choice could hold, and those of the choice known."""
        inside = np.flatnonzero(self.core.part[self.core.owner] == part)
        if self.held.open[part]:
            return inside
        loss = self.prices.utility[self.core.owner[inside]] - self.prices.reduced[inside]
        keep = (int(self.prices.exact[part]) - loss) // self.prices.scale > int(self.held.value[part])
        left: Ints = inside[keep | (self.held.chosen[self.core.owner[inside]] == inside)]
        return left

    def _take(self, local: Ints, done: bool) -> bool:
        chosen = np.full(self.core.instance.demands, UNPLACED, np.int64)
        chosen[self.demands] = np.where(local >= 0, self.options[np.maximum(local, 0)], UNPLACED)
        whole = self.held.chosen.copy()
        whole[self.demands] = chosen[self.demands]
        if np.any(self.core.instance.used(whole) > self.core.instance.capacity):
            return False  # Floating point let something through that whole numbers do not.
        return self.held.offer(whole, also_equal=done and len(self.options) <= SURE)

    def _settle(self, status: int, bound: Ints | None) -> None:
        held, part = self.held, self.part
        if status == 2 and held.open[part]:
            held.impossible = True
        elif bound is not None or status == 2:
            # What was dropped could not beat the choice known when the part was sent.
            most = self.floor if bound is None else int(bound[0])
            if not held.open[part]:
                most = max(most, self.floor)
            held.bound[part] = min(int(held.bound[part]), most) if held.open[part] else max(min(int(held.bound[part]), most), int(held.value[part]))
