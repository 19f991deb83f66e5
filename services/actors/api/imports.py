"""Route of the import: a set of CSV files in, counts or faults by file and line out."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from chassis.edge import HubRoute
from chassis.errors import invalid_field
from services.actors.api.common import InOneTransaction
from services.actors.model.import_report import KINDS, ImportReport
from services.actors.schemas.public import ImportRead
from services.actors.use_cases.importing import import_registry

MAX_IMPORT = 20_000_000
"""Bytes of one import, all files together."""

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])


@router.post("/imports", response_model=ImportRead, max_body_size=MAX_IMPORT, openapi_extra={"x-no-idempotency": True})
async def import_files(
    request: Request,
    work: InOneTransaction,
    actors: Annotated[UploadFile | None, File(description="actors.csv")] = None,
    memberships: Annotated[UploadFile | None, File(description="memberships.csv")] = None,
    initiatives: Annotated[UploadFile | None, File(description="initiatives.csv")] = None,
    declarations: Annotated[UploadFile | None, File(description="declarations.csv")] = None,
    resources: Annotated[UploadFile | None, File(description="resources.csv")] = None,
    dry_run: Annotated[bool, Form(description="true: check everything and write nothing.")] = False,
) -> ImportReport:
    """Write a set of registry files as a whole, or refuse it with all faults by file and line (`/actors.csv/12/lat`) and write nothing.

    Files that are not sent leave their records alone; they may refer to records that the registry holds. Sending the same set again changes
    nothing, so no Idempotency-Key is needed (none is kept: every form has boundaries of its own). For the registry's editors.
    """
    given = {"actors": actors, "memberships": memberships, "initiatives": initiatives, "declarations": declarations, "resources": resources}
    contents = {kind: await file.read() for kind, file in given.items() if file is not None}
    if not contents or set(await request.form()) - {*KINDS, "dry_run"}:
        raise invalid_field("/files", "files", "Send at least one file, named: {names}.", names=", ".join(KINDS))
    return await import_registry(work, contents, dry_run=dry_run)
