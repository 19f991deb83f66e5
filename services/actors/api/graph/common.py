"""What the routes of the network share: filters, and answers that a reader need not fetch twice."""

import gzip
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Request
from starlette.responses import Response

from services.actors.api.common import KEY_PATTERN, InCountry, OfKind
from services.actors.model.records import ActorRef
from services.actors.model.vocabulary import FIRST_YEAR, LAST_YEAR
from services.actors.work import Work

SHAPE = 2
"""Rises when answers take another shape, so that no reader keeps an old one."""
LARGEST = 2**31 - 1
PACKED_HARD = 6
"""How hard gzip tries: beyond, it takes much longer for little."""

UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The reader has this already (If-None-Match)."}}  # Any: FastAPI's own type

OfMemberKind = Annotated[OfKind, Query(description="Only memberships of members of this kind.")]
InMemberCountry = Annotated[InCountry, Query(description="Only memberships of members of this country.")]
InYear = Annotated[
    int | None,
    Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Only memberships that are known to have begun by this year.", examples=[2016]),
]
Undated = Annotated[bool, Query(description="With `year`: also memberships of which no year is known.")]
InCommunity = Annotated[int | None, Query(ge=0, le=LARGEST, description="Only between actors of this community.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
ActorKey = Annotated[str, Query(pattern=KEY_PATTERN, description="An actor: UUID or readable key.", examples=["grenoble-fr"])]


async def etag_of(work: Work) -> str:
    """The state of the registry and of the drawing in a word: nothing that these routes answer changes without it."""
    newest = await work.drawings.newest()
    return f'"n{SHAPE}-{await work.drawings.mark()}-{newest.number if newest else 0}"'


def known(request: Request, etag: str) -> Response | None:
    """The answer to a reader who has this already; None: it is to be made."""
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers=_headers(etag)) if etag in tags else None


def answer(content: dict[str, Any], etag: str, headers: dict[str, str] | None = None) -> Response:  # Any: JSON
    """An answer that a reader may keep and ask after."""
    return Response(orjson.dumps(content), media_type="application/json", headers={**_headers(etag), **(headers or {})})


def packed(request: Request, plain: Response) -> Response:
    """The same answer as gzip, for those who take it."""
    plain.headers["Vary"] = "Accept-Encoding"
    if "gzip" not in request.headers.get("accept-encoding", "").lower():
        return plain
    body = gzip.compress(plain.body, PACKED_HARD, mtime=0)
    headers = {name: plain.headers[name] for name in ("etag", "cache-control", "vary")}
    return Response(body, media_type=plain.media_type, headers={**headers, "Content-Encoding": "gzip"})


def ref(actor: ActorRef) -> dict[str, Any]:  # Any: JSON
    """An actor as others name it."""
    return {"id": str(actor.id), "slug": actor.slug, "kind": actor.kind, "name": actor.name}


def names(ids: tuple[UUID, ...]) -> list[str]:
    """Ids as JSON."""
    return [str(each) for each in ids]


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "no-cache"}
