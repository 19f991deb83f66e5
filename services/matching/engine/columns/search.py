"""The best offers of a need: boxes of the grid that grow around its place, until nothing further out can be better; candidates are judged exactly."""

from math import asin, atan2, pi, sin, sqrt
from typing import NamedTuple

import numpy as np

from services.matching.engine.columns.compiled import compiled
from services.matching.engine.columns.heap import keep, sink
from services.matching.engine.columns.judge import CONTINUITY, DISTANCE, LANGUAGE, PREFERRED, SIZE_FIT, TIMES, TOPICAL, WAITING, judge_here, waiting
from services.matching.engine.columns.layout import (
    CASE,
    CATEGORY,
    COLS_A_RADIAN,
    CONSENT_UNTIL,
    FLAGS,
    G_CATEGORY,
    G_CELLS,
    G_COLS,
    G_FROM,
    G_REACH,
    G_REMOTE,
    G_ROWS,
    G_TO,
    I64,
    LAT,
    LON,
    NEVER,
    PLACED,
    ROWS_A_RADIAN,
    SIZE,
    Bools,
    Grid,
    Number,
    Rows,
    Shared,
)
from services.matching.engine.columns.passes import EVERYWHERE, SLACK, SLACK_M, Asked, asked_by, pass_offers
from services.matching.engine.distance import EARTH_RADIUS_M
from services.matching.engine.score import FULL

RINGS = (0.15, 0.4, 1.0)
"""Shares of the reach that a search goes out to, one after the other: what is near sets a floor that spares most of what is far."""


class When(NamedTuple):
    """The moment of a question: its ordinal day and its microseconds since 1970."""

    today: Number
    as_of: Number


class Found(NamedTuple):
    """The heap of the best, and room for its work: marks of the first pass, a pair's parts, the box of each group that was read, rows that
    passed, and counters of rows read and pairs judged."""

    rows: I64
    scores: I64
    ok: Bools
    points: I64
    boxes: I64
    candidates: I64
    seen: I64


@compiled
def _cells(low: Number, high: Number, origin: Number, scale: Number, count: Number) -> Number:
    """The first and the last of `count` cells in a line that an interval meets; the outermost hold all that lies outside."""
    return (np.int64(min(max((low - origin) * scale, 0.0), count - 1.0)), np.int64(min(max((high - origin) * scale, 0.0), count - 1.0)))


@compiled
def where(rows: Rows, row: Number) -> Number:
    """The latitude and longitude of a row in radians, and the cosine of the latitude; below 0 where the row has no place."""
    if not rows.facts[row, FLAGS] & PLACED:
        return 0.0, 0.0, -1.0
    x, y, z = rows.exact[row, 0], rows.exact[row, 1], rows.exact[row, 2]
    flat = sqrt(x * x + y * y)
    return atan2(z, flat), atan2(y, x), flat


@compiled
def box(grid: Grid, group: Number, place: Number, metres: Number) -> Number:
    """The cells (first and last row, first and last column) that hold every place within so many metres."""
    lat, lon, flat = place
    angle = 2 * asin(min(1.0, (metres + SLACK_M) * SLACK / EARTH_RADIUS_M / 2))
    rows, columns = grid.groups[group, G_ROWS], grid.groups[group, G_COLS]
    south, north = _cells(lat - angle, lat + angle, grid.scales[group, LAT], grid.scales[group, ROWS_A_RADIAN], rows)
    # Near a pole or across the date line the columns are all read.
    if angle >= pi / 2 or sin(angle) >= flat:
        return south, north, np.int64(0), columns - 1
    aside = asin(sin(angle) / flat)
    if lon - aside < -pi or lon + aside > pi:
        return south, north, np.int64(0), columns - 1
    west, east = _cells(lon - aside, lon + aside, grid.scales[group, LON], grid.scales[group, COLS_A_RADIAN], columns)
    return south, north, west, east


@compiled
def _floor(found: Found, count: Number) -> Number:
    """The score that an offer must reach to be kept."""
    return found.scores[0] if count == len(found.rows) else np.int64(0)


