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
    Number,
    Rows,
    Shared,
)
from services.matching.engine.columns.passes import BLOCK, EVERYWHERE, pass_needs
from services.matching.engine.columns.search import Found, When, best_offers, box, where

PARTS = 10


@njit(cache=True, nogil=True)
def _room(k: Number, groups: Number, seen: I64) -> Found:
    return Found(
        np.empty(k, np.int64), np.empty(k, np.int64), np.empty(BLOCK, np.bool_), np.empty(PARTS, np.int64), np.empty((groups, 4), np.int64), seen
    )


@njit(cache=True, nogil=True)
def top(
    offers: Rows,
    needs: Rows,
    shared: Shared,
    grid: Grid,
    need: Number,
    tail_from: Number,
    tail_to: Number,
    today: Number,
    as_of: Number,
    k: Number,
    seen: I64,
) -> Number:
    """The k best offers of a need, best first: their ids, scores and ten parts."""
    found, when = _room(k, len(grid.groups), seen), When(today, as_of)
    count = best_offers(offers, needs, shared, grid, need, tail_from, tail_to, when, found)
    parts, ids = np.empty((count, PARTS), np.int64), np.empty((count, 2), np.uint64)
    for at in range(count):
        judge(offers, needs, shared, found.rows[at], need, today, as_of, 0, parts[at])
        ids[at, 0], ids[at, 1] = offers.ids[found.rows[at], 0], offers.ids[found.rows[at], 1]
    return ids, found.scores[:count], parts


@njit(cache=True, nogil=True)
def top_many(
    offers: Rows,
    needs: Rows,
    shared: Shared,
    grid: Grid,
    asked: I64,
    tail_from: Number,
    tail_to: Number,
    today: Number,
    as_of: Number,
    rows: I32,
    scores: I32,
    counts: I64,
    seen: I64,
) -> None:
    """The best offers of many needs (rows in `asked`; negative: none), a line for each in `rows` and `scores`."""
    found, when = _room(rows.shape[1], len(grid.groups), seen), When(today, as_of)
    for line in range(len(asked)):
        if asked[line] < 0:
            counts[line] = 0
            continue
        counts[line] = count = best_offers(offers, needs, shared, grid, asked[line], tail_from, tail_to, when, found)
        for at in range(count):
            rows[line, at], scores[line, at] = found.rows[at], found.scores[at]


@njit(cache=True, nogil=True)
def _first_pass(
    offers: Rows,
    needs: Rows,
    shared: Shared,
    offer: Number,
    begin: Number,
    end: Number,
    near: Number,
    tail: Number,
    today: Number,
    rows: I64,
    count: Number,
) -> Number:
    """The needs of a run that the first pass lets through, added behind `count` in `rows`; how many there are then."""
    category, ok = offers.facts[offer, CATEGORY], np.empty(BLOCK, np.bool_)
    for start in range(begin, end, BLOCK):
        length = min(BLOCK, end - start)
        pass_needs(offers, needs, offer, start, length, today, 1.0 if near else EVERYWHERE, ok)
        for at in range(length):
            if ok[at] and (not tail or shared.below[needs.facts[start + at, CATEGORY], category]):
                rows[count] = start + at
                count += 1
    return count


@njit(cache=True, nogil=True)
def eligible_needs(
    offers: Rows, needs: Rows, shared: Shared, grid: Grid, offer: Number, tail_from: Number, tail_to: Number, today: Number, as_of: Number
) -> Number:
    """Every need that an offer is eligible for, in no order: rows, scores and the ten parts. `grid` is that of the needs."""
    rows, count, category = np.empty(tail_to, np.int64), 0, offers.facts[offer, CATEGORY]
    remote, placed = offers.facts[offer, FLAGS] & REMOTE != 0, offers.facts[offer, FLAGS] & PLACED != 0
    place, groups = where(offers, offer), grid.groups
    for group in range(len(groups)):
        if not shared.below[groups[group, G_CATEGORY], category]:
            continue
        if remote:
            count = _first_pass(offers, needs, shared, offer, groups[group, G_FROM], groups[group, G_TO], False, False, today, rows, count)
        elif placed and not groups[group, G_REMOTE]:
            south, north, west, east = box(grid, group, place, float(max(groups[group, G_REACH], np.int64(offers.limits[RADIUS, offer]))))
            for line in range(south, north + 1):
                cell = groups[group, G_CELLS] + line * groups[group, G_COLS]
                begin, end = grid.starts[cell + west], grid.starts[cell + east + 1]
                count = _first_pass(offers, needs, shared, offer, begin, end, True, False, today, rows, count)
    count = _first_pass(offers, needs, shared, offer, tail_from, tail_to, False, True, today, rows, count)
    scores, parts, kept = np.empty(count, np.int64), np.empty((count, PARTS), np.int64), 0
    for at in range(count):
        score = judge(offers, needs, shared, offer, rows[at], today, as_of, 0, parts[kept])
        if score >= 0:
            rows[kept], scores[kept] = rows[at], score
            kept += 1
    return rows[:kept].copy(), scores[:kept].copy(), parts[:kept].copy()
