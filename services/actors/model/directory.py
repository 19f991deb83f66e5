"""The directory of open public offers: what of an offer is listed, and what is kept of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.matching import OfferState
from services.actors.model.texts import folded

ALL_WEEKDAYS = 0b1111111
ALL_SLOTS = 2**21 - 1
FOLDED_LENGTH = 8000


class ListedState(StrEnum):
    """States in which an offer stands in the directory."""

    OPEN = "open"
    PAUSED = "paused"
    FULL = "full"


class DayPart(StrEnum):
    """A part of the day, with the same hours as in matching."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


PART_MINUTES = {DayPart.MORNING: (360, 720), DayPart.AFTERNOON: (720, 1080), DayPart.EVENING: (1080, 1380)}
"""From which minute of the day to which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryOffer:
    """A public offer. No account of a person is kept: an offer of a resident has no provider here. `weekdays`: bit 0 is Monday;
    `slots`: three bits for each day, Monday's morning lowest."""

    id: UUID
    version: int
    listed: bool
    state: str
    category: str
    provider_actor_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)  # Any: JSON of what is shown and not searched
    languages: tuple[str, ...] = ()
    remote: bool = False
    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    weekdays: int = ALL_WEEKDAYS
    slots: int = ALL_SLOTS
    valid_until: date | None = None
    folded: str = ""
    posted_at: datetime
    created_at: datetime
    updated_at: datetime


_TERMS = ("unit", "places", "places_left", "returns", "topics", "windows", "valid_from", "provides", "requires", "household_min", "household_max")
SHOWN = frozenset({"title", "description", *_TERMS})
"""What of an offer is shown as it came."""


def is_listed(event: OfferState) -> bool:
    """Whether everybody may read this offer: it is public, its text was approved (only then it travels), and it is open, paused or full."""
    return event.audience == "public" and bool(event.title) and event.state in set(ListedState)


def entry_from(event: OfferState, now: datetime) -> DirectoryOffer:
    """The directory's entry for an offer. One that is not listed keeps its id, version, state and category alone."""
    posted_at = event.posted_at or now
    if not is_listed(event):
        return DirectoryOffer(
            id=event.offer_id, version=event.version, listed=False, state=event.state, category=event.category,
            posted_at=posted_at, created_at=now, updated_at=now,
        )  # fmt: skip
    shown = event.model_dump(mode="json", include=set(SHOWN))
    texts = [*(event.title or {}).values(), *(event.description or {}).values()]
    return DirectoryOffer(
        id=event.offer_id, version=event.version, listed=True, state=event.state, category=event.category,
        provider_actor_id=event.provider_actor_id, details=shown, languages=tuple(event.languages), remote=event.remote,
        lat=event.lat, lon=event.lon, radius_km=event.radius_km, weekdays=weekdays_of([window.day for window in event.windows]),
        slots=slots_of([(window.day, window.from_minute, window.to_minute) for window in event.windows]),
        valid_until=event.valid_until, folded=folded(*texts, limit=FOLDED_LENGTH), posted_at=posted_at, created_at=now, updated_at=now,
    )  # fmt: skip


def weekdays_of(days: list[int]) -> int:
    """Weekdays as bits, Monday lowest; no windows mean every day, as in matching."""
    mask = 0
    for day in days:
        mask |= 1 << day
    return mask or ALL_WEEKDAYS


def slots_of(windows: list[tuple[int, int, int]]) -> int:
    """In which parts of which days weekly windows (day, from, to) lie, as bits; no windows mean any time, as in matching."""
    if not windows:
        return ALL_SLOTS
    mask = 0
    for day, start, end in windows:
        for number, (first, last) in enumerate(PART_MINUTES.values()):
            if start < last and end > first:
                mask |= 1 << (3 * day + number)
    return mask


def wanted_slots(weekday: int | None, part: DayPart | None) -> int | None:
    """The bits of the times that a reader asks for; None where any time will do."""
    if part is None:
        return None if weekday is None else 0b111 << (3 * weekday)
    number = list(DayPart).index(part)
    return sum(1 << (3 * day + number) for day in range(7) if weekday in (None, day))


def language_keys(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Under which keys an offer's languages are found: each tag and its main language, lower case (`pt-BR` under `pt-br` and `pt`)."""
    keys = [key for tag in languages for key in (tag.lower(), tag.lower().split("-")[0])]
    return tuple(dict.fromkeys(keys))
