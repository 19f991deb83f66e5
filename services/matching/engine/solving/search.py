"""Price-guided simulated annealing with ejections: the workhorse where an optimum cannot be proven in time."""

import numpy as np
from numba import njit

from services.matching.engine.solving.core import Core
from services.matching.engine.solving.instance import UNPLACED, Ints
from services.matching.engine.solving.lagrange import Prices

WIDTH = 16
"""How many options of a demand the search tries: the best by reduced value."""


class Search:
    """A choice in motion. Energy = minus the value, plus a penalty a unit over capacity (price of the resource times a factor that grows while the
    resource stays overused and shrinks while it does not). A move shifts a demand to another of its best options by reduced value; where that
    overfills a resource, one of its occupants moves on, to where that costs least (an ejection chain of two: Glover 1996; Yagiura, Ibaraki,
    Glover 2004). Accepted as in simulated annealing (Kirkpatrick, Gelatt, Vecchi 1983). `best` is the best choice seen that holds. The same
    seed and the same calls give the same states."""

    def __init__(self, core: Core, prices: Prices, start: Ints, seed: int = 1, width: int = WIDTH) -> None:
        instance = core.instance
        self.core = core
        self.menu_first, self.menu = menus(core, prices, width)
        self.chosen = start.copy()
        self.best = np.full(instance.demands, UNPLACED, np.int64)
        price = prices.price / prices.scale
        positive = price[price > 0]
        self.base = np.maximum(price, 0.2 * float(np.median(positive)) if len(positive) else 1.0) * 1.2
        self.weight = self.base.copy()
        size = np.bincount(instance.resource, minlength=len(instance.capacity))
        self.room = np.concatenate((np.zeros(1, np.int64), np.cumsum(size)))
        self.member = np.zeros(len(instance.resource), np.int64)
        self.slot = np.full(len(instance.resource), -1, np.int64)
        self.count = np.zeros(len(instance.capacity), np.int64)
        self.used = np.zeros(len(instance.capacity), np.int64)
        self.missing = float(4 * np.abs(instance.value).max(initial=1)) if instance.must else 0.0
        # value of `chosen`, total overuse, demands left out, value of `best` (lowest: none), journal length, random state
        self.state = np.array([0, 0, 0, -(1 << 62), 0, seed * 0x9E3779B9 + 1], np.int64)
        self.journal = np.zeros(instance.demands, np.int64)
        self.noted = np.zeros(instance.demands, np.bool_)
        self.option_of_use = np.repeat(np.arange(instance.options), np.diff(instance.uses)).astype(np.int64)
        self._settle()

    def _settle(self) -> None:
        instance = self.core.instance
        _settle(
            instance.uses, instance.resource, instance.amount, instance.capacity, instance.value, self.chosen, self.room, self.member, self.slot,
            self.count, self.used, self.state, self.journal, self.noted,
        )  # fmt: skip

    def restart(self, chosen: Ints) -> None:
        """Go on from another choice; `best` stays."""
        self.chosen[:] = chosen
        self._settle()

    def run(self, moves: int, hot: float, cold: float, stiff: float = 1.02) -> None:
        """Try so many moves while the temperature falls from `hot` to `cold` (in value units), geometrically."""
        instance = self.core.instance
        _anneal(
            instance.capacity, instance.value, instance.uses, instance.resource, instance.amount, self.core.owner, self.option_of_use,
            self.menu_first, self.menu, self.base, self.weight, self.room, self.member, self.slot, self.count, self.used, self.chosen,
            self.best, self.journal, self.noted, self.state, self.missing, instance.must, moves, hot, cold, stiff,
        )  # fmt: skip

    @property
    def value(self) -> int:
        """The value of `best`; far below everything where none holds yet."""
        return int(self.state[3])

    @property
    def found(self) -> bool:
        """Whether `best` holds a choice."""
        return self.value > -(1 << 62)


def menus(core: Core, prices: Prices, width: int) -> tuple[Ints, Ints]:
    """The best `width` options of each demand by reduced value (and, where it may stay out, `UNPLACED` at its rank): starts and entries."""
    instance = core.instance
    first, menu = _menus(instance.first, prices.reduced, instance.must, width)
    return first, menu


