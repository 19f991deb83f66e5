"""A level of a round as arrays for the solvers of `engine.solving`, and a choice in them as seats again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import product
from math import prod
from uuid import UUID

import numpy as np

from services.matching.engine.problem import RoundPair
from services.matching.engine.seating import Group, Seats, Slot, asked_of
from services.matching.engine.solving.instance import UNPLACED, Instance, Ints

COMBINATIONS = 64
"""Ways to seat one group of several needs that the search looks at, the most valuable ones."""
TRIED = 200_000
"""Ways of one group that are counted out at most; a larger group gives only its needs' best offers."""

Option = tuple[RoundPair, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Groups as demands of an instance; `options` holds the pairs of each option. `whole` says that every way to seat each group is among them;
    where it is not, a bound of the instance is none of the round."""

    instance: Instance
    groups: tuple[Group, ...]
    options: tuple[Option, ...]
    whole: bool

    def seats(self, chosen: Ints) -> dict[UUID, RoundPair]:
        """A choice as seats."""
        return {pair.need_id: pair for option in chosen[chosen >= 0].tolist() for pair in self.options[option]}

    def choice(self, seats: Seats) -> Ints:
        """Seats as a choice; a group that is not seated as one of its options is left out."""
        chosen = np.full(len(self.groups), UNPLACED, np.int64)
        for demand, group in enumerate(self.groups):
            wanted = tuple(seats.get(need.id) for need in group.needs)
            for option in range(int(self.instance.first[demand]), int(self.instance.first[demand + 1])):
                if self.options[option] == wanted:
                    chosen[demand] = option
        return chosen


def level_of(groups: Iterable[Group], left: Mapping[Slot, int], kept: Seats) -> Level:
    """The instance of some groups within the room that is left. A need of `kept` (a pin that the plan holds) has that seat only. A group of several
    needs is one demand whose options are combinations of its needs' pairs. O(pairs + combinations)."""
    slots = {slot: at for at, slot in enumerate(left)}
    groups = tuple(groups)
    options: list[Option] = []
    first, uses = [0], [0]
    value: list[int] = []
    resource: list[int] = []
    amount: list[int] = []
    whole = True
    for group in groups:
        ways, all_of_them = _ways(group, left, kept)
        whole &= all_of_them
        for way in ways:
            asked: defaultdict[Slot, int] = defaultdict(int)
            for need, pair in zip(group.needs, way, strict=True):
                for name, size in asked_of(need):
                    asked[pair.offer_id, name] += size
            if any(left.get(slot, 0) < size for slot, size in asked.items()):
                continue
            options.append(way)
            value.append(sum(pair.value for pair in way))
            resource.extend(slots[slot] for slot in asked)
            amount.extend(asked.values())
            uses.append(len(resource))
        first.append(len(options))
    capacity, ends, worth, use, slot, size_of = (np.array(row, np.int64) for row in (list(left.values()), first, value, uses, resource, amount))
    return Level(Instance(capacity, ends, worth, use, slot, size_of), groups, tuple(options), whole)


def _ways(group: Group, left: Mapping[Slot, int], kept: Seats) -> tuple[list[Option], bool]:
    """The ways to seat a group that are looked at, and whether they are all that could fit."""
    choices = []
    for need, pairs in zip(group.needs, group.options, strict=True):
        asked = asked_of(need)
        fit = (
            [kept[need.id]]
            if need.id in kept
            else [pair for pair in pairs if all(left.get((pair.offer_id, name), 0) >= size for name, size in asked)]
        )
        choices.append(fit)
    if len(choices) == 1:
        return [(pair,) for pair in choices[0]], True
    count = prod(map(len, choices))
    if count > TRIED:
        few = max(2, int(TRIED ** (1 / len(choices))))
        choices = [nlargest(few, fit, key=lambda pair: (pair.value, -pair.offer_id.int)) for fit in choices]
    if count <= COMBINATIONS:
        return [tuple(way) for way in product(*choices)], True
    ways = nlargest(COMBINATIONS, product(*choices), key=lambda way: sum(pair.value for pair in way))
    return ways, False
