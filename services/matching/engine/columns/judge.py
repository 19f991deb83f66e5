"""One pair in compiled code: the rules and the ten parts, from numbers alone, equal to `score.reference` to the last point."""

import numpy as np

from services.matching.engine.columns.compiled import compiled, inlined
from services.matching.engine.columns.layout import (
    ASKS_TIMES,
    CASE,
    CONSENT_UNTIL,
    FIRST,
    FLAGS,
    I64,
    INTERPRETER,
    LAST,
    LEFT,
    MINUTES,
    PLACED,
    POSTED,
    PREFERENCES,
    PROVIDER,
    RADIUS,
    REMOTE,
    SIZE,
    SPEAKING,
    TAGS_HELD,
    TAGS_NEEDED,
    TAGS_PREFERRED,
    TAGS_PROVIDED,
    TAGS_REQUIRED,
    TAGS_WISHED,
    TOPICS,
    TOPICS_AT,
    TRIED,
    TRIED_AT,
    WINDOWS,
    WINDOWS_AT,
    WISHES,
    WISHES_AT,
    Number,
    Rows,
    Shared,
)
from services.matching.engine.distance import EARTH_RADIUS_M
from services.matching.engine.score import FULL, WAITING_DAYS
from services.matching.engine.week import MINUTES_A_DAY

NO, TOO_LOW = -1, -2
"""Not eligible; eligible or not, below the floor."""
DISTANCE, LANGUAGE, TIMES, TOPICAL, SIZE_FIT, CONTINUITY, PREFERRED, FAIR_LOAD, ANSWERING, WAITING = range(10)
DAY_MICROSECONDS = 86_400_000_000
EVERY_DAY = 127


@compiled
def bits(word: Number) -> Number:
    """How many bits of a word are set (the compiler knows this form and uses one instruction)."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def _distance(offers: Rows, needs: Rows, offer: Number, need: Number) -> Number:
    if offers.facts[offer, FLAGS] & REMOTE:
        return FULL
    if not (offers.facts[offer, FLAGS] & needs.facts[need, FLAGS] & PLACED):
        return NO
    x = needs.exact[need, 0] - offers.exact[offer, 0]
    y = needs.exact[need, 1] - offers.exact[offer, 1]
    z = needs.exact[need, 2] - offers.exact[offer, 2]
    away = np.int64(EARTH_RADIUS_M * np.sqrt(x * x + y * y + z * z) + 0.5)
    reach = np.int64(max(offers.limits[RADIUS, offer], needs.limits[RADIUS, need]))
    if away > reach:
        return NO
    if away == 0:
        return FULL
    return FULL * (reach - away) // reach


@inlined
def _language(offers: Rows, needs: Rows, shared: Shared, offer: Number, need: Number) -> Number:
    count = np.int64(needs.facts[need, WISHES])
    if count == 0:
        return FULL
    at = needs.facts[need, WISHES_AT]
    lifted = (offers.facts[offer, FLAGS] | needs.facts[need, FLAGS]) & INTERPRETER != 0
    first = count
    for position in range(count):
        wish = needs.wishes[at + position, 0]
        met = False
        for word in range(offers.langs.shape[1]):
            met |= shared.met[wish, word] & offers.langs[offer, word] != 0
        if met:
            if position < first:
                first = np.int64(position)
        elif needs.wishes[at + position, 1] and not lifted:
            return NO
    if not offers.facts[offer, FLAGS] & SPEAKING:
        return FULL
    if first < count:
        return FULL * (count - first) // count
    return 0 if lifted else NO


@inlined
def _preferences(offers: Rows, needs: Rows, offer: Number, need: Number) -> Number:
    asked, met = np.int64(needs.facts[need, PREFERENCES]), np.int64(0)
    for word in range(offers.tags.shape[2]):
        provides, has = offers.tags[offer, TAGS_PROVIDED, word], needs.tags[need, TAGS_HELD, word]
        if needs.tags[need, TAGS_NEEDED, word] & ~provides or offers.tags[offer, TAGS_REQUIRED, word] & ~has:
            return NO
        prefers = offers.tags[offer, TAGS_PREFERRED, word]
        asked += bits(prefers)
        met += bits(prefers & has) + bits(needs.tags[need, TAGS_WISHED, word] & provides)
    return FULL * met // asked if asked else FULL


@inlined
def _topics(offers: Rows, needs: Rows, offer: Number, need: Number) -> Number:
    count, wished, covered = needs.facts[need, TOPICS], np.int64(0), np.int64(0)
    if count == 0:
        return FULL
    begin = needs.facts[need, TOPICS_AT]
    for at in range(begin, begin + count):
        topic, level = needs.topics[at, 0], needs.topics[at, 1]
        found = False
        start = offers.facts[offer, TOPICS_AT]
        for other in range(start, start + offers.facts[offer, TOPICS]):
            if offers.topics[other, 0] == topic and (level < 0 or offers.topics[other, 1] <= level <= offers.topics[other, 2]):
                found = True
        if needs.topics[at, 2]:
            if not found:
                return NO
        else:
            wished += 1
            covered += found
    return FULL * covered // wished if wished else FULL


@compiled
def _days(first: Number, last: Number) -> Number:
    """The weekdays from one ordinal day to another, Monday the lowest bit."""
    if last - first >= 6:
        return EVERY_DAY
    days = 0
    for day in range(first, last + 1):
        days |= 1 << (day + 6) % 7
    return days


@inlined
def _sum(rows: Rows, row: Number, days: Number) -> Number:
    """The minutes of a row's windows on some weekdays."""
    begin, total = rows.facts[row, WINDOWS_AT], np.int64(0)
    for at in range(begin, begin + rows.facts[row, WINDOWS]):
        if days >> rows.windows[at, 0] // MINUTES_A_DAY & 1:
            total += rows.windows[at, 1] - rows.windows[at, 0]
    return total


