"""Writes a batch of confirmed lines: compared with the registry as it is now, then in bulk, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.ids import new_id
from services.actors.model.imports.forms import Link, Organisation, Practised, Received, Service
from services.actors.model.imports.job import ImportJob, ImportSource, Line, Outcome, of_json
from services.actors.model.provenance import Act, EnteredBy, Identifier
from services.actors.use_cases import recording
from services.actors.use_cases.imports import services
from services.actors.use_cases.imports.facts import plan_facts
from services.actors.use_cases.imports.planning import Known, Planned, plan_links, plan_organisations
from services.actors.use_cases.imports.services import PlannedService, plan_services
from services.actors.work import Work

WRITTEN = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED})


async def write_batch(work: Work, job: ImportJob, source: ImportSource, lines: Sequence[Line]) -> None:
    """Write some lines. What changed in the registry since the preview is seen: the line then says what really became of it."""
    known = Known()
    items = [(line.seq, of_json(line.kind, line.data)) for line in lines if line.outcome in WRITTEN and line.data is not None]
    after: list[Line] = []
    organisations = [(seq, item) for seq, item in items if isinstance(item, Organisation)]
    if organisations:
        planned = await plan_organisations(work, job, source, organisations, known, writing=True)
        await _store(work, planned, await _identifiers(work, source, planned))
        after += [each.line for each in planned]
    links = [(seq, item) for seq, item in items if isinstance(item, Link)]
    if links:
        planned = await plan_links(work, source, links, known, writing=True)
        await _store(work, planned, [])
        after += [each.line for each in planned]
    facts = [(seq, item) for seq, item in items if isinstance(item, Practised | Received)]
    if facts:
        planned = await plan_facts(work, job, source, facts, known, writing=True)
        await _store(work, planned, [])
        after += [each.line for each in planned]
    wanted = [(seq, item) for seq, item in items if isinstance(item, Service)]
    if wanted:
        after += await services.tell(work, job, await plan_services(work, job, source, wanted, known, writing=True))
    if job.remove_gone:
        after += await _remove(work, job, source, [line for line in lines if line.outcome is Outcome.GONE])
    before = {line.seq: line for line in lines}
    await work.imports.save_lines(job.id, [line for line in after if _differs(line, before[line.seq])])


def _differs(line: Line, was: Line) -> bool:
    """Whether a line has to be written: a preview's suggestion is no longer of interest, everything else is."""
    return (line.outcome, line.told, line.code, line.record_id) != (was.outcome, was.told, was.code, was.record_id)


async def _store(work: Work, planned: Sequence[Planned], identifiers: Sequence[Identifier]) -> None:
    new = [each.record for each in planned if each.record is not None and each.was is None]
    pairs = [(each.record, each.was) for each in planned if each.record is not None and each.was is not None]
    entering = {record.id for record in new}
    await recording.enter_many(work, new, by=EnteredBy.IMPORT, known_as=[one for one in identifiers if one.actor_id in entering])
    await recording.alter_many(work, pairs, by=EnteredBy.IMPORT)
    await work.identifiers.add_many([one for one in identifiers if one.actor_id not in entering])


async def _identifiers(work: Work, source: ImportSource, planned: Sequence[Planned]) -> list[Identifier]:
    """Under which identifiers the organisations are to be known. One that another organisation has stays there."""
    wanted: dict[tuple[str, str], Planned] = {}
    for each in planned:
        if each.line.record_id is not None:
            for pair in each.identifiers:
                wanted.setdefault(pair, each)
    for scheme in {scheme for scheme, _ in wanted}:
        held = await work.identifiers.find_many(scheme, [value for one, value in wanted if one == scheme])
        for value in held:
            del wanted[scheme, value]
    return [
        Identifier(id=new_id(), actor_id=each.line.record_id, scheme=scheme, value=value, source=source.citation, created_at=work.now)
        for (scheme, value), each in wanted.items()
        if each.line.record_id is not None
    ]


async def _remove(work: Work, job: ImportJob, source: ImportSource, lines: Sequence[Line]) -> list[Line]:
    """Archive the organisations and end the offers that left their source, as the reader of the preview chose."""
    if not lines:
        return []
    actors = await work.actors.records.known([line.record_id for line in lines if line.kind == "organisation"])
    for actor in actors.values():
        if not actor.archived:
            await recording.alter(work, replace(actor, archived=True), actor, by=EnteredBy.IMPORT, act=Act.ARCHIVED)
    told = await work.imports.services(source.key, [line.key for line in lines if line.kind == "service"])
    planned = [
        PlannedService(line, services.ended(job, told[line.key]))
        for line in lines
        if line.kind == "service" and line.key in told and told[line.key].state != "closed"
    ]
    return await services.tell(work, job, planned)