@njit(cache=True)
def _menus(first, reduced, must, width):  # type: ignore[no-untyped-def]
    demands = len(first) - 1
    start = np.zeros(demands + 1, np.int64)
    menu = np.empty(len(reduced) + demands, np.int64)
    at = 0
    for i in range(demands):
        order = np.argsort(-reduced[first[i] : first[i + 1]], kind="mergesort")
        begin = at
        out = must
        for k in range(len(order)):
            if at - begin >= width - (0 if out else 1):
                break
            o = first[i] + order[k]
            if not out and reduced[o] < 0:
                menu[at] = -1
                at += 1
                out = True
                if at - begin >= width:
                    break
            menu[at] = o
            at += 1
        if not out:
            menu[at] = -1
            at += 1
        start[i + 1] = at
    return start, menu[:at].copy()


@njit(cache=True)
def _settle(  # type: ignore[no-untyped-def]
    uses, resource, amount, capacity, value, chosen, room, member, slot, count, used, state, journal, noted
):
    """Rebuild what is counted from the choice itself."""
    count[:] = 0
    used[:] = 0
    slot[:] = -1
    state[0] = 0
    state[1] = 0
    state[2] = 0
    state[4] = len(chosen)
    for i in range(len(chosen)):
        journal[i] = i
        noted[i] = True
        o = chosen[i]
        if o < 0:
            state[2] += 1
            continue
        state[0] += value[o]
        for u in range(uses[o], uses[o + 1]):
            r = resource[u]
            used[r] += amount[u]
            member[room[r] + count[r]] = u
            slot[u] = count[r]
            count[r] += 1
    for r in range(len(capacity)):
        state[1] += max(0, used[r] - capacity[r])


@njit(cache=True, inline="always")
def _leave(o, uses, resource, amount, used, capacity, weight):  # type: ignore[no-untyped-def]
    """Free what an option uses; the change of the penalty, and of what is overused."""
    change = 0.0
    overuse = np.int64(0)
    for u in range(uses[o], uses[o + 1]):
        r = resource[u]
        over = used[r] - capacity[r]
        used[r] -= amount[u]
        if over > 0:
            change -= weight[r] * min(over, amount[u])
            overuse -= min(over, amount[u])
    return change, overuse


@njit(cache=True, inline="always")
def _enter(o, uses, resource, amount, used, capacity, weight):  # type: ignore[no-untyped-def]
    """Use what an option uses; the change of the penalty, and of what is overused."""
    change = 0.0
    overuse = np.int64(0)
    for u in range(uses[o], uses[o + 1]):
        r = resource[u]
        used[r] += amount[u]
        over = used[r] - capacity[r]
        if over > 0:
            change += weight[r] * min(over, amount[u])
            overuse += min(over, amount[u])
    return change, overuse


@njit(cache=True, inline="always")
def _book(i, o, uses, resource, chosen, room, member, slot, count, journal, noted, state):  # type: ignore[no-untyped-def]
    """Move demand i to option o in the lists of occupants (`used` is already right)."""
    old = chosen[i]
    if old >= 0:
        for u in range(uses[old], uses[old + 1]):
            r = resource[u]
            count[r] -= 1
            last = member[room[r] + count[r]]
            member[room[r] + slot[u]] = last
            slot[last] = slot[u]
            slot[u] = -1
    else:
        state[2] -= 1
    if o >= 0:
        for u in range(uses[o], uses[o + 1]):
            r = resource[u]
            member[room[r] + count[r]] = u
            slot[u] = count[r]
            count[r] += 1
    else:
        state[2] += 1
    chosen[i] = o
    if not noted[i]:
        noted[i] = True
        journal[state[4]] = i
        state[4] += 1


