"""Builds the service `actors`: the public registry and the directory of open offers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI

from chassis.errors import Invalid
from chassis.identity import SYSTEM
from chassis.paging import PageRequest
from chassis.service import Service
from chassis.work import Clock, utc_now
from services.actors.api import ROUTERS
from services.actors.events_in import HANDLERS
from services.actors.model.import_report import KINDS, ImportReport
from services.actors.model.imports.forms import FileRefused, Format
from services.actors.model.imports.job import ImportJob, JobState, Outcome
from services.actors.model.imports.job import Line as ImportLine
from services.actors.model.imports.sealing import FileSeal
from services.actors.settings import Settings
from services.actors.tables import ledger
from services.actors.timers import TIMERS
from services.actors.use_cases.ending import PREVIEWS
from services.actors.use_cases.importing import import_registry
from services.actors.use_cases.imports import starting
from services.actors.use_cases.imports.running import run_import
from services.actors.work import Resources, Work


def build(settings: Settings, clock: Clock = utc_now) -> tuple[Service[Work, Resources], FastAPI]:
    """The service and its application."""
    service: Service[Work, Resources] = Service(
        name="actors",
        settings=settings,
        ledger=ledger,
        work=Work,
        handlers=HANDLERS,
        timers=TIMERS,
        resources=Resources(),
        clock=clock,
        previews=PREVIEWS,
    )
    app = service.app(
        title="Hospitium: actors",
        description="The public registry: who welcomes, who belongs to which network, what was declared and done; and the directory of open offers.",
        routers=ROUTERS,
    )
    return service, app


def create() -> FastAPI:
    """The application with settings from the environment, for an ASGI server."""
    return build(Settings())[1]


class NoRegistryFiles(Invalid):
    """The folder holds none of the registry's files."""


def read_folder(folder: Path) -> dict[str, bytes]:
    """The registry files of a folder (`actors.csv` and so on) by kind, for `import_files`. Raises NoRegistryFiles."""
    contents = {kind: path.read_bytes() for kind in KINDS if (path := folder / f"{kind}.csv").is_file()}
    if not contents:
        raise NoRegistryFiles("The folder holds none of these files: {names}.", names=", ".join(f"{kind}.csv" for kind in KINDS))
    return contents


async def import_files(service: Service[Work, Resources], contents: Mapping[str, bytes], *, dry_run: bool = False) -> ImportReport:
    """Import a set of registry files in one transaction, for the operator's command line.

    Raises ImportRefused, whose `fields` name every fault by file and line; then nothing was written.
    """
    async with service.open_work(SYSTEM) as work:
        return await import_registry(work, contents, dry_run=dry_run)


async def begin_import(service: Service[Work, Resources], files: Sequence[tuple[str, bytes]], source: str, format: str | None = None) -> ImportJob:
    """Take files in, for the operator's command line. Raises FileRefused."""
    async with service.open_work(SYSTEM) as work:
        return await starting.begin_import(work, FileSeal(service.cursor_secret), files, source, Format(format) if format else None)


async def confirm_import(service: Service[Work, Resources], job: ImportJob, *, remove_gone: bool = False) -> ImportJob:
    """Let the preview be written."""
    async with service.open_work(SYSTEM) as work:
        return await starting.confirm_import(work, job.id, remove_gone=remove_gone)


async def give_up_import(service: Service[Work, Resources], job: ImportJob) -> ImportJob:
    """End an import that was only looked at."""
    async with service.open_work(SYSTEM) as work:
        return await starting.cancel_import(work, job.id)


async def import_lines(service: Service[Work, Resources], job: ImportJob, outcome: Outcome, most: int) -> list[ImportLine]:
    """The first lines of an outcome."""
    async with service.open_work(SYSTEM, reading=True) as work:
        return (await work.imports.line_page(job.id, PageRequest(most, None), outcome, None, None)).items


__all__ = [
    "FileRefused", "Format", "ImportJob", "ImportLine", "JobState", "NoRegistryFiles", "Outcome", "begin_import", "build", "confirm_import", "create",
    "give_up_import", "import_files", "import_lines", "read_folder", "run_import",
]  # fmt: skip
