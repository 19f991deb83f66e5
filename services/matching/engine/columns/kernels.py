"""What the index calls: whole questions in compiled code, so that one call answers one need, many needs, or one offer."""

import numpy as np

from services.matching.engine.columns.compiled import compiled, entry
from services.matching.engine.columns.judge import judge, judge_here
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
    OUT,
    REMOTE,
    Grid,
    Number,
    Rows,
    Shared,
)
from services.matching.engine.columns.passes import BLOCK, EVERYWHERE, offered_by, pass_needs
from services.matching.engine.columns.search import Found, When, best_offers, box, where

PARTS = 10


@entry
def _room(k: Number, groups: Number, rows: Number, seen: I64) -> Found:
    return Found(
        *(np.empty(k, np.int64), np.empty(k, np.int64), np.empty(BLOCK, np.bool_), np.empty(PARTS, np.int64)),
        *(np.empty((groups, 4), np.int64), np.empty(rows + 1, np.int64), seen),
    )


@entry
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
    found, when = _room(k, len(grid.groups), tail_to, seen), When(today, as_of)
    count = best_offers(offers, needs, shared, grid, need, tail_from, tail_to, when, found)
    parts, ids = np.empty((count, PARTS), np.int64), np.empty((count, 2), np.uint64)
    for at in range(count):
        judge(offers, needs, shared, found.rows[at], need, today, as_of, 0, parts[at])
        ids[at, 0], ids[at, 1] = offers.ids[found.rows[at], 0], offers.ids[found.rows[at], 1]
    return ids, found.scores[:count], parts


@entry
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
    found, when = _room(rows.shape[1], len(grid.groups), tail_to, seen), When(today, as_of)
    for line in range(len(asked)):
        if asked[line] < 0:
            counts[line] = 0
            continue
        counts[line] = count = best_offers(offers, needs, shared, grid, asked[line], tail_from, tail_to, when, found)
        for at in range(count):
            rows[line, at], scores[line, at] = found.rows[at], found.scores[at]


@compiled
def _judge_needs(
    offers: Rows,
    needs: Rows,
    shared: Shared,
    offer: Number,
    rows: I64,
    count: Number,
    mixed: Number,
    today: Number,
    as_of: Number,
    scores: I64,
    parts: I64,
) -> Number:
    """Judge the needs in `rows` (from place `mixed` on of any category) and keep the eligible ones in place; how many they are."""
    kept, category = 0, offers.facts[offer, CATEGORY]
    for at in range(count):
        if at >= mixed and not shared.below[needs.facts[rows[at], CATEGORY], category]:
            continue
        score = judge_here(offers, needs, shared, offer, rows[at], today, as_of, 0, parts[kept])
        if score >= 0:
            rows[kept], scores[kept] = rows[at], score
            kept += 1
    return kept


@entry
def eligible_needs(
    offers: Rows, needs: Rows, shared: Shared, grid: Grid, offer: Number, tail_from: Number, tail_to: Number, today: Number, as_of: Number
) -> Number:
    """Every need that an offer is eligible for, in no order: rows, scores and the ten parts. `grid` is that of the needs."""
    rows, count, category, ok = np.empty(tail_to + 1, np.int64), 0, offers.facts[offer, CATEGORY], np.empty(BLOCK, np.bool_)
    masks, limits, spot, groups, remote = needs.masks, needs.limits, needs.spot, grid.groups, offers.facts[offer, FLAGS] & REMOTE != 0
    asked, place = offered_by(offers, offer, today), where(offers, offer)
    if asked.last < asked.first or asked.left == OUT:
        tail_to = tail_from = 0
        groups = groups[:0]
    for group in range(len(groups)):
        if not shared.below[groups[group, G_CATEGORY], category]:
            continue
        if remote:
            count = pass_needs(masks, limits, spot, asked, groups[group, G_FROM], groups[group, G_TO], EVERYWHERE, ok, rows, count)
        elif not groups[group, G_REMOTE]:
            south, north, west, east = box(grid, group, place, 1.0 * max(groups[group, G_REACH], np.int64(asked.radius)))
            for line in range(south, north + 1):
                cell = groups[group, G_CELLS] + line * groups[group, G_COLS]
                count = pass_needs(masks, limits, spot, asked, grid.starts[cell + west], grid.starts[cell + east + 1], 1.0, ok, rows, count)
    mixed = count
    count = pass_needs(masks, limits, spot, asked, tail_from, tail_to, EVERYWHERE, ok, rows, count)
    scores, parts = np.empty(count, np.int64), np.empty((count, PARTS), np.int64)
    kept = _judge_needs(offers, needs, shared, offer, rows, count, mixed, today, as_of, scores, parts)
    return rows[:kept].copy(), scores[:kept].copy(), parts[:kept].copy()