@njit(cache=True, nogil=True)
def _anneal(  # type: ignore[no-untyped-def]
    capacity, value, uses, resource, amount, owner, option_of_use, menu_first, menu, base, weight, room, member, slot, count, used, chosen, best,
    journal, noted, state, missing, must, moves, hot, cold, stiff,
):  # fmt: skip
    demands = len(chosen)
    if demands == 0 or len(menu) == 0:
        return
    resources = len(capacity)
    sweep = max(demands, 4 * resources, 2000)
    fall = (cold / hot) ** (1.0 / max(1, moves // 256))
    heat = hot
    seed = np.uint64(state[5])
    for step in range(moves):
        if step % 256 == 0:
            heat *= fall
        if step % sweep == sweep - 1:
            for r in range(resources):
                if used[r] > capacity[r]:
                    weight[r] = min(weight[r] * stiff, base[r] * 1000.0)
                else:
                    weight[r] = max(base[r], weight[r] / (1.0 + 0.2 * (stiff - 1.0)))
        seed ^= seed << np.uint64(13)
        seed ^= seed >> np.uint64(7)
        seed ^= seed << np.uint64(17)
        low = seed & np.uint64(0xFFFFFFFF)
        i = np.int64((low * np.uint64(demands)) >> np.uint64(32))
        span = menu_first[i + 1] - menu_first[i]
        if span < 2 and not (span == 1 and menu[menu_first[i]] != chosen[i]):
            continue
        high = np.float64(seed >> np.uint64(40)) * 5.9604644775390625e-08
        b = menu[menu_first[i] + np.int64(high * high * span)]
        a = chosen[i]
        if a == b:
            continue
        seed ^= seed << np.uint64(13)
        seed ^= seed >> np.uint64(7)
        seed ^= seed << np.uint64(17)
        allowed = -heat * np.log((np.float64(seed >> np.uint64(40)) + 1.0) * 5.9604644775390625e-08)
        energy = 0.0
        gain = np.int64(0)
        overuse = np.int64(0)
        if a >= 0:
            change, more = _leave(a, uses, resource, amount, used, capacity, weight)
            energy += change
            overuse += more
            gain -= value[a]
        else:
            energy -= missing
        if b >= 0:
            change, more = _enter(b, uses, resource, amount, used, capacity, weight)
            energy += change
            overuse += more
            gain += value[b]
        else:
            energy += missing
        energy -= gain
        k = -1
        to = -1
        if energy > allowed:
            full = -1
            most = 0.0
            if b >= 0:
                for u in range(uses[b], uses[b + 1]):
                    r = resource[u]
                    if (used[r] - capacity[r]) * weight[r] > most:
                        most = (used[r] - capacity[r]) * weight[r]
                        full = r
            if full >= 0 and count[full] > 0:
                at = np.int64(((seed & np.uint64(0xFFFFFF)) * np.uint64(count[full])) >> np.uint64(24))
                out = option_of_use[member[room[full] + at]]
                k = owner[out]
                if k == i:
                    k = -1
                else:
                    change, more = _leave(out, uses, resource, amount, used, capacity, weight)
                    energy += change + value[out]
                    overuse += more
                    least = np.inf
                    for m in range(menu_first[k], menu_first[k + 1]):
                        o = menu[m]
                        if o == out:
                            continue
                        cost = missing
                        if o >= 0:
                            cost = -np.float64(value[o])
                            for u in range(uses[o], uses[o + 1]):
                                r = resource[u]
                                over = used[r] + amount[u] - capacity[r]
                                if over > 0:
                                    cost += weight[r] * min(over, amount[u])
                        if cost < least:
                            least = cost
                            to = o
                    energy += least
                    if energy > allowed:
                        for u in range(uses[out], uses[out + 1]):
                            used[resource[u]] += amount[u]
                        k = -2
        if energy > allowed:
            if a >= 0:
                for u in range(uses[a], uses[a + 1]):
                    used[resource[u]] += amount[u]
            if b >= 0:
                for u in range(uses[b], uses[b + 1]):
                    used[resource[u]] -= amount[u]
            continue
        if k >= 0:
            gain -= value[chosen[k]]
            if to >= 0:
                gain += value[to]
                change, more = _enter(to, uses, resource, amount, used, capacity, weight)
                overuse += more
            _book(k, to, uses, resource, chosen, room, member, slot, count, journal, noted, state)
        _book(i, b, uses, resource, chosen, room, member, slot, count, journal, noted, state)
        state[0] += gain
        state[1] += overuse
        if state[1] == 0 and state[0] > state[3] and not (must and state[2] > 0):
            state[3] = state[0]
            for at in range(state[4]):
                best[journal[at]] = chosen[journal[at]]
                noted[journal[at]] = False
            state[4] = 0
    state[5] = np.int64(seed)
