"""A nearer bound where each option uses one resource: resources are filled whole, computed on another core beside the search."""

from threading import Event, Thread
from time import perf_counter

import numpy as np

from services.matching.engine.solving.core import Core
from services.matching.engine.solving.instance import Ints
from services.matching.engine.solving.knapsack import filled
from services.matching.engine.solving.lagrange import Prices

STEPS = 400
FINE = 1 << 10
"""Utilities are counted in so many parts of a value unit where that leaves room."""


class NearerBound(Thread):
    """Lowers `least`, a proven upper bound, until it is stopped, converged, or out of time.

    The Lagrange relaxation of "one option a demand" (Martello, Toth 1990, chapter 7; for generalised assignment Jornsten, Nasberg 1986): demands
    pay a utility wherever they go, each resource takes its best whole filling (dynamic programming). Starts where the prices left off, goes down
    by subgradient steps towards `target`, the best value known, which the search may raise meanwhile. Whole numbers: the bound is exact."""

    def __init__(self, core: Core, prices: Prices, target: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self.core, self.prices, self.target = core, prices, target
        self.seconds = seconds
        self.least: int | None = None
        self.ended = Event()

    def run(self) -> None:
        """Go down; called on a thread of its own."""
        until = perf_counter() + self.seconds
        instance, prices = self.core.instance, self.prices
        largest = int(np.abs(instance.value).max(initial=1)) * (instance.demands + 1)
        fine = FINE
        while fine > 1 and fine * largest > 1 << 56:
            fine >>= 1
        free = np.diff(instance.uses) == 0
        order = np.argsort(instance.resource, kind="stable")
        option = np.flatnonzero(~free)[order]
        start = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(instance.resource, minlength=len(instance.capacity)))))
        args = (np.maximum(instance.capacity, 0), start, self.core.owner[option], instance.value[option] * fine, instance.amount[order])
        # What a demand gets without any resource bounds its utility from below.
        floor = np.full(instance.demands, -(1 << 60) if instance.must else 0, np.int64)
        np.maximum.at(floor, self.core.owner[free], instance.value[free] * fine)
        utility: Ints = np.maximum(np.rint(prices.utility / prices.scale * fine).astype(np.int64), floor)
        kept, lowest, length, since = utility, 1 << 62, 1.0, 0
        for _ in range(STEPS):
            taken = np.zeros(instance.demands, np.int64)
            level = int(utility.sum()) + int(filled(*args, utility, taken))
            since += 1
            if level < lowest:
                if lowest - level > 1e-6 * abs(level):
                    since = 0
                lowest, kept = level, utility
                self.least = lowest // fine
            if self.ended.is_set() or perf_counter() > until or self.least is None or self.least <= self.target or length < 1e-3:
                return
            slope = 1 - taken
            slope[(utility <= floor) & (slope > 0)] = 0
            norm = int((slope * slope).sum())
            if norm == 0:
                return
            if since > 10:
                utility, length, since = kept, length / 2, 0
            # Towards a point between bound and value: the optimum lies between them.
            ahead = length * (level - (lowest + self.target * fine) / 2) / norm
            utility = np.maximum(utility - np.rint(ahead * slope).astype(np.int64), floor)
