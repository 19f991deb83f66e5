"""Begin an import, look at its sources, confirm it, cancel it: what people do. The work itself is done by `running`."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.errors import invalid_field
from chassis.ids import new_id
from contracts.roles import Role
from services.actors.model.import_report import KINDS
from services.actors.model.imports.detection import format_of
from services.actors.model.imports.forms import Format, refuse_file
from services.actors.model.imports.job import ImportJob, ImportNotInState, ImportSource, JobState, NotYourSource
from services.actors.model.imports.limits import MAX_FILE
from services.actors.model.imports.mapping_words import FIELDS, RowsAre
from services.actors.model.imports.sealing import FileSeal
from services.actors.model.rights import NotYourRecord, check_may_edit_all, edits_all
from services.actors.store.imports import NoSuchSource
from services.actors.use_cases.imports.finishing import end
from services.actors.work import Work

SOURCE_KEY = r"^[a-z0-9][a-z0-9-]{0,59}$"
RUN = "run imports"


def scope_of(work: Work) -> UUID | None:
    """Whose imports the caller may see: a member their own organisation's, an editor all (None). Raises NotYourRecord."""
    caller = work.caller
    if edits_all(caller):
        return None
    if caller.kind == "account" and caller.role == Role.MEMBER and caller.actor_id is not None:
        return caller.actor_id
    check_may_edit_all(caller)
    raise NotYourRecord("You may import only the offers of your own organisation.")


async def source_of(work: Work, key: str) -> ImportSource:
    """A source that the caller may use. Raises NoSuchSource."""
    owner = scope_of(work)
    source = await work.imports.source(key)
    if owner is not None and source.actor_id != owner:
        raise NoSuchSource("There is no such source.")
    return source


async def put_source(work: Work, key: str, version: int | None, given: Mapping[str, Any]) -> ImportSource:  # Any: values of the source's fields
    """Make a source known, or change how its files are read. Raises PreconditionFailed, NotYourSource."""
    owner = scope_of(work)
    if not re.fullmatch(SOURCE_KEY, key):
        raise invalid_field("/path/key", "id_form", "A key has small letters, digits and hyphens, for example data-inclusion.")
    for table, mapping in (given.get("mapping") or {}).items():
        _check_mapping(table, mapping)
    try:
        was: ImportSource | None = await work.imports.source(key)
    except NoSuchSource:
        was = None
    if was is None:
        values = {"name": key, "citation": given.get("name") or key, **{name: value for name, value in given.items() if value is not None}}
        source = ImportSource(key=key, actor_id=owner, created_at=work.now, updated_at=work.now, **values)
        await work.imports.put_source(source, None)
        await work.audit.record("import_source.created", "import_source", new_id())
        return source
    if owner is not None and was.actor_id != owner:
        raise NotYourSource("This key belongs to another source; choose another key.")
    changes = {name: value for name, value in given.items() if value is not None}
    source = replace(was, **changes, version=was.version + 1, updated_at=work.now)
    await work.imports.put_source(source, version if version is not None else was.version)
    await work.audit.record("import_source.changed", "import_source", new_id())
    return source


def _check_mapping(table: str, mapping: Mapping[str, Any]) -> None:  # Any: JSON
    rows = RowsAre(mapping["rows"])
    targets = list(mapping.get("columns", {}).values())
    if any(target not in FIELDS[rows] for target in targets):
        raise invalid_field("/mapping", "not_in_list", "Choose fields from: {choices}.", choices=", ".join(FIELDS[rows]) or "-")
    if len(set(targets)) < len(targets):
        raise invalid_field("/mapping", "twice", "Use each field for one column only.")


