"""A part of a round as a mixed-integer programme over arrays: its relaxation with a bound that is safe to claim, and the search on what is left."""

from dataclasses import dataclass, replace
from time import monotonic

import highspy
import numpy as np
from numpy.typing import NDArray

from services.matching.engine.problem import RoundPair
from services.matching.engine.seating import Component, Seats, asked_of

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
INFINITE = highspy.kHighsInf
KERNEL = 5
"""The first search looks only at the pairs of least loss, on average so many a need."""
NOWHERE = -1e15
"""What a pair that takes no part is worth: below every sum of values, so that a group which lacks a need stays out."""
MANY = 400
"""Pairs from which a narrow search comes before the whole one."""
MOST = 16_000
"""Pairs up to which branch and bound is tried: beyond, not even its first node would end in time."""
OPTIONS: dict[str, bool | int | float | str] = {
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


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """What is sought: `cost` per pair is made as large as possible over the pairs of `among`, within `room` per slot, while each row of `held`
    (coefficients per pair, least sum) is kept."""

    cost: Floats
    among: Flags
    room: Floats
    held: tuple[tuple[Floats, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """An upper bound, what the bound loses at least when a pair is chosen (infinite outside `among`), and whether the relaxation was solved."""

    bound: float
    loss: Floats
    solved: bool


class Programme:
    """One component: pairs in canonical order of group, need and offer; rows for slots, for needs, and one column more for each group of several."""

    def __init__(self, component: Component) -> None:
        self.component = component
        needs = [(need, pairs, group) for group in component.groups for need, pairs in zip(group.needs, group.options, strict=True)]
        self.pairs: list[RoundPair] = [pair for _, pairs, _ in needs for pair in pairs]
        self.value = np.array([pair.value for pair in self.pairs], np.float64)
        self.pin = np.array([pair.key in component.pinned for pair in self.pairs], np.float64)
        counts = np.array([len(pairs) for _, pairs, _ in needs], np.int64)
        self.need_of = np.repeat(np.arange(len(needs)), counts)
        self.first = np.concatenate(([0], np.cumsum(counts)[:-1]))
        self.group_of = np.repeat(np.arange(len(component.groups)), [len(group.needs) for group in component.groups])
        self.level_of = np.repeat([group.level for _, _, group in needs], counts)
        self.single = np.array([len(group.needs) == 1 for group in component.groups])
        self.slots = {slot: row for row, slot in enumerate(component.room)}
        self.room = np.array(list(component.room.values()), np.float64)
        rows, columns, amounts = [], [], []
        at = 0
        for need, pairs, _ in needs:
            asked = asked_of(need)
            for pair in pairs:
                for name, amount in asked:
                    rows.append(self.slots[pair.offer_id, name])
                    columns.append(at)
                    amounts.append(amount)
                at += 1
        self.row, self.column = np.array(rows, np.int64), np.array(columns, np.int64)
        self.amount = np.array(amounts, np.float64)
        self.position = {pair.key: at for at, pair in enumerate(self.pairs)}

    def mask(self, seats: Seats) -> Flags:
        """The pairs of some seats, as flags."""
        chosen = np.zeros(len(self.pairs), np.bool_)
        chosen[[self.position[pair.key] for pair in seats.values()]] = True
        return chosen

    def used(self, chosen: Flags) -> Floats:
        """What chosen pairs use of each slot."""
        return np.bincount(self.row, np.where(chosen[self.column], self.amount, 0.0), len(self.room)).astype(np.float64)

    def fits(self, room: Floats) -> Flags:
        """Which pairs fit into some room by themselves."""
        return np.asarray(np.bincount(self.column, self.amount > room[self.row], len(self.pairs)) == 0)

    def relax(self, goal: Goal, seconds: float) -> Relaxed:
        """Solve the linear relaxation, and turn its dual prices into a Lagrangian bound (Geoffrion 1974), valid whatever the prices are, so that no
        tolerance of the solver can make it wrong. A pair whose loss is above bound - value cannot be in a plan that reaches the value."""
        highs, _ = self._model(goal, goal.among, integer=False)
        highs.setOptionValue("time_limit", max(seconds, 0.05))
        highs.run()
        solved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        dual = np.array(highs.getSolution().row_dual) if solved else np.zeros(len(self.room) + len(goal.held))
        price = np.maximum(dual[: len(self.room)], 0.0)
        keep = np.maximum(-dual[len(dual) - len(goal.held) :], 0.0) if goal.held else np.zeros(0)
        reduced = goal.cost - np.bincount(self.column, price[self.row] * self.amount, len(self.pairs))
        for (coefficients, _), weight in zip(goal.held, keep, strict=True):
            reduced = reduced + weight * coefficients
        reduced[~goal.among] = NOWHERE
        best = np.maximum.reduceat(reduced, self.first)
        of_group = np.bincount(self.group_of, best, len(self.single))
        bound = float(
            price @ np.maximum(goal.room, 0.0) + np.maximum(of_group, 0.0).sum() - sum(w * v for (_, v), w in zip(goal.held, keep, strict=True))
        )
        loss = np.maximum(of_group, 0.0)[self.group_of][self.need_of] - (of_group[self.group_of][self.need_of] - best[self.need_of] + reduced)
        return Relaxed(bound + 1e-6 + 1e-12 * abs(bound), np.where(goal.among, loss, np.inf), solved)

    def search(self, goal: Goal, among: Flags, start: Flags, seconds: float) -> tuple[Flags, bool]:
        """Branch and bound on the pairs of `among`, from a start that holds. The best choice found, and whether it is the best among them."""
        highs, kept = self._model(goal, among, integer=True)
        highs.setOptionValue("time_limit", seconds)
        given = highspy.HighsSolution()
        whole = start[kept].astype(np.float64)
        given.col_value = [*whole.tolist(), *self._groups(start, kept).tolist()]
        highs.setSolution(given)
        highs.run()
        done = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return start, False
        chosen = np.zeros(len(self.pairs), np.bool_)
        chosen[kept] = np.array(highs.getSolution().col_value)[: len(kept)] > 0.5
        return (chosen, done) if self.holds(goal, chosen) else (start, False)

    def is_impossible(self, goal: Goal, seconds: float) -> bool:
        """Whether it is shown that no choice among the goal's pairs keeps its rows."""
        highs, _ = self._model(goal, goal.among, integer=True)
        highs.setOptionValue("time_limit", seconds)
        highs.run()
        return bool(highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible)

    def holds(self, goal: Goal, chosen: Flags) -> bool:
        """Whether a choice keeps every row, in whole numbers."""
        of_need = np.bincount(self.need_of[chosen], minlength=len(self.first))
        placed = np.bincount(self.group_of, of_need, len(self.single))
        whole = (placed == 0) | (placed == np.bincount(self.group_of, minlength=len(self.single)))
        kept = all(int(np.rint(coefficients[chosen].sum())) >= least for coefficients, least in goal.held)
        return bool(np.all(of_need <= 1) and np.all(whole) and np.all(self.used(chosen) <= goal.room + 0.5) and kept)

    def _groups(self, chosen: Flags, kept: Places) -> Floats:
        several = np.unique(self.group_of[self.need_of[kept]])
        several = several[~self.single[several]]
        placed = np.zeros(len(self.single))
        placed[self.group_of[self.need_of[chosen]]] = 1.0
        return np.asarray(placed[several], np.float64)

    def _model(self, goal: Goal, among: Flags, integer: bool) -> tuple[highspy.Highs, Places]:
        kept = np.flatnonzero(among)
        width = len(kept)
        new = np.full(len(self.pairs), -1)
        new[kept] = np.arange(width)
        needs = np.unique(self.need_of[kept])
        # A need of a group that takes part has its row even where no pair of it is left, so that the group stays whole.
        several = np.unique(self.group_of[needs])
        several = several[~self.single[several]]
        needs = np.union1d(needs, np.flatnonzero(np.isin(self.group_of, several)))
        in_use = among[self.column]
        slots, held = len(self.room), len(goal.held)
        need_row = np.full(len(self.first), -1)
        need_row[needs] = slots + np.arange(len(needs))
        grouped = needs[~self.single[self.group_of[needs]]]
        rows = [self.row[in_use], need_row[self.need_of[kept]], need_row[grouped]]
        columns = [new[self.column[in_use]], np.arange(width), width + np.searchsorted(several, self.group_of[grouped])]
        values = [self.amount[in_use], np.ones(width), np.full(len(grouped), -1.0)]
        for at, (coefficients, _) in enumerate(goal.held):
            there = np.flatnonzero(coefficients[kept])
            rows.append(np.full(len(there), slots + len(needs) + at))
            columns.append(there)
            values.append(coefficients[kept][there])
        row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
        order = np.lexsort((row, column))
        total = width + len(several)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = total, slots + len(needs) + held
        lp.col_cost_ = np.concatenate((goal.cost[kept], np.zeros(len(several))))
        lp.col_lower_, lp.col_upper_ = np.zeros(total), np.ones(total)
        alone = self.single[self.group_of[needs]]
        lp.row_lower_ = np.concatenate((np.full(slots, -INFINITE), np.where(alone, -INFINITE, 0.0), [least - 0.5 for _, least in goal.held]))
        lp.row_upper_ = np.concatenate((goal.room, np.where(alone, 1.0, 0.0), np.full(held, INFINITE)))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(column, minlength=total))))
        lp.a_matrix_.index_, lp.a_matrix_.value_ = row[order], value[order]
        lp.sense_ = highspy.ObjSense.kMaximize
        if integer:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * total
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in OPTIONS.items():
            highs.setOptionValue(option, setting)
        highs.passModel(lp)
        return highs, kept


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The best choice found for a goal, its value, a bound on the value, and which pairs a choice of that value can still hold."""

    chosen: Flags
    value: int
    bound: int
    alive: Flags


def reach(programme: Programme, goal: Goal, start: Flags, until: float) -> Found:
    """Make a goal's value as large as possible from a start that holds. Steps: relax; drop every pair whose loss shows that it cannot take part in
    anything better (reduced-cost fixing); search first among pairs of little loss, then among all that remain."""

    def worth(chosen: Flags) -> int:
        return int(np.rint(goal.cost[chosen].sum()))

    # What is larger than the room that is left can never be chosen, but would make the relaxation weak.
    goal = replace(goal, among=goal.among & programme.fits(goal.room))
    relaxed = programme.relax(goal, until - monotonic())
    chosen, bound = start, int(np.floor(relaxed.bound))
    for width in (_kernel(programme, goal, relaxed), np.inf):
        value = worth(chosen)
        if value >= bound or until - monotonic() < 0.01:
            break
        among = (relaxed.loss <= min(relaxed.bound - value - 1 + 1e-3, width)) | start & goal.among
        whole = width == np.inf
        if not (whole or int(among.sum()) >= MANY) or int(among.sum()) > MOST:
            continue
        left = until - monotonic()
        better, done = programme.search(goal, among | chosen & goal.among, chosen, left if whole else left / 2)
        if worth(better) > value:
            chosen = better
        if done and whole:
            bound = worth(chosen)
    value = worth(chosen)
    return Found(chosen, value, max(bound, value), goal.among & (relaxed.loss <= relaxed.bound - value + 1e-3))


def _kernel(programme: Programme, goal: Goal, relaxed: Relaxed) -> float:
    """The loss up to which pairs are in the first search."""
    losses = relaxed.loss[goal.among]
    size = KERNEL * len(np.unique(programme.need_of[goal.among]))
    return float(np.partition(losses, size)[size]) if size < len(losses) else 0.0
