"""How an import ends: refused as a whole, finished with its report, cancelled, or forgotten after its time."""

from dataclasses import replace
from datetime import timedelta

from chassis.outbox import EVERYBODY
from contracts.actors import ImportFinishedV1
from services.actors.model.imports.forms import FileRefused
from services.actors.model.imports.job import ENDED, ImportJob, JobState, Outcome
from services.actors.work import Work

FILE_DAYS = 7
"""Days that the file of an import waits for somebody to confirm it."""
LINE_DAYS = 90
"""Days that the lines of an ended import are kept; its counts stay."""


async def refuse(work: Work, job: ImportJob, refusal: FileRefused) -> ImportJob:
    """The file as a whole cannot be read: nothing of it is kept."""
    fault = refusal.fields[0]
    problem = {"code": fault.code, "text": fault.message, "params": dict(fault.params), "pointer": fault.pointer}
    await work.imports.forget_lines(job.id)
    return await end(work, replace(job, counts={}, problem=problem), JobState.REFUSED)


async def end(work: Work, job: ImportJob, state: JobState) -> ImportJob:
    """The import is over; its file goes."""
    ended = replace(job, version=job.version + 1, state=state, updated_at=work.now, finished_at=work.now)
    await work.imports.save_job(ended, job.version)
    await work.imports.forget_files(job.id)
    return ended


async def finish_if_answered(work: Work, job: ImportJob) -> ImportJob:
    """The import is finished once `matching` has answered about every service."""
    told = await work.imports.count_told(job.id)
    if told.get("pending"):
        return job
    lines = await work.imports.count_lines(job.id)
    return await finish(work, replace(job, counts={**job.counts, "lines": lines, "told": told}))


async def finish(work: Work, job: ImportJob) -> ImportJob:
    """Close the report and tell that the import is finished."""
    sums = {outcome: sum(kinds.get(outcome.value, 0) for kinds in job.counts.get("lines", {}).values()) for outcome in Outcome}
    created, changed, unchanged = sums[Outcome.NEW], sums[Outcome.CHANGED], sums[Outcome.UNCHANGED]
    if created or changed:
        event = ImportFinishedV1(import_id=job.id, created=created, changed=changed, unchanged=unchanged)
        await work.outbox.add(event, EVERYBODY)
        work.wake("take the day's statistics")
    await work.audit.record("import.finished", "import", job.id, created=created, changed=changed, unchanged=unchanged)
    return await end(work, job, JobState.FINISHED)


async def forget_old(work: Work) -> None:
    """Cancel imports that nobody confirmed for a week, and delete the lines of those that ended long ago."""
    for job in await work.imports.idle_before(work.now - timedelta(days=FILE_DAYS), (JobState.CHECKED, JobState.NEEDS_MAPPING)):
        await end(work, job, JobState.CANCELLED)
    for job in await work.imports.idle_before(work.now - timedelta(days=LINE_DAYS), ENDED):
        await work.imports.forget_lines(job.id)