async def begin_import(
    work: Work, seal: FileSeal, files: Sequence[tuple[str, bytes]], source_key: str, format: Format | None, language: str | None = None
) -> ImportJob:
    """Take files in, sealed, and let them be checked. Raises FileRefused for what is none of the formats, before anything is kept."""
    owner = scope_of(work)
    if not files or sum(len(content) for _, content in files) > MAX_FILE:
        raise refuse_file("too_large", "Send files of at most {most} bytes together.", most=MAX_FILE)
    found = await asyncio.to_thread(_format_of, files, format)
    if owner is not None and found is Format.REGISTRY:
        raise NotYourRecord("The registry's own files are for its editors.")
    try:
        source = await source_of(work, source_key)
    except NoSuchSource:
        given = {"name": source_key, "language": language or ("fr" if found is Format.DATA_INCLUSION else "en")}
        source = await put_source(work, source_key, None, given)
    job = ImportJob(id=new_id(), source_key=source.key, format=found, actor_id=owner, created_at=work.now, updated_at=work.now)
    await work.imports.add_job(job)
    for place, (name, content) in enumerate(files):
        await work.imports.keep_file(job.id, place, _file_name(name), await asyncio.to_thread(seal.seal, job.id, place, content))
    await work.audit.record("import.begun", "import", job.id, format=found.value)
    work.wake(RUN)
    return job


def _file_name(name: str) -> str:
    """Only what says what the file is: people write names of persons into the names of files."""
    stem = re.sub(r"[^a-z]+", "", name.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower())
    known = (*KINDS, "structures", "services", "organizations", "organisations")
    return next((f"{word}.csv" for word in known if stem == word and name.lower().endswith(".csv")), "file")


def _format_of(files: Sequence[tuple[str, bytes]], format: Format | None) -> Format:
    seen = {format_of(content, name) for name, content in files}
    if {_file_name(name) for name, _ in files} <= {f"{kind}.csv" for kind in KINDS}:
        seen = {Format.REGISTRY} if format in (None, Format.REGISTRY) else seen
    if len(seen) > 1:
        raise refuse_file("mixed", "Send files of one format at a time.")
    found = seen.pop()
    alike = ({Format.CSV, Format.DATA_INCLUSION}, {Format.HSDS_JSON, Format.DATA_INCLUSION})
    if format is not None and format is not found and {format, found} not in alike:
        raise refuse_file("other_format", "This is not the format that you chose; it looks like {name}.", name=found.value)
    return format or found


async def check_again(work: Work, job_id: UUID, links: Mapping[str, str] | None) -> ImportJob:
    """Make the preview anew: the mapping or the categories of its source changed, or `links` say who is who."""
    job = await job_of(work, job_id)
    job.must_be(JobState.CHECKED, JobState.NEEDS_MAPPING)
    again = replace(job, version=job.version + 1, updated_at=work.now, state=JobState.CHECKING, links={**job.links, **(links or {})})
    await work.imports.save_job(again, job.version)
    work.wake(RUN)
    return again


async def confirm_import(work: Work, job_id: UUID, *, remove_gone: bool = False) -> ImportJob:
    """Let what the preview shows be written. What is refused stays out; the registry's own files are written as a whole or not at all."""
    job = await job_of(work, job_id)
    job.must_be(JobState.CHECKED)
    lines = job.counts.get("lines", {})
    if job.format is Format.REGISTRY and lines.get("row"):
        raise ImportNotInState("The registry's own files are written as a whole: correct the lines that are refused and send them again.")
    confirmed = replace(job, version=job.version + 1, updated_at=work.now, state=JobState.WRITING, done=0, remove_gone=remove_gone)
    await work.imports.save_job(confirmed, job.version)
    await work.audit.record("import.confirmed", "import", job.id, remove_gone=remove_gone)
    work.wake(RUN)
    return confirmed


async def cancel_import(work: Work, job_id: UUID) -> ImportJob:
    """Give an import up before it is written. Cancelling twice changes nothing."""
    job = await job_of(work, job_id)
    if job.state is JobState.CANCELLED:
        return job
    job.must_be(JobState.CHECKING, JobState.NEEDS_MAPPING, JobState.CHECKED)
    await work.audit.record("import.cancelled", "import", job.id)
    return await end(work, job, JobState.CANCELLED)


async def job_of(work: Work, job_id: UUID) -> ImportJob:
    """An import that the caller may see. Raises NoSuchImport."""
    return await work.imports.job(job_id, of_actor=scope_of(work))
