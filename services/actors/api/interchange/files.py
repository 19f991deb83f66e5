"""How files of the open data are answered: as streams, with an ETag, a name to save them under, and the licence."""

import asyncio
from collections.abc import AsyncIterator
from typing import IO, Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from services.actors.use_cases.interchange.shelf import Kept

PIECE = 256 * 1024


def headers_of(etag: str, name: str, settings: Any) -> dict[str, str]:  # Any: services.actors.settings.Settings
    """Headers of every file of the open data."""
    return {
        "ETag": etag,
        "Cache-Control": "public, no-cache",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Link": f'<{settings.licence_url}>; rel="license"',
    }


def has_it(request: Request, etag: str) -> bool:
    """Whether the reader has this state already (If-None-Match)."""
    return etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]


def answer_file(request: Request, kept: Kept, name: str, media_type: str) -> Response:
    """The file, or 304."""
    headers = headers_of(kept.etag, name, request.app.state.service.settings)
    if has_it(request, kept.etag):
        return Response(status_code=304, headers=headers)
    file = kept.path.open("rb")  # now: it may be replaced while it is sent
    return StreamingResponse(_pieces(file), media_type=media_type, headers={**headers, "Content-Length": str(kept.size)})


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