@compiled
def _share(floor: Number, best: Number, weight: Number) -> Number:
    """The share of the reach beyond which the score stays below the floor, where `best` is all that the other parts can give; below 0: anywhere."""
    lacking = floor - best
    if lacking <= 0:
        return 1.0
    return 1.0 - -(-lacking // weight) / FULL if weight > 0 else -1.0


@compiled
def _best_but_distance(needs: Rows, shared: Shared, need: Number, when: When) -> Number:
    """The most that all parts but distance can give together."""
    weights = shared.weights
    best = FULL * (weights[LANGUAGE] + weights[TIMES] + weights[TOPICAL] + weights[SIZE_FIT] + weights[PREFERRED])
    best += shared.best_points[0] + waiting(needs, need, when.as_of) * weights[WAITING]
    if shared.cases[needs.facts[need, CASE], 1] > 0:
        best += FULL * weights[CONTINUITY]
    return best


@compiled
def _judge_all(
    offers: Rows, needs: Rows, shared: Shared, need: Number, first: Number, end: Number, tail: Number, when: When, found: Found, count: Number
) -> Number:
    """The second pass: judge the candidates and keep the best (`tail`: their categories are mixed); how many are kept then."""
    category = needs.facts[need, CATEGORY]
    found.seen[1] += end - first
    for at in range(first, end):
        row = found.candidates[at]
        if tail and not shared.below[category, offers.facts[row, CATEGORY]]:
            continue
        score = judge_here(offers, needs, shared, row, need, when.today, when.as_of, _floor(found, count), found.points)
        if score >= 0:
            count = keep(offers.moments, offers.ids, found.rows, found.scores, count, row, score)
    return count


@compiled
def _candidates(
    offers: Rows, shared: Shared, grid: Grid, asked: Asked, category: Number, place: Number, ring: Number, share: Number, found: Found
) -> Number:
    """The first pass over what a ring adds: in each group whose category is accepted, the cells of its box that no box before held; how many
    candidates there are. Remote offers come with the first ring."""
    masks, limits, spot, groups, boxes, count = offers.masks, offers.limits, offers.spot, grid.groups, found.boxes, 0
    for group in range(len(groups)):
        if not shared.below[category, groups[group, G_CATEGORY]]:
            continue
        if groups[group, G_REMOTE]:
            if ring == 0:
                begin, end = groups[group, G_FROM], groups[group, G_TO]
                found.seen[0] += end - begin
                count = pass_offers(masks, limits, spot, asked, begin, end, EVERYWHERE, found.ok, found.candidates, count)
            continue
        if place[2] < 0:
            continue
        south, north, west, east = box(grid, group, place, min(share, RINGS[ring]) * max(groups[group, G_REACH], np.int64(asked.travel)))
        if ring == 0:
            boxes[group, 0], boxes[group, 1], boxes[group, 2], boxes[group, 3] = 0, -1, 0, -1
        low, high, left, right = boxes[group, 0], boxes[group, 1], boxes[group, 2], boxes[group, 3]
        # Of two boxes around one place the one holds the other: a smaller one adds nothing.
        if south >= low and north <= high and west >= left and east <= right:
            continue
        for line in range(south, north + 1):
            cell = groups[group, G_CELLS] + line * groups[group, G_COLS]
            begin, end = grid.starts[cell + west], grid.starts[cell + east + 1]
            if low <= line <= high:
                inner = grid.starts[cell + left]
                if begin < inner:
                    found.seen[0] += inner - begin
                    count = pass_offers(masks, limits, spot, asked, begin, inner, share, found.ok, found.candidates, count)
                begin = grid.starts[cell + right + 1]
            if begin < end:
                found.seen[0] += end - begin
                count = pass_offers(masks, limits, spot, asked, begin, end, share, found.ok, found.candidates, count)
        boxes[group, 0], boxes[group, 1], boxes[group, 2], boxes[group, 3] = south, north, west, east
    return count


@compiled
def best_offers(
    offers: Rows, needs: Rows, shared: Shared, grid: Grid, need: Number, tail_from: Number, tail_to: Number, when: When, found: Found
) -> Number:
    """The best eligible offers of a need, as many as `found.rows` holds, best first; how many there are.

    Steps: for growing shares of the reach, and each group whose category the need accepts, read the cells that the wider box adds, line by line;
    the score of the worst kept offer bounds how far a better one can lie, so the boxes stop growing early; then the tail; then sort the heap.
    Exact: a row is left out only if a rule fails, or if its score is surely below the floor."""
    if needs.limits[SIZE, need] == NEVER or needs.moments[need, CONSENT_UNTIL] < when.as_of or len(found.rows) == 0:
        return 0
    asked = asked_by(needs, need, when.today)
    if asked.last < asked.first:
        return 0
    category, weight, count = needs.facts[need, CATEGORY], shared.weights[DISTANCE], 0
    best = _best_but_distance(needs, shared, need, when)
    place = where(needs, need)
    for ring in range(len(RINGS)):
        share = _share(_floor(found, count), best, weight)
        if share < 0:
            break
        candidates = _candidates(offers, shared, grid, asked, category, place, ring, share, found)
        count = _judge_all(offers, needs, shared, need, 0, candidates, False, when, found, count)
    if tail_from < tail_to:
        found.seen[0] += tail_to - tail_from
        candidates = pass_offers(offers.masks, offers.limits, offers.spot, asked, tail_from, tail_to, EVERYWHERE, found.ok, found.candidates, 0)
        count = _judge_all(offers, needs, shared, need, 0, candidates, True, when, found, count)
    rows, scores = found.rows, found.scores
    for size in range(count - 1, 0, -1):
        row, score = rows[0], scores[0]
        rows[0], scores[0] = rows[size], scores[size]
        sink(offers.moments, offers.ids, rows, scores, size)
        rows[size], scores[size] = row, score
    return count
