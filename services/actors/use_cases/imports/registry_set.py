"""The registry's own files as an import like the others: previewed by line, then written as a whole in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.actors.model.import_report import KINDS, ImportRefused
from services.actors.model.imports.forms import refuse_file
from services.actors.model.imports.job import ImportJob, JobState, Line, Outcome
from services.actors.model.imports.raw import archive_of, member_of
from services.actors.model.provenance import changes_between
from services.actors.model.records import Record
from services.actors.model.states import state_of
from services.actors.use_cases.importing import Listed, import_registry
from services.actors.use_cases.imports.finishing import finish
from services.actors.work import Work

WORDS = {kind: "capacity" if kind == "capacities" else kind.removesuffix("s") for kind in KINDS}
"""What a line of each kind of file is called."""


def contents_of(files: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """The files of a set by kind, whether they come one by one or in an archive. Raises FileRefused."""
    found: dict[str, bytes] = {}
    for name, content in files:
        if content.startswith(b"PK"):
            archive = archive_of(content)
            for member in archive.namelist():
                kind = member.rsplit("/", 1)[-1].removesuffix(".csv")
                if kind in KINDS and member.endswith(".csv"):
                    found[kind] = member_of(archive, member)
        elif name.removesuffix(".csv") in KINDS:
            found[name.removesuffix(".csv")] = content
    if not found:
        raise refuse_file("no_registry_files", "None of these files is there: {names}.", names=", ".join(f"{kind}.csv" for kind in KINDS))
    return found


async def check_registry(work: Work, job: ImportJob, files: Sequence[tuple[str, bytes]]) -> ImportJob:
    """The preview of a set."""
    listing: list[Listed] = []
    try:
        await import_registry(work, contents_of(files), dry_run=True, listing=listing)
        lines = [_line(seq, *each) for seq, each in enumerate(listing, 1)]
    except ImportRefused as refusal:
        lines = [_fault(seq, fault) for seq, fault in enumerate(refusal.fields, 1)]
    await work.imports.add_lines(job.id, lines)
    counts = await work.imports.count_lines(job.id)
    checked = replace(
        job, version=job.version + 1, updated_at=work.now, state=JobState.CHECKED, done=len(lines), total=len(lines), counts={"lines": counts}
    )
    await work.imports.save_job(checked, job.version)
    return checked


async def write_registry(work: Work, job: ImportJob, files: Sequence[tuple[str, bytes]]) -> ImportJob:
    """Write a set and finish the import, in one transaction: the registry's own files are written as a whole or not at all."""
    try:
        report = await import_registry(work, contents_of(files), told=False)
    except ImportRefused:
        back = replace(job, version=job.version + 1, updated_at=work.now, state=JobState.CHECKING)
        await work.imports.save_job(back, job.version)  # the registry changed meanwhile: the preview is made anew and names the faults
        return back
    counts = {WORDS[kind]: {"new": each.created, "changed": each.changed, "unchanged": each.unchanged} for kind, each in report.kinds.items()}
    return await finish(work, replace(job, counts={"lines": counts}))


def _line(seq: int, kind: str, number: int, record: Record, was: Record | None) -> Line:
    name = getattr(record, "name", None) or getattr(record, "title", None) or ""
    line = Line(
        seq=seq, place=f"{kind}.csv", line=number, kind=WORDS[kind], outcome=Outcome.NEW, record_id=record.id, name=name[:300],
        key=getattr(record, "slug", "") or "",
    )  # fmt: skip
    if was is None:
        return line
    changes = [
        {"field": each.field, "before": each.before, "after": each.after}
        for each in changes_between(state_of(was), state_of(record))
        if each.field not in ("entered_by", "read_on", "confirmation")
    ]
    return replace(line, outcome=Outcome.CHANGED if changes else Outcome.UNCHANGED, detail={"changes": changes} if changes else None)


def _fault(seq: int, fault: Any) -> Line:  # Any: chassis.errors.FieldError
    _, file, line, *column = fault.pointer.split("/")
    told = {"text": fault.message, "params": dict(fault.params), "column": column[0] if column else None}
    return Line(seq=seq, place=file, line=int(line), kind="row", outcome=Outcome.REFUSED, code=fault.code, message=told)
