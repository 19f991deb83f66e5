"""The compiled inner loops of the search."""

import numpy as np
from numba import njit

GROW, SHRINK = 1.02, 0.999
"""What the price of overuse is multiplied with, a sweep."""


@njit(cache=True)
def columns(first, reduced, must, width, start):  # type: ignore[no-untyped-def]
    """The best `width` options of each demand by reduced value, -1 for staying out at its rank; the start's option among them."""
    demands = len(first) - 1
    begin = np.zeros(demands + 1, np.int64)
    columns = np.empty(len(reduced) + demands, np.int64)
    at = 0
    for i in range(demands):
        order = np.argsort(-reduced[first[i] : first[i + 1]], kind="mergesort")
        out = must
        wanted = start[i] >= 0
        for k in range(len(order)):
            if at - begin[i] >= width:
                break
            o = first[i] + order[k]
            if not out and reduced[o] < 0:
                columns[at] = -1
                at += 1
                out = True
            columns[at] = o
            at += 1
            wanted &= o != start[i]
        if not out:
            columns[at] = -1
            at += 1
        if wanted:
            columns[at] = start[i]
            at += 1
        begin[i + 1] = at
    return begin, columns[:at].copy()


@njit(cache=True)
def columns_of(first, option, chosen, column):  # type: ignore[no-untyped-def]
    """The column of each demand that stands for its chosen option; its best where none does."""
    for i in range(len(chosen)):
        column[i] = first[i]
        for c in range(first[i], first[i + 1]):
            if option[c] == chosen[i]:
                column[i] = c
                break


@njit(cache=True)
def settle(  # type: ignore[no-untyped-def]
    uses, resource, amount, capacity, value, chosen, room, member, slot, count, used, state, journal, noted
):
    """Rebuild what is counted from the choice itself."""
    count[:] = 0
    used[:] = 0
    slot[:] = -1
    state[0] = 0
    state[1] = 0
    state[3] = len(chosen)
    for i in range(len(chosen)):
        journal[i] = i
        noted[i] = True
        o = chosen[i]
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
def _leave(o, uses, resource, amount, used, capacity, spare, steep):  # type: ignore[no-untyped-def]
    """Free what a column uses; the change of the energy of resources, and of what is overused."""
    change = 0.0
    overuse = np.int64(0)
    for u in range(uses[o], uses[o + 1]):
        r = resource[u]
        over = used[r] - capacity[r]
        used[r] -= amount[u]
        if over > 0:
            change -= steep[r] * min(over, amount[u]) - spare[r] * max(0, amount[u] - over)
            overuse -= min(over, amount[u])
        else:
            change += spare[r] * amount[u]
    return change, overuse


@njit(cache=True, inline="always")
def _enter(o, uses, resource, amount, used, capacity, spare, steep):  # type: ignore[no-untyped-def]
    """Use what a column uses; the change of the energy of resources, and of what is overused."""
    change = 0.0
    overuse = np.int64(0)
    for u in range(uses[o], uses[o + 1]):
        r = resource[u]
        used[r] += amount[u]
        over = used[r] - capacity[r]
        if over > 0:
            change += steep[r] * min(over, amount[u]) - spare[r] * max(0, amount[u] - over)
            overuse += min(over, amount[u])
        else:
            change -= spare[r] * amount[u]
    return change, overuse


@njit(cache=True, inline="always")
def _book(i, o, uses, resource, chosen, room, member, slot, count, journal, noted, state):  # type: ignore[no-untyped-def]
    """Move demand i to column o in the lists of occupants (`used` is already right)."""
    old = chosen[i]
    for u in range(uses[old], uses[old + 1]):
        r = resource[u]
        count[r] -= 1
        last = member[room[r] + count[r]]
        member[room[r] + slot[u]] = last
        slot[last] = slot[u]
    for u in range(uses[o], uses[o + 1]):
        r = resource[u]
        member[room[r] + count[r]] = u
        slot[u] = count[r]
        count[r] += 1
    chosen[i] = o
    if not noted[i]:
        noted[i] = True
        journal[state[3]] = i
        state[3] += 1


