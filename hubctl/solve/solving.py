"""Hands a task to the engine: the best plan by stages, or the plain greedy, always with a bound."""

from dataclasses import dataclass, replace
from time import perf_counter
from types import ModuleType

import numpy as np

from hubctl.solve.case import Ints
from hubctl.solve.telling import Progress
from services.matching.engine.solving.flow import ValuesTooLarge, solve_flow
from services.matching.engine.solving.greedy import in_order
from services.matching.engine.solving.instance import Answer, Instance
from services.matching.engine.solving.lexicographic import solve_levels
from services.matching.engine.solving.network import NotUnitDemand
from services.matching.engine.solving.portfolio import best, warm

WEIGHTS_BELOW = 2**50
"""Stages become one sum of weights while it stays exact in floating point."""
BRANCHED = 30_000
"""Up to how many options branch and bound is tried as well."""


PORTFOLIO_SHARE = 0.5
"""The most that the portfolio gets of the time where branch and bound follows."""
LEAST_PORTFOLIO = 0.2
"""Where branch and bound follows, the portfolio gets so many seconds, and one more for every `OPTIONS_A_SECOND` options."""
OPTIONS_A_SECOND = 2_000


class _Clock:
    """The wall-clock seconds of solving; what it takes to load a solver is start-up and not counted."""

    def __init__(self) -> None:
        self.started = perf_counter()

    def passed(self) -> float:
        """The seconds since the start."""
        return perf_counter() - self.started

    def branching(self) -> ModuleType:
        """Branch and bound, loaded on demand: it takes a second, and most answers are proven without it."""
        began = perf_counter()
        from hubctl.solve import exact

        self.started += perf_counter() - began
        return exact


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The option of each demand (None: no way to place all that must be), what each stage reached, what none exceeds (for a later stage: given
    what the earlier ones reached), the seconds of solving, and whether all is proven."""

    chosen: Ints | None
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    seconds: float
    proven: bool


def solve_stages(instance: Instance, stages: tuple[Ints, ...], seconds: float, progress: Progress) -> Solved:
    """The best choice, earlier stages before later ones. Unit demand: exactly, by minimum-cost flow. Otherwise the portfolio, then branch and
    bound where the task is small; several stages as one sum whose weights keep their order, or one after the other where those grow too large."""
    clock = _Clock()
    if instance.demands == 0 or instance.options == 0:
        nothing = None if instance.must and instance.demands else np.full(instance.demands, -1, np.int64)
        return Solved(nothing, (0,) * len(stages), (0,) * len(stages), clock.passed(), proven=True)
    try:
        return replace(_by_flow(instance, stages), seconds=clock.passed())
    except (NotUnitDemand, ValuesTooLarge):
        pass
    # Loading compiled code is start-up, not solving.
    warm()
    clock = _Clock()
    weights, total = _weights(instance, stages)
    if total < WEIGHTS_BELOW:
        summed = np.sum([stage * weight for stage, weight in zip(stages, weights, strict=True)], axis=0).astype(np.int64)
        answer = _one_stage(replace(instance, value=summed), seconds, clock, progress if len(stages) == 1 else None)
        if answer.chosen is None:
            return Solved(None, (), (answer.bound,), clock.passed(), answer.proven)
        bounds = _bounds(instance, stages, weights, answer)
        return Solved(answer.chosen, _values(stages, answer.chosen), bounds, clock.passed(), answer.proven)
    first = best(replace(instance, value=stages[0]), seconds / 4)
    staged = clock.branching().by_stages(instance, stages, seconds - clock.passed(), first.chosen)
    values = () if staged.chosen is None else _values(stages, staged.chosen)
    return Solved(staged.chosen, values, staged.bounds, clock.passed(), staged.proven)


def solve_greedily(instance: Instance, stages: tuple[Ints, ...]) -> Solved:
    """Stage by stage, the most valuable options first, each taken where its demand is free and it fits; the bound is that of the relaxation."""
    warm()
    started = perf_counter()
    order = np.lexsort((np.arange(instance.options), *(-stage for stage in reversed(stages))))
    chosen = in_order(instance, order)
    seconds = perf_counter() - started
    values = _values(stages, chosen)
    bounds = []
    for stage, value in zip(stages, values, strict=True):
        bound = best(replace(instance, value=stage), 0.0).bound if instance.options else 0
        bounds.append(max(value, bound))
    if instance.must and np.any(chosen < 0):
        return Solved(None, (), tuple(bounds), seconds, proven=False)
    return Solved(chosen, values, tuple(bounds), seconds, values == tuple(bounds))


def _by_flow(instance: Instance, stages: tuple[Ints, ...]) -> Solved:
    if len(stages) == 1:
        answer = solve_flow(replace(instance, value=stages[0]))
        chosen = answer.chosen
    else:
        # Each demand counts in one stage: the one where its options have weight.
        weighs = np.stack([stage != 0 for stage in stages])
        if np.any(weighs.sum(axis=0) > 1):
            raise NotUnitDemand("An option counts in several stages.")
        stage_of = np.zeros(instance.demands, np.int64)
        np.maximum.at(stage_of, instance.owner(), np.argmax(weighs, axis=0))
        chosen = solve_levels(replace(instance, value=np.sum(stages, axis=0)), stage_of).chosen
    values = () if chosen is None else _values(stages, chosen)
    return Solved(chosen, values, values, 0.0, proven=True)


def _one_stage(instance: Instance, seconds: float, clock: _Clock, progress: Progress | None) -> Answer:
    def told(answer: Answer) -> None:
        if progress:
            progress.tell(None if answer.chosen is None else answer.value, answer.bound)

    if instance.options > BRANCHED:
        return best(instance, seconds, tell=told)
    found = best(instance, min(PORTFOLIO_SHARE * seconds, LEAST_PORTFOLIO + instance.options / OPTIONS_A_SECOND), tell=told)
    if found.proven:
        return found
    branching = clock.branching()
    tell = (lambda value, bound: progress.tell(value, min(bound, found.bound))) if progress else None
    staged = branching.by_stages(instance, (instance.value,), seconds - clock.passed(), found.chosen, tell)
    if staged.chosen is None:
        return Answer(None, 0, found.bound, clock.passed(), staged.proven)
    value, bound = instance.worth(staged.chosen), min(found.bound, staged.bounds[0])
    return Answer(staged.chosen, value, max(value, bound), clock.passed(), staged.proven or value >= bound)


def _values(stages: tuple[Ints, ...], chosen: Ints) -> tuple[int, ...]:
    picked = chosen[chosen >= 0]
    return tuple(int(stage[picked].sum()) for stage in stages)


def _range(instance: Instance, stage: Ints) -> tuple[int, int]:
    """What a stage reaches at least and at most."""
    low, high = np.zeros(instance.demands, np.int64), np.zeros(instance.demands, np.int64)
    np.minimum.at(low, instance.owner(), stage)
    np.maximum.at(high, instance.owner(), stage)
    return int(low.sum()), int(high.sum())


def _weights(instance: Instance, stages: tuple[Ints, ...]) -> tuple[list[int], int]:
    """A weight per stage so that one more unit of a stage outweighs all later stages; and the largest sum that can come."""
    weights, width = [], 0
    for stage in reversed(stages):
        low, high = _range(instance, stage)
        weights.append(width + 1)
        width += (width + 1) * (high - low)
    return weights[::-1], width


def _bounds(instance: Instance, stages: tuple[Ints, ...], weights: list[int], answer: Answer) -> tuple[int, ...]:
    """The bound of the sum, stage by stage: for each the most it can be, given what the stages before reached while those are proven."""
    assert answer.chosen is not None
    lows = [_range(instance, stage)[0] for stage in stages]
    highs = [_range(instance, stage)[1] for stage in stages]
    rest, bounds, proven = answer.bound, [], True
    for at, value in enumerate(_values(stages, answer.chosen)):
        below = sum(weight * low for weight, low in zip(weights[at + 1 :], lows[at + 1 :], strict=True))
        bound = max(value, min(highs[at], (rest - below) // weights[at])) if proven or instance.must else highs[at]
        bounds.append(rest if len(stages) == 1 else bound)
        proven = proven and bound == value
        rest -= weights[at] * value
    return tuple(bounds)
