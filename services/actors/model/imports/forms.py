"""The neutral form of what a file holds, whatever its format: organisations, services, links; and the faults of its lines.

There is no field for an e-mail address, a telephone number or the name of a person: what a file holds of these is dropped while it is read,
and counted.
"""

from dataclasses import dataclass
from enum import StrEnum

from chassis.errors import FieldError, Invalid


class Format(StrEnum):
    """The formats that are read."""

    CSV = "csv"
    XLSX = "xlsx"
    HSDS_JSON = "hsds_json"
    HSDS_TABULAR = "hsds_tabular"
    DATA_INCLUSION = "data_inclusion"
    GEOJSON = "geojson"
    REGISTRY = "registry"


class FileRefused(Invalid):
    """The file as a whole cannot be read; nothing was written."""


Texts = tuple[tuple[str, str], ...]
"""A text per language code."""
Identifier = tuple[str, str]
"""Scheme and value: `("siren", "130030133")`."""
Window = tuple[int, int, int]
"""Weekday (0 Monday), first minute of the day, minute after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation as a file describes it. `key` is what its source calls it; what is None the file does not say."""

    line: int
    key: str
    name: str
    slug: str | None = None
    kind: str | None = None
    local_name: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    website: str | None = None
    citation: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    contacts: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service as a file describes it: one offer-to-be. `terms` are its source's words for its kind; None of `active`: not said."""

    line: int
    key: str
    organisation: str | None
    title: Texts
    description: Texts = ()
    terms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    remote: bool = False
    places: int | None = None
    windows: tuple[Window, ...] = ()
    valid_from: str | None = None
    valid_until: str | None = None
    free: bool | None = None
    wheelchair: bool = False
    active: bool = True
    contacts: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A membership: `organisation` belongs to `network`, each under what its source, or the registry, calls it."""

    line: int
    organisation: str
    network: str
    role: str = "member"
    since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """A kind of practice (its code) that an organisation has."""

    line: int
    organisation: str
    practice: str
    since: int | None = None
    note: str | None = None
    citation: str | None = None
    contacts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """How many people a municipality can receive, for a purpose (its code), from one ISO day to another. `ends_told`: whether the table has the
    last day, so that none means until further notice."""

    line: int
    organisation: str
    purpose: str
    begins_on: str
    ends_on: str | None = None
    ends_told: bool = True
    places: int
    citation: str | None = None
    contacts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """What is wrong with one line: the place and the rule, never the content. Line 0 is the file as a whole."""

    line: int
    code: str
    message: str
    column: str | None = None
    params: tuple[tuple[str, str | int], ...] = ()


Fact = Practised | Received
"""What a table says of an organisation that the registry, or another table of the file, has."""
Read = Organisation | Service | Link | Fact
"""What a line can hold."""
Item = Read | LineFault
"""What a reader yields."""


def refuse_file(code: str, message: str, line: int = 0, **params: str | int) -> FileRefused:
    """A refusal of the file as a whole."""
    told = FieldError(f"/file/{line}" if line else "/file", code, message, tuple(params.items()))
    return FileRefused("The file was refused and nothing was written: see what is wrong with it.", fields=(told,))
