"""Routes of imports: files in, a preview by line, a confirmation, a report; and how the files of a source are read."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Header, Path, Query, Request, Response, UploadFile

from chassis.edge import HubRoute, if_match
from chassis.errors import invalid_field
from chassis.paging import Page, Paging, listed
from services.actors.api.common import InOneTransaction
from services.actors.model.import_report import KINDS, ImportReport
from services.actors.model.imports.forms import Format
from services.actors.model.imports.job import ImportJob, ImportSource, Outcome
from services.actors.model.imports.limits import MAX_FILE
from services.actors.model.imports.sealing import FileSeal
from services.actors.schemas.imports import CheckAgain, Confirmation, ImportJobRead, ImportLineRead, SourcePut, SourceRead
from services.actors.schemas.public import ImportRead
from services.actors.use_cases.importing import import_registry
from services.actors.use_cases.imports import starting

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])
MOST_FILES = 10
OWN = frozenset({"file", "source", "format", "language"})
JobId = Annotated[UUID, Path(description="The import's id.")]
SourceKey = Annotated[str, Path(pattern=starting.SOURCE_KEY, description="Key of the source.", examples=["data-inclusion"])]


@router.post(
    "/imports", response_model=ImportRead | ImportJobRead, max_body_size=MAX_FILE, openapi_extra={"x-no-idempotency": True},
    responses={202: {"model": ImportJobRead, "description": "The files were taken in and are being checked."}},
)  # fmt: skip
async def import_files(
    request: Request,
    response: Response,
    work: InOneTransaction,
    file: Annotated[list[UploadFile] | None, File(description="A file of any format: CSV, XLSX, HSDS, data-inclusion, GeoJSON.")] = None,
    source: Annotated[str | None, Form(pattern=starting.SOURCE_KEY, description="With `file`: key of the source that it comes from.")] = None,
    format: Annotated[Format | None, Form(description="With `file`: its format, where its content does not tell.")] = None,
    language: Annotated[str | None, Form(pattern="^[a-z]{2,3}$", description="With `file`: language of its texts, for a new source.")] = None,
    actors: Annotated[UploadFile | None, File(description="actors.csv")] = None,
    memberships: Annotated[UploadFile | None, File(description="memberships.csv")] = None,
    initiatives: Annotated[UploadFile | None, File(description="initiatives.csv")] = None,
    declarations: Annotated[UploadFile | None, File(description="declarations.csv")] = None,
    resources: Annotated[UploadFile | None, File(description="resources.csv")] = None,
    practices: Annotated[UploadFile | None, File(description="practices.csv")] = None,
    capacities: Annotated[UploadFile | None, File(description="capacities.csv")] = None,
    dry_run: Annotated[bool, Form(description="Of registry files: true: check everything and write nothing.")] = False,
) -> ImportReport | ImportJob:
    """Import files, in one of two ways.

    As `file` (once or several times), of any format, with `source`: answers 202 with an import that is being checked; read its preview, then
    confirm it. Nothing is written before. For the registry's editors, and for members: the offers of their own organisation.

    As `actors`, `memberships` and so on (the registry's own files): written at once as a whole, or refused with all faults by file and line
    (`/actors.csv/12/lat`). Files that are not sent leave their records alone; sending the same set again changes nothing. For editors.
    """
    given = {
        "actors": actors, "memberships": memberships, "initiatives": initiatives, "declarations": declarations, "resources": resources,
        "practices": practices, "capacities": capacities,
    }  # fmt: skip
    sent = set(await request.form())
    if file and not any(given.values()):
        if sent - {*OWN, "dry_run"}:
            raise invalid_field("/", "unknown_field", "Send no other parts than: {names}.", names=", ".join(sorted(OWN)))
        if source is None or len(file) > MOST_FILES:
            raise invalid_field("/source", "missing", "Send at most {most} files as file, and the key of their source as source.", most=MOST_FILES)
        files = [(each.filename or "", await each.read()) for each in file]
        response.status_code = 202
        return await starting.begin_import(work, FileSeal(request.app.state.service.cursor_secret), files, source, format, language)
    contents = {kind: await each.read() for kind, each in given.items() if each is not None}
    if not contents or sent - {*KINDS, "dry_run"}:
        raise invalid_field("/files", "files", "Send at least one file, named: {names}.", names=", ".join(("file", *KINDS)))
    return await import_registry(work, contents, dry_run=dry_run)


@router.get("/imports", response_model=Page[ImportJobRead])
async def list_imports(request: Request, response: Response, work: InOneTransaction, paging: Paging) -> dict[str, Any]:  # Any: jobs
    """Imports, newest first: all of them for editors, their own organisation's for members."""
    return listed(request, response, await work.imports.jobs(paging, of_actor=starting.scope_of(work)))


@router.get("/imports/{import_id}", response_model=ImportJobRead)
async def read_import(import_id: JobId, work: InOneTransaction) -> ImportJob:
    """How an import stands: phase, rows done of all, counts, report."""
    return await starting.job_of(work, import_id)


@router.get("/imports/{import_id}/lines", response_model=Page[ImportLineRead])
async def list_import_lines(
    request: Request,
    response: Response,
    import_id: JobId,
    work: InOneTransaction,
    paging: Paging,
    outcome: Annotated[Outcome | None, Query(description="Only lines of which this becomes.")] = None,
    kind: Annotated[str | None, Query(pattern="^[a-z]{1,20}$", description="Only lines of this kind.")] = None,
    told: Annotated[str | None, Query(pattern="^[a-z]{1,12}$", description="Only services with this answer.")] = None,
) -> dict[str, Any]:  # Any: lines
    """What becomes of each line, in the order of the file."""
    job = await starting.job_of(work, import_id)
    return listed(request, response, await work.imports.line_page(job.id, paging, outcome, kind, told))


@router.post("/imports/{import_id}/check", response_model=ImportJobRead, openapi_extra={"x-no-idempotency": True})
async def check_import(import_id: JobId, body: CheckAgain, work: InOneTransaction) -> ImportJob:
    """Make the preview anew, after the mapping or the categories of its source changed, or with a word on who is who."""
    return await starting.check_again(work, import_id, {key: str(actor_id) for key, actor_id in body.links.items()})


@router.post("/imports/{import_id}/confirm", response_model=ImportJobRead)
async def confirm_import(import_id: JobId, body: Confirmation, work: InOneTransaction) -> ImportJob:
    """Let what the preview shows be written."""
    return await starting.confirm_import(work, import_id, remove_gone=body.remove_gone)


@router.post("/imports/{import_id}/cancel", response_model=ImportJobRead)
async def cancel_import(import_id: JobId, work: InOneTransaction) -> ImportJob:
    """Give an import up before it is written."""
    return await starting.cancel_import(work, import_id)


@router.get("/import-sources/{key}", response_model=SourceRead)
async def read_import_source(key: SourceKey, work: InOneTransaction) -> ImportSource:
    """How the files of a source are read."""
    return await starting.source_of(work, key)


@router.put("/import-sources/{key}", response_model=SourceRead)
async def put_import_source(
    key: SourceKey,
    body: SourcePut,
    work: InOneTransaction,
    match: Annotated[str | None, Header(alias="If-Match", max_length=40, description="The ETag that was read; not needed for a new source.")] = None,
) -> ImportSource:
    """Make a source known, or change how its files are read: the next file needs no work."""
    version = if_match(match) if match is not None else None
    return await starting.put_source(work, key, version, body.model_dump(exclude_unset=True, mode="json"))
