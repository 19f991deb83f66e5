"""Routes of the files of the open data."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from services.actors.api.interchange.files import answer_file
from services.actors.use_cases.interchange.exporting import FILES, MEDIA_TYPES, file_of

router = APIRouter(prefix="/api/v1/export", tags=["open data"])

ExportFile = StrEnum("ExportFile", {name.replace(".", "_"): name for name in FILES})  # type: ignore[misc]
CONTENT: dict[str, Any] = {kind.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()}
ANSWERS: dict[int | str, dict[str, Any]] = {  # Any: FastAPI's own type
    200: {"description": "The file.", "content": CONTENT},
    304: {"description": "The reader has this state already (If-None-Match)."},
}


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
