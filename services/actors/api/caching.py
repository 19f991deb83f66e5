"""Answers that are the same until the registry changes: an ETag from its revision, so that "nothing is new" (304) needs no look at the data."""

import hashlib

from fastapi import Request, Response

from services.actors.work import Work

REPRESENTATION = "2"
"""Rises when the same data are answered in another shape."""
CACHE_CONTROL = "public, no-cache"
"""Anybody may keep it; they ask each time whether it still holds."""


async def unchanged(request: Request, response: Response, work: Work) -> Response | None:
    """A 304 for a reader who has this answer already; otherwise None, and the answer's headers are set."""
    revision = await work.revision.now()
    asked = f"{REPRESENTATION}\n{revision}\n{request.url.path}?{request.url.query}"
    etag = f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'
    headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
    held = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag.removeprefix("W/") in held:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return None
