"""The core of an instance: only what can matter to an optimum, split into parts that share no resource."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from services.matching.engine.solving.instance import UNPLACED, Instance, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """A reduced instance with the way back: `kept` holds the original option of each option, `part` and `part_of_resource` the number of the
    part (connected component) of each demand and resource, `parts` how many there are, `owner` the demand of each option."""

    instance: Instance
    kept: Ints
    owner: Ints
    part: Ints
    part_of_resource: Ints
    parts: int

    def back(self, chosen: Ints) -> Ints:
        """A choice of the core, in options of the original instance."""
        return np.where(chosen >= 0, self.kept[np.maximum(chosen, 0)], UNPLACED) if len(self.kept) else np.full(len(chosen), UNPLACED, np.int64)

    def into(self, chosen: Ints) -> Ints:
        """A choice of the original instance, in options of the core; what the core has dropped is left out."""
        at = np.searchsorted(self.kept, np.maximum(chosen, 0))
        known = (chosen >= 0) & (at < len(self.kept))
        known[known] &= self.kept[at[known]] == chosen[known]
        return np.where(known, at, UNPLACED)

    def by_part(self, chosen: Ints) -> Ints:
        """The value of a choice in each part."""
        worth = np.zeros(self.parts, np.int64)
        picked = np.flatnonzero(chosen >= 0)
        np.add.at(worth, self.part[picked], self.instance.value[chosen[picked]])
        return worth


def core_of(instance: Instance) -> Core:
    """Reduce and split an instance; every optimum of the core is one of the instance, of the same value.

    Steps: drop options that use more than a capacity, and (where demands may stay out) those worth nothing; drop the uses of resources that
    cannot run short whatever is chosen; join demands that can use the same resource (union-find). O(options + uses)."""
    owner = instance.owner()
    fits = np.ones(instance.options, np.bool_)
    option_of_use = np.repeat(np.arange(instance.options), np.diff(instance.uses))
    fits[option_of_use[instance.amount > instance.capacity[instance.resource]]] = False
    if not instance.must:
        fits &= instance.value > 0
    kept = np.flatnonzero(fits)
    most = _most_used(len(instance.capacity), instance.first, instance.uses, instance.resource, instance.amount, fits)
    short = most > instance.capacity
    needed = fits[option_of_use] & short[instance.resource]
    counts = np.bincount(option_of_use[needed], minlength=instance.options)[kept]
    reduced = Instance(
        instance.capacity,
        np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(owner[kept], minlength=instance.demands)))).astype(np.int64),
        instance.value[kept],
        np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int64),
        instance.resource[needed],
        instance.amount[needed],
        instance.must,
    )
    owner = owner[kept]
    labels, parts = _parts(reduced.demands, len(instance.capacity), owner, reduced.uses, reduced.resource)
    return Core(reduced, kept.astype(np.int64), owner, labels[: reduced.demands], labels[reduced.demands :], int(parts))


def sub_instance(instance: Instance, options: Ints, demands: Ints, left: Ints) -> Instance:
    """The instance of some options (in order) of some demands (in order), with capacities `left`; its options and demands count from 0."""
    counts = np.diff(instance.uses)[options]
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    at = np.repeat(instance.uses[options] - starts[:-1], counts) + np.arange(int(starts[-1]), dtype=np.int64)
    first = np.searchsorted(options, np.concatenate((instance.first[demands], instance.first[demands[-1:] + 1]))) if len(demands) else np.zeros(1)
    return Instance(
        left, first.astype(np.int64), instance.value[options], starts.astype(np.int64), instance.resource[at], instance.amount[at], instance.must
    )


@njit(cache=True)
def _most_used(resources, first, uses, resource, amount, fits):  # type: ignore[no-untyped-def]
    """What all demands together can use of each resource at most."""
    most = np.zeros(resources, np.int64)
    largest = np.zeros(resources, np.int64)
    seen = np.full(resources, -1, np.int64)
    for i in range(len(first) - 1):
        for o in range(first[i], first[i + 1]):
            if not fits[o]:
                continue
            for u in range(uses[o], uses[o + 1]):
                r = resource[u]
                if seen[r] != i:
                    seen[r] = i
                    largest[r] = 0
                if amount[u] > largest[r]:
                    most[r] += amount[u] - largest[r]
                    largest[r] = amount[u]
    return most


@njit(cache=True)
def _parts(demands, resources, owner, uses, resource):  # type: ignore[no-untyped-def]
    """Labels of demands, then resources, by connected component, numbered in order of their first member; how many there are."""
    parent = np.arange(demands + resources)
    for o in range(len(owner)):
        for u in range(uses[o], uses[o + 1]):
            a = owner[o]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            b = demands + resource[u]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if a < b:
                parent[b] = a
            elif b < a:
                parent[a] = b
    label = np.full(demands + resources, -1, np.int64)
    count = 0
    for each in range(demands + resources):
        root = each
        while parent[root] != root:
            root = parent[root]
        if label[root] < 0:
            label[root] = count
            count += 1
        label[each] = label[root]
    return label, count
