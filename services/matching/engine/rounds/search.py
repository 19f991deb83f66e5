"""Large rounds: level by level with the solvers over arrays, each level beside the seats of the levels above it."""

from collections.abc import Callable
from time import monotonic
from uuid import UUID

import numpy as np

from services.matching.engine.problem import RoundPair
from services.matching.engine.rounds.arrays import Level, level_of
from services.matching.engine.rounds.outcome import Outcome
from services.matching.engine.seating import Component, Slot, asked_of, ceiling_by_level, fill, worth_by_level
from services.matching.engine.solving import portfolio
from services.matching.engine.solving.instance import Answer, Instance
from services.matching.engine.solving.lexicographic import solve_levels

Heard = Callable[[Outcome], None]
"""Told of each better plan of a component."""


def search(component: Component, start: Outcome, seconds: float, heard: Heard) -> Outcome:
    """The best seats found within the time, never worse than the start.

    Steps: pins stay as the start has them. Where every need takes one place of one dimension and no needs belong together, the whole order of
    levels is solved exactly by flows (`lexicographic`), and the plan is proven if all pins are kept. Otherwise each level, most urgent first, goes
    to `portfolio.best` with the room that the levels above leave and a part of the time by its size; its bound then holds beside those seats, and
    for the summed value only the bound known before holds. What stays free is filled by hand, which keeps the urgency floor."""
    until = monotonic() + seconds
    ceiling = ceiling_by_level(component)
    kept = {need_id: pair for need_id, pair in start.seats.items() if pair.key in component.pinned}
    everybody = level_of(component.groups, component.room, kept)
    if _is_unit(everybody) and start.worth[0] == ceiling[0]:
        return _by_flow(component, everybody, start, kept)
    best, bounds = start, list(ceiling)
    for at, level in enumerate(component.levels()):
        groups = [group for group in component.groups if group.level == level]
        later = sum(len(pairs) for group in component.groups if group.level >= level for pairs in group.options)
        share = (until - monotonic()) * sum(len(pairs) for group in groups for pairs in group.options) / max(later, 1)
        stays = {
            need.id: best.seats[need.id]
            for group in component.groups
            if group.level < level or (group.level > level and any(need.id in kept for need in group.needs))
            for need in group.needs
            if need.id in best.seats
        }
        arrays = level_of(groups, _left(component, stays), kept)

        def tell(answer: Answer, best: Outcome = best, arrays: Level = arrays, stays: dict[UUID, RoundPair] = stays) -> None:
            if answer.chosen is not None:
                heard(_completed(component, best, stays | arrays.seats(answer.chosen)))

        if share > 0.01 and len(arrays.options):
            answer = portfolio.best(arrays.instance, share, arrays.choice(best.seats), tell)
            if answer.chosen is not None:
                best = _completed(component, best, stays | arrays.seats(answer.chosen))
            if arrays.whole:
                bounds[at + 1] = min(ceiling[at + 1], max(answer.bound, best.worth[at + 1]))
        best = Outcome(best.seats, best.worth, tuple(bounds), best.total, False)
        heard(best)
    return best


def _completed(component: Component, best: Outcome, seats: dict[UUID, RoundPair]) -> Outcome:
    """The seats, and of the best plan what less urgent needs can keep, filled by hand; the best plan itself where that is not better."""
    wanted = {key: pair for key, pair in best.seats.items() if key not in seats}
    levels = {need.id: group.level for group in component.groups for need in group.needs}
    reached = max((levels[key] for key in seats), default=-1)
    filled = fill(component, seats | {key: pair for key, pair in wanted.items() if levels[key] > reached})
    worth = worth_by_level(component, filled)
    return Outcome(filled, worth, best.bounds, best.total, False) if worth > best.worth else best


def _left(component: Component, seats: dict[UUID, RoundPair]) -> dict[Slot, int]:
    left = dict(component.room)
    needs = {need.id: need for group in component.groups for need in group.needs}
    for need_id, pair in seats.items():
        for name, amount in asked_of(needs[need_id]):
            left[pair.offer_id, name] -= amount
    return left


def _is_unit(level: Level) -> bool:
    instance: Instance = level.instance
    alone = all(len(group.needs) == 1 for group in level.groups)
    return bool(alone and instance.single and (len(instance.amount) == 0 or np.all(instance.amount == 1)))


def _by_flow(component: Component, everybody: Level, start: Outcome, kept: dict[UUID, RoundPair]) -> Outcome:
    """The best plan of unit demand, shown to be the best: pins first as their own level, then the levels of urgency."""
    pinned = np.array([group.needs[0].id in kept for group in everybody.groups], np.bool_)
    urgency = np.array([group.level for group in everybody.groups], np.int64)
    answer = solve_levels(everybody.instance, np.where(pinned, -1, urgency))
    if answer.chosen is None:
        return start
    seats = everybody.seats(answer.chosen)
    worth = worth_by_level(component, seats)
    return Outcome(seats, worth, worth, sum(worth[1:]), True)
