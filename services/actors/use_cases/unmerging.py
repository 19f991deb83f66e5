"""Undo a merge: everything goes back to where it was; what somebody changed since stays changed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.outbox import EVERYBODY
from services.actors import events_out
from services.actors.model.confirming import Saying
from services.actors.model.merging import AlreadyUndone, LaterMergeFirst, Merge, MergeState, Step, StepKind, given_back
from services.actors.model.provenance import Act, RecordKind
from services.actors.model.records import Actor, Record
from services.actors.model.rights import check_may_edit_all
from services.actors.model.states import record_from, state_of
from services.actors.store.merges import MOVABLE
from services.actors.use_cases import recording
from services.actors.use_cases.actors import KindIsUsed, check_kind_is_free
from services.actors.work import Work


async def undo_merge(work: Work, merge_id: UUID) -> Merge:
    """Bring the record that went back, and all that was moved with it.

    A later change of a value wins over the undoing, and what was removed since stays removed. A later merge that moved the same things has
    to be undone first. For the registry's editors.
    """
    check_may_edit_all(work.caller)
    merge = await work.merges.get(merge_id)
    if merge.state is MergeState.UNDONE:
        raise AlreadyUndone("This merge was undone already.")
    if await work.merges.later_with(merge, (merge.kept_id, merge.gone_id)):
        raise LaterMergeFirst("A later merge moved the same records; undo that one first.")
    steps = merge.steps
    later = await _later_sayings(work, merge)
    gone = record_from(RecordKind.ACTOR, steps.gone)
    await recording.enter(work, replace(gone, updated_at=work.now), by=gone.entered_by, act=Act.UNMERGED)
    for step in reversed(steps.records):
        await _give_back(work, step)
    for text, ids in steps.tombstones.items():
        await work.merges.lead_back(ids, UUID(text))
    mine = set(steps.moved["identifiers"])
    await work.identifiers.move_some([one.id for one in await work.identifiers.of(merge.kept_id) if str(one.id) in mine], merge.gone_id)
    for what in MOVABLE:
        await work.merges.move(what, merge.kept_id, merge.gone_id, only=steps.moved[what])
    await _give_kept_back(work, merge)
    await _say_again(work, merge, later)
    await work.merges.undone(merge, work.now)
    await work.duplicates.unmerged(merge.gone_id, merge.kept_id, work.now)
    done = replace(merge, state=MergeState.UNDONE, version=merge.version + 1, updated_at=work.now)
    await work.outbox.add(events_out.actor_unmerged(done), EVERYBODY)
    return done


async def _now(work: Work, kind: RecordKind, record_id: UUID) -> Record | None:
    """The record as it is; None when it was removed since. Raises LaterMergeFirst when another merge moved it."""
    known: dict[UUID, Any] = await recording.store_of(work, kind).known([record_id])
    if record_id in known:
        record: Record = known[record_id]
        return record
    stone = await work.tombstones.get(record_id, kind)
    if stone is not None and stone.merged_into is not None:
        raise LaterMergeFirst("A later merge moved the same records; undo that one first.")
    return None


async def _give_back(work: Work, step: Step) -> None:
    before = record_from(step.kind, step.before)
    now = await _now(work, step.kind, step.into) if step.into is not None else None
    if step.act in (StepKind.DROPPED, StepKind.FOLDED):
        await recording.enter(work, replace(before, updated_at=work.now), by=before.entered_by, act=Act.UNMERGED)
    elif now is not None:
        back = record_from(step.kind, given_back(state_of(now), step.before, step.after or {}))
        if step.act is StepKind.ALTERED:
            await recording.alter(work, back, now, by=back.entered_by, act=Act.UNMERGED)
        else:
            old = replace(back, id=before.id, version=before.version, created_at=before.created_at, updated_at=work.now)
            await recording.take_out(work, now)
            await recording.enter(work, old, by=back.entered_by, act=Act.UNMERGED)


async def _give_kept_back(work: Work, merge: Merge) -> None:
    kept = await work.actors.get(merge.kept_id)
    back = record_from(RecordKind.ACTOR, given_back(state_of(kept), merge.steps.kept, merge.steps.after))
    assert isinstance(back, Actor)
    if back.kind is not kept.kind:
        try:
            await check_kind_is_free(work, kept, back.kind)
        except KindIsUsed:
            back = replace(back, kind=kept.kind)
    await recording.alter(work, back, kept, by=back.entered_by, act=Act.UNMERGED)


async def _later_sayings(work: Work, merge: Merge) -> list[Saying]:
    """What was said of moved records since the merge, as it reads once they have their old ids."""
    old_ids = {step.into: step for step in merge.steps.records if step.into is not None and step.act is StepKind.MOVED}
    touched = {*old_ids, *(saying.subject_id for saying in merge.steps.sayings)}
    found: list[Saying] = []
    for saying in await work.confirmations.of(touched):
        if saying.at <= merge.created_at:
            continue
        step = old_ids.get(saying.subject_id)
        if step is None:
            found.append(saying)
            continue
        names = {merge.kept_id: merge.gone_id}
        side, other = names.get(saying.side_actor_id, saying.side_actor_id), names.get(saying.other_id, saying.other_id)
        found.append(replace(saying, subject_id=step.record_id, side_actor_id=side, other_id=other))
    return found


async def _say_again(work: Work, merge: Merge, later: list[Saying]) -> None:
    """What was said before the merge is said again; what was said since comes after it."""
    pair = {merge.kept_id, merge.gone_id}
    subjects = {saying.subject_id for saying in (*merge.steps.sayings, *later)}
    kept = [
        saying
        for saying in await work.confirmations.of(subjects)
        if saying.at <= merge.created_at and not {saying.side_actor_id, saying.other_id} & pair
    ]
    for subject_id in subjects:
        await work.confirmations.drop(subject_id)
    sayings = [*kept, *merge.steps.sayings, *later]
    actors = await work.actors.refs(actor_id for saying in sayings for actor_id in (saying.side_actor_id, saying.other_id))
    memberships, initiatives = await work.memberships.known(subjects), await work.initiatives.known(subjects)
    for saying in sayings:
        initiative = initiatives.get(saying.subject_id)
        there = saying.subject_id in memberships or (initiative is not None and saying.other_id in initiative.partners)
        if there and saying.side_actor_id in actors and saying.other_id in actors:
            await work.confirmations.put(saying, None)
