"""How long answers and places take, from the matches that were made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.matching.engine.index import at_and_above
from services.matching.engine.replay.history import History, Pair, PastMatch

ANSWER = timedelta(days=1)
"""Assumed where nobody has answered yet."""
FEWEST = 5
"""Matches of a category from which its own duration is taken; below, that of the category above, then of all together."""

Stay = tuple[timedelta, bool]
"""How long a place was held, and whether it ended then (otherwise it was still held when last seen)."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What a provider said to a pair that was tried: no, after so long; or nothing, until the time to answer was over."""

    after: timedelta
    answered: bool


@dataclass(frozen=True, slots=True)
class Estimates:
    """What the replay assumes: how long a yes takes, how long places of a category are held (None: to the end), and the pairs that stay refused."""

    answer: timedelta
    stays: dict[str, timedelta | None]
    fates: dict[Pair, Fate]

    def stay(self, category: str) -> timedelta | None:
        """How long a place of the category is held, by the nearest category above that is known; "" stands for all together."""
        for code in (*at_and_above(category), ""):
            if code in self.stays:
                return self.stays[code]
        return None


def estimates_of(history: History) -> Estimates:
    """Steps: the median time from request to answer; per category the median time that places were held (`median_stay`); each pair that was declined
    or left unanswered. O(n log n) in the matches."""
    until = history.until
    delays = sorted(
        match.answered_at - match.asked_at
        for match in history.matches
        if match.answered_at is not None and match.asked_at <= match.answered_at <= until
    )
    stays: defaultdict[str, list[Stay]] = defaultdict(list)
    for match in history.matches:
        stay = _stay(match, until)
        if stay is not None:
            for code in (*at_and_above(match.category), ""):
                stays[code].append(stay)
    fates = {
        match.pair: Fate(match.ended_at - match.asked_at if match.declined else history.answer_time, match.declined)
        for match in history.matches
        if (match.declined or match.expired) and match.ended_at is not None
    }
    known = {code: median_stay(found) for code, found in stays.items() if len(found) >= FEWEST or code == ""}
    return Estimates(delays[(len(delays) - 1) // 2] if delays else ANSWER, known, fates)


def median_stay(stays: Sequence[Stay]) -> timedelta | None:
    """The median of durations of which some are still running: the least time at which half have ended, by the product-limit estimate
    S(t) = prod(1 - ended / still held) over the times up to t (Kaplan and Meier 1958). None where fewer than half are seen to end."""
    surviving = 1.0
    left = len(stays)
    for time, ended, gone in _by_time(stays):
        surviving *= 1 - ended / left
        left -= gone
        if surviving <= 0.5:
            return time
    return None


def _by_time(stays: Iterable[Stay]) -> list[tuple[timedelta, int, int]]:
    """Each time with how many ended then, and how many were seen no longer."""
    ended: defaultdict[timedelta, int] = defaultdict(int)
    gone: defaultdict[timedelta, int] = defaultdict(int)
    for time, is_end in stays:
        ended[time] += is_end
        gone[time] += 1
    return [(time, ended[time], gone[time]) for time in sorted(gone)]


def _stay(match: PastMatch, until: datetime) -> Stay | None:
    """How long an accepted match held places that come back; places that were used up tell nothing about time."""
    if match.accepted_at is None or match.accepted_at > until:
        return None
    if match.ended_at is None or match.ended_at > until:
        return until - match.accepted_at, False
    return (match.ended_at - match.accepted_at, True) if match.gave_back else None
