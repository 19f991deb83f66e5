"""How good a record is, 0 to 100, and what would make it better: pure arithmetic on the record and the day.

    score = (50 * completeness + 30 * freshness + 20 * confirmation) / 100, each part 0 to 100, rounded, halves up

Completeness: the weights in FIELDS of what the record has; they sum to 100 for each kind. Freshness: 100 for FRESH_DAYS after the day on which
the source was read (or, where that is not known, on which the record was last changed), then 5 points less every STEP_DAYS, until 0.
Confirmation: of a membership, what its two sides say; of every other record, who stands behind it;
an organisation that looks after its own record (`claimed`) does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from services.actors.model.provenance import EnteredBy
from services.actors.model.records import Actor, Capacity, Declaration, Initiative, Membership, Practice, Record, Resource
from services.actors.model.texts import date_precision
from services.actors.model.vocabulary import DECLARING_KINDS, ActorKind, Confirmation

COMPLETENESS_SHARE, FRESHNESS_SHARE, CONFIRMATION_SHARE = 50, 30, 20
FRESH_DAYS = 180
STEP_DAYS = 60
STEP_POINTS = 5
AUTHOR_POINTS = {
    EnteredBy.MEMBER: 100, EnteredBy.EDITOR: 60, EnteredBy.CLIENT: 60, EnteredBy.SUGGESTION: 60, EnteredBy.IMPORT: 30, EnteredBy.SYSTEM: 30,
}  # fmt: skip
SIDES_POINTS = {Confirmation.BOTH_SIDES: 100, Confirmation.ONE_SIDE: 60, Confirmation.NONE: 20, Confirmation.REFUSED: 0}


@dataclass(frozen=True, slots=True)
class Improvement:
    """One thing that would raise the score, and by how many points at most."""

    code: str
    gain: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The score with its parts, and what to improve, the greatest gain first. On `due` the score falls next by age alone."""

    score: int
    completeness: int
    freshness: int
    confirmation: int
    improve: tuple[Improvement, ...]
    due: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something a good record has: its weight, the code that asks for it, and whether it is there."""

    weight: int
    code: str
    there: Callable[[Any], bool]  # Any: the record of the kind


def _has(field: str) -> Callable[[Any], bool]:
    return lambda record: getattr(record, field) not in (None, "", ())


def _source_is_address(record: Record) -> bool:
    return record.source.lower().startswith(("https://", "http://"))


def _source(weight: int) -> Wanted:
    return Wanted(weight, "source_address", _source_is_address)


def _read(weight: int) -> Wanted:
    return Wanted(weight, "read_on", _has("read_on"))


PLACES = (
    Wanted(20, "country", _has("country")), Wanted(20, "place", _has("lat")), Wanted(15, "population", _has("population")),
    Wanted(20, "website", _has("website")), _source(15), _read(10),
)  # fmt: skip
UNPLACED = (Wanted(55, "website", _has("website")), _source(30), _read(15))
ORGANISATIONS = (
    Wanted(20, "country", _has("country")), Wanted(20, "place", _has("lat")), Wanted(30, "website", _has("website")), _source(20), _read(10),
)  # fmt: skip
FIELDS: dict[type[Record], tuple[Wanted, ...]] = {
    Membership: (Wanted(40, "since", _has("since")), _source(40), _read(20)),
    Declaration: (Wanted(30, "exact_date", lambda record: date_precision(record.date) == "day"), _source(50), _read(20)),
    Initiative: (
        Wanted(35, "summary", _has("summary")), Wanted(20, "year", _has("year")), Wanted(10, "partners", _has("partners")), _source(20), _read(15),
    ),
    Resource: (
        Wanted(25, "url", _has("url")), Wanted(20, "year", _has("year")), Wanted(20, "authors", _has("authors")),
        Wanted(10, "languages", _has("languages")), Wanted(15, "topic_themes", _has("topic_themes")), _read(10),
    ),
    Capacity: (Wanted(25, "ends_on", _has("ends_on")), _source(50), _read(25)),
    Practice: (Wanted(25, "since", _has("since")), Wanted(25, "note", _has("note")), _source(30), _read(20)),
}  # fmt: skip
"""What a good record of each kind has; of actors see `wanted_of`."""


def wanted_of(record: Record) -> tuple[Wanted, ...]:
    """What a good record like this has: a municipality a population, a network and an international organisation no place."""
    if isinstance(record, Actor):
        if record.kind in DECLARING_KINDS:
            return PLACES
        return UNPLACED if record.kind in (ActorKind.NETWORK, ActorKind.INTERNATIONAL_ORGANISATION) else ORGANISATIONS
    return FIELDS[type(record)]


@lru_cache(maxsize=1000)
def freshness_of(last: date, on: date) -> tuple[int, date | None]:
    """Points for age, and the day on which they fall next."""
    old = max(0, (on - last).days - FRESH_DAYS)
    steps = -(-old // STEP_DAYS)
    points = max(0, 100 - STEP_POINTS * steps)
    if points == 0 or last > date.max - timedelta(days=FRESH_DAYS + STEP_DAYS * (steps + 1)):
        return points, None
    return points, last + timedelta(days=FRESH_DAYS + STEP_DAYS * steps + 1)


def _score(completeness: int, freshness: int, confirmation: int) -> int:
    return (COMPLETENESS_SHARE * completeness + FRESHNESS_SHARE * freshness + CONFIRMATION_SHARE * confirmation + 50) // 100


def score_of(record: Record, on: date) -> tuple[int, date | None]:
    """The score of a record on a day, and the day on which it falls next by age alone."""
    _, completeness, freshness, confirmation, due = _parts(record, on)
    return _score(completeness, freshness, confirmation), due


def _parts(record: Record, on: date) -> tuple[list[Wanted], int, int, int, date | None]:
    missing = [wanted for wanted in wanted_of(record) if not wanted.there(record)]
    completeness = 100 - sum(wanted.weight for wanted in missing)
    freshness, due = freshness_of(min(record.read_on or record.updated_at.date(), on), on)
    if isinstance(record, Membership):
        return missing, completeness, freshness, SIDES_POINTS[record.confirmation], due
    kept = isinstance(record, Actor) and record.claimed
    return missing, completeness, freshness, AUTHOR_POINTS[EnteredBy.MEMBER if kept else record.entered_by], due


def quality_of(record: Record, on: date) -> Quality:
    """The quality of a record on a day."""
    missing, completeness, freshness, confirmation, due = _parts(record, on)
    code = "both_sides" if isinstance(record, Membership) else "own_organisation"
    score = _score(completeness, freshness, confirmation)
    gains = [Improvement(wanted.code, _score(completeness + wanted.weight, freshness, confirmation) - score) for wanted in missing]
    if freshness < 100:
        gains.append(Improvement("read_again", _score(completeness, 100, confirmation) - score))
    if confirmation < 100 and not isinstance(record, Resource):
        gains.append(Improvement(code, _score(completeness, freshness, 100) - score))
    return Quality(score, completeness, freshness, confirmation, tuple(sorted(gains, key=lambda gain: (-gain.gain, gain.code))), due)
