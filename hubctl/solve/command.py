"""`./hub solve`: a problem in a file becomes one JSON object on standard output; a bad file becomes a line on standard error and status 2."""

import math
import sys
from decimal import Decimal
from enum import StrEnum
from time import perf_counter
from typing import Any

import numpy as np
import orjson

from chassis.errors import Invalid
from hubctl.solve.case import LEVELS, Case, Ints
from hubctl.solve.orlib import assign, read_assignment, read_gap
from hubctl.solve.parsing import Parser
from hubctl.solve.reading import BadFile, Document, read_text
from hubctl.solve.relocating import both_sides, stable_plan
from hubctl.solve.solving import Solved, solve_greedily, solve_stages
from hubctl.solve.task import Task, task_of
from hubctl.solve.telling import Progress, gap_of


class Mechanism(StrEnum):
    """How to decide: best for all, stable, or first come first served by value."""

    WELFARE = "welfare"
    STABLE = "stable"
    GREEDY = "greedy"


class Format(StrEnum):
    """What the file holds."""

    HUB = "hub"
    GAP = "orlib-gap"
    ASSIGN = "orlib-assign"


def solve(name: str, mechanism_name: str, seconds: float, form_name: str, problem: int | None, maximise: bool) -> int:
    """Read, solve, print; the exit status."""
    try:
        if mechanism_name not in set(Mechanism) or form_name not in set(Format):
            raise BadFile(f"--mechanism is one of {', '.join(Mechanism)}; --format one of {', '.join(Format)}.")
        mechanism, form = Mechanism(mechanism_name), Format(form_name)
        if not math.isfinite(seconds):
            raise BadFile("--seconds must be a number.")
        if form is not Format.GAP and (problem is not None or maximise):
            raise BadFile("--problem and --maximise belong to --format orlib-gap.")
        if form is not Format.HUB and mechanism is Mechanism.STABLE:
            raise BadFile("A stable plan needs preferences, which these files do not have.")
        text = read_text(name)
        if form is Format.HUB:
            answer = _hub(Parser(Document(text)).case(), mechanism, seconds)
        elif form is Format.GAP:
            answer = _gap(text, mechanism, seconds, problem, maximise)
        else:
            answer = _assignment(text, mechanism)
    except Invalid as refusal:
        print(refusal, file=sys.stderr)
        return 2
    sys.stdout.buffer.write(orjson.dumps(answer, default=_exactly, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
    return 0


def _exactly(value: object) -> orjson.Fragment:
    """A decimal as it is, without the detour over binary fractions."""
    assert isinstance(value, Decimal)
    return orjson.Fragment(f"{value.normalize():f}")


def _certificate(mechanism: Mechanism, value: Any, bound: Any, gap: float | None, seconds: float, proven: bool) -> dict[str, Any]:
    return {"mechanism": mechanism.value, "value": value, "bound": bound, "gap": gap, "seconds": round(seconds, 3), "proven": proven}


def _hub(case: Case, mechanism: Mechanism, seconds: float) -> dict[str, Any]:
    if mechanism is Mechanism.STABLE:
        return _stable(case, seconds)
    task = task_of(case)
    solved, value, bound = _solved(case, task, mechanism, seconds)
    assert solved.chosen is not None
    pairs = task.pairs(solved.chosen)
    answer = _certificate(mechanism, case.plain(value), case.plain(bound), gap_of(value, bound), solved.seconds, value == bound and solved.proven)
    if len(task.levels) > 1:
        fixed = np.zeros(len(LEVELS), np.int64)
        np.add.at(fixed, case.level[case.need[list(task.fixed)]], case.value[list(task.fixed)])
        skip = len(task.stages) - len(task.levels)
        answer["levels"] = [
            {
                "urgency": LEVELS[level],
                "value": case.plain(solved.values[skip + at] + int(fixed[level])),
                "bound": case.plain(solved.bounds[skip + at] + task.slack[skip + at] + int(fixed[level])),
            }
            for at, level in enumerate(task.levels)
        ]
    answer |= _assignment_of(case, task, pairs)
    if case.lists and not case.together:
        answer |= both_sides(case, pairs)
    return answer


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
    started = perf_counter()
    task = task_of(case, by_urgency=False)
    pairs = stable_plan(case, task)
    took = perf_counter() - started
    best, most, bound = _solved(case, task, Mechanism.WELFARE, seconds)
    assert best.chosen is not None
    value = int(case.value[pairs].sum())
    bound = max(bound, value)
    answer = _certificate(Mechanism.STABLE, case.plain(value), case.plain(bound), gap_of(value, bound), took, value == bound)
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


def _gap(text: str, mechanism: Mechanism, seconds: float, problem: int | None, maximise: bool) -> dict[str, Any]:
    gap = read_gap(text, problem)
    instance, sign = gap.instance(maximise), 1 if maximise else -1
    if mechanism is Mechanism.GREEDY:
        solved = solve_greedily(instance, (instance.value,))
    else:
        solved = solve_stages(instance, (instance.value,), seconds, Progress(lambda amount: sign * amount))
    bound = sign * solved.bounds[0] if solved.bounds else None
    if solved.chosen is None:
        return _unsolved(mechanism, None if solved.proven else bound, solved.seconds, solved.proven, gap.cost.shape[1])
    value = sign * solved.values[0]
    assert bound is not None
    answer = _certificate(mechanism, value, bound, gap_of(value, bound), solved.seconds, solved.proven)
    return answer | _numbered(gap.agent_of()[solved.chosen])


def _assignment(text: str, mechanism: Mechanism) -> dict[str, Any]:
    costs = read_assignment(text)
    started = perf_counter()
    best, least = assign(costs)
    if best is None:
        return _unsolved(mechanism, None, perf_counter() - started, mechanism is Mechanism.WELFARE, costs.size)
    columns, value = best, least
    if mechanism is Mechanism.GREEDY:
        columns = np.full(costs.size, -1, np.int64)
        free = np.ones(costs.size, np.bool_)
        for pair in np.argsort(costs.cost, kind="stable").tolist():
            if columns[costs.row[pair]] < 0 and free[costs.column[pair]]:
                columns[costs.row[pair]] = costs.column[pair]
                free[costs.column[pair]] = False
        if np.any(columns < 0):
            return _unsolved(mechanism, least, perf_counter() - started, False, costs.size)
        cost = dict(zip((costs.row * costs.size + costs.column).tolist(), costs.cost.tolist(), strict=True))
        value = sum(cost[row * costs.size + column] for row, column in enumerate(columns.tolist()))
    answer = _certificate(mechanism, value, least, gap_of(value, least), perf_counter() - started, value == least)
    return answer | _numbered(columns)


def _numbered(chosen: Ints) -> dict[str, Any]:
    return {"assignment": {str(at + 1): int(agent) + 1 for at, agent in enumerate(chosen)}, "unplaced": []}


def _unsolved(mechanism: Mechanism, bound: int | None, seconds: float, proven: bool, count: int) -> dict[str, Any]:
    """No way was found to place all: with `proven`, there is none."""
    everyone = [str(at + 1) for at in range(count)]
    return _certificate(mechanism, None, bound, None, seconds, proven) | {"assignment": dict.fromkeys(everyone), "unplaced": everyone}
