"""The searches in compiled code: the best offers of a need, of many needs, and the needs of an offer; over runs of the grid, in two passes.

The first pass runs over contiguous rows without a branch, so that the compiler makes vector instructions of it, and asks what one comparison can
tell (places, household, dates, folded tags and languages, coarse times, an upper bound of the distance); the second judges what is left exactly."""

from math import asin, atan2, pi, sin, sqrt

import numpy as np
from numba import njit

from services.matching.engine.columns.judge import DISTANCE, LANGUAGE, PREFERRED, SIZE_FIT, TIMES, TOPICAL, CONTINUITY, WAITING, judge, waiting
from services.matching.engine.columns.layout import (
    ACCEPTS,
    CASE,
    CATEGORY,
    COLS_A_RADIAN,
    CONSENT_UNTIL,
    F32,
    FIRST,
    FLAGS,
    G_CATEGORY,
    G_CELLS,
    G_COLS,
    G_FROM,
    G_REACH,
    G_REMOTE,
    G_ROWS,
    G_TO,
    HAS,
    HOUSEHOLD,
    I64,
    INTERPRETER,
    INTERPRETS,
    LANGS,
    LAST,
    LAT,
    LEAST,
    LEFT,
    LON,
    MOST,
    NEVER,
    NO_LANGUAGE,
    OUT,
    PLACED,
    POSTED,
    PROVIDES,
    RADIUS,
    REMOTE,
    REQUIRES,
    ROWS_A_RADIAN,
    SIZE,
    SLOTS,
    WISHES,
    WISHES_AT,
    Grid,
    Rows,
    Shared,
)
from services.matching.engine.distance import EARTH_RADIUS_M
from services.matching.engine.score import FULL

BLOCK = 2048
"""Rows of a run that are looked at together: their marks stay in the nearest cache."""
RINGS = (0.15, 0.4, 1.0)
"""Shares of the reach that a search goes out to, one after the other: what is near sets a floor that spares most of what is far."""
SLACK_M, SLACK = 4.0, 1.000001
"""Coordinates of the first pass are rounded to 0.4 m, and a distance to whole metres: its upper bounds are wider by this."""
ALL = 0xFFFFFFFFFFFFFFFF
EVERYWHERE = 2.0


@njit(cache=True, nogil=True)
def accept(needs: Rows, shared: Shared, first: int, end: int) -> None:
    """Write the accepted languages of needs, folded as the offers' spoken ones are: an offer that meets none of the bits cannot be eligible."""
    for need in range(first, end):
        accepted, required = np.uint64(INTERPRETS), False
        begin = needs.facts[need, WISHES_AT]
        for at in range(begin, begin + needs.facts[need, WISHES]):
            accepted |= shared.met_folded[needs.wishes[at, 0]]
            required |= needs.wishes[at, 1] != 0
        if not required:
            accepted |= np.uint64(NO_LANGUAGE)
        if needs.facts[need, WISHES] == 0 or needs.facts[need, FLAGS] & INTERPRETER:
            accepted = np.uint64(ALL)
        needs.masks[ACCEPTS, need] = accepted


@njit(cache=True, nogil=True)
def _slack(share: float) -> float:
    """What the first pass adds to its bound of the distance: little, or more than any chord of the unit sphere."""
    return np.float32(SLACK_M / EARTH_RADIUS_M if share <= 1 else 3.0)


