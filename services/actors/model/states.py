"""A record as JSON and back, so that the history of a record replays to the record itself."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, get_args, get_type_hints
from uuid import UUID

from services.actors.model.provenance import EnteredBy, Entry, RecordKind, State
from services.actors.model.records import Actor, Capacity, Declaration, Initiative, Membership, Practice, Record, Resource
from services.actors.model.vocabulary import (
    ActorKind,
    Confirmation,
    DeclarationType,
    MembershipRole,
    Purpose,
    ResourceKind,
    Theme,
)
from services.actors.model.vocabulary import Practice as PracticeTag

CLASSES: dict[RecordKind, type[Record]] = {
    RecordKind.ACTOR: Actor,
    RecordKind.MEMBERSHIP: Membership,
    RecordKind.DECLARATION: Declaration,
    RecordKind.INITIATIVE: Initiative,
    RecordKind.RESOURCE: Resource,
    RecordKind.CAPACITY: Capacity,
    RecordKind.PRACTICE: Practice,
}
_KINDS = {cls: kind for kind, cls in CLASSES.items()}


def kind_of(record: Record) -> RecordKind:
    """What kind of record this is."""
    return _KINDS[type(record)]


Word = Callable[[Any], Any]
"""From a field's value to its JSON (Any: both are of many types)."""


def _same(value: Any) -> Any:  # Any: as above
    return value


def _list(value: tuple[Any, ...]) -> list[Any]:  # Any: as above
    return [_WORDS[type(part)](part) for part in value]


_BASES: tuple[tuple[type, Word], ...] = (
    (StrEnum, str.__str__), (UUID, str), (datetime, datetime.isoformat), (date, date.isoformat), (tuple, _list), (object, _same),
)  # fmt: skip


class _Words(dict[type, Word]):
    """How a value of each type is written, looked up once for each type: a database's own kind of UUID is one, too."""

    def __missing__(self, kind: type) -> Word:
        self[kind] = next(word for base, word in _BASES if issubclass(kind, base))
        return self[kind]


_WORDS = _Words()


def state_of(record: Record) -> State:
    """The whole record as JSON."""
    kind = type(record)
    state = dict(zip(_NAMES[kind], _VALUES[kind](record), strict=True))
    for name in _TURNED[kind]:
        value = state[name]
        if value is not None:
            state[name] = _WORDS[type(value)](value)
    return state


def _themes(words: list[str]) -> tuple[Theme, ...]:
    return tuple(map(Theme, words))


def _ids(words: list[str]) -> tuple[UUID, ...]:
    return tuple(map(UUID, words))


_NAMES = {cls: tuple(field.name for field in fields(cls)) for cls in CLASSES.values()}
_VALUES: dict[type[Record], Callable[[Record], tuple[Any, ...]]] = {cls: attrgetter(*names) for cls, names in _NAMES.items()}  # Any: of fields
_PLAIN = {str, int, float, bool, type(None)}


def _is_plain(hint: Any) -> bool:  # Any: what a field is said to hold
    return set(get_args(hint) or (hint,)) <= _PLAIN


_TURNED = {cls: tuple(name for name in names if not _is_plain(get_type_hints(cls)[name])) for cls, names in _NAMES.items()}
"""Fields whose values are not the same in JSON."""
_READERS: dict[str, Callable[[Any], Any]] = {
    "id": UUID, "created_at": datetime.fromisoformat, "updated_at": datetime.fromisoformat, "read_on": date.fromisoformat,
    "entered_by": EnteredBy, "role": MembershipRole, "confirmation": Confirmation, "type": DeclarationType, "purpose": Purpose,
    "practice": PracticeTag, "themes": _themes, "topic_themes": _themes, "languages": tuple, "partners": _ids, "actors": _ids, "network_id": UUID,
    "member_id": UUID, "municipality_id": UUID, "actor_id": UUID, "begins_on": date.fromisoformat, "ends_on": date.fromisoformat,
}  # fmt: skip
_KIND_READERS: dict[type[Record], Callable[[Any], Any]] = {Actor: ActorKind, Resource: ResourceKind}
"""What the field `kind` means differs."""


def record_from(kind: RecordKind, state: State) -> Record:
    """The record that a state holds. Fields that a state of an older hub lacks take their default."""
    cls = CLASSES[kind]
    found: dict[str, Any] = {}  # Any: values of the record's fields
    for name in _NAMES[cls]:
        if name in state:
            value = state[name]
            read = _KIND_READERS.get(cls) if name == "kind" else _READERS.get(name)
            found[name] = read(value) if read is not None and value is not None else value
    return cls(**found)


def replay(entries: Iterable[Entry]) -> Record | None:
    """What a record is after these acts, oldest first; None once it left. Raises ValueError when a version was lost or doubled."""
    record: Record | None = None
    version: int | None = None
    for entry in entries:
        if version is not None and entry.version != version + 1:
            raise ValueError("the history has a gap")
        version = entry.version
        record = record_from(entry.kind, entry.state) if entry.state is not None else None
    return record
