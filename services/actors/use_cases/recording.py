"""The only way into the registry: each function stores records, writes their history and tombstones, and tells who listens.

The functions for one record also write its audit row; a job that writes many at once writes one audit row of its own. They check no rights.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from chassis.ids import new_id
from chassis.outbox import EVERYBODY
from contracts.actors import ActorState
from services.actors import events_out
from services.actors.model.confirming import Said, Saying, Subject, own_side, says_something_else, sides_of
from services.actors.model.provenance import Act, EnteredBy, Entry, Identifier, RecordKind, Tombstone, author_kind
from services.actors.model.records import Actor, Initiative, Membership, Record
from services.actors.model.states import kind_of, state_of
from services.actors.model.vocabulary import Confirmation
from services.actors.store.records import Records
from services.actors.work import Work

R = TypeVar("R", bound=Record)
T = TypeVar("T")
PORTION = 2_000
"""Records that are written together."""

STORES: dict[RecordKind, Callable[[Work], Records[Any]]] = {  # Any: a record of the kind
    RecordKind.ACTOR: lambda work: work.actors.records,
    RecordKind.MEMBERSHIP: lambda work: work.memberships,
    RecordKind.DECLARATION: lambda work: work.declarations,
    RecordKind.INITIATIVE: lambda work: work.initiatives,
    RecordKind.RESOURCE: lambda work: work.resources,
    RecordKind.CAPACITY: lambda work: work.capacities,
    RecordKind.PRACTICE: lambda work: work.practices,
}
"""Where the records of each kind are kept."""


def store_of(work: Work, kind: RecordKind) -> Records[Any]:  # Any: a record of the kind
    """Where the records of a kind are kept."""
    return STORES[kind](work)


async def enter(work: Work, record: R, *, by: EnteredBy | None = None, act: Act = Act.ENTERED) -> R:
    """A new record. One that was here before goes on with its versions. Raises AlreadyRecorded. Answers the record as it is stored."""
    kind = kind_of(record)
    before = await work.tombstones.lift(kind, [record.id])
    new = _new(record, before.get(record.id), by or work.author or author_kind(work.caller))
    if isinstance(new, Actor):
        await work.actors.add(new)
    else:
        await store_of(work, kind).add(new)
    await _after(work, [new], act, events_out.actor_created)
    await _audit(work, new, act)
    return new


async def enter_many(work: Work, records: Sequence[R], *, by: EnteredBy, known_as: Sequence[Identifier] = ()) -> list[R]:
    """New records that are known to be new, in bulk; kinds may be mixed, but records come after those that they name. `known_as`: identifiers
    of these actors that nobody has."""
    stored: list[R] = []
    for kind, group in _portions(records, lambda record: record):
        before = await work.tombstones.lift(kind, [record.id for record in group])
        new = [_new(record, before.get(record.id), by) for record in group]
        await store_of(work, kind).add_many(new)
        if known_as:
            ids = {record.id for record in new}
            await work.identifiers.add_first([one for one in known_as if one.actor_id in ids])
        await _after(work, new, Act.ENTERED, events_out.actor_created)
        stored += new
    return stored


def _portions(items: Iterable[T], record_of: Callable[[T], Record]) -> Iterator[tuple[RecordKind, list[T]]]:
    """Neighbours of one kind, so many that statements are worth their while and so few that little waits in memory; in the order of their ids,
    as they lie in the database's indexes."""
    for kind, some in groupby(items, lambda item: kind_of(record_of(item))):
        ordered = sorted(some, key=lambda item: record_of(item).id)
        for start in range(0, len(ordered), PORTION):
            yield kind, ordered[start : start + PORTION]


def _new(record: R, last: int | None, by: EnteredBy) -> R:
    """A record as it enters, after the last version that it had before."""
    version = record.version if last is None else last + 1
    return record if (record.version, record.entered_by) == (version, by) else replace(record, version=version, entered_by=by)


async def alter(work: Work, record: R, was: R, *, by: EnteredBy | None = None, act: Act = Act.CHANGED) -> R:
    """Write `record` over `was`, with the next version. Raises ChangedMeanwhile. Answers the record as it is stored.

    A change takes back what the sides said of something else (another role, a partner that is none any more); a merge brings its own sayings.
    """
    other = _next(work, record, was, by or work.author or author_kind(work.caller), act)
    await store_of(work, kind_of(record)).save(other, was.version)
    await _after(work, [other], act, events_out.actor_archived if act is Act.ARCHIVED else events_out.actor_changed)
    if act is Act.CHANGED:
        await _forget_what_was_said(work, other, was)
    await _audit(work, other, act)
    return other


