"""An import on its way: a file that waits, a preview by line, the writing, and the answers of `matching`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Forbidden
from chassis.ids import derived_id
from services.actors.model.imports.forms import Format, Item, LineFault, Link, Organisation, Practised, Read, Received, Service

Json = dict[str, Any]
"""JSON (Any: values nest freely)."""


class JobState(StrEnum):
    """Where an import stands."""

    CHECKING = "checking"
    NEEDS_MAPPING = "needs_mapping"
    CHECKED = "checked"
    WRITING = "writing"
    WAITING = "waiting"
    FINISHED = "finished"
    REFUSED = "refused"
    CANCELLED = "cancelled"


UNDER_WAY = frozenset({JobState.CHECKING, JobState.WRITING, JobState.WAITING})
ENDED = frozenset({JobState.FINISHED, JobState.REFUSED, JobState.CANCELLED})


class Outcome(StrEnum):
    """What becomes, or became, of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNMAPPED = "unmapped"
    GONE = "gone"


class ImportNotInState(Conflict):
    """The import stands where this cannot be done."""


class NotYourSource(Forbidden):
    """The source belongs to somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSource:
    """Where files come from. `mapping` is by table, `categories` from the source's terms to ours; `actor_id`: whose members own it."""

    key: str
    version: int = 1
    name: str
    licence: str | None = None
    citation: str
    language: str = "en"
    actor_id: UUID | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime

    @property
    def scheme(self) -> str:
        """The scheme of identifiers under which this source's organisations are known."""
        return f"import:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob:
    """One import. `done` of `total` rows; `links` are the reader's word that an organisation of the file is one of the registry."""

    id: UUID
    version: int = 1
    source_key: str
    format: Format
    state: JobState = JobState.CHECKING
    actor_id: UUID | None = None
    done: int = 0
    total: int = 0
    remove_gone: bool = False
    contacts: int = 0
    counts: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    problem: Mapping[str, Any] | None = None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None

    def must_be(self, *states: JobState) -> None:
        """Raise ImportNotInState unless the import is in one of these states."""
        if self.state not in states:
            raise ImportNotInState(
                "The import is {state}; this can be done while it is: {allowed}.", state=self.state.value, allowed=", ".join(states)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What becomes of one record of a file. `detail`: changes field by field, notes, a suggestion; `told`: what `matching` answered."""

    seq: int
    place: str = ""
    line: int
    kind: str
    outcome: Outcome
    key: str = ""
    name: str = ""
    record_id: UUID | None = None
    told: str | None = None
    code: str | None = None
    message: Mapping[str, Any] | None = None
    detail: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedService:
    """A service that became an offer; `content` is what was told last."""

    offer_id: UUID
    source_key: str
    service_key: str
    actor_id: UUID
    generation: int
    version: int
    state: str
    job_id: UUID
    content: Mapping[str, Any]


def organisation_id_of(source: str, key: str) -> UUID:
    """The id of an organisation that enters by an import: the same on every machine and at each import."""
    return derived_id("actor", "import", source, key)


def offer_id_of(source: str, key: str, generation: int) -> UUID:
    """The id of the offer that a service becomes; a service that comes back after its offer was closed becomes another one."""
    return derived_id("offer", "import", source, key, str(generation))


_FORMS: dict[str, type[Read]] = {
    "organisation": Organisation, "service": Service, "link": Link, "practice": Practised, "capacity": Received
}  # fmt: skip
_KINDS = {form: kind for kind, form in _FORMS.items()}
_NAMES = {kind: tuple((one.name, one.default) for one in fields(form)) for kind, form in _FORMS.items()}
_TUPLES = frozenset({"identifiers", "title", "description", "windows"})
_LISTS = frozenset({"notes", "terms", "languages"})


def kind_of(item: Item) -> str:
    """The word for what a line holds."""
    return "fault" if isinstance(item, LineFault) else _KINDS[type(item)]


def as_json(item: Read) -> Json:
    """A neutral form as JSON, without what is empty."""
    found: Json = {}
    for name, default in _NAMES[kind_of(item)]:
        value = getattr(item, name)
        if value != default:
            found[name] = value
    return found


def of_json(kind: str, kept: Mapping[str, Any]) -> Read:
    """The neutral form that was kept."""
    values = dict(kept)
    for name in values.keys() & _TUPLES:
        values[name] = tuple(tuple(each) for each in values[name])
    for name in values.keys() & _LISTS:
        values[name] = tuple(values[name])
    return _FORMS[kind](**values)
