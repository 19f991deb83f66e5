"""First answers in one pass, and the repair that makes any choice keep to the capacities."""

import numpy as np
from numba import njit

from services.matching.engine.solving.instance import UNPLACED, Instance, Ints


def greedy(instance: Instance) -> Ints:
    """Options by falling value, each taken where its demand is free and it still fits: first come, first served with the best first. The plain
    method that others are measured against; where every demand must be placed it may leave some out. O(p log p)."""
    return in_order(instance, np.argsort(-instance.value, kind="stable"))


def in_order(instance: Instance, order: Ints) -> Ints:
    """Options in a given order, each taken where its demand is free and it still fits. O(uses)."""
    chosen = np.full(instance.demands, UNPLACED, np.int64)
    _take(order, instance.owner(), instance.uses, instance.resource, instance.amount, instance.capacity.copy(), chosen)
    return chosen


def repaired(instance: Instance, chosen: Ints, reduced: Ints) -> Ints:
    """The choice made to hold: where a resource is overused, demands leave it, those first that lose least (reduced value a unit used); then every
    demand moves to its most valuable option that fits, in order of reduced value, until nothing improves. Where every demand must be placed, some
    may still be left out. Never over capacity; a choice that held keeps at least its value. O(rounds x uses)."""
    chosen = chosen.copy()
    left = instance.capacity - instance.used(chosen)
    if np.any(left < 0):
        _evict(instance.uses, instance.resource, instance.amount, reduced, left, chosen)
    order = np.argsort(-reduced, kind="stable")
    _take(order, instance.owner(), instance.uses, instance.resource, instance.amount, left, chosen)
    _improve(instance.first, instance.value, instance.uses, instance.resource, instance.amount, left, chosen, 20)
    return chosen


@njit(cache=True, nogil=True)
def _take(order, owner, uses, resource, amount, left, chosen):  # type: ignore[no-untyped-def]
    for o in order:
        if chosen[owner[o]] < 0:
            fits = True
            for u in range(uses[o], uses[o + 1]):
                if amount[u] > left[resource[u]]:
                    fits = False
                    break
            if fits:
                chosen[owner[o]] = o
                for u in range(uses[o], uses[o + 1]):
                    left[resource[u]] -= amount[u]


@njit(cache=True, nogil=True)
def _evict(uses, resource, amount, reduced, left, chosen):  # type: ignore[no-untyped-def]
    """Take out what uses overused resources, least reduced value first."""
    count = 0
    for i in range(len(chosen)):
        if chosen[i] >= 0:
            for u in range(uses[chosen[i]], uses[chosen[i] + 1]):
                if left[resource[u]] < 0:
                    count += 1
                    break
    suspects = np.empty(count, np.int64)
    loss = np.empty(count, np.int64)
    count = 0
    for i in range(len(chosen)):
        if chosen[i] >= 0:
            for u in range(uses[chosen[i]], uses[chosen[i] + 1]):
                if left[resource[u]] < 0:
                    suspects[count] = i
                    loss[count] = reduced[chosen[i]]
                    count += 1
                    break
    for at in np.argsort(loss, kind="mergesort"):
        i = suspects[at]
        o = chosen[i]
        over = False
        for u in range(uses[o], uses[o + 1]):
            over |= left[resource[u]] < 0
        if over:
            chosen[i] = -1
            for u in range(uses[o], uses[o + 1]):
                left[resource[u]] += amount[u]


@njit(cache=True, nogil=True)
def _improve(first, value, uses, resource, amount, left, chosen, rounds):  # type: ignore[no-untyped-def]
    """Each demand in turn to its most valuable option that fits, until none gains."""
    for _ in range(rounds):
        moved = False
        for i in range(len(chosen)):
            old = chosen[i]
            most = value[old] if old >= 0 else np.int64(-(1 << 62))
            if old >= 0:
                for u in range(uses[old], uses[old + 1]):
                    left[resource[u]] += amount[u]
            best = old
            for o in range(first[i], first[i + 1]):
                if value[o] > most:
                    fits = True
                    for u in range(uses[o], uses[o + 1]):
                        if amount[u] > left[resource[u]]:
                            fits = False
                            break
                    if fits:
                        best = o
                        most = value[o]
            if best >= 0:
                for u in range(uses[best], uses[best + 1]):
                    left[resource[u]] -= amount[u]
            if best != old:
                chosen[i] = best
                moved = True
        if not moved:
            return
