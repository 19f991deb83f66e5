"""The compiled loops of deferred acceptance: one heap a place where sizes are alike, ranked lists with calling back where they are not."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.matching.engine.solving.instance import Ints

# A pair of a lower number is a better one of the same household, so that preferences are compared by number.


HOUSEHOLDS = np.int64(32)
"""How many bits of a heap's key hold the household; those above hold its rank, so that one comparison decides."""
LOW = (np.int64(1) << HOUSEHOLDS) - 1


@njit(cache=True)
def defer_alike(first, place, standing, capacity):  # type: ignore[no-untyped-def]
    """Deferred acceptance where every household takes one of `capacity`: the pair of each household, or -1. `standing` from 0 and below 2^31."""
    households, places = len(first) - 1, len(capacity)
    room = np.zeros(places, np.int64)
    # Place and rank side by side: what costs time is to fetch them, for whoever asks next is anywhere.
    wish = np.empty(len(place), np.int64)
    for pair in range(len(place)):
        room[place[pair]] += 1
        wish[pair] = (standing[pair] << HOUSEHOLDS) | place[pair]
    start = np.zeros(places + 1, np.int64)
    for at in range(places):
        room[at] = max(0, min(room[at], capacity[at]))
        start[at + 1] = start[at] + room[at]
    # One heap a place, its lowest ranked resident on top.
    heaps = np.empty(start[places], np.int64)
    filled = np.zeros(places, np.int64)
    ask = first[:-1].copy()
    for newcomer in range(households):
        asking = newcomer
        while ask[asking] < first[asking + 1]:
            pair = ask[asking]
            at = wish[pair] & LOW
            base, size, mine = start[at], filled[at], (wish[pair] & ~LOW) | asking
            if size < room[at]:
                _rise(heaps, base, size, mine)
                filled[at] += 1
                break
            if size > 0 and mine < heaps[base]:
                asking = heaps[base] & LOW
                _sink(heaps, base, size, mine)
            ask[asking] += 1
    for household in range(households):
        if ask[household] >= first[household + 1]:
            ask[household] = -1
    return ask


@njit(cache=True, inline="always")
def _rise(heaps, base, slot, mine):  # type: ignore[no-untyped-def]
    """Add to the heap."""
    while slot > 0:
        above = (slot - 1) >> 1
        if heaps[base + above] > mine:
            break
        heaps[base + slot] = heaps[base + above]
        slot = above
    heaps[base + slot] = mine


@njit(cache=True, inline="always")
def _sink(heaps, base, size, mine):  # type: ignore[no-untyped-def]
    """Put somebody in the place of the top of the heap."""
    slot = 0
    while 2 * slot + 1 < size:
        below = 2 * slot + 1
        if below + 1 < size and heaps[base + below + 1] > heaps[base + below]:
            below += 1
        if heaps[base + below] < mine:
            break
        heaps[base + slot] = heaps[base + below]
        slot = below
    heaps[base + slot] = mine


@njit(cache=True)
def _fits(used, size, capacity):  # type: ignore[no-untyped-def]
    for kind in range(len(used)):  # noqa: SIM110 (the compiler knows no generators)
        if used[kind] + size[kind] > capacity[kind]:
            return False
    return True


@njit(cache=True)
def _ranks_above(pair, other, standing, owner):  # type: ignore[no-untyped-def]
    return standing[pair] < standing[other] or (standing[pair] == standing[other] and owner[pair] < owner[other])


@njit(cache=True)
def _enter(pair, place, standing, size, capacity, owner, start, desk, used, out):  # type: ignore[no-untyped-def]
    """Take a household in if those ranked above leave it room; answers how many went for it (their pairs in `out`), or -1 if it was refused."""
    at, held = place[pair], desk.held
    base, size_now = start[at], desk.many[at]
    used[:] = 0
    slot = 0
    while slot < size_now and _ranks_above(held[base + slot], pair, standing, owner):
        used += size[held[base + slot]]
        slot += 1
    if not _fits(used, size[pair], capacity[at]):
        return -1
    used += size[pair]
    carried, gone, write = pair, 0, slot + 1
    for read in range(slot, size_now):
        resident = held[base + read]
        held[base + write - 1] = carried
        if _fits(used, size[resident], capacity[at]):
            used += size[resident]
            carried = resident
            write += 1
        else:
            out[gone] = resident
            gone += 1
    held[base + write - 1] = carried
    desk.many[at] = write
    return gone


@njit(cache=True)
def _leave(pair, place, start, desk):  # type: ignore[no-untyped-def]
    at, held = place[pair], desk.held
    slot = start[at]
    while held[slot] != pair:
        slot += 1
    last = start[at] + desk.many[at] - 1
    while slot < last:
        held[slot] = held[slot + 1]
        slot += 1
    desk.many[at] -= 1


