"""`hub import FILE...`: the same path as an upload, with a progress bar: taken in, checked, written, answered."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hubctl.building import service_of
from hubctl.refusals import Refusal
from services.actors.app import (
    FileRefused,
    ImportJob,
    ImportLine,
    JobState,
    Outcome,
    begin_import,
    confirm_import,
    give_up_import,
    import_lines,
    run_import,
)

SHOWN = 20
"""Refused lines that are shown; the page of the import shows all."""
PHASES = {JobState.CHECKING: "checking", JobState.WRITING: "writing"}


class FileNotTaken(Refusal):
    """The file as a whole cannot be read."""


async def import_paths(paths: Sequence[Path], source: str, format: str | None, *, dry_run: bool, remove_gone: bool) -> ImportJob:
    """Import files. A dry run shows the preview and writes nothing."""
    console = Console(stderr=True)
    async with service_of("actors") as service:
        files = [(path.name, path.read_bytes()) for path in paths]
        try:
            job = await begin_import(service, files, source, format)
        except FileRefused as refusal:
            raise FileNotTaken(" ".join(fault.message.format(**dict(fault.params)) for fault in refusal.fields)) from None
        job = await _watched(console, service, job)
        if job.state is JobState.REFUSED and job.problem:
            raise FileNotTaken(str(job.problem["text"]).format(**job.problem.get("params", {})))
        if job.state is JobState.NEEDS_MAPPING:
            tables = ", ".join(f"{name}: {', '.join(table['header'])}" for name, table in job.tables.items())
            raise FileNotTaken(f"Nobody knows yet what the columns of this source mean; choose them once on the page /imports/{job.id}. {tables}")
        _print_counts(job)
        for line in await import_lines(service, job, Outcome.REFUSED, SHOWN) + await import_lines(service, job, Outcome.UNMAPPED, SHOWN):
            print(_sentence(line))
        if dry_run:
            await give_up_import(service, job)
            print("Nothing was written (dry run).")
            return job
        job = await confirm_import(service, job, remove_gone=remove_gone)
        job = await _watched(console, service, job)
    print("Imported." if job.state is JobState.FINISHED else "Written; services become offers as soon as the hub runs.")
    return job


async def _watched(console: Console, service: Any, job: ImportJob) -> ImportJob:  # Any: the service `actors`
    """Run one phase with a bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(PHASES.get(job.state, ""), total=job.total or None)

        def tell(at: ImportJob) -> None:
            progress.update(bar, completed=at.done, total=at.total or None)

        return await run_import(service, job.id, tell)


def _print_counts(job: ImportJob) -> None:
    for kind, outcomes in job.counts.get("lines", {}).items():
        print(f"{kind}: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    if job.contacts:
        print(f"{job.contacts} contacts were left out.")


def _sentence(line: ImportLine) -> str:
    message = line.message or {}
    column = f", column {message['column']}" if message.get("column") else ""
    return f"line {line.line}{column}: {str(message.get('text', '')).format(**message.get('params', {}))}"
