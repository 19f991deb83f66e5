"""The first pass over a run of rows: no branch, so that the compiler makes vector instructions of it; what it leaves out fails a rule surely.

It asks what one comparison can tell: places, household, dates, folded tags and languages, coarse times, an upper bound of the distance."""

from typing import NamedTuple

import numpy as np

from services.matching.engine.columns.compiled import compiled
from services.matching.engine.columns.layout import (
    ACCEPTS,
    F32,
    FIRST,
    FLAGS,
    HAS,
    HOUSEHOLD,
    I32,
    I64,
    INTERPRETER,
    INTERPRETS,
    LANGS,
    LAST,
    LEAST,
    LEFT,
    MOST,
    NO_LANGUAGE,
    PROVIDES,
    RADIUS,
    REQUIRES,
    SIZE,
    SLOTS,
    U64,
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


@compiled
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


class Asked(NamedTuple):
    """What a need asks of each row of a run, as plain numbers; a bound of the distance is `max(radius, travel) * share`."""

    accepts: Number
    lacks: Number
    requires: Number
    slots: Number
    size: Number
    household: Number
    travel: Number
    first: Number
    last: Number
    x: Number
    y: Number
    z: Number


class Offered(NamedTuple):
    """What an offer asks of each need of a run, as plain numbers."""

    langs: Number
    lacks: Number
    requires: Number
    slots: Number
    left: Number
    least: Number
    most: Number
    radius: Number
    first: Number
    last: Number
    x: Number
    y: Number
    z: Number


@compiled
def asked_by(needs: Rows, need: Number, today: Number) -> Asked:
    """What a need asks of offers on a day."""
    masks, limits, spot = needs.masks, needs.limits, needs.spot
    return Asked(
        *(masks[ACCEPTS, need], ~masks[HAS, need], masks[REQUIRES, need], masks[SLOTS, need]),
        *(limits[SIZE, need], limits[HOUSEHOLD, need], limits[RADIUS, need], max(limits[FIRST, need], np.int32(today)), limits[LAST, need]),
        *(spot[0, need], spot[1, need], spot[2, need]),
    )


@compiled
def offered_by(offers: Rows, offer: Number, today: Number) -> Offered:
    """What an offer asks of needs on a day."""
    masks, limits, spot = offers.masks, offers.limits, offers.spot
    return Offered(
        *(masks[LANGS, offer], ~masks[PROVIDES, offer], masks[REQUIRES, offer], masks[SLOTS, offer]),
        *(limits[LEFT, offer], limits[LEAST, offer], limits[MOST, offer], limits[RADIUS, offer]),
        *(max(limits[FIRST, offer], np.int32(today)), limits[LAST, offer]),
        *(spot[0, offer], spot[1, offer], spot[2, offer]),
    )


@compiled
def pass_offers(
    masks: U64, limits: I32, spot: F32, asked: Asked, begin: Number, end: Number, share: Number, ok: Bools, rows: I64, count: Number
) -> Number:
    """Add to `rows`, behind `count`, the offers of a run that could be eligible and within `share` of the reach (above 1: at any distance); how
    many there are then. `rows` has room for all."""
    zero, scale = np.uint64(0), np.float32(share * SLACK / EARTH_RADIUS_M)
    # More than any chord of the unit sphere, where distance plays no part.
    slack = np.float32(SLACK_M / EARTH_RADIUS_M if share <= 1 else 3.0)
    for start in range(begin, end, BLOCK):
        stop = min(start + BLOCK, end)
        langs, provides, requires, slots = (
            masks[LANGS, start:stop],
            masks[PROVIDES, start:stop],
            masks[REQUIRES, start:stop],
            masks[SLOTS, start:stop],
        )
        left, least, most, radius = limits[LEFT, start:stop], limits[LEAST, start:stop], limits[MOST, start:stop], limits[RADIUS, start:stop]
        opens, ends = limits[FIRST, start:stop], limits[LAST, start:stop]
        xs, ys, zs = spot[0, start:stop], spot[1, start:stop], spot[2, start:stop]
        for at in range(stop - start):
            bound = np.float32(max(radius[at], asked.travel)) * scale + slack
            dx, dy, dz = xs[at] - asked.x, ys[at] - asked.y, zs[at] - asked.z
            fits = (dx * dx + dy * dy + dz * dz <= bound * bound) & (left[at] >= asked.size)
            fits &= (least[at] <= asked.household) & (most[at] >= asked.household) & (opens[at] <= asked.last) & (ends[at] >= asked.first)
            fits &= ((langs[at] & asked.accepts) != zero) & ((asked.requires & ~provides[at]) == zero)
            ok[at] = fits & ((requires[at] & asked.lacks) == zero) & ((slots[at] & asked.slots) != zero)
        for at in range(stop - start):
            rows[count] = start + at
            count += ok[at]
    return count


@compiled
def pass_needs(
    masks: U64, limits: I32, spot: F32, asked: Offered, begin: Number, end: Number, share: Number, ok: Bools, rows: I64, count: Number
) -> Number:
    """The same for the needs of a run, for an offer."""
    zero, scale = np.uint64(0), np.float32(share * SLACK / EARTH_RADIUS_M)
    slack = np.float32(SLACK_M / EARTH_RADIUS_M if share <= 1 else 3.0)
    for start in range(begin, end, BLOCK):
        stop = min(start + BLOCK, end)
        accepts, has, requires, slots = masks[ACCEPTS, start:stop], masks[HAS, start:stop], masks[REQUIRES, start:stop], masks[SLOTS, start:stop]
        size, household, travel = limits[SIZE, start:stop], limits[HOUSEHOLD, start:stop], limits[RADIUS, start:stop]
        opens, ends = limits[FIRST, start:stop], limits[LAST, start:stop]
        xs, ys, zs = spot[0, start:stop], spot[1, start:stop], spot[2, start:stop]
        for at in range(stop - start):
            bound = np.float32(max(travel[at], asked.radius)) * scale + slack
            dx, dy, dz = xs[at] - asked.x, ys[at] - asked.y, zs[at] - asked.z
            fits = (dx * dx + dy * dy + dz * dz <= bound * bound) & (size[at] <= asked.left)
            fits &= (household[at] >= asked.least) & (household[at] <= asked.most) & (opens[at] <= asked.last) & (ends[at] >= asked.first)
            fits &= ((accepts[at] & asked.langs) != zero) & ((requires[at] & asked.lacks) == zero)
            ok[at] = fits & ((asked.requires & ~has[at]) == zero) & ((slots[at] & asked.slots) != zero)
        for at in range(stop - start):
            rows[count] = start + at
            count += ok[at]
    return count
