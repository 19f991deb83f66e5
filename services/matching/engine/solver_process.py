"""The exact solver of a round, in a process of its own: JSON in on stdin, JSON out on stdout, so its memory and crashes stay apart."""

import json
import sys
from time import monotonic
from uuid import UUID

import highspy
import numpy as np

from services.matching.engine.problem import Certificate, LevelCertificate, Plan, Problem, RoundPair, problem_from, to_plain
from services.matching.engine.seating import Component, ceiling_by_level, components, fill, pins_lost, unplaced, worth_by_level
from services.matching.engine.types import MOST_URGENT_FIRST


class _Model:
    """One component as a mixed-integer programme: a binary column per pair, and one per group of several needs."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.pairs = [pair for group in component.groups for pairs in group.options for pair in pairs]
        column_of = {pair.key: column for column, pair in enumerate(self.pairs)}
        several = [group for group in component.groups if len(group.needs) > 1]
        self.width = len(self.pairs) + len(several)
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            self.highs.setOptionValue(option, value)
        self.highs.addVars(self.width, np.zeros(self.width), np.ones(self.width))
        columns = np.arange(self.width, dtype=np.int32)
        self.highs.changeColsIntegrality(self.width, columns, np.array([highspy.HighsVarType.kInteger] * self.width))
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        asked: dict[UUID, dict[int, float]] = {offer: {} for offer in component.places}
        for group in component.groups:
            for need, pairs in zip(group.needs, group.options, strict=True):
                row = {column_of[pair.key]: 1.0 for pair in pairs}
                asked_here = ((pair.offer_id, column_of[pair.key]) for pair in pairs)
                for offer, column in asked_here:
                    asked[offer][column] = float(need.size)
                if len(group.needs) > 1:
                    self._row(row | {len(self.pairs) + several.index(group): -1.0}, 0.0, 0.0)
                else:
                    self._row(row, -highspy.kHighsInf, 1.0)
        for offer, row in asked.items():
            self._row(row, -highspy.kHighsInf, float(component.places[offer]))

    def _row(self, row: dict[int, float], lower: float, upper: float) -> None:
        self.highs.addRow(lower, upper, len(row), np.array(list(row), dtype=np.int32), np.array(list(row.values())))

    def weights(self, stage: int) -> dict[int, float]:
        """What a stage counts: stage 0 pins, stage 1 the most urgent level that occurs, and so on."""
        if stage == 0:
            return {column: 1.0 for column, pair in enumerate(self.pairs) if pair.key in self.component.pinned}
        level = self.component.levels()[stage - 1]
        of_level = {need.id for group in self.component.groups if group.level == level for need in group.needs}
        return {column: float(pair.value) for column, pair in enumerate(self.pairs) if pair.need_id in of_level}

    def best(self, stage: int, seats: dict[UUID, RoundPair], seconds: float) -> tuple[dict[UUID, RoundPair], int | None]:
        """Maximise a stage, starting from seats that hold; the seats found, and the proven bound (None where the time ran out before any)."""
        cost = np.zeros(self.width)
        for column, weight in self.weights(stage).items():
            cost[column] = weight
        self.highs.changeColsCost(self.width, np.arange(self.width, dtype=np.int32), cost)
        self.highs.setOptionValue("time_limit", seconds)
        start = highspy.HighsSolution()
        start.col_value = self._columns(seats)
        self.highs.setSolution(start)
        self.highs.run()
        solved = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        info = self.highs.getInfo()
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            values = self.highs.getSolution().col_value
            seats = {pair.need_id: pair for pair, value in zip(self.pairs, values, strict=False) if value > 0.5}
        reached = worth_by_level(self.component, seats)[stage]
        if solved:
            return seats, reached
        return seats, None if info.mip_dual_bound >= 1e15 else int(info.mip_dual_bound + 1e-6)

    def _columns(self, seats: dict[UUID, RoundPair]) -> list[float]:
        values = [float(seats.get(pair.need_id) == pair) for pair in self.pairs]
        return values + [float(group.needs[0].id in seats) for group in self.component.groups if len(group.needs) > 1]

    def hold(self, stage: int, reached: int) -> None:
        """From now on a stage may not fall below what it reached; half a unit of slack, for its values are whole numbers."""
        if row := self.weights(stage):
            self._row(row, reached - 0.5, highspy.kHighsInf)


_OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    # Values are whole numbers: a gap below one proves the optimum.
    "mip_abs_gap": 0.5,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
}


def _solve_component(component: Component, until: float) -> tuple[dict[UUID, RoundPair], tuple[int, ...], bool]:
    """The best seats of a component, an upper bound per stage, and whether they are proven. Stages: pins kept, then the value of each level
    of urgency, most urgent first, each held before the next is raised. A plan that is not proven is repaired so that the urgency floor holds."""
    baseline = fill(component)
    ceiling = ceiling_by_level(component)
    if worth_by_level(component, baseline) == ceiling:
        return baseline, ceiling, True
    model = _Model(component)
    seats, bounds, proven = baseline, list(ceiling), True
    for stage, most in enumerate(ceiling):
        reached = worth_by_level(component, seats)[stage]
        if reached < most:
            left = until - monotonic()
            found, bound = model.best(stage, seats, left) if left > 0.01 else (seats, None)
            if worth_by_level(component, found)[: stage + 1] >= worth_by_level(component, seats)[: stage + 1]:
                seats = found
            reached = worth_by_level(component, seats)[stage]
            # A bound is conditional on the stages above being held at their optimum, so it counts only while all of them are proven.
            if proven and bound is not None:
                bounds[stage] = min(most, max(bound, reached))
            proven = proven and bounds[stage] == reached
        model.hold(stage, reached)
    if proven:
        return seats, tuple(bounds), True
    return max((fill(component, seats), baseline), key=lambda one: worth_by_level(component, one)), tuple(bounds), False


def solve_here(problem: Problem, seconds: float) -> Plan:
    """Solve in this process. Guarantee: the same problem in any order gives the same plan whenever the plan is proven (input is sorted, one
    thread, fixed seed); never over capacity, no group split, forbidden pairs never chosen, the urgency floor kept even when time runs out."""
    started = monotonic()
    parts = components(problem)
    seats: dict[UUID, RoundPair] = {}
    value, bound, greedy = ([0] * len(MOST_URGENT_FIRST) for _ in range(3))
    proven = True
    for part in parts:
        found, bounds, part_proven = _solve_component(part, started + seconds)
        seats |= found
        proven &= part_proven
        for totals, by_stage in ((value, worth_by_level(part, found)), (bound, bounds), (greedy, worth_by_level(part, fill(part)))):
            for level, amount in zip(part.levels(), by_stage[1:], strict=True):
                totals[level] += amount
    levels = tuple(LevelCertificate(*row) for row in zip(MOST_URGENT_FIRST, value, bound, greedy, strict=True))
    total, most = sum(value), sum(bound)
    certificate = Certificate(
        value=total,
        bound=most,
        gap=(most - total) / most if most else 0.0,
        seconds=round(monotonic() - started, 3),
        proven=proven,
        components=len(parts),
        levels=levels,
    )
    return Plan(
        seats=tuple(seats[need_id] for need_id in sorted(seats)),
        unplaced=unplaced(problem, parts, seats),
        pins_lost=pins_lost(problem, seats),
        certificate=certificate,
        greedy_value=sum(greedy),
    )


def main() -> None:
    """Read `{"problem": ..., "seconds": ...}`, write the plan."""
    asked = json.load(sys.stdin)
    json.dump(to_plain(solve_here(problem_from(asked["problem"]), float(asked["seconds"]))), sys.stdout)


if __name__ == "__main__":
    main()
