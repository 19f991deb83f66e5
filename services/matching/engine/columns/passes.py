"""The first pass over a run of rows: no branch, so that the compiler makes vector instructions of it; what it leaves out fails a rule surely.

It asks what one comparison can tell: places, household, dates, folded tags and languages, coarse times, an upper bound of the distance."""

import numpy as np
from numba import njit

from services.matching.engine.columns.layout import (
    ACCEPTS,
    FIRST,
    FLAGS,
    HAS,
    HOUSEHOLD,
    INTERPRETER,
    INTERPRETS,
    LANGS,
    LAST,
    LEAST,
    LEFT,
    MOST,
    NO_LANGUAGE,
    OUT,
    PROVIDES,
    RADIUS,
    REQUIRES,
    SIZE,
    SLOTS,
    WISHES,
    WISHES_AT,
    Bools,
    Number,
    Rows,
    Shared,
)
from services.matching.engine.distance import EARTH_RADIUS_M

BLOCK = 2048
"""Rows of a run that are looked at together: their marks stay in the nearest cache."""
SLACK_M, SLACK = 4.0, 1.000001
"""Coordinates of the first pass are rounded to 0.4 m, and a distance to whole metres: its upper bounds are wider by this."""
ALL = 0xFFFFFFFFFFFFFFFF
EVERYWHERE = 2.0
"""The share of the reach that stands for any distance."""


@njit(cache=True, nogil=True)
def accept(needs: Rows, shared: Shared, first: Number, end: Number) -> None:
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
def _slack(share: Number) -> Number:
    """What the first pass adds to its bound of the distance: little, or more than any chord of the unit sphere."""
    return np.float32(SLACK_M / EARTH_RADIUS_M if share <= 1 else 3.0)


@njit(cache=True, nogil=True)
def pass_offers(offers: Rows, needs: Rows, need: Number, begin: Number, count: Number, today: Number, share: Number, ok: Bools) -> None:
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
def pass_needs(offers: Rows, needs: Rows, offer: Number, begin: Number, count: Number, today: Number, share: Number, ok: Bools) -> None:
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
