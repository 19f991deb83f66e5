"""What the routes of HSDS share: a reading transaction, query parameters, and how a list is answered, as a page or as a stream of lines."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from chassis.errors import invalid_field
from services.actors.api.interchange.files import PIECE
from services.actors.model.interchange.hsds.services import Hub
from services.actors.store.actors import Around
from services.actors.use_cases.interchange.hsds import Providers, Source
from services.actors.use_cases.interchange.shelf import shelf_of
from services.actors.work import Work

Search = Annotated[str | None, Query(min_length=1, max_length=100, description="Words to find; case and accents do not matter.", examples=["french"])]
TermId = Annotated[UUID | None, Query(alias="taxonomy_term_id", description="Only with this taxonomy term, or one below it.")]
TaxonomyId = Annotated[UUID | None, Query(alias="taxonomy_id", description="Only with a term of this taxonomy.")]
OrganizationId = Annotated[UUID | None, Query(alias="organization_id", description="Only of this organization.")]
Full = Annotated[bool, Query(description="true: with all that is nested.")]
FullService = Annotated[bool, Query(description="true: organizations with their services in full.")]
Minimal = Annotated[bool, Query(description="true: only id, name, status and last_modified.")]
ModifiedAfter = Annotated[
    datetime | None,
    Query(description="Only what changed at or after this moment (RFC 3339; UTC when no zone is named).", examples=["2026-11-01T00:00:00Z"]),
]
Postcode = Annotated[
    str | None,
    Query(max_length=60, description="A point as lat,lon in degrees. This hub keeps no postcodes.", examples=["45.19,5.72"]),
]
Proximity = Annotated[
    int | None, Query(ge=1, le=500_000, description="With `postcode`: metres around the point; without, services whose area has it.")
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of a list, or the whole of it as lines."""

    page: int
    per_page: int
    lines: bool


def wanted_page(
    page: Annotated[int, Query(ge=1, le=1_000_000, description="Number of the page; the first is 1.")] = 1,
    per_page: Annotated[int, Query(ge=1, le=1000, description="Records on a page.")] = 50,
    format: Annotated[Literal["json", "ndjson"], Query(description="ndjson: the whole list, one record a line, no pages.")] = "json",
) -> Wanted:
    """Dependency of lists."""
    return Wanted(page, per_page, format == "ndjson")


Paging = Annotated[Wanted, Depends(wanted_page)]


@asynccontextmanager
async def reading(request: Request) -> AsyncIterator[Work]:
    """One consistent view, also for a search by POST, which writes nothing."""
    async with request.app.state.service.open_work(request.state.caller, reading=True) as work:
        yield work


def hub_of(request: Request) -> Hub:
    """What records say of the hub."""
    settings = request.app.state.service.settings
    return Hub(settings.public_url, settings.publisher_name, settings.timezone)


async def providers_of(request: Request, work: Work, *, full: bool) -> Providers:
    """Who stands behind offers."""
    return await Providers(work, request.app.state.service.settings.publisher_key, full).open()


def moment_of(moment: datetime | None) -> datetime | None:
    """A moment with its zone, or None."""
    return None if moment is None else aware(moment)


def aware(moment: datetime) -> datetime:
    """A moment with its zone, UTC when none is named; 422 when it is outside the calendar."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise invalid_field("/query/modified_after", "moment", "Use a moment within the calendar, for example 2026-11-01T00:00:00Z.") from None


def point_of(postcode: str | None, proximity: int | None) -> tuple[Around | None, Around | None]:
    """What is near a point, or covers it. 422 for a postcode, since this hub keeps none."""
    if postcode is None:
        if proximity is not None:
            raise invalid_field("/query/proximity", "no_point", "Give the point as well, as postcode=lat,lon.")
        return None, None
    try:
        lat, lon = (float(part) for part in postcode.split(","))
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise ValueError
    except ValueError:
        raise invalid_field(
            "/query/postcode", "no_postcodes", "This hub keeps no postcodes; give a point as lat,lon, for example 45.19,5.72."
        ) from None
    return (Around(lat, lon, proximity / 1000), None) if proximity else (None, Around(lat, lon, 0))


async def answer_list(request: Request, source: Source, wanted: Wanted) -> Response:
    """A page in HSDS's envelope, or the whole list as lines."""
    if wanted.lines:
        return await _as_lines(request, source)
    total = await source.count()
    pages = -(-total // wanted.per_page)
    offset = (wanted.page - 1) * wanted.per_page
    contents = await source.some(offset, wanted.per_page) if offset < total else []
    envelope: dict[str, Any] = {
        "total_items": total, "total_pages": pages, "page_number": wanted.page, "size": len(contents), "first_page": wanted.page == 1,
        "last_page": wanted.page >= pages, "empty": not contents, "contents": contents,
    }  # fmt: skip
    return Response(orjson.dumps(envelope), media_type="application/json")


async def _as_lines(request: Request, source: Source) -> Response:
    """Written down before it is sent, so that a slow reader holds no view of the database."""
    file: IO[bytes] = tempfile.TemporaryFile(dir=shelf_of(request.app.state.service).folder)  # noqa: SIM115 - closed when it was sent
    try:
        async for part in source.all():
            await asyncio.to_thread(file.write, b"".join(orjson.dumps(record) + b"\n" for record in part))
        await asyncio.to_thread(file.seek, 0)
    except BaseException:
        file.close()
        raise
    return StreamingResponse(_pieces(file), media_type="application/x-ndjson")


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
