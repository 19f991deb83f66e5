"""Weekly windows as sorted intervals of the week's minutes, none across midnight, so that a weekday can be left out by one bit."""

from collections.abc import Iterable, Sequence

from services.matching.engine.columns.layout import ALL_SLOTS, SLOT_MINUTES
from services.matching.engine.types import TimeWindow
from services.matching.engine.week import MINUTES_A_DAY

Intervals = Sequence[tuple[int, int]]
ANY_TIME: Intervals = ()


def intervals(windows: Iterable[TimeWindow]) -> Intervals:
    """The minutes that the windows cover, as intervals in order that do not touch within a day; none at all means every minute, as in `week`."""
    merged: list[tuple[int, int]] = []
    for day, begin, end in sorted((window.day, window.from_minute, window.to_minute) for window in windows):
        if begin >= end:
            continue
        begin, end = day * MINUTES_A_DAY + begin, day * MINUTES_A_DAY + end
        if merged and merged[-1][1] >= begin and merged[-1][0] // MINUTES_A_DAY == day:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def slots(found: Intervals) -> int:
    """The parts of the week, of three hours each, that intervals touch: two sets with a common minute have a common part."""
    if not found:
        return ALL_SLOTS
    mask = 0
    for begin, end in found:
        first, last = begin // SLOT_MINUTES, (end - 1) // SLOT_MINUTES
        mask |= (1 << last + 1) - (1 << first)
    return mask


def length(found: Intervals) -> int:
    """How many minutes a week the intervals hold."""
    return sum(end - begin for begin, end in found) if found else 7 * MINUTES_A_DAY
