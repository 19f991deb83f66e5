"""Runs imports: checks files line by line, writes what was confirmed, waits for the answers of `matching`.

Each batch is one short transaction that also moves the job's place on, so whoever takes a job over after a crash goes on where the last batch
was committed: nothing is lost, nothing is written twice, and other writers pass between two batches.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

from chassis.identity import SYSTEM
from chassis.ids import new_id
from services.actors.model.imports.forms import FileRefused, Format, LineFault, Link, Organisation, Practised, Received, Service
from services.actors.model.imports.job import ImportJob, ImportSource, JobState, Line, Outcome
from services.actors.model.imports.sealing import FileSeal
from services.actors.store.imports import LeaseLost
from services.actors.use_cases.imports import reading
from services.actors.use_cases.imports.facts import plan_facts
from services.actors.use_cases.imports.finishing import finish_if_answered, refuse
from services.actors.use_cases.imports.planning import Known, plan_links, plan_organisations
from services.actors.use_cases.imports.registry_set import check_registry, write_registry
from services.actors.use_cases.imports.services import plan_services
from services.actors.use_cases.imports.writing import write_batch
from services.actors.work import Work

BATCH = 1000
RUNNER = new_id().hex
"""This process, where imports are leased."""
Files = list[tuple[str, bytes]]
Tell = Callable[[ImportJob], None]
"""Hears how far a job is."""


def quietly(job: ImportJob) -> None:
    """Nobody listens."""


async def run_imports(service: Any) -> None:  # Any: chassis.service.Service of actors
    """Every import under way that nobody else works on, each to its next rest."""
    async with service.open_work(SYSTEM, reading=True) as work:
        waiting = await work.imports.waiting(RUNNER, work.now)
    for job_id in waiting:
        try:
            await run_import(service, job_id)
        except LeaseLost:
            continue  # somebody cancelled it, or another process was faster


async def run_import(service: Any, job_id: UUID, tell: Tell = quietly) -> ImportJob:  # Any: as above
    """One import to its next rest: the preview, the end, or the wait for answers; `tell` hears of each batch."""
    async with service.open_work(SYSTEM) as work:
        job: ImportJob = await work.imports.job(job_id)
        if not await work.imports.take(job_id, RUNNER, work.now):
            return job
    if job.state is JobState.CHECKING:
        return await _check(service, job, tell)
    if job.state is JobState.WRITING:
        job = await _write(service, job, tell)
    if job.state is JobState.WAITING:
        async with service.open_work(SYSTEM) as work:
            job = await finish_if_answered(work, job)
    return job


async def _check(service: Any, job: ImportJob, tell: Tell) -> ImportJob:  # Any: as above
    async with service.open_work(SYSTEM) as work:
        await work.imports.forget_lines(job.id)
        source = await work.imports.source(job.source_key)
        files = _opened(service, job, await work.imports.files(job.id))
        job = await _moved(work, job, done=0, total=0, counts={}, contacts=0)
    try:
        if job.format is Format.REGISTRY:
            async with service.open_work(SYSTEM) as work:
                return await check_registry(work, job, files)
        found = await asyncio.to_thread(reading.headers, files, job.format, source)
        async with service.open_work(SYSTEM) as work:
            job = await _moved(work, job, tables=found.tables, total=_rows(files, job.format))
            if found.incomplete:
                return await _rest(work, job, JobState.NEEDS_MAPPING)
        return await _check_rows(service, job, source, files, tell)
    except FileRefused as refusal:
        async with service.open_work(SYSTEM) as work:
            return await refuse(work, job, refusal)


async def _check_rows(service: Any, job: ImportJob, source: ImportSource, files: Files, tell: Tell) -> ImportJob:  # Any: as above
    items = reading.items(files, job.format, source, job.tables)
    known, seq, faults = Known(), 0, 0
    while batch := await asyncio.to_thread(_some, items):
        numbered = list(enumerate(batch, seq + 1))
        seq += len(batch)
        faults += sum(isinstance(item, LineFault) for _, item in batch)
        async with service.open_work(SYSTEM) as work:
            lines = await _preview(work, job, source, numbered, known)
            await work.imports.add_lines(job.id, lines)
            contacts = sum(getattr(item, "contacts", 0) for _, item in batch)
            job = await _moved(work, job, done=seq, total=max(job.total, seq), contacts=job.contacts + contacts)
        tell(job)
    if not faults:
        seq = await _gone(service, job, source, known, seq)
    async with service.open_work(SYSTEM) as work:
        counts = await work.imports.count_lines(job.id)
        job = replace(job, done=seq, total=seq, counts={"lines": counts, "gone_unknown": bool(faults)})
        return await _rest(work, job, JobState.CHECKED)


def _some(items: Iterator[reading.Placed]) -> list[reading.Placed]:
    return list(islice(items, BATCH))


async def _preview(work: Work, job: ImportJob, source: ImportSource, numbered: Sequence[tuple[int, reading.Placed]], known: Known) -> list[Line]:
    organisations = [(seq, item) for seq, (_, item) in numbered if isinstance(item, Organisation)]
    links = [(seq, item) for seq, (_, item) in numbered if isinstance(item, Link)]
    services = [(seq, item) for seq, (_, item) in numbered if isinstance(item, Service)]
    facts = [(seq, item) for seq, (_, item) in numbered if isinstance(item, Practised | Received)]
    lines = [_fault(seq, item) for seq, (_, item) in numbered if isinstance(item, LineFault)]
    if organisations:
        lines += [each.line for each in await plan_organisations(work, job, source, organisations, known, writing=False)]
    if links and job.actor_id is None:
        lines += [each.line for each in await plan_links(work, source, links, known, writing=False)]
    if facts:
        lines += [each.line for each in await plan_facts(work, job, source, facts, known, writing=False)]
    if services:
        lines += [each.line for each in await plan_services(work, job, source, services, known, writing=False)]
    places = {seq: place for seq, (place, _) in numbered}
    return [replace(line, place=places[line.seq]) for line in sorted(lines, key=lambda line: line.seq)]


def _fault(seq: int, item: LineFault) -> Line:
    told = {"text": item.message, "params": dict(item.params), "column": item.column}
    return Line(seq=seq, line=item.line, kind="row", outcome=Outcome.REFUSED, code=item.code, message=told)


async def _gone(service: Any, job: ImportJob, source: ImportSource, known: Known, seq: int) -> int:  # Any: as above
    """List what the source had before and this file has not; answers the last line's place."""
    after = ""
    while job.actor_id is None:
        async with service.open_work(SYSTEM) as work:
            page = await work.imports.identified_after(source.scheme, after, BATCH)
            missing = {value: actor_id for value, actor_id in page if value not in known.seen}
            stored = await work.actors.records.known(missing.values())
            lines = []
            for value, actor_id in missing.items():
                actor = stored.get(actor_id)
                if actor is not None and not actor.archived and actor_id not in known.met:
                    seq += 1
                    lines.append(Line(seq=seq, line=0, kind="organisation", outcome=Outcome.GONE, key=value, name=actor.name, record_id=actor_id))
            await work.imports.add_lines(job.id, lines)
        if len(page) < BATCH:
            break
        after = page[-1][0]
    after = ""
    while True:
        async with service.open_work(SYSTEM) as work:
            services = await work.imports.open_services_after(source.key, after, BATCH)
            lines = []
            for each in services:
                if each.service_key not in known.services:
                    seq += 1
                    title = next(iter(each.content["title"].values()), "")
                    lines.append(
                        Line(seq=seq, line=0, kind="service", outcome=Outcome.GONE, key=each.service_key, name=title, record_id=each.offer_id)
                    )
            await work.imports.add_lines(job.id, lines)
        if len(services) < BATCH:
            return seq
        after = services[-1].service_key


