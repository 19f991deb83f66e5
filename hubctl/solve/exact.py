"""Stages solved one after the other by branch and bound (CP-SAT), each held before the next is raised: for tasks of moderate size."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from ortools.sat.python import cp_model

from hubctl.solve.case import Ints
from services.matching.engine.solving.instance import UNPLACED, Instance

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """The choice (None: none was found; with `proven`, there is none), and the bound of each stage: conditional on what the stages before reached,
    so that it counts only while those are proven."""

    chosen: Ints | None
    bounds: tuple[int, ...]
    proven: bool


class _Teller(cp_model.CpSolverSolutionCallback):
    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self.tell = tell

    def on_solution_callback(self) -> None:
        """A better choice was found."""
        self.tell(round(self.objective_value), round(self.best_objective_bound))


def by_stages(instance: Instance, stages: tuple[Ints, ...], seconds: float, start: Ints | None, tell: Tell | None = None) -> Staged:
    """Maximise the stages in their order within so many seconds. Steps: one 0/1 variable an option; at most (exactly, where all must be placed)
    one of each demand; no resource beyond its capacity; then for each stage maximise, and demand from then on what it reached.
    One thread and a fixed seed: the same task gives the same answer where it is proven."""
    until = perf_counter() + seconds
    model = cp_model.CpModel()
    takes = [model.new_bool_var("") for _ in range(instance.options)]
    for begin, end in zip(instance.first[:-1].tolist(), instance.first[1:].tolist(), strict=True):
        (model.add_exactly_one if instance.must else model.add_at_most_one)(takes[begin:end])
    option = np.repeat(np.arange(instance.options), np.diff(instance.uses)).tolist()
    users: dict[int, tuple[list[cp_model.IntVar], list[int]]] = {}
    for user, resource, amount in zip(option, instance.resource.tolist(), instance.amount.tolist(), strict=True):
        variables, amounts = users.setdefault(resource, ([], []))
        variables.append(takes[user])
        amounts.append(amount)
    for resource, (variables, amounts) in users.items():
        model.add(cp_model.LinearExpr.weighted_sum(variables, amounts) <= int(instance.capacity[resource]))
    chosen, bounds, proven = start, [], True
    for stage in stages:
        goal = cp_model.LinearExpr.weighted_sum(takes, stage.tolist())
        model.maximize(goal)
        best, bound, done, impossible = _maximise(model, takes, instance, chosen, until - perf_counter(), tell)
        if impossible:
            return Staged(None, (), proven=True)
        if best is not None and (chosen is None or _worth(stage, best) > _worth(stage, chosen)):
            chosen = best
        reached = 0 if chosen is None else _worth(stage, chosen)
        ceiling = _ceiling(instance, stage)
        bounds.append((reached if done and chosen is not None else max(reached, min(bound, ceiling))) if proven else ceiling)
        proven = proven and chosen is not None and (done or bounds[-1] == reached)
        if chosen is None:
            break
        model.add(goal >= reached)
    bounds.extend(_ceiling(instance, stage) for stage in stages[len(bounds) :])
    return Staged(chosen, tuple(bounds), proven)


def _maximise(
    model: cp_model.CpModel, takes: list[cp_model.IntVar], instance: Instance, start: Ints | None, seconds: float, tell: Tell | None
) -> tuple[Ints | None, int, bool, bool]:
    """The choice, the bound, whether they meet, and whether there is no choice at all."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = max(seconds, 0.02)
    model.clear_hints()  # type: ignore[no-untyped-call]
    if start is not None:
        picked = set(start[start >= 0].tolist())
        for option, variable in enumerate(takes):
            model.add_hint(variable, option in picked)
    status = solver.solve(model, _Teller(tell)) if tell else solver.solve(model)
    if status == cp_model.MODEL_INVALID:
        return start, 2**62, False, False
    if status == cp_model.INFEASIBLE:
        return None, 0, True, start is None
    # The solver keeps bounds in floating point: what may have been lost there is given back.
    kept = abs(solver.best_objective_bound) < 2**62
    bound = int(np.floor(solver.best_objective_bound + 1e-6)) + int(abs(solver.best_objective_bound)) // 2**51 if kept else 2**62
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, bound, False, False
    chosen = np.full(instance.demands, UNPLACED, np.int64)
    owner = instance.owner()
    for option, variable in enumerate(takes):
        if solver.value(variable):
            chosen[owner[option]] = option
    return chosen, bound, status == cp_model.OPTIMAL, False


def _worth(stage: Ints, chosen: Ints) -> int:
    return int(stage[chosen[chosen >= 0]].sum())


def _ceiling(instance: Instance, stage: Ints) -> int:
    """Everybody's best: above what any choice reaches."""
    best = np.full(instance.demands, np.iinfo(np.int64).min if instance.must else 0, np.int64)
    np.maximum.at(best, instance.owner(), stage)
    return int(best[np.diff(instance.first) > 0].sum())
