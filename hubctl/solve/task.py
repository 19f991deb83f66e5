"""What is left to decide of a problem once single pins are kept: demands (needs, or groups of them), their options, and what is maximised."""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from hubctl.solve.case import Case, Ints, Pair
from services.matching.engine.solving.instance import Instance

MOST_COMBINATIONS = 2_000
"""How many ways to seat a group are weighed, the most valuable first; beyond, only the proof is lost."""
MOST_STEPS = 20_000
"""How many ways are looked at to find those that fit."""

Way = tuple[int, ...]
"""A pair for each need of a demand."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """`instance` over `ways`: the pairs that each option chooses. `stages`: what is maximised, a weight per option and stage, the first stage
    before the next. `slack`: how much the ways that were not weighed could add to a bound, per stage. `fixed`: pinned pairs kept beforehand."""

    instance: Instance
    ways: list[Way]
    stages: tuple[Ints, ...]
    levels: tuple[int, ...]
    slack: tuple[int, ...]
    fixed: tuple[int, ...]
    lost: tuple[tuple[Pair, str], ...]

    def pairs(self, chosen: Ints) -> list[int]:
        """The pairs of the case that a choice means, those kept beforehand included."""
        return sorted([*self.fixed, *(pair for option in chosen[chosen >= 0].tolist() for pair in self.ways[option])])


def task_of(case: Case, by_urgency: bool = True) -> Task:
    """Steps: pins of needs outside groups are kept in the order of the file while there is room, and their places taken off; every other need is a
    demand with its pairs as options; every group is one demand whose options are combinations of its needs' pairs (`_combinations`), only those
    that hold its pins where there are any. Stages: pins of groups, then the value of each level of urgency that occurs (a group counts as its
    most urgent need)."""
    grouped = {need: at for at, group in enumerate(case.together) for need in group}
    at_pair = {(i, j): pair for pair, (i, j) in enumerate(zip(case.need.tolist(), case.offer.tolist(), strict=True))}
    room = case.capacity.copy()
    fixed: list[int] = []
    lost: list[tuple[Pair, str]] = []
    group_pins: list[tuple[Pair, int]] = []
    kept_pins: dict[int, int] = {}
    for pin in case.pinned:
        pair = at_pair.get(pin)
        if pair is None:
            lost.append((pin, "forbidden" if pin in case.forbidden else "not_eligible"))
        elif pin[0] in grouped:
            group_pins.append((pin, pair))
        elif np.all(case.size[pair] <= room[pin[1]]):
            room[pin[1]] -= case.size[pair]
            fixed.append(pair)
        else:
            lost.append((pin, "no_room"))
    seated = set(case.need[fixed].tolist())
    free = np.all(case.size <= room[case.offer], axis=1)
    first = case.first().tolist()
    options = [[pair for pair in range(first[i], first[i + 1]) if free[pair]] for i in range(len(case.needs))]
    for pin, pair in group_pins:
        if free[pair]:
            options[pin[0]] = [pair]
            kept_pins[pin[0]] = pair
        else:
            lost.append((pin, "no_room"))
    return _Builder(case, room, options, kept_pins, by_urgency).build(seated, grouped, tuple(fixed), lost)


class _Builder:
    """Lays out demands one after the other."""

    def __init__(self, case: Case, room: Ints, options: list[list[int]], pins: dict[int, int], by_urgency: bool) -> None:
        self.case, self.room, self.options, self.pins, self.by_urgency = case, room, options, pins, by_urgency
        self.ways: list[Way] = []
        self.first = [0]
        self.values: list[int] = []
        self.level: list[int] = []
        self.holds: list[int] = []
        self.beyond: list[tuple[int, int]] = []
        self.value, self.size = case.value.tolist(), case.size

    def build(self, seated: set[int], grouped: dict[int, int], fixed: tuple[int, ...], lost: list[tuple[Pair, str]]) -> Task:
        """The task; `lost` also gets the pins of groups that cannot be held whatever is chosen."""
        for need in range(len(self.case.needs)):
            if need not in grouped and need not in seated:
                level = int(self.case.level[need]) if self.by_urgency else 0
                # Nothing is gained by a pair of negative value, so that only groups may hold one.
                self._demand(level, [((pair,), self.value[pair]) for pair in self.options[need] if self.value[pair] >= 0], 0)
        for group in self.case.together:
            pinned = [need for need in group if need in self.pins]
            ways, rest = _combinations([self.options[need] for need in group], self.case, self.room)
            level = min(int(self.case.level[need]) for need in group) if self.by_urgency else 0
            self._demand(level, [way for way in ways if way[1] >= 0 or pinned], len(pinned))
            if rest is not None and rest > 0:
                self.beyond.append((level, rest))
        levels = tuple(sorted(set(self.level)))
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        value, level_of = np.array(self.values, np.int64), np.array(self.level, np.int64)
        stages = [np.where(level_of[owner] == each, value, 0) for each in levels] or [value]
        slack = [sum(rest for level, rest in self.beyond if level == each) for each in levels] or [0]
        holds = np.array(self.holds, np.int64)
        if holds.any():
            stages.insert(0, holds)
            slack.insert(0, 0)
        return Task(self._instance(value), self.ways, tuple(stages), levels, tuple(slack), fixed, tuple(lost))

    def _demand(self, level: int, ways: list[tuple[Way, int]], pins: int) -> None:
        for way, value in ways:
            self.ways.append(way)
            self.values.append(value)
            self.holds.append(pins)
        self.first.append(len(self.ways))
        self.level.append(level)

    def _instance(self, value: Ints) -> Instance:
        dimensions = self.size.shape[1]
        if all(len(way) == 1 for way in self.ways):
            pairs = np.array([way[0] for way in self.ways], np.int64)
            option, dimension = np.nonzero(self.size[pairs] > 0)
            resource, amount = self.case.offer[pairs][option] * dimensions + dimension, self.size[pairs][option, dimension]
            counts = np.bincount(option, minlength=len(pairs))
        else:
            uses = [_uses(way, self.case) for way in self.ways]
            resource = np.array([key for each in uses for key in each], np.int64)
            amount = np.array([amount for each in uses for amount in each.values()], np.int64)
            counts = np.array([len(each) for each in uses], np.int64)
        return Instance(
            capacity=self.room.reshape(-1).copy(),
            first=np.array(self.first, np.int64),
            value=value,
            uses=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int64),
            resource=resource.astype(np.int64),
            amount=amount.astype(np.int64),
        )


def _uses(way: Way, case: Case) -> dict[int, int]:
    """What a way takes of each resource, in order of resource."""
    dimensions = case.size.shape[1]
    taken: dict[int, int] = {}
    for pair in way:
        for dimension, amount in enumerate(case.size[pair].tolist()):
            if amount:
                key = int(case.offer[pair]) * dimensions + dimension
                taken[key] = taken.get(key, 0) + amount
    return dict(sorted(taken.items()))


def _combinations(options: list[list[int]], case: Case, room: Ints) -> tuple[list[tuple[Way, int]], int | None]:
    """The most valuable ways to seat all needs of a group at once that fit an otherwise empty world, one for each use of resources, best first;
    and, where there may be more, a value that none of them exceeds. Best first by a heap over positions in lists sorted by value, as in the
    k best sums (Frederickson, Johnson 1982): a way is followed by those that take one need a step further down."""
    if not all(options):
        return [], None
    lists = [sorted(pairs, key=lambda pair: (-int(case.value[pair]), pair)) for pairs in options]
    values = [[int(case.value[pair]) for pair in pairs] for pairs in lists]
    space = room.reshape(-1).tolist()
    start = (0,) * len(lists)
    heap = [(-sum(row[0] for row in values), start)]
    seen, used = {start}, set()
    found: list[tuple[Way, int]] = []
    for _ in range(MOST_STEPS):
        if not heap or len(found) >= MOST_COMBINATIONS:
            break
        negative, at = heappop(heap)
        way = tuple(row[position] for row, position in zip(lists, at, strict=True))
        taken = _uses(way, case)
        key = tuple(taken.items())
        if key not in used and all(amount <= space[resource] for resource, amount in taken.items()):
            used.add(key)
            found.append((way, -negative))
        for which, position in enumerate(at):
            if position + 1 < len(lists[which]):
                following = (*at[:which], position + 1, *at[which + 1 :])
                if following not in seen:
                    seen.add(following)
                    heappush(heap, (negative + values[which][position] - values[which][position + 1], following))
    return found, -heap[0][0] if heap else None
