"""Routes of the files of the open data."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from chassis.edge import operation_id
from services.actors.api.interchange.asking import reading
from services.actors.api.interchange.changes import OVERLAP
from services.actors.api.interchange.files import answer_file
from services.actors.model.interchange.catalogue import files_of
from services.actors.model.interchange.datasets import TABLES
from services.actors.model.interchange.package import publication_of
from services.actors.schemas.interchange.index import OpenDataRead
from services.actors.use_cases.interchange.exporting import FILES, MEDIA_TYPES, Whole, file_of, state_of
from services.actors.use_cases.interchange.shelf import shelf_of

router = APIRouter(prefix="/api/v1/export", tags=["open data"], generate_unique_id_function=operation_id)

ExportFile = StrEnum("ExportFile", {name.replace(".", "_"): name for name in FILES})  # type: ignore[misc]
CONTENT: dict[str, Any] = {kind.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()}
ANSWERS: dict[int | str, dict[str, Any]] = {  # Any: FastAPI's own type
    200: {"description": "The file.", "content": CONTENT},
    304: {"description": "The reader has this state already (If-None-Match)."},
}


@router.get("", response_model=OpenDataRead)
async def list_open_data(request: Request) -> dict[str, Any]:  # Any: JSON
    """What can be taken as open data: tables and files, licence, how to cite, when they last changed. For everybody."""
    service = request.app.state.service
    about, sizes = publication_of(service.settings), shelf_of(service).sizes()
    async with reading(request) as work:
        _, changed = await state_of(work, service.settings, work.now)
    tables = [(str(dataset), table.title, table.description, files_of(dataset)) for dataset, table in TABLES.items()]
    whole = ("all", "All open data", "All tables with their description, what was removed, and a text for readers.", [str(Whole.DUMP)])
    return {
        "title": about.title, "publisher": about.publisher, "licence_name": about.licence_name, "licence_url": about.licence_url,
        "citation": about.citation(changed), "changed_at": changed, "harvest_overlap_seconds": int(OVERLAP.total_seconds()),
        "remembered_days": service.settings.withdrawn_days,
        "datasets": [
            {"name": name, "title": title, "description": told, "files": [_file(file, sizes.get(file)) for file in files]}
            for name, title, told, files in (*tables, whole)
        ],
    }  # fmt: skip


def _file(name: str, size: int | None) -> dict[str, Any]:  # Any: JSON
    ending = name.rsplit(".", 1)[1]
    media_type = MEDIA_TYPES[ending].split(";")[0]
    return {"name": name, "address": f"/api/v1/export/{name}", "format": ending, "media_type": media_type, "bytes": size}


@router.get("/{file}", response_class=Response, responses=ANSWERS, openapi_extra={"x-no-idempotency": True})
async def export(
    request: Request,
    file: Annotated[ExportFile, Path(description="Which table, and how it is written.", examples=["actors.csv"])],
    columns: Annotated[
        Literal["registry", "all"], Query(description="CSV and XLSX: the columns that the import reads, or all with UUID, version and times.")
    ] = "registry",
) -> Response:
    """A file of the open data, whole, for everybody. The same data give the same bytes; ask with `If-None-Match`, and nothing is sent twice."""
    name = str(file)
    ending = name.rsplit(".", 1)[1]
    every = columns == "all" and ending in ("csv", "xlsx")
    kept = await file_of(request.app.state.service, name, every_column=every)
    return answer_file(request, kept, name, MEDIA_TYPES[ending])