@inlined
def _shared_minutes(offers: Rows, needs: Rows, offer: Number, need: Number, days: Number) -> Number:
    ours, theirs = needs.facts[need, WINDOWS], offers.facts[offer, WINDOWS]
    if ours == 0 and theirs == 0:
        return MINUTES_A_DAY * bits(np.uint64(days))
    if ours == 0:
        return _sum(offers, offer, days)
    if theirs == 0:
        return _sum(needs, need, days)
    here, there = needs.facts[need, WINDOWS_AT], offers.facts[offer, WINDOWS_AT]
    here_end, there_end, total = here + ours, there + theirs, np.int64(0)
    while here < here_end and there < there_end:
        begin = max(needs.windows[here, 0], offers.windows[there, 0])
        end = min(needs.windows[here, 1], offers.windows[there, 1])
        if begin < end and days >> begin // MINUTES_A_DAY & 1:
            total += end - begin
        if needs.windows[here, 1] < offers.windows[there, 1]:
            here += 1
        else:
            there += 1
    return total


@inlined
def _times(offers: Rows, needs: Rows, offer: Number, need: Number, today: Number) -> Number:
    first = max(today, np.int64(offers.limits[FIRST, offer]), np.int64(needs.limits[FIRST, need]))
    last = np.int64(min(offers.limits[LAST, offer], needs.limits[LAST, need]))
    if last < first:
        return NO
    minutes = _shared_minutes(offers, needs, offer, need, _days(first, last))
    if minutes == 0:
        return NO
    return FULL * minutes // needs.facts[need, MINUTES] if needs.facts[need, FLAGS] & ASKS_TIMES else FULL


@compiled
def helped(offers: Rows, needs: Rows, shared: Shared, offer: Number, need: Number) -> Number:
    """Whether the offer's provider already helps the need's case."""
    case = needs.facts[need, CASE]
    begin, provider = shared.cases[case, 0], offers.facts[offer, PROVIDER]
    found = False
    for at in range(begin, begin + shared.cases[case, 1]):
        found |= shared.helpers[at] == provider
    return found


@compiled
def waiting(needs: Rows, need: Number, as_of: Number) -> Number:
    """The points of waiting: full after `WAITING_DAYS` days."""
    days = max(0, (as_of - needs.moments[need, POSTED]) // DAY_MICROSECONDS)
    return FULL * min(days, WAITING_DAYS) // WAITING_DAYS


@compiled
def _was_tried(offers: Rows, needs: Rows, offer: Number, need: Number) -> Number:
    begin = needs.facts[need, TRIED_AT]
    for at in range(begin, begin + needs.facts[need, TRIED]):
        if needs.tried[at, 0] == offers.ids[offer, 0] and needs.tried[at, 1] == offers.ids[offer, 1]:
            return True
    return False


def _judge(
    offers: Rows, needs: Rows, shared: Shared, offer: Number, need: Number, today: Number, as_of: Number, floor: Number, points: I64
) -> Number:
    """The score of a pair whose category, size, household and audience fit, its parts in `points`; `NO` where another rule fails, `TOO_LOW`
    where the score cannot reach `floor` (then the parts are not all known). What costs most is asked last."""
    weights = shared.weights
    points[DISTANCE] = distance = _distance(offers, needs, offer, need)
    if distance < 0 or needs.moments[need, CONSENT_UNTIL] < as_of:
        return NO
    points[PREFERRED] = preferred = _preferences(offers, needs, offer, need)
    if preferred < 0:
        return NO
    points[LANGUAGE] = language = _language(offers, needs, shared, offer, need)
    if language < 0:
        return NO
    left = np.int64(offers.limits[LEFT, offer])
    size = np.int64(needs.limits[SIZE, need])
    points[SIZE_FIT] = 0 if left <= 0 else FULL if size >= left else FULL * size // left
    points[CONTINUITY] = FULL if helped(offers, needs, shared, offer, need) else 0
    provider = offers.facts[offer, PROVIDER]
    points[FAIR_LOAD], points[ANSWERING] = shared.points[provider, 0], shared.points[provider, 1]
    points[WAITING] = waiting(needs, need, as_of)
    points[TIMES] = points[TOPICAL] = FULL
    best = np.int64(0)
    for part in range(10):
        best += points[part] * weights[part]
    if best < floor:
        return TOO_LOW
    points[TOPICAL] = topics = _topics(offers, needs, offer, need)
    if topics < 0:
        return NO
    points[TIMES] = times = _times(offers, needs, offer, need, today)
    if times < 0 or _was_tried(offers, needs, offer, need):
        return NO
    return best - (FULL - topics) * weights[TOPICAL] - (FULL - times) * weights[TIMES]


judge = compiled(_judge)
judge_here = inlined(_judge)
"""The same, put into the caller's loop."""
