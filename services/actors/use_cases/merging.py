"""Merge two records of one organisation into one, and undo it: no identifier, membership or link is lost either way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.outbox import EVERYBODY
from services.actors import events_out
from services.actors.model.confirming import Saying, summed_up
from services.actors.model.merging import (
    MOST_MOVED,
    KindsDiffer,
    Merge,
    MergeState,
    MergeTooLarge,
    SameActor,
    Step,
    StepKind,
    Steps,
    taken_over,
)
from services.actors.model.provenance import Act, RecordKind
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
    check_not_archived,
    declaration_id_of,
    membership_id_of,
    practice_id_of,
)
from services.actors.model.rights import check_may_edit_all
from services.actors.model.states import kind_of, state_of
from services.actors.model.vocabulary import DECLARING_KINDS, ActorKind
from services.actors.store.merges import MOVABLE, hanging_on
from services.actors.use_cases import recording
from services.actors.work import Work


async def merge_actors(work: Work, key: str, into: UUID, chosen: Mapping[str, Any]) -> Merge:
    """Let one record of an organisation go into another. `chosen`: values for the kept record (Any: values of Actor's fields).

    What only the other record knew is taken over. Memberships, declarations and practices that both have become one. The id and readable key
    of the record that goes lead to the kept one from then on. For the registry's editors.
    """
    check_may_edit_all(work.caller)
    gone, kept = await work.actors.get(key), await work.actors.get(into)
    if gone.id == kept.id:
        raise SameActor("Choose two different records.")
    check_not_archived(kept)
    found = await _hanging_on(work, gone.id)
    steps = Steps(kept=state_of(kept), gone=state_of(gone))
    other = changed(kept, taken_over(kept, gone, chosen), work.now)
    _check_kind(other, gone.id, found)
    steps.tombstones[str(gone.id)] = await work.merges.leading_to(gone.id)
    other = await recording.alter(work, other, kept, by=kept.entered_by, act=Act.MERGED)
    steps.after = state_of(other)
    for record in found:
        await _hand_over(work, steps, record, gone.id, kept.id)
    steps.moved["identifiers"] = [str(identifier.id) for identifier in await work.identifiers.of(gone.id)]
    await work.identifiers.move(gone.id, kept.id)
    for what in MOVABLE:
        steps.moved[what] = await work.merges.move(what, gone.id, kept.id)
    merge = Merge(new_id(), 1, kept.id, gone.id, MergeState.DONE, steps, work.now, work.now)
    # Others follow before the news that the other one is archived, or its offers would be paused first.
    await work.outbox.add(events_out.actor_merged(merge), EVERYBODY)
    await recording.take_out(work, gone, merged_into=kept.id)
    await work.duplicates.merged(gone.id, kept.id, work.now)
    await work.merges.add(merge)
    return merge


async def _hanging_on(work: Work, actor_id: UUID) -> list[Record]:
    found: list[Record] = []
    for kind, condition in hanging_on(actor_id).items():
        found += await work.merges.all_of(recording.store_of(work, RecordKind(kind)), condition, MOST_MOVED)
        if len(found) > MOST_MOVED:
            raise MergeTooLarge("More than {most} records hang on this one; merge in the other direction.", most=MOST_MOVED)
    return found


def _check_kind(kept: Actor, gone_id: UUID, found: list[Record]) -> None:
    """What is handed over must fit: members need a network, declarations and places a municipality or region."""
    for record in found:
        fits = True
        if isinstance(record, Membership) and record.network_id == gone_id and record.member_id != kept.id:
            fits = kept.kind is ActorKind.NETWORK
        elif isinstance(record, Declaration | Capacity):
            fits = kept.kind in DECLARING_KINDS
        if not fits:
            raise KindsDiffer("What hangs on this record does not fit the kind of the one that is kept; choose the kind first.")


async def _hand_over(work: Work, steps: Steps, record: Record, gone: UUID, kept: UUID) -> None:
    """One record that named the actor that goes names the kept one."""
    if isinstance(record, Membership | Declaration | Practice):
        await _hand_over_own(work, steps, record, gone, kept)
        return
    names = {gone: kept}
    other: Record = record
    if isinstance(record, Capacity):
        other = replace(record, municipality_id=kept)
    elif isinstance(record, Initiative):
        runs = names.get(record.actor_id, record.actor_id)
        partners = tuple(dict.fromkeys(names.get(partner, partner) for partner in record.partners))
        other = replace(record, actor_id=runs, partners=tuple(partner for partner in partners if partner != runs))
    elif isinstance(record, Resource):
        other = replace(record, actors=tuple(dict.fromkeys(names.get(actor, actor) for actor in record.actors)))
    said = await work.confirmations.of([record.id]) if isinstance(record, Initiative) else []
    stored = await recording.alter(work, other, record, by=record.entered_by, act=Act.MERGED)
    steps.records.append(Step(StepKind.ALTERED, kind_of(record), state_of(record), stored.id, state_of(stored)))
    if isinstance(stored, Initiative):
        steps.sayings += [saying for saying in said if {saying.side_actor_id, saying.other_id} & {gone, kept}]
        for saying in said:
            partner = names.get(saying.other_id, saying.other_id)
            if gone in (saying.side_actor_id, saying.other_id) and partner in stored.partners:
                await _say(work, saying, stored.id, names)


async def _hand_over_own(work: Work, steps: Steps, record: Membership | Declaration | Practice, gone: UUID, kept: UUID) -> None:
    """A record whose id is made from the actor's gets another one, or goes into the one that the kept actor has."""
    names = {gone: kept}
    other = _of_kept(record, gone, kept)
    said = await work.confirmations.of([record.id]) if isinstance(record, Membership) else []
    if isinstance(other, Membership) and other.network_id == other.member_id:
        steps.records.append(Step(StepKind.DROPPED, kind_of(record), state_of(record)))
        steps.sayings += said
        await recording.take_out(work, record)
        return
    there = await _there_already(work, other)
    stored: Record
    if there is None:
        steps.tombstones[str(record.id)] = await work.merges.leading_to(record.id)
        stored = await recording.enter(work, replace(other, updated_at=work.now), by=record.entered_by, act=Act.MERGED)
        steps.records.append(Step(StepKind.MOVED, kind_of(record), state_of(record), stored.id, state_of(stored)))
    else:
        own = await work.confirmations.of([there.id]) if isinstance(there, Membership) else []
        steps.sayings += own
        stored = await _filled(work, steps, there, record)
        steps.tombstones[str(record.id)] = await work.merges.leading_to(record.id)
        steps.records.append(Step(StepKind.FOLDED, kind_of(record), state_of(record), stored.id))
    steps.sayings += said
    said_there = {saying.side_actor_id for saying in await work.confirmations.of([stored.id])}
    said = [saying for saying in said if names.get(saying.side_actor_id, saying.side_actor_id) not in said_there]
    await recording.take_out(work, record, merged_into=stored.id)
    for saying in said:
        await _say(work, saying, stored.id, names)


def _of_kept(record: Membership | Declaration | Practice, gone: UUID, kept: UUID) -> Membership | Declaration | Practice:
    if isinstance(record, Membership):
        network = kept if record.network_id == gone else record.network_id
        member = kept if record.member_id == gone else record.member_id
        return replace(record, id=membership_id_of(network, member), network_id=network, member_id=member)
    if isinstance(record, Declaration):
        return replace(record, id=declaration_id_of(kept, record.type, record.date, record.title), municipality_id=kept)
    return replace(record, id=practice_id_of(kept, record.practice), actor_id=kept)


async def _there_already(work: Work, record: Record) -> Membership | Declaration | Practice | None:
    found: dict[UUID, Any] = await recording.store_of(work, kind_of(record)).known([record.id])
    return found.get(record.id)


async def _filled(work: Work, steps: Steps, there: Any, folded: Any) -> Record:  # Any: two records of one kind
    """The kept actor's own record, with what only the other one knew."""
    values: dict[str, Any] = {
        name: getattr(folded, name) for name in ("since", "note") if getattr(there, name, "") is None and getattr(folded, name) is not None
    }
    if isinstance(there, Membership):
        sides = there.network_id, there.member_id
        gone_to = {folded.network_id: there.network_id, folded.member_id: there.member_id}
        sayings = await work.confirmations.of([there.id])
        sayings += [
            replace(said, side_actor_id=gone_to.get(said.side_actor_id, said.side_actor_id)) for said in await work.confirmations.of([folded.id])
        ]
        first = {said.side_actor_id: said for said in reversed(sayings)}
        values["confirmation"] = summed_up(first.values(), sides)
    other = replace(there, **values)
    if other == there:
        return there  # type: ignore[no-any-return]
    stored: Record = await recording.alter(work, other, there, by=there.entered_by, act=Act.MERGED)
    steps.records.append(Step(StepKind.ALTERED, kind_of(there), state_of(there), stored.id, state_of(stored)))
    return stored


async def _say(work: Work, saying: Saying, subject_id: UUID, names: Mapping[UUID, UUID]) -> None:
    """The same saying of the record that stands in the other's place."""
    side = names.get(saying.side_actor_id, saying.side_actor_id)
    other = names.get(saying.other_id, saying.other_id)
    await work.confirmations.put(replace(saying, subject_id=subject_id, other_id=other, side_actor_id=side), None)
