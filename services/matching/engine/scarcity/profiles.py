"""What a need asks of an offer and what an offer gives, told so coarsely that needs and offers can be counted together."""

from dataclasses import dataclass
from datetime import date
from math import ceil, cos, floor, radians

from services.matching.engine.eligibility import dates_in_common
from services.matching.engine.problem import worth
from services.matching.engine.score import reference
from services.matching.engine.types import Audience, Circumstances, LevelRange, NeedFacts, OfferFacts, Place
from services.matching.engine.week import MINUTES_A_DAY, days_mask, week_mask
from services.matching.engine.weights import Weights

PARTS = ((360, 720), (720, 1080), (1080, 1380))
"""Morning, afternoon and evening: the minutes of a day at which a part begins and ends."""
DAYS = 7
ALL_WINDOWS = (1 << DAYS * len(PARTS)) - 1
"""Every part of every weekday, a bit each: weekday * 3 + part."""
CELL_KM = 5.0
KM_A_DEGREE = 111.195
"""Of latitude, on the sphere of `distance`."""

Cell = tuple[float, float]
"""An area of about 5 km by 5 km, given by its centre: degrees of latitude and longitude with two decimals."""
Window = tuple[int, int | None]
"""A weekday (0: Monday) and a part of it (an index of `PARTS`), or the whole day from the first part to the last."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An offer that is looked for. Without `languages` or `window` it serves the needs to which any language or any hour is right; without `cell` it
    reaches every place of the hub. In all that is not named here (topics, tags, household, dates) it fits, and it has places enough unless one
    place is asked about."""

    category: str
    languages: tuple[str, ...] = ()
    window: Window | None = None
    cell: Cell | None = None

    @property
    def dimensions(self) -> int:
        """How many of language, time and area are named."""
        return bool(self.languages) + (self.window is not None) + (self.cell is not None)

    @property
    def order(self) -> tuple[object, ...]:
        """What profiles are sorted by: what is left open comes first."""
        day, part = self.window or (-1, None)
        return self.category, self.languages, day, -1 if part is None else part, self.cell or ()


@dataclass(frozen=True, slots=True)
class Asks:
    """What a need asks for. `languages`: sets of which one must be spoken, none where language plays no part; `windows`: bits of the parts of the
    week that it can use; `ideal`: what it is worth at an offer that fits in all (`problem.worth` of the score there)."""

    category: str
    languages: tuple[tuple[str, ...], ...]
    windows: int
    cell: Cell | None
    size: int
    ideal: int


@dataclass(frozen=True, slots=True)
class Gives:
    """What an open offer gives. `languages` is None where it plays no part or an interpreter helps; `cell` is None where help is remote only;
    `remote` help reaches every cell."""

    category: str
    languages: frozenset[str] | None
    windows: int
    cell: Cell | None
    remote: bool
    places: int


def cell_of(place: Place) -> Cell:
    """The cell that a place lies in. Rows of latitude are 5 km high, and each is cut into equal columns of 5 km or a little more, so that cells never
    overlap and together cover the earth."""
    rows = ceil(180 * KM_A_DEGREE / CELL_KM)
    row = min(rows - 1, floor((place.lat + 90) / 180 * rows))
    lat = (row + 0.5) * 180 / rows - 90
    columns = max(1, floor(360 * KM_A_DEGREE * cos(radians(lat)) / CELL_KM))
    column = floor((place.lon + 180) / 360 * columns) % columns
    return round(lat, 2), round((column + 0.5) * 360 / columns - 180, 2)


def primary(code: str) -> str:
    """The language of a BCP 47 tag without script and region: who speaks `fr` meets `fr-CH` too (`eligibility.speaks`)."""
    return code.lower().split("-")[0]


def windows_of(minutes: int) -> int:
    """The parts of the week in which a mask of `week` has a minute."""
    found = 0
    for day in range(DAYS):
        for part, (start, end) in enumerate(PARTS):
            if minutes >> day * MINUTES_A_DAY + start & (1 << end - start) - 1:
                found |= 1 << day * len(PARTS) + part
    return found


def bits_of(window: Window) -> int:
    """The parts of the week of a window."""
    day, part = window
    whole = (1 << len(PARTS)) - 1 if part is None else 1 << part
    return whole << day * len(PARTS)


def asks_of(need: NeedFacts, at: Circumstances, weights: Weights) -> Asks | None:
    """A need as asked; None where no offer whatever could serve it (it is not open, consent or its dates are over, its hours lie on no day of
    them). Where languages are required, all of them must be spoken; else any of those that would do."""
    offer = ideal_offer(need, at)
    verdict = reference(need, offer, at, weights)
    days = dates_in_common(need, offer, at.as_of.date())
    if not verdict.eligible or days is None:
        return None
    wanted: tuple[tuple[str, ...], ...] = ()
    if need.languages and not need.interpreter_linked:
        required = tuple(sorted({primary(wish.code) for wish in need.languages if wish.required}))
        wanted = (required,) if required else tuple(sorted({(primary(wish.code),) for wish in need.languages}))
    return Asks(
        need.category,
        wanted,
        _windows(week_mask(need.windows), days),
        cell_of(need.place) if need.place else None,
        need.size,
        worth(verdict.score, (at.as_of - need.posted_at).days),
    )


def ideal_offer(need: NeedFacts, at: Circumstances) -> OfferFacts:
    """An offer of a provider nobody knows yet that fits a need in all it asks and wishes for, with exactly its places."""
    return OfferFacts(
        id=need.id,
        category=need.category,
        provider_id="",
        places=need.size,
        places_used=0,
        is_open=True,
        posted_at=at.as_of,
        languages=frozenset(wish.code for wish in need.languages),
        place=need.place,
        remote=need.place is None,
        topics=tuple(LevelRange(wish.topic, wish.level, wish.level) for wish in need.topics),
        windows=need.windows,
        provides=need.requires | need.preferences,
        audience=Audience.PEERS,
    )


def gives_of(offer: OfferFacts, today: date) -> Gives:
    """An open offer as given, on the weekdays that it still has."""
    first = max(today, offer.valid_from) if offer.valid_from else today
    days = None if offer.valid_until is not None and offer.valid_until < first else (first, offer.valid_until)
    spoken = frozenset(map(primary, offer.languages))
    any_language = not spoken or "interpreter" in offer.provides
    cell = cell_of(offer.place) if offer.place else None
    return Gives(offer.category, None if any_language else spoken, _windows(week_mask(offer.windows), days), cell, offer.remote, offer.places_left)


def _windows(minutes: int, days: tuple[date, date | None] | None) -> int:
    return windows_of(minutes & days_mask(*days)) if days else 0
