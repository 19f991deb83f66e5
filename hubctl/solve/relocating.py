"""A problem of docs/solve.md as a market of relocation: the stable plan, and what both sides think of any plan."""

from typing import Any

import numpy as np

from hubctl.solve.case import Case, Ints
from hubctl.solve.task import Task
from services.matching.engine.relocate import outcome
from services.matching.engine.solving.instance import UNPLACED
from services.matching.engine.solving.stable import Market, defer


def _market(case: Case, kept: Ints, room: Ints) -> Market:
    counts = np.bincount(case.need[kept], minlength=len(case.needs))
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int64)
    return Market(first, case.offer[kept], case.standing[kept], case.size[kept], room)


def stable_plan(case: Case, task: Task) -> list[int]:
    """The pairs of deferred acceptance: pins are kept beforehand and their places taken off, everybody else asks in order of preference."""
    seated = np.zeros(len(case.needs), np.bool_)
    seated[case.need[list(task.fixed)]] = True
    room = case.capacity.copy()
    np.subtract.at(room, case.offer[list(task.fixed)], case.size[list(task.fixed)])
    kept = np.flatnonzero(~seated[case.need] & np.all(case.size <= room[case.offer], axis=1))
    chosen = defer(_market(case, kept, room)).chosen
    return sorted([*task.fixed, *kept[chosen[chosen >= 0]].tolist()])


def warm() -> None:
    """Load what is compiled, which is start-up and not solving."""
    one = np.ones(1, np.int64)
    for dimensions in (1, 2):
        defer(Market(np.array([0, 1], np.int64), one - 1, one - 1, np.ones((1, dimensions), np.int64), np.ones((1, dimensions), np.int64)))


def both_sides(case: Case, pairs: list[int]) -> dict[str, Any]:
    """What both sides think of a plan: the blocking pairs (pinned needs, kept or not movable, form none), and how far down the lists it goes."""
    pinned = {need for need, _ in case.pinned}
    held = [pair for pair in pairs if int(case.need[pair]) in pinned]
    fixed = np.zeros(len(case.needs), np.bool_)
    fixed[case.need[held]] = True
    room = case.capacity.copy()
    np.subtract.at(room, case.offer[held], case.size[held])
    kept = np.flatnonzero(~fixed[case.need])
    market = _market(case, kept, room)
    chosen = np.full(len(case.needs), UNPLACED, np.int64)
    free = np.array([pair for pair in pairs if not fixed[case.need[pair]]], np.int64)
    chosen[case.need[free]] = np.searchsorted(kept, free)
    seen = outcome(market, np.zeros(len(kept), np.int64), chosen, 0, 0.0)
    whole = _market(case, np.arange(len(case.need)), case.capacity)
    position = np.array(pairs, np.int64) - whole.first[case.need[pairs]] if pairs else np.zeros(0, np.int64)
    return {
        "blocking_pairs": seen.blocking,
        "stable": seen.stable,
        "placed": len(pairs),
        "first_choices": int(np.sum(position == 0)),
        "mean_rank": round(float(position.mean()) + 1, 6) if pairs else None,
    }
