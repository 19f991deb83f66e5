"""What needs a coordinator now: the kinds of things that wait, how pressing each is, and from when on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.matching.engine.types import Urgency


class DeskKind(StrEnum):
    """Why something is on the desk."""

    ANSWER_MISSED = "answer_missed"
    DECLINED = "declined"
    ANSWER_DUE = "answer_due"
    NOTHING_FITS = "nothing_fits"
    TO_CONFIRM = "to_confirm"
    NOT_BEGUN = "not_begun"
    CONSENT_MISSING = "consent_missing"
    ASKED = "asked"
    TO_APPROVE = "to_approve"
    NO_OUTCOME = "no_outcome"
    QUIET = "quiet"
    REVIEW_DUE = "review_due"


class DeskScope(StrEnum):
    """Whose things."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"


RANKS: Mapping[DeskKind, int] = MappingProxyType(
    {
        DeskKind.ANSWER_MISSED: 0,
        DeskKind.DECLINED: 1,
        DeskKind.ANSWER_DUE: 2,
        DeskKind.NOTHING_FITS: 3,
        DeskKind.TO_CONFIRM: 4,
        DeskKind.NOT_BEGUN: 5,
        DeskKind.CONSENT_MISSING: 22,
        DeskKind.ASKED: 23,
        DeskKind.TO_APPROVE: 24,
        DeskKind.NO_OUTCOME: 26,
        DeskKind.QUIET: 36,
        DeskKind.REVIEW_DUE: 37,
    }
)
"""How pressing each kind is, the most pressing first. To what is about a need, the urgency of the need is added: ten for each step below urgent; so
what is urgent comes before what is only late. The others have their fixed place between."""
URGENCY_RANKS: Mapping[str, int] = MappingProxyType({Urgency.URGENT: 0, Urgency.HIGH: 10, Urgency.NORMAL: 20, Urgency.LOW: 30})
PRESSING = (Urgency.URGENT, Urgency.HIGH)
"""Urgencies whose needs are on the desk at once when nothing fits them; the others after a while."""
ANSWER_SOON = timedelta(hours=48)
"""A request is on the desk when its time to answer ends within this."""
WAITS_LONG = timedelta(days=14)
"""After this a need that nothing fits is on the desk, however urgent it is."""
TO_BEGIN = timedelta(days=3)
"""Within this an accepted match should have begun."""
TO_END = timedelta(days=14)
"""After this somebody should ask how a match that has begun goes."""
LOOKED_BACK = timedelta(days=30)
"""For so long a request that came to nothing is the reason for which a need is on the desk."""
QUIET_AFTER = timedelta(days=30)
"""An open case without any change for so long is looked at again."""


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """One thing that waits: `id` is the need, the match, the offer, the case or the ask that it is about; `at` is when it is due, or since when it
    waits."""

    kind: DeskKind
    rank: int
    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page of the desk, with how many of each kind there are."""

    entries: list[DeskEntry]
    more_after: tuple[object, ...] | None
    counts: Mapping[DeskKind, int]
