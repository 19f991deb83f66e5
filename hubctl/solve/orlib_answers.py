"""Answers to files of the OR-Library: rows or jobs are numbered from 1, and costs are minimised unless asked otherwise."""

from time import perf_counter
from typing import Any

import numpy as np

from hubctl.solve.case import Ints
from hubctl.solve.mechanism import Mechanism, certificate
from hubctl.solve.orlib import assign, read_assignment, read_gap
from hubctl.solve.telling import Progress, gap_of


def gap(text: str, mechanism: Mechanism, seconds: float, problem: int | None, maximise: bool) -> dict[str, Any]:
    """Generalised assignment."""
    from hubctl.solve.solving import solve_greedily, solve_stages

    read = read_gap(text, problem)
    instance, sign = read.instance(maximise), 1 if maximise else -1
    if mechanism is Mechanism.GREEDY:
        solved = solve_greedily(instance, (instance.value,))
    else:
        solved = solve_stages(instance, (instance.value,), seconds, Progress(lambda amount: sign * amount))
    bound = sign * solved.bounds[0] if solved.bounds else None
    if solved.chosen is None:
        return _unsolved(mechanism, None if solved.proven else bound, solved.seconds, solved.proven, read.cost.shape[1])
    value = sign * solved.values[0]
    assert bound is not None
    answer = certificate(mechanism, value, bound, gap_of(value, bound), solved.seconds, solved.proven)
    return answer | _numbered(read.agent_of()[solved.chosen])


def assignment(text: str, mechanism: Mechanism) -> dict[str, Any]:
    """Assignment, dense or sparse."""
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
    answer = certificate(mechanism, value, least, gap_of(value, least), perf_counter() - started, value == least)
    return answer | _numbered(columns)


def _numbered(chosen: Ints) -> dict[str, Any]:
    return {"assignment": {str(at + 1): int(agent) + 1 for at, agent in enumerate(chosen)}, "unplaced": []}


def _unsolved(mechanism: Mechanism, bound: int | None, seconds: float, proven: bool, count: int) -> dict[str, Any]:
    """No way was found to place all: with `proven`, there is none."""
    everyone = [str(at + 1) for at in range(count)]
    return certificate(mechanism, None, bound, None, seconds, proven) | {"assignment": dict.fromkeys(everyone), "unplaced": everyone}
