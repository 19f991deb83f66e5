"""A plan for a problem of docs/solve.md, as the object that is printed."""

import gc
from time import perf_counter
from typing import Any

import numpy as np

from hubctl.solve.case import LEVELS, Case
from hubctl.solve.mechanism import Mechanism, certificate
from hubctl.solve.parsing import Parser
from hubctl.solve.reading import BadFile, Document
from hubctl.solve.relocating import both_sides, stable_plan, warm
from hubctl.solve.solving import Solved, solve_greedily, solve_stages
from hubctl.solve.task import Task, task_of
from hubctl.solve.telling import Progress, gap_of


def plan(text: str, mechanism: Mechanism, seconds: float) -> dict[str, Any]:
    """Read, solve, and say everything about the plan; raises `BadFile`."""
    # A large file is millions of small values that all stay: looking for garbage among them only takes time.
    gc.disable()
    try:
        case = Parser(Document(text)).case()
    finally:
        gc.enable()
    if mechanism is Mechanism.STABLE:
        return _stable(case, seconds)
    task = task_of(case)
    solved, value, bound = _solved(case, task, mechanism, seconds)
    assert solved.chosen is not None
    pairs = task.pairs(solved.chosen)
    answer = certificate(mechanism, case.plain(value), case.plain(bound), gap_of(value, bound), solved.seconds, value == bound and solved.proven)
    if len(set(case.level.tolist())) > 1:
        answer["levels"] = _levels(case, task, solved)
    answer |= _assignment_of(case, task, pairs)
    if case.lists and not case.together:
        answer |= both_sides(case, pairs)
    return answer


def _levels(case: Case, task: Task, solved: Solved) -> list[dict[str, Any]]:
    """Value and bound of each level of urgency that occurs, most urgent first; a group counts as its most urgent need."""
    kept = list(task.fixed)
    values, bounds = np.zeros(len(LEVELS), np.int64), np.zeros(len(LEVELS), np.int64)
    for sums in (values, bounds):
        np.add.at(sums, case.level[case.need[kept]], case.value[kept])
    skip = len(task.stages) - len(task.levels)
    for at, level in enumerate(task.levels, start=skip):
        values[level] += solved.values[at]
        bounds[level] += solved.bounds[at] + task.slack[at]
    occur = sorted({*task.levels, *case.level[case.need[kept]].tolist()})
    return [{"urgency": LEVELS[level], "value": case.plain(int(values[level])), "bound": case.plain(int(bounds[level]))} for level in occur]


def _solved(case: Case, task: Task, mechanism: Mechanism, seconds: float) -> tuple[Solved, int, int]:
    """The solution of a task, and its value and bound, kept pins included."""
    fixed = int(case.value[list(task.fixed)].sum())
    skip = len(task.stages) - len(task.levels) if task.levels else 0
    progress = Progress(lambda amount: case.plain(amount + fixed))
    if mechanism is Mechanism.GREEDY:
        solved = solve_greedily(task.instance, task.stages)
    else:
        solved = solve_stages(task.instance, task.stages, seconds, progress)
    value = sum(solved.values[skip:]) + fixed
    bound = sum(solved.bounds[skip:]) + sum(task.slack[skip:]) + fixed
    return solved, value, max(value, bound)


def _assignment_of(case: Case, task: Task, pairs: list[int]) -> dict[str, Any]:
    placed = {int(case.need[pair]): case.offers[case.offer[pair]] for pair in pairs}
    names = sorted((name, at) for at, name in enumerate(case.needs))
    kept = set(zip(case.need[pairs].tolist(), case.offer[pairs].tolist(), strict=True))
    lost = [*task.lost, *((pin, "no_room") for pin in case.pinned if pin not in kept and pin not in {each for each, _ in task.lost})]
    return {
        "assignment": {name: placed.get(at) for name, at in names},
        "unplaced": [name for name, at in names if at not in placed],
        "pins_lost": [{"need": case.needs[i], "offer": case.offers[j], "reason": reason} for (i, j), reason in sorted(lost)],
    }


def _stable(case: Case, seconds: float) -> dict[str, Any]:
    if case.together:
        raise BadFile("A stable plan has no groups: give needs that belong together as one need with a size per dimension.")
    task = task_of(case, by_urgency=False)
    warm()
    started = perf_counter()
    pairs = stable_plan(case, task)
    took = perf_counter() - started
    best, most, bound = _solved(case, task, Mechanism.WELFARE, seconds)
    assert best.chosen is not None
    value = int(case.value[pairs].sum())
    bound = max(bound, value)
    answer = certificate(Mechanism.STABLE, case.plain(value), case.plain(bound), gap_of(value, bound), took, value == bound)
    answer |= _assignment_of(case, task, pairs) | both_sides(case, pairs)
    other = both_sides(case, task.pairs(best.chosen))
    given_up = max(most, value) - value
    answer["welfare"] = {
        "value": case.plain(most),
        "bound": case.plain(bound),
        "seconds": round(best.seconds, 3),
        "proven": best.proven and most == bound,
        "given_up": case.plain(given_up),
        "share_given_up": given_up / abs(most) if most else 0.0,
        **other,
    }
    return answer
