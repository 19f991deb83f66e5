"""What the index calls: whole questions in compiled code, so that one call answers one need, many needs, or one offer."""

import numpy as np
from numba import njit

from services.matching.engine.columns.judge import judge
from services.matching.engine.columns.layout import (
    CATEGORY,
    FLAGS,
    G_CATEGORY,
    G_CELLS,
    G_COLS,
    G_FROM,
    G_REACH,
    G_REMOTE,
    G_TO,
    I32,
    I64,
    PLACED,
    RADIUS,
    REMOTE,
    Grid,
    Rows,
    Shared,
)
from services.matching.engine.columns.search import BLOCK, EVERYWHERE, box, pass_needs, best_offers
from math import atan2, sqrt


@njit(cache=True, nogil=True)
def top(
    offers: Rows, needs: Rows, shared: Shared, grid: Grid, need: int, tail_from: int, tail_to: int, today: int, as_of: int, k: int, seen: I64
) -> tuple[I64, I64, I64]:
    """The k best offers of a need: their rows, scores and ten parts, best first."""
    rows, scores, parts = np.empty(k, np.int64), np.empty(k, np.int64), np.empty((k, 10), np.int64)
    ok, points, boxes = np.empty(BLOCK, np.bool_), np.empty(10, np.int64), np.empty((len(grid.groups), 4), np.int64)
    count = best_offers(offers, needs, shared, grid, need, tail_from, tail_to, today, as_of, rows, scores, ok, points, boxes, seen)
    for at in range(count):
        judge(offers, needs, shared, rows[at], need, today, as_of, 0, parts[at])
    return rows[:count], scores[:count], parts[:count]


@njit(cache=True, nogil=True)
def top_many(
    offers: Rows,
    needs: Rows,
    shared: Shared,
    grid: Grid,
    asked: I64,
    tail_from: int,
    tail_to: int,
    today: int,
    as_of: int,
    found: I32,
    scored: I32,
    counts: I64,
    seen: I64,
) -> None:
    """The best offers of many needs (rows in `asked`; negative: none), a line for each in `found` and `scored`."""
    k = found.shape[1]
    rows, scores = np.empty(k, np.int64), np.empty(k, np.int64)
    ok, points, boxes = np.empty(BLOCK, np.bool_), np.empty(10, np.int64), np.empty((len(grid.groups), 4), np.int64)
    for line in range(len(asked)):
        if asked[line] < 0:
            counts[line] = 0
            continue
        count = best_offers(offers, needs, shared, grid, asked[line], tail_from, tail_to, today, as_of, rows, scores, ok, points, boxes, seen)
        counts[line] = count
        for at in range(count):
            found[line, at], scored[line, at] = rows[at], scores[at]


@njit(cache=True, nogil=True)
def _collect(offers, needs, shared, offer, begin, end, near, tail, today, as_of, rows, scores, parts, count, ok):
    category = offers.facts[offer, CATEGORY]
    for start in range(begin, end, BLOCK):
        length = min(BLOCK, end - start)
        pass_needs(offers, needs, offer, start, length, today, 1.0 if near else EVERYWHERE, ok)
        for at in range(length):
            if ok[at]:
                need = start + at
                if tail and not shared.below[needs.facts[need, CATEGORY], category]:
                    continue
                if count == len(rows):
                    rows, scores = np.concatenate((rows, rows)), np.concatenate((scores, scores))
                    parts = np.concatenate((parts, parts))
                score = judge(offers, needs, shared, offer, need, today, as_of, 0, parts[count])
                if score >= 0:
                    rows[count], scores[count] = need, score
                    count += 1
    return rows, scores, parts, count


@njit(cache=True, nogil=True)
def eligible_needs(
    offers: Rows, needs: Rows, shared: Shared, grid: Grid, offer: int, tail_from: int, tail_to: int, today: int, as_of: int
) -> tuple[I64, I64, I64]:
    """Every need that an offer is eligible for, in no order: rows, scores and the ten parts. `grid` is that of the needs."""
    rows, scores, parts, count = np.empty(64, np.int64), np.empty(64, np.int64), np.empty((64, 10), np.int64), 0
    ok, category = np.empty(BLOCK, np.bool_), offers.facts[offer, CATEGORY]
    remote, placed = offers.facts[offer, FLAGS] & REMOTE != 0, offers.facts[offer, FLAGS] & PLACED != 0
    flat = sqrt(offers.exact[offer, 0] ** 2 + offers.exact[offer, 1] ** 2)
    lat, lon = atan2(offers.exact[offer, 2], flat), atan2(offers.exact[offer, 1], offers.exact[offer, 0])
    for group in range(len(grid.groups)):
        if not shared.below[grid.groups[group, G_CATEGORY], category]:
            continue
        if remote:
            begin, end = grid.groups[group, G_FROM], grid.groups[group, G_TO]
            rows, scores, parts, count = _collect(
                offers, needs, shared, offer, begin, end, False, False, today, as_of, rows, scores, parts, count, ok
            )
        elif placed and not grid.groups[group, G_REMOTE]:
            reach = max(grid.groups[group, G_REACH], np.int64(offers.limits[RADIUS, offer]))
            south, north, west, east = box(grid, group, lat, lon, flat, float(reach))
            for line in range(south, north + 1):
                cell = grid.groups[group, G_CELLS] + line * grid.groups[group, G_COLS]
                begin, end = grid.starts[cell + west], grid.starts[cell + east + 1]
                rows, scores, parts, count = _collect(
                    offers, needs, shared, offer, begin, end, True, False, today, as_of, rows, scores, parts, count, ok
                )
    rows, scores, parts, count = _collect(offers, needs, shared, offer, tail_from, tail_to, False, True, today, as_of, rows, scores, parts, count, ok)
    return rows[:count], scores[:count], parts[:count]
