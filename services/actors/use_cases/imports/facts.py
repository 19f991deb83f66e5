"""What becomes of practices and places of reception of a file: compared with the registry, by whose they are and of what kind or period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.actors.model.imports.forms import Fact, Practised, Received
from services.actors.model.imports.job import ImportJob, ImportSource, Line, Outcome, as_json, kind_of
from services.actors.model.periods import TAKEN_MESSAGE, settled
from services.actors.model.provenance import EnteredBy
from services.actors.model.records import Actor, Capacity, Practice, capacity_id_of, practice_id_of
from services.actors.model.vocabulary import DECLARING_KINDS, Purpose
from services.actors.model.vocabulary import Practice as PracticeTag
from services.actors.use_cases.imports.planning import Known, Planned, actors_named, changes_of, refused
from services.actors.work import Work

Whose = dict[str, Actor | UUID]
"""By the name in the file: the actor, or in a preview the id of one that the file itself brings."""


async def plan_facts(
    work: Work, job: ImportJob, source: ImportSource, batch: Sequence[tuple[int, Fact]], known: Known, *, writing: bool
) -> list[Planned]:
    """What becomes of some practices and places of reception, in the order of their lines."""
    actors = await actors_named(work, source, list(dict.fromkeys(each.organisation for _, each in batch)), known)
    whose: Whose = {**known.actors, **actors} if not writing else {**actors}
    planned: list[Planned] = []
    found: list[tuple[int, Fact, UUID]] = []
    for seq, each in batch:
        fault = _fault(job, whose.get(each.organisation), each)
        if fault is not None:
            planned.append(Planned(refused(each, kind_of(each), seq, *fault)))
            continue
        actor = whose[each.organisation]
        found.append((seq, each, actor if isinstance(actor, UUID) else actor.id))
    planned += await _practices(work, job, source, [(seq, each, actor) for seq, each, actor in found if isinstance(each, Practised)], known)
    planned += await _capacities(work, job, source, [(seq, each, actor) for seq, each, actor in found if isinstance(each, Received)], known)
    return sorted(planned, key=lambda one: one.line.seq)


def _fault(job: ImportJob, actor: Actor | UUID | None, each: Fact) -> tuple[str, str] | None:
    """Why this cannot be said of that actor."""
    if job.actor_id is not None:
        return "not_your_organisation", "Members import the offers of their own organisation only."
    if actor is None:
        return "unknown_id", "The organisation that you chose is not in the registry."
    if isinstance(actor, Actor) and actor.archived:
        return "actor_is_archived", "This actor is archived; bring it back first."
    if isinstance(each, Received) and isinstance(actor, Actor) and actor.kind not in DECLARING_KINDS:
        return "not_a_municipality", "Choose a municipality or region."
    return None


async def _practices(work: Work, job: ImportJob, source: ImportSource, batch: Sequence[tuple[int, Practised, UUID]], known: Known) -> list[Planned]:
    ids = {seq: practice_id_of(actor_id, each.practice) for seq, each, actor_id in batch}
    stored: dict[UUID, Practice] = await work.practices.known(ids.values())
    planned: list[Planned] = []
    for seq, each, actor_id in batch:
        first, line = known.facts.setdefault(ids[seq], (seq, each.line))
        if first != seq:
            planned.append(Planned(_twice(each, seq, line)))
            continue
        was = stored.get(ids[seq])
        told: dict[str, Any] = {"since": each.since, "note": each.note}  # Any: values of the record's fields
        if was is None:
            record = Practice(
                id=ids[seq], created_at=work.now, updated_at=work.now, actor_id=actor_id, practice=PracticeTag(each.practice),
                source=each.citation or source.citation, read_on=job.created_at.date(), entered_by=EnteredBy.IMPORT, **told,
            )  # fmt: skip
            planned.append(Planned(_line(each, seq, Outcome.NEW, ids[seq]), record))
        else:
            planned.append(_against(job, each, seq, was, {name: value for name, value in told.items() if value is not None}))
    return planned


async def _capacities(work: Work, job: ImportJob, source: ImportSource, batch: Sequence[tuple[int, Received, UUID]], known: Known) -> list[Planned]:
    stored = {one.id: one for one in await work.capacities.all_of((actor_id for _, _, actor_id in batch), "municipality_id")}
    mine = {actor_id for _, _, actor_id in batch}
    there = stored | {one.id: one for one in known.capacities.values() if one.municipality_id in mine}
    ends = {(one.municipality_id, one.purpose.value, one.begins_on.isoformat()): one.ends_on for one in there.values()}
    planned: list[Planned] = []
    once: list[tuple[int, Received]] = []
    wanted: list[Capacity] = []
    for seq, each, actor_id in batch:
        record = _capacity(work, job, source, each, actor_id)
        first, line = known.facts.setdefault(record.id, (seq, each.line))
        if first != seq:
            planned.append(Planned(_twice(each, seq, line)))
            continue
        once.append((seq, each))
        wanted.append(record if each.ends_told else replace(record, ends_on=ends.get((actor_id, each.purpose, each.begins_on))))
    named, taken = settled(wanted, there.values())
    for number, ((seq, each), record) in enumerate(zip(once, named, strict=True)):
        if number in taken:
            planned.append(Planned(refused(each, "capacity", seq, "period_is_taken", TAKEN_MESSAGE)))
            continue
        known.capacities[record.id] = record
        was = stored.get(record.id)
        if was is None:
            planned.append(Planned(_line(each, seq, Outcome.NEW, record.id), record))
        else:
            planned.append(_against(job, each, seq, was, {"ends_on": record.ends_on, "places": record.places}))
    return planned


def _capacity(work: Work, job: ImportJob, source: ImportSource, each: Received, actor_id: UUID) -> Capacity:
    begins_on = date.fromisoformat(each.begins_on)
    return Capacity(
        id=capacity_id_of(actor_id, each.purpose, begins_on), created_at=work.now, updated_at=work.now, municipality_id=actor_id,
        purpose=Purpose(each.purpose), begins_on=begins_on, ends_on=date.fromisoformat(each.ends_on) if each.ends_on else None, places=each.places,
        source=each.citation or source.citation, read_on=job.created_at.date(), entered_by=EnteredBy.IMPORT,
    )  # fmt: skip


def _against(job: ImportJob, each: Fact, seq: int, was: Any, told: dict[str, Any]) -> Planned:  # Any: a practice or capacity; its values
    """A line about a record that is there. What the file does not say of its source stays."""
    given = told | ({"source": each.citation} if each.citation else {})
    other = replace(was, **given)
    if other == was:
        return Planned(_line(each, seq, Outcome.UNCHANGED, was.id), None, was)
    line = replace(_line(each, seq, Outcome.CHANGED, was.id), detail={"changes": changes_of(was, other, list(given))})
    return Planned(line, replace(other, read_on=job.created_at.date()), was)


def _line(each: Fact, seq: int, outcome: Outcome, record_id: UUID) -> Line:
    what = each.practice if isinstance(each, Practised) else f"{each.purpose} {each.begins_on}"
    return Line(
        seq=seq, line=each.line, kind=kind_of(each), outcome=outcome, key=f"{each.organisation} {what}"[:400], name=each.organisation[:300],
        record_id=record_id, data=as_json(each),
    )  # fmt: skip


def _twice(each: Fact, seq: int, earlier: int) -> Line:
    return refused(each, kind_of(each), seq, "duplicate", "This record stands already in line {earlier}.", earlier=earlier)
