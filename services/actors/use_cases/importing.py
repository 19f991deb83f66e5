"""Import the registry files as a whole or not at all. `hubctl import` and `POST /api/v1/imports` both call `import_registry`."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar
from uuid import UUID

from chassis.ids import new_id
from chassis.outbox import EVERYBODY
from services.actors import events_out
from services.actors.model.import_report import KINDS, Counts, Faults, ImportReport
from services.actors.model.periods import TAKEN_MESSAGE, settled
from services.actors.model.provenance import EnteredBy
from services.actors.model.records import (
    Actor,
    Record,
    actor_id_of,
)
from services.actors.model.registry_files import check_references, read_files
from services.actors.model.registry_lines import ActorLine, RegistryFiles
from services.actors.model.registry_records import records_of
from services.actors.model.rights import check_may_edit_all
from services.actors.store.records import Records
from services.actors.use_cases import recording
from services.actors.use_cases.actors import check_kind_is_free
from services.actors.work import Work

R = TypeVar("R", bound=Record)
KEPT = ("version", "created_at", "updated_at", "entered_by", "read_on", "confirmation")
"""Fields that the files do not tell."""
TOLD = tuple(field.name for field in fields(ActorLine) if field.name != "line")
"""Fields of an actor that its file tells."""


Listed = tuple[str, int, Record, Record | None]
"""Kind and line of a row, the record as it would be, and as it is stored."""


async def import_registry(
    work: Work, contents: Mapping[str, bytes], *, dry_run: bool = False, listing: list[Listed] | None = None, told: bool = True
) -> ImportReport:
    """Write a set of files (kind, as in KINDS, to bytes) in this transaction; the file wins over what is stored, what it does not name stays.

    Raises ImportRefused with all faults by file and line, before anything is written. A dry run writes nothing and answers the same
    report. Importing the same set again changes nothing: no version rises and no event is told. `listing` takes every row, for a preview;
    without `told` the caller tells that the import is finished.
    """
    check_may_edit_all(work.caller)
    faults = Faults()
    files = read_files(contents, faults)
    stored = await work.actors.records.known(files.slugs(), "slug")
    if not any(fault.file == "actors.csv" for fault in faults.found):  # a row left out for a fault would look like an unknown id
        check_references(files, {slug: actor.kind for slug, actor in stored.items()}, faults)
    faults.refuse()

    actors, counts = await _write_actors(work, files.actors, stored, dry_run, listing)
    ids = {slug: actor.id for slug, actor in {**stored, **actors}.items()}
    kinds = {"actors": counts, **await _write_parts(work, files, ids, dry_run, listing)}
    report = ImportReport(dry_run, {kind: kinds[kind] for kind in KINDS if kind in contents})
    if told and not dry_run:
        await _tell(work, report)
    return report


async def _tell(work: Work, report: ImportReport) -> None:
    import_id = new_id()
    if report.created or report.changed:
        await work.outbox.add(events_out.import_finished(import_id, report), EVERYBODY)
        work.wake("take the day's statistics")
    await work.audit.record("import.finished", "import", import_id, created=report.created, changed=report.changed, unchanged=report.unchanged)


async def _write_actors(
    work: Work, lines: Sequence[ActorLine], stored: Mapping[str, Actor], dry_run: bool, listing: list[Listed] | None
) -> tuple[dict[str, Actor], Counts]:
    wanted: dict[UUID, Actor] = {}
    for line in lines:
        given: dict[str, Any] = {name: getattr(line, name) for name in TOLD}  # Any: values of Actor's fields
        known = stored.get(line.slug)
        if known is None:
            actor = Actor(id=actor_id_of(line.slug), created_at=work.now, updated_at=work.now, entered_by=EnteredBy.IMPORT, **given)
        else:
            actor = replace(known, **given)
            if actor.kind is not known.kind:
                await check_kind_is_free(work, known, actor.kind)
        wanted[actor.id] = actor
    new, other, same = _compare(wanted, {actor.id: actor for actor in stored.values()})
    _list(listing, "actors", lines, list(wanted.values()), {actor.id: actor for actor in stored.values()})
    if not dry_run:
        await _record(work, new, other, {actor.id: actor for actor in stored.values()})
    return {actor.slug: actor for actor in wanted.values()}, Counts(len(new), len(other), same)


async def _write_parts(work: Work, files: RegistryFiles, ids: Mapping[str, UUID], dry_run: bool, listing: list[Listed] | None) -> dict[str, Counts]:
    made = records_of(files, ids, work.now)
    untold = ("languages",) if any(row.languages is None for row in files.resources) else ()
    counts = {
        "memberships": await _write(work, work.memberships, made.memberships, dry_run, "memberships", files.memberships, listing),
        "initiatives": await _write(work, work.initiatives, made.initiatives, dry_run, "initiatives", files.initiatives, listing),
        "declarations": await _write(work, work.declarations, made.declarations, dry_run, "declarations", files.declarations, listing),
        "resources": await _write(work, work.resources, made.resources, dry_run, "resources", files.resources, listing, untold),
        "practices": await _write(work, work.practices, made.practices, dry_run, "practices", files.practices, listing),
    }
    stored = await work.capacities.all_of((row.municipality_id for row in made.capacities), "municipality_id")
    capacities, taken = settled(made.capacities, stored)
    faults = Faults()
    for number in sorted(taken):
        faults.add("capacities.csv", files.capacities[number].line, "period_is_taken", TAKEN_MESSAGE, "begins_on")
    faults.refuse()
    return counts | {"capacities": await _write(work, work.capacities, capacities, dry_run, "capacities", files.capacities, listing)}


async def _write(
    work: Work,
    store: Records[R],
    wanted: Sequence[R],
    dry_run: bool,
    kind: str,
    lines: Sequence[Any],
    listing: list[Listed] | None,
    untold: Sequence[str] = (),
) -> Counts:  # Any: rows of the file, each with its line
    stored = await store.known(record.id for record in wanted)
    if untold:
        wanted = [_with(record, stored.get(record.id), untold) for record in wanted]
    by_id = {record.id: record for record in wanted}
    new, other, same = _compare(by_id, stored)
    _list(listing, kind, lines, wanted, stored)
    if not dry_run:
        await _record(work, new, other, stored)
    return Counts(len(new), len(other), same)


def _with(record: R, known: R | None, names: Sequence[str]) -> R:
    """The record with the stored values of fields that the file does not tell."""
    if known is None:
        return record
    kept: dict[str, Any] = {name: getattr(known, name) for name in names}  # Any: values of the record's fields
    return replace(record, **kept)


def _list(listing: list[Listed] | None, kind: str, lines: Sequence[Any], wanted: Sequence[R], stored: Mapping[UUID, R]) -> None:  # Any: as above
    """Take the rows of a file with what they would become."""
    if listing is not None:
        listing += [(kind, line.line, record, stored.get(record.id)) for line, record in zip(lines, wanted, strict=True)]


async def _record(work: Work, new: Sequence[R], other: Sequence[R], stored: Mapping[UUID, R]) -> None:
    await recording.enter_many(work, new, by=EnteredBy.IMPORT)
    await recording.alter_many(work, [(record, stored[record.id]) for record in other], by=EnteredBy.IMPORT)


def _compare(wanted: Mapping[UUID, R], stored: Mapping[UUID, R]) -> tuple[list[R], list[R], int]:
    """New records, changed ones, and how many are the same. What the files do not tell stays: the day of reading, what the sides confirmed."""
    new: list[R] = []
    other: list[R] = []
    for record_id, record in wanted.items():
        known = stored.get(record_id)
        if known is None:
            new.append(record)
            continue
        kept: dict[str, Any] = {name: getattr(known, name) for name in KEPT if hasattr(known, name)}  # Any: values of the record's fields
        now = replace(record, **kept)
        if now != known:
            other.append(now)
    return new, other, len(wanted) - len(new) - len(other)
