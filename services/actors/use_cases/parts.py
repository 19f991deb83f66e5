"""Record, change and remove memberships, declarations, initiatives, resources, capacities and practices."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from chassis.errors import Conflict, invalid_field
from chassis.ids import new_id
from services.actors.model.periods import TAKEN_MESSAGE
from services.actors.model.records import (
    Actor,
    Capacity,
    Declaration,
    Initiative,
    Membership,
    Practice,
    Record,
    Resource,
    changed,
    check_declaring,
    check_membership,
    check_not_archived,
    declaration_id_of,
    initiative_id_of,
    membership_id_of,
    practice_id_of,
    resource_id_of,
)
from services.actors.model.rights import check_may_change, check_may_edit_all
from services.actors.model.texts import slug_of
from services.actors.store import parts as stored_parts
from services.actors.store.records import ChangedMeanwhile, NoSuchRecord, Records
from services.actors.use_cases import recording
from services.actors.use_cases.confirming import first_confirmation, note_own_side
from services.actors.work import Work

R = TypeVar("R", bound=Record)


class PeriodIsTaken(Conflict):
    """Two capacities of one municipality and purpose would share a day."""


Given = Mapping[str, Any]
"""Values of a record's own fields (Any: of many types)."""


def owners_of(record: Record) -> tuple[UUID, ...]:
    """The actors whose record this is: both sides of a membership, else who declared, receives, runs or practises; a resource is nobody's."""
    if isinstance(record, Membership):
        return record.network_id, record.member_id
    if isinstance(record, Declaration | Capacity):
        return (record.municipality_id,)
    if isinstance(record, Initiative | Practice):
        return (record.actor_id,)
    return ()


async def _named(work: Work, pointer: str, actor_id: UUID) -> Actor:
    try:
        actor = await work.actors.get(actor_id)
    except NoSuchRecord as error:
        raise invalid_field(pointer, "unknown_id", "The registry holds no actor with this id.") from error
    check_not_archived(actor)
    return actor


async def _check_all_known(work: Work, pointer: str, ids: Sequence[UUID]) -> None:
    if len(await work.actors.refs(ids)) != len(set(ids)):
        raise invalid_field(pointer, "unknown_id", "The registry holds no actor with one of these ids.")


def _key(slug: str | None, title: str) -> str:
    key = slug or slug_of(title)
    if key is None:
        raise invalid_field("/slug", "missing", "Give a readable key; none can be made from a title without Latin letters.")
    return key


async def record_membership(work: Work, given: Given) -> Membership:
    """Record that an actor belongs to a network."""
    check_may_change(work.caller, given["network_id"], given["member_id"])
    network = await _named(work, "/network_id", given["network_id"])
    member = await _named(work, "/member_id", given["member_id"])
    check_membership(network, member)
    membership = Membership(id=membership_id_of(network.id, member.id), created_at=work.now, updated_at=work.now, **given)
    stored = await recording.enter(work, first_confirmation(work.caller, membership))
    await note_own_side(work, stored)
    return stored


async def record_declaration(work: Work, given: Given) -> Declaration:
    """Record what a municipality declared."""
    check_may_change(work.caller, given["municipality_id"])
    municipality = await _named(work, "/municipality_id", given["municipality_id"])
    check_declaring(municipality)
    record_id = declaration_id_of(municipality.id, given["type"], given["date"], given["title"])
    return await recording.enter(work, Declaration(id=record_id, created_at=work.now, updated_at=work.now, **given))


async def record_initiative(work: Work, given: Given, slug: str | None) -> Initiative:
    """Record what an actor runs or ran."""
    check_may_change(work.caller, given["actor_id"])
    await _named(work, "/actor_id", given["actor_id"])
    await _check_all_known(work, "/partners", given["partners"])
    key = _key(slug, given["title"])
    initiative = Initiative(id=initiative_id_of(key), slug=key, created_at=work.now, updated_at=work.now, **given)
    stored = await recording.enter(work, initiative)
    await note_own_side(work, stored)
    return stored


async def record_resource(work: Work, given: Given, slug: str | None) -> Resource:
    """Record a report, article, book or page."""
    check_may_edit_all(work.caller)
    await _check_all_known(work, "/actors", given["actors"])
    key = _key(slug, given["title"])
    return await recording.enter(work, Resource(id=resource_id_of(key), slug=key, created_at=work.now, updated_at=work.now, **given))


async def record_capacity(work: Work, given: Given) -> Capacity:
    """Record how many people a municipality says it can receive. Periods of one municipality and purpose do not overlap."""
    check_may_change(work.caller, given["municipality_id"])
    municipality = await _named(work, "/municipality_id", given["municipality_id"])
    check_declaring(municipality)
    capacity = Capacity(id=new_id(), created_at=work.now, updated_at=work.now, **given)
    await check_period_is_free(work, capacity)
    return await recording.enter(work, capacity)


async def check_period_is_free(work: Work, capacity: Capacity) -> None:
    """Raise PeriodIsTaken when another capacity of this municipality and purpose has one of these days. The municipality stays locked."""
    await work.actors.records.known([capacity.municipality_id])
    if await work.capacities.is_there(*stored_parts.overlapping(capacity)):
        raise PeriodIsTaken(TAKEN_MESSAGE)


async def record_practice(work: Work, given: Given) -> Practice:
    """Record that an organisation has a kind of practice, once each."""
    check_may_change(work.caller, given["actor_id"])
    await _named(work, "/actor_id", given["actor_id"])
    record_id = practice_id_of(given["actor_id"], given["practice"])
    return await recording.enter(work, Practice(id=record_id, created_at=work.now, updated_at=work.now, **given))


async def change_record(work: Work, store: Records[R], record_id: UUID, version: int, changes: Given) -> R:
    """Change the version that was read of a record that is not an actor."""
    record = await store.get(record_id)
    check_may_change(work.caller, *owners_of(record))
    if record.version != version:
        raise ChangedMeanwhile("Somebody changed this record in the meantime; read it again.")
    for pointer in changes.keys() & {"partners", "actors"}:
        await _check_all_known(work, f"/{pointer}", changes[pointer])
    other = changed(record, changes, work.now)
    if other == record:
        return record
    if isinstance(other, Capacity):
        await check_period_is_free(work, other)
    stored = await recording.alter(work, other, record)
    if isinstance(stored, Membership | Initiative):
        await note_own_side(work, stored)
    return stored


async def remove_record(work: Work, store: Records[R], record_id: UUID, version: int) -> None:
    """Remove the version that was read of a record that is not an actor; its history and a tombstone stay."""
    record = await store.get(record_id)
    check_may_change(work.caller, *owners_of(record))
    if record.version != version:
        raise ChangedMeanwhile("Somebody changed this record in the meantime; read it again.")
    await recording.take_out(work, record)