@njit(cache=True, nogil=True)
def pass_offers(offers: Rows, needs: Rows, need: int, begin: int, count: int, today: int, share: float, ok) -> None:
    """Mark the offers of a run that could be eligible, and within `share` of the reach (`EVERYWHERE`: at any distance)."""
    langs, provides = offers.masks[LANGS, begin : begin + count], offers.masks[PROVIDES, begin : begin + count]
    requires, slots = offers.masks[REQUIRES, begin : begin + count], offers.masks[SLOTS, begin : begin + count]
    left, least = offers.limits[LEFT, begin : begin + count], offers.limits[LEAST, begin : begin + count]
    most, radius = offers.limits[MOST, begin : begin + count], offers.limits[RADIUS, begin : begin + count]
    opens, ends = offers.limits[FIRST, begin : begin + count], offers.limits[LAST, begin : begin + count]
    xs, ys = offers.spot[0, begin : begin + count], offers.spot[1, begin : begin + count]
    zs = offers.spot[2, begin : begin + count]
    accepts, lacks, needed, asked = needs.masks[ACCEPTS, need], ~needs.masks[HAS, need], needs.masks[REQUIRES, need], needs.masks[SLOTS, need]
    size, household, travel = needs.limits[SIZE, need], needs.limits[HOUSEHOLD, need], needs.limits[RADIUS, need]
    first, last = np.int32(max(np.int64(needs.limits[FIRST, need]), today)), needs.limits[LAST, need]
    x, y, z = needs.spot[0, need], needs.spot[1, need], needs.spot[2, need]
    scale, slack, zero = np.float32(share * SLACK / EARTH_RADIUS_M), _slack(share), np.uint64(0)
    if last < first:
        ok[:count] = 0
        return
    for at in range(count):
        bound = np.float32(max(radius[at], travel)) * scale + slack
        dx, dy, dz = xs[at] - x, ys[at] - y, zs[at] - z
        fits = dx * dx + dy * dy + dz * dz <= bound * bound
        fits &= (left[at] >= size) & (least[at] <= household) & (most[at] >= household) & (opens[at] <= last) & (ends[at] >= first)
        fits &= (
            ((langs[at] & accepts) != zero) & ((needed & ~provides[at]) == zero) & ((requires[at] & lacks) == zero) & ((slots[at] & asked) != zero)
        )
        ok[at] = fits


@njit(cache=True, nogil=True)
def pass_needs(offers: Rows, needs: Rows, offer: int, begin: int, count: int, today: int, share: float, ok) -> None:
    """Mark the needs of a run that could be eligible for an offer."""
    accepts, has = needs.masks[ACCEPTS, begin : begin + count], needs.masks[HAS, begin : begin + count]
    requires, slots = needs.masks[REQUIRES, begin : begin + count], needs.masks[SLOTS, begin : begin + count]
    size, household = needs.limits[SIZE, begin : begin + count], needs.limits[HOUSEHOLD, begin : begin + count]
    travel, opens = needs.limits[RADIUS, begin : begin + count], needs.limits[FIRST, begin : begin + count]
    ends = needs.limits[LAST, begin : begin + count]
    xs, ys = needs.spot[0, begin : begin + count], needs.spot[1, begin : begin + count]
    zs = needs.spot[2, begin : begin + count]
    langs, lacks, asked, times = offers.masks[LANGS, offer], ~offers.masks[PROVIDES, offer], offers.masks[REQUIRES, offer], offers.masks[SLOTS, offer]
    left, least, most, radius = offers.limits[LEFT, offer], offers.limits[LEAST, offer], offers.limits[MOST, offer], offers.limits[RADIUS, offer]
    first, last = np.int32(max(np.int64(offers.limits[FIRST, offer]), today)), offers.limits[LAST, offer]
    x, y, z = offers.spot[0, offer], offers.spot[1, offer], offers.spot[2, offer]
    scale, slack, zero = np.float32(share * SLACK / EARTH_RADIUS_M), _slack(share), np.uint64(0)
    if last < first or left == OUT:
        ok[:count] = 0
        return
    for at in range(count):
        bound = np.float32(max(travel[at], radius)) * scale + slack
        dx, dy, dz = xs[at] - x, ys[at] - y, zs[at] - z
        fits = dx * dx + dy * dy + dz * dz <= bound * bound
        fits &= (size[at] <= left) & (household[at] >= least) & (household[at] <= most) & (opens[at] <= last) & (ends[at] >= first)
        fits &= ((accepts[at] & langs) != zero) & ((requires[at] & lacks) == zero) & ((asked & ~has[at]) == zero) & ((slots[at] & times) != zero)
        ok[at] = fits


@njit(cache=True, nogil=True)
def _better(offers: Rows, score: int, row: int, than: int, other: int) -> bool:
    """The order of `score.rank`: higher score, then what was posted earlier, then the lower id."""
    if score != than:
        return score > than
    if offers.moments[row, POSTED] != offers.moments[other, POSTED]:
        return offers.moments[row, POSTED] < offers.moments[other, POSTED]
    if offers.ids[row, 0] != offers.ids[other, 0]:
        return offers.ids[row, 0] < offers.ids[other, 0]
    return offers.ids[row, 1] < offers.ids[other, 1]