@njit(cache=True, nogil=True)
def anneal(  # type: ignore[no-untyped-def]
    capacity, value, uses, resource, amount, owner, column_of_use, first, tried, loss, spare, base, factor, room, member, slot, count, used,
    chosen, kept, journal, noted, state, moves, heat,
):  # fmt: skip
    """Try so many moves at a temperature: see `Search`."""
    resources = len(capacity)
    sweep = max(len(chosen), 4 * resources, 2000)
    steep = base * factor
    seed = np.uint64(state[4])
    for step in range(moves):
        if step % sweep == sweep - 1:
            for r in range(resources):
                factor[r] = min(factor[r] * GROW, 1000.0) if used[r] > capacity[r] else max(1.0, factor[r] * SHRINK)
                steep[r] = base[r] * factor[r]
        seed ^= seed << np.uint64(13)
        seed ^= seed >> np.uint64(7)
        seed ^= seed << np.uint64(17)
        high = np.float64(seed >> np.uint64(40)) * 5.9604644775390625e-08
        b = tried[np.int64(high * high * len(tried))]
        i = owner[b]
        a = chosen[i]
        if a == b:
            continue
        allowed = -heat * np.log((np.float64(seed & np.uint64(0xFFFFFF)) + 1.0) * 5.9604644775390625e-08)
        energy, overuse = _leave(a, uses, resource, amount, used, capacity, spare, steep)
        change, more = _enter(b, uses, resource, amount, used, capacity, spare, steep)
        energy += change + loss[b] - loss[a]
        overuse += more
        k = np.int32(-1)
        out = a
        to = a
        if energy > allowed:
            full = -1
            most = 0.0
            for u in range(uses[b], uses[b + 1]):
                r = resource[u]
                if (used[r] - capacity[r]) * steep[r] > most:
                    most = (used[r] - capacity[r]) * steep[r]
                    full = r
            if full >= 0 and count[full] > 0:
                seed ^= seed << np.uint64(13)
                seed ^= seed >> np.uint64(7)
                seed ^= seed << np.uint64(17)
                at = np.int64(((seed & np.uint64(0xFFFFFF)) * np.uint64(count[full])) >> np.uint64(24))
                out = column_of_use[member[room[full] + at]]
                k = owner[out]
                if k != i:
                    change, more = _leave(out, uses, resource, amount, used, capacity, spare, steep)
                    energy += change - loss[out]
                    overuse += more
                    least = np.inf
                    for o in range(first[k], first[k + 1]):
                        if o == out:
                            continue
                        cost = loss[o]
                        for u in range(uses[o], uses[o + 1]):
                            r = resource[u]
                            over = used[r] + amount[u] - capacity[r]
                            if over > 0:
                                cost += steep[r] * min(over, amount[u]) - spare[r] * max(0, amount[u] - over)
                            else:
                                cost -= spare[r] * amount[u]
                        if cost < least:
                            least = cost
                            to = o
                    energy += least
                    if energy > allowed:
                        for u in range(uses[out], uses[out + 1]):
                            used[resource[u]] += amount[u]
        if energy > allowed:
            for u in range(uses[a], uses[a + 1]):
                used[resource[u]] += amount[u]
            for u in range(uses[b], uses[b + 1]):
                used[resource[u]] -= amount[u]
            continue
        if k >= 0:
            state[0] += value[to] - value[out]
            change, more = _enter(to, uses, resource, amount, used, capacity, spare, steep)
            overuse += more
            _book(k, to, uses, resource, chosen, room, member, slot, count, journal, noted, state)
        state[0] += value[b] - value[a]
        _book(i, b, uses, resource, chosen, room, member, slot, count, journal, noted, state)
        state[1] += overuse
        if state[1] == 0 and state[0] > state[2]:
            state[2] = state[0]
            for changed in range(state[3]):
                kept[journal[changed]] = chosen[journal[changed]]
                noted[journal[changed]] = False
            state[3] = 0
    state[4] = seed
