"""Sorts rows by category, class of reach and cell of a grid, so that a search reads few contiguous runs near the place it asks about."""

from math import ceil, sqrt

import numpy as np

from services.matching.engine.columns.layout import (
    CATEGORY,
    FLAGS,
    I64,
    LIVE,
    PLACED,
    RADIUS,
    REMOTE,
    Grid,
    Rows,
)

NEAREST_CLASS_M = 2_500
"""The least class of reach goes up to here; each further one doubles."""
NOWHERE = 63
"""The class of rows that no distance is measured to."""
ROWS_A_CELL = 20
MOST_CELLS_A_SIDE = 256
WORTH_A_GRID = 48
"""Groups below this size are one cell: reading them whole costs less than finding what to read."""
NO_GRID = Grid(np.zeros((0, 8), np.int64), np.zeros((0, 4), np.float64), np.ones(1, np.int64))


def build(rows: Rows, used: int) -> tuple[I64, Grid]:
    """The order of the live rows (numbers of old rows, never the scratch row; the new ones count from 1) and the grid over them.

    Steps: a class of reach for each row (doubling, so that one far-reaching offer does not widen the search among the others); groups of category
    and class; for each group a grid over the middle 98 % of its places, cells of about `ROWS_A_CELL` rows, what lies outside counted to the
    outermost cells; sort by cell. O(n log n)."""
    live = 1 + np.flatnonzero(rows.facts[1:used, FLAGS] & LIVE)
    flags, category = rows.facts[live, FLAGS], rows.facts[live, CATEGORY].astype(np.int64)
    near = (flags & PLACED != 0) & (flags & REMOTE == 0)
    reach = rows.limits[RADIUS, live].astype(np.int64)
    rank = np.where(near, np.ceil(np.log2(np.maximum(reach, 1) / NEAREST_CLASS_M)).clip(0, NOWHERE - 1), NOWHERE).astype(np.int64)
    key = category * 64 + rank
    by_group = np.argsort(key, kind="stable")
    found, begins = np.unique(key[by_group], return_index=True)
    ends = np.append(begins, len(live))[1:]
    lat = np.arcsin(np.clip(rows.exact[live, 2], -1, 1))
    lon = np.arctan2(rows.exact[live, 1], rows.exact[live, 0])
    cell = np.zeros(len(live), np.int64)
    groups, scales, cells = np.zeros((len(found), 8), np.int64), np.zeros((len(found), 4)), 0
    for at, (number, begin, end) in enumerate(zip(found.tolist(), begins.tolist(), ends.tolist(), strict=True)):
        members = by_group[begin:end]
        far = number % 64 == NOWHERE
        high, wide, scale = (1, 1, (0.0, 0.0, 0.0, 0.0)) if far or end - begin < WORTH_A_GRID else _lay(lat[members], lon[members])
        row = ((lat[members] - scale[0]) * scale[2]).clip(0, high - 1).astype(np.int64)
        column = ((lon[members] - scale[1]) * scale[3]).clip(0, wide - 1).astype(np.int64)
        cell[members] = cells + row * wide + column
        groups[at] = (number // 64, int(reach[members].max()), high, wide, cells, far, 1 + begin, 1 + end)
        scales[at] = scale
        cells += high * wide
    order = np.argsort(cell, kind="stable")
    starts = 1 + np.searchsorted(cell[order], np.arange(cells + 1))
    return live[order], Grid(groups, scales, starts.astype(np.int64))


def _lay(lat: np.ndarray, lon: np.ndarray) -> tuple[int, int, tuple[float, float, float, float]]:
    """Rows, columns and scale of a grid over places in radians."""
    (south, north), (west, east) = np.quantile(lat, (0.01, 0.99)).tolist(), np.quantile(lon, (0.01, 0.99)).tolist()
    flat = max(0.05, float(np.cos((south + north) / 2)))
    height, width = max(north - south, 1e-6), max(east - west, 1e-6)
    side = sqrt(height * width * flat * ROWS_A_CELL / len(lat))
    high = min(MOST_CELLS_A_SIDE, max(1, ceil(height / side)))
    wide = min(MOST_CELLS_A_SIDE, max(1, ceil(width * flat / side)))
    return high, wide, (south, west, high / height, wide / width)