async def alter_many(work: Work, pairs: Sequence[tuple[R, R]], *, by: EnteredBy) -> list[R]:
    """Write each first record over the second, in bulk; `Records.known` has locked them. Kinds may be mixed."""
    stored: list[R] = []
    for kind, group in _portions(pairs, lambda pair: pair[0]):
        other = [_next(work, record, was, by, Act.CHANGED) for record, was in group]
        await store_of(work, kind).save_many(other)
        await _after(work, other, Act.CHANGED, events_out.actor_changed)
        for record, (_, was) in zip(other, group, strict=True):
            await _forget_what_was_said(work, record, was)
        stored += other
    return stored


async def take_out(work: Work, record: Record, *, by: EnteredBy | None = None, merged_into: UUID | None = None) -> None:
    """Remove the version that was read; its history and a tombstone stay. Raises ChangedMeanwhile.

    An actor leaves only when no record names it any more. Its identifiers leave with it, unless they were moved before.
    """
    kind = kind_of(record)
    act = Act.MERGED if merged_into is not None else Act.REMOVED
    if isinstance(record, Membership | Initiative):
        await work.confirmations.drop(record.id)
    if isinstance(record, Actor):
        await work.identifiers.drop(record.id)
        await work.confirmations.drop_side(record.id)
    await store_of(work, kind).remove(record.id, record.version)
    version = record.version + 1
    stone = Tombstone(
        kind=kind, record_id=record.id, version=version, slug=getattr(record, "slug", None), removed_at=work.now, merged_into=merged_into
    )
    if merged_into is not None:
        await work.tombstones.lead_on(record.id, merged_into)
    await work.tombstones.put(stone)
    entry = replace(_entry(work, record, act), version=version, entered_by=by or work.author or author_kind(work.caller), state=None)
    await work.history.add_many([entry])
    await work.search.drop(record.id, merged_into)
    if isinstance(record, Actor):
        gone = replace(record, version=version, archived=True, updated_at=work.now)
        await work.outbox.add(events_out.actor_archived(gone), EVERYBODY)
    await _audit(work, record, act)


def _next(work: Work, record: R, was: R, by: EnteredBy, act: Act) -> R:
    other = replace(record, version=was.version + 1, entered_by=by, created_at=was.created_at, updated_at=work.now)
    if act is Act.CHANGED and isinstance(other, Membership) and says_something_else(other, was):
        own = own_side(work.caller, sides_of(other))
        return replace(other, confirmation=Confirmation.NONE if own is None else Confirmation.ONE_SIDE)
    return other


async def _forget_what_was_said(work: Work, record: Record, was: Record) -> None:
    """What the sides said holds for what they spoke of: not for another role or year, nor of partners that are none any more."""
    if says_something_else(record, was):
        await work.confirmations.drop(record.id)
        own = own_side(work.caller, sides_of(record)) if isinstance(record, Membership) else None
        if own is not None and isinstance(record, Membership):
            saying = Saying(Subject.MEMBERSHIP, record.id, record.member_id, own, Said.CONFIRMED, work.now)
            await work.confirmations.put(saying, work.caller.id)
    if isinstance(record, Initiative) and isinstance(was, Initiative) and set(was.partners) - set(record.partners):
        await work.confirmations.drop(record.id, keep=record.partners)


def _author(work: Work) -> str | None:
    return work.caller.id if work.caller.kind in ("account", "client") else None


def _entry(work: Work, record: Record, act: Act) -> Entry:
    return Entry(
        id=new_id(), kind=kind_of(record), record_id=record.id, version=record.version, act=act, entered_by=record.entered_by, author=_author(work),
        source=record.source, read_on=record.read_on, state=state_of(record), at=work.now,
    )  # fmt: skip


async def _after(work: Work, records: Sequence[Record], act: Act, told: Callable[[Actor], ActorState]) -> None:
    """What follows each writing: history, searching, and the events of actors."""
    await work.history.note(records, act, _author(work), work.now)
    await work.search.put_many(records)
    actors = _actors(records)
    if actors:
        await work.outbox.add_many([told(actor) for actor in actors], EVERYBODY)


def _actors(records: Iterable[Record]) -> list[Actor]:
    return [record for record in records if isinstance(record, Actor)]


AUDITED = {Act.ENTERED: "recorded", Act.ARCHIVED: "archived"}


async def _audit(work: Work, record: Record, act: Act) -> None:
    kind = kind_of(record)
    word = "created" if kind is RecordKind.ACTOR and act is Act.ENTERED else AUDITED.get(act, act.value)
    await work.audit.record(f"{kind.value}.{word}", kind.value, record.id)