@njit(cache=True, nogil=True)
def _sink(offers: Rows, rows: I64, scores: I64, count: int) -> None:
    """Restore the heap (the worst on top) after its top was replaced."""
    row, score, at = rows[0], scores[0], 0
    while 2 * at + 1 < count:
        child = 2 * at + 1
        if child + 1 < count and _better(offers, scores[child], rows[child], scores[child + 1], rows[child + 1]):
            child += 1
        if _better(offers, scores[child], rows[child], score, row):
            break
        rows[at], scores[at] = rows[child], scores[child]
        at = child
    rows[at], scores[at] = row, score


@njit(cache=True, nogil=True)
def _keep(offers: Rows, rows: I64, scores: I64, count: int, row: int, score: int) -> int:
    """Take an offer into the heap of the best, if it is better than the worst of a full one; how many the heap then holds."""
    if count == len(rows):
        if _better(offers, score, row, scores[0], rows[0]):
            rows[0], scores[0] = row, score
            _sink(offers, rows, scores, count)
        return count
    at = count
    while at > 0 and _better(offers, scores[(at - 1) // 2], rows[(at - 1) // 2], score, row):
        rows[at], scores[at] = rows[(at - 1) // 2], scores[(at - 1) // 2]
        at = (at - 1) // 2
    rows[at], scores[at] = row, score
    return count + 1


@njit(cache=True, nogil=True)
def _cells(low: float, high: float, origin: float, scale: float, count: int):
    """The first and the last of `count` cells in a line that an interval meets; the outermost hold all that lies outside."""
    return (np.int64(min(max((low - origin) * scale, 0.0), count - 1.0)), np.int64(min(max((high - origin) * scale, 0.0), count - 1.0)))


@njit(cache=True, nogil=True)
def box(grid: Grid, group: int, lat: float, lon: float, flat: float, metres: float):
    """The cells (first and last row, first and last column) that hold every place within so many metres."""
    chord = min(1.0, (metres + SLACK_M) * SLACK / EARTH_RADIUS_M / 2)
    angle = 2 * asin(chord)
    origin, scale = grid.scales[group], grid.groups[group]
    south, north = _cells(lat - angle, lat + angle, origin[LAT], origin[ROWS_A_RADIAN], scale[G_ROWS])
    # Near a pole or across the date line the columns are all read.
    if angle >= pi / 2 or sin(angle) >= flat:
        return south, north, np.int64(0), scale[G_COLS] - 1
    aside = asin(sin(angle) / flat)
    if lon - aside < -pi or lon + aside > pi:
        return south, north, np.int64(0), scale[G_COLS] - 1
    west, east = _cells(lon - aside, lon + aside, origin[LON], origin[COLS_A_RADIAN], scale[G_COLS])
    return south, north, west, east


@njit(cache=True, nogil=True)
def _share(floor: int, best: int, weight: int) -> float:
    """The share of the reach beyond which the score stays below the floor, where `best` is all that the other parts can give; below 0: anywhere."""
    lacking = floor - best
    if lacking <= 0:
        return 1.0
    return 1.0 - -(-lacking // weight) / FULL if weight > 0 else -1.0


@njit(cache=True, nogil=True)
def _run(offers, needs, shared, need, begin, end, near, tail, today, as_of, best, rows, scores, count, ok, points, seen):
    """Both passes over the rows from `begin` to before `end`; how many offers the heap then holds."""
    weights, category = shared.weights, needs.facts[need, CATEGORY]
    seen[0] += end - begin
    for start in range(begin, end, BLOCK):
        length = min(BLOCK, end - start)
        share = _share(scores[0] if count == len(rows) else 0, best, weights[DISTANCE])
        if share < 0:
            return count
        pass_offers(offers, needs, need, start, length, today, share if near else EVERYWHERE, ok)
        for at in range(length):
            if ok[at]:
                row = start + at
                if tail and not shared.below[category, offers.facts[row, CATEGORY]]:
                    continue
                seen[1] += 1
                score = judge(offers, needs, shared, row, need, today, as_of, scores[0] if count == len(rows) else 0, points)
                if score >= 0:
                    count = _keep(offers, rows, scores, count, row, score)
    return count


@njit(cache=True, nogil=True)
def best_offers(offers, needs, shared, grid, need, tail_from, tail_to, today, as_of, rows, scores, ok, points, boxes, seen):
    """The best eligible offers of a need, as many as `rows` holds, best first in `rows` and `scores`; how many there are.

    Steps: for growing shares of the reach, and each group whose category the need accepts, read the cells that the wider box adds, row by row;
    the score of the worst kept offer bounds how far a better one can lie, so the boxes stop growing early; then the tail; then sort the heap.
    Exact: a row is left out only if a rule fails, or if its score is surely below the floor."""
    if needs.limits[SIZE, need] == NEVER or needs.moments[need, CONSENT_UNTIL] < as_of or len(rows) == 0:
        return 0
    weights, category, count = shared.weights, needs.facts[need, CATEGORY], 0
    best = FULL * (weights[LANGUAGE] + weights[TIMES] + weights[TOPICAL] + weights[SIZE_FIT] + weights[PREFERRED])
    best += shared.best_points[0] + waiting(needs, need, as_of) * weights[WAITING]
    if shared.cases[needs.facts[need, CASE], 1] > 0:
        best += FULL * weights[CONTINUITY]
    placed = needs.facts[need, FLAGS] & PLACED != 0
    flat = sqrt(needs.exact[need, 0] ** 2 + needs.exact[need, 1] ** 2)
    lat, lon = atan2(needs.exact[need, 2], flat), atan2(needs.exact[need, 1], needs.exact[need, 0])
    for ring in range(len(RINGS)):
        for group in range(len(grid.groups)):
            if not shared.below[category, grid.groups[group, G_CATEGORY]]:
                continue
            if grid.groups[group, G_REMOTE]:
                if ring == 0:
                    begin, end = grid.groups[group, G_FROM], grid.groups[group, G_TO]
                    count = _run(offers, needs, shared, need, begin, end, False, False, today, as_of, best, rows, scores, count, ok, points, seen)
                continue
            if not placed:
                continue
            reach = max(grid.groups[group, G_REACH], np.int64(needs.limits[RADIUS, need]))
            share = min(RINGS[ring], _share(scores[0] if count == len(rows) else 0, best, weights[DISTANCE]))
            if share < 0:
                continue
            south, north, west, east = box(grid, group, lat, lon, flat, reach * share)
            if ring == 0:
                boxes[group, 0], boxes[group, 1], boxes[group, 2], boxes[group, 3] = 0, -1, 0, -1
            low, high, left, right = boxes[group, 0], boxes[group, 1], boxes[group, 2], boxes[group, 3]
            if south >= low and north <= high and west >= left and east <= right:
                continue
            for line in range(south, north + 1):
                cell = grid.groups[group, G_CELLS] + line * grid.groups[group, G_COLS]
                if low <= line <= high:
                    begin, end = grid.starts[cell + west], grid.starts[cell + left]
                    if begin < end:
                        count = _run(offers, needs, shared, need, begin, end, True, False, today, as_of, best, rows, scores, count, ok, points, seen)
                    begin, end = grid.starts[cell + right + 1], grid.starts[cell + east + 1]
                else:
                    begin, end = grid.starts[cell + west], grid.starts[cell + east + 1]
                if begin < end:
                    count = _run(offers, needs, shared, need, begin, end, True, False, today, as_of, best, rows, scores, count, ok, points, seen)
            boxes[group, 0], boxes[group, 1], boxes[group, 2], boxes[group, 3] = south, north, west, east
    if tail_from < tail_to:
        count = _run(offers, needs, shared, need, tail_from, tail_to, False, True, today, as_of, best, rows, scores, count, ok, points, seen)
    for size in range(count - 1, 0, -1):
        row, score = rows[0], scores[0]
        rows[0], scores[0] = rows[size], scores[size]
        _sink(offers, rows, scores, size)
        rows[size], scores[size] = row, score
    return count