async def _write(service: Any, job: ImportJob, tell: Tell) -> ImportJob:  # Any: as above
    async with service.open_work(SYSTEM, reading=True) as work:
        source = await work.imports.source(job.source_key)
    if job.format is Format.REGISTRY:
        async with service.open_work(SYSTEM) as work:
            files = _opened(service, job, await work.imports.files(job.id))
            return await write_registry(work, job, files)
    while True:
        async with service.open_work(SYSTEM) as work:
            lines = await work.imports.lines_after(job.id, job.done, BATCH)
            if not lines:
                return await _rest(work, job, JobState.WAITING)
            await write_batch(work, job, source, lines)
            job = await _moved(work, job, done=lines[-1].seq)
        tell(job)


def _opened(service: Any, job: ImportJob, kept: Sequence[tuple[str, list[bytes]]]) -> Files:  # Any: as above
    seal = FileSeal(service.cursor_secret)
    files = [(name, seal.open(job.id, place, pieces)) for place, (name, pieces) in enumerate(kept)]
    return sorted(files, key=lambda file: reading.order_of(file[0], file[1], job.format))


def _rows(files: Files, format: Format) -> int:
    """About how many rows there are, where that is quickly known."""
    return sum(max(0, content.count(b"\n") - 1) for _, content in files) if format is Format.CSV else 0


async def _moved(work: Work, job: ImportJob, **changes: Any) -> ImportJob:  # Any: values of the job's fields
    moved = replace(job, version=job.version + 1, updated_at=work.now, **changes)
    await work.imports.save_job(moved, job.version, RUNNER, work.now)
    return moved


async def _rest(work: Work, job: ImportJob, state: JobState) -> ImportJob:
    rested = replace(job, version=job.version + 1, updated_at=work.now, state=state)
    await work.imports.save_job(rested, job.version)
    return rested