class Desk(NamedTuple):
    """Where deferred acceptance with sizes stands: the pair of each household, the next pair it asks, the residents of each place in order of
    rank (a slice of `held` from `start`, `many` long), who has to ask (a stack, and a mark on
    each that is on it), the places that may call back (a ring), and their numbers:
    length of the stack, head and tail of the ring."""

    chosen: Ints
    ask: Ints
    held: Ints
    many: Ints
    waiting: Ints
    asks: NDArray[np.bool_]
    stirred: NDArray[np.bool_]
    ring: Ints
    at: Ints


@njit(cache=True)
def defer_sized(place, standing, size, capacity, owner, wishers, start, first, desk, recalls):  # type: ignore[no-untyped-def]
    """Go on from where the desk stands until nobody asks and no place has anyone to call back, or `recalls` were called back and all who then had
    to ask are answered. Answers whether it ended by itself."""
    used, out = np.zeros(size.shape[1], np.int64), np.empty(len(desk.chosen) + 1, np.int64)
    while True:
        while desk.at[0] > 0:
            desk.at[0] -= 1
            household = desk.waiting[desk.at[0]]
            desk.asks[household] = False
            # Called back meanwhile: nothing to ask for.
            while desk.chosen[household] < 0 and desk.ask[household] < first[household + 1]:
                pair = desk.ask[household]
                gone = _enter(pair, place, standing, size, capacity, owner, start, desk, used, out)
                if gone >= 0:
                    _evict(out[:gone], pair, place, owner, desk)
                    break
                desk.ask[household] += 1
        if desk.at[1] == desk.at[2]:
            return True
        if recalls <= 0:
            return False
        here = desk.ring[desk.at[1]]
        desk.at[1] = (desk.at[1] + 1) % len(desk.ring)
        desk.stirred[here] = False
        # Whom does this place rank highest of those who would rather be here and fit by now?
        above = np.zeros(size.shape[1], np.int64)
        for slot in range(start[here], start[here + 1]):
            pair = wishers[slot]
            before = desk.chosen[owner[pair]]
            if before == pair:
                above += size[pair]
            elif (before < 0 or pair < before) and _fits(above, size[pair], capacity[here]):
                if before >= 0:
                    _leave(before, place, start, desk)
                    _stir(place[before], desk)
                gone = _enter(pair, place, standing, size, capacity, owner, start, desk, used, out)
                _evict(out[:gone], pair, place, owner, desk)
                above += size[pair]
                recalls -= 1


@njit(cache=True)
def _stir(place, desk):  # type: ignore[no-untyped-def]
    if not desk.stirred[place]:
        desk.stirred[place] = True
        desk.ring[desk.at[2]] = place
        desk.at[2] = (desk.at[2] + 1) % len(desk.ring)


@njit(cache=True)
def _evict(gone, pair, place, owner, desk):  # type: ignore[no-untyped-def]
    """A household is in; those who went for it have to ask again, further down their lists, and the place may have room for others."""
    desk.chosen[owner[pair]] = pair
    desk.ask[owner[pair]] = pair
    for left in gone:
        desk.chosen[owner[left]] = -1
        desk.ask[owner[left]] = left + 1
        if not desk.asks[owner[left]]:
            desk.asks[owner[left]] = True
            desk.waiting[desk.at[0]] = owner[left]
            desk.at[0] += 1
    if len(gone) > 0:
        _stir(place[pair], desk)


@njit(cache=True)
def fill(place, size, capacity, owner, wishers, start, chosen):  # type: ignore[no-untyped-def]
    """Let households move into free room that they would rather have, highest ranked first, until none is left. Each move betters one
    household and worsens nobody, so it ends."""
    left = capacity.copy()
    for pair in chosen:
        if pair >= 0:
            left[place[pair]] -= size[pair]
    none = np.zeros(size.shape[1], np.int64)
    moved = True
    while moved:
        moved = False
        for at in range(len(capacity)):
            for slot in range(start[at], start[at + 1]):
                pair = wishers[slot]
                before = chosen[owner[pair]]
                if (before < 0 or pair < before) and _fits(none, size[pair], left[at]):
                    if before >= 0:
                        left[place[before]] += size[before]
                    left[at] -= size[pair]
                    chosen[owner[pair]] = pair
                    moved = True


@njit(cache=True)
def blocks(first, place, standing, size, capacity, chosen, owner, held, start, used):  # type: ignore[no-untyped-def]
    """Which pairs block a matching: `held` are its pairs by place and rank, `used` what they use, summed up from the first."""
    found = np.zeros(len(place), np.bool_)
    for household in range(len(first) - 1):
        end = chosen[household] if chosen[household] >= 0 else first[household + 1]
        for pair in range(first[household], end):
            at = place[pair]
            low, high = start[at], start[at + 1]
            while low < high:
                middle = (low + high) >> 1
                if _ranks_above(held[middle], pair, standing, owner):
                    low = middle + 1
                else:
                    high = middle
            found[pair] = _fits(used[low] - used[start[at]], size[pair], capacity[at])
    return found
