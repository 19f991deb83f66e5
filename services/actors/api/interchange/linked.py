"""Routes of linked data and of one offer in other formats: the catalogue, a public service, a calendar."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from chassis.edge import operation_id
from services.actors.api.interchange.asking import reading
from services.actors.api.interchange.files import has_it, headers_of
from services.actors.model.interchange.calendars import calendar_of
from services.actors.model.interchange.package import publication_of
from services.actors.model.interchange.rdf import document, turtle
from services.actors.use_cases.interchange.exporting import state_of
from services.actors.use_cases.interchange.hsds import valid_offer
from services.actors.use_cases.interchange.linked import catalogue_of, services_of
from services.actors.use_cases.interchange.shelf import shelf_of

router = APIRouter(tags=["open data"], generate_unique_id_function=operation_id)
OfferId = Annotated[UUID, Path(description="The offer's id.")]


def _said(media_type: str, meaning: str) -> dict[int | str, dict[str, Any]]:  # Any: FastAPI's own type
    schema = {"type": "object"} if media_type.endswith("json") else {"type": "string"}
    return {
        200: {"description": meaning, "content": {media_type: {"schema": schema}}},
        304: {"description": "The reader has this state already (If-None-Match)."},
    }


def _answer(request: Request, body: bytes, name: str, media_type: str) -> Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = headers_of(etag, name, request.app.state.service.settings)
    if has_it(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


async def _catalogue(request: Request) -> Any:  # Any: statements
    service = request.app.state.service
    async with reading(request) as work:
        _, changed = await state_of(work, service.settings, work.now)
    return catalogue_of(service.settings, changed, shelf_of(service))


@router.get("/catalog.jsonld", response_class=Response, responses=_said("application/ld+json", "The catalogue."))
async def read_catalogue(request: Request) -> Response:
    """The catalogue of the open data as DCAT-AP 3.0.1 in JSON-LD, for data portals."""
    return _answer(request, orjson.dumps(document(await _catalogue(request))), "catalog.jsonld", "application/ld+json")


@router.get("/catalog.ttl", response_class=Response, responses=_said("text/turtle", "The catalogue."))
async def read_catalogue_as_turtle(request: Request) -> Response:
    """The catalogue of the open data as DCAT-AP 3.0.1 in Turtle, for data portals."""
    return _answer(request, turtle(await _catalogue(request)).encode(), "catalog.ttl", "text/turtle; charset=utf-8")


@router.get("/api/v1/directory/{offer_id}.cpsv.jsonld", response_class=Response, responses=_said("application/ld+json", "The service."))
async def read_public_service(request: Request, offer_id: OfferId) -> Response:
    """One open offer as a public service of CPSV-AP 3.2 in JSON-LD."""
    about = publication_of(request.app.state.service.settings)
    async with reading(request) as work:
        things = await services_of(work, [await valid_offer(work, offer_id)], about)
    return _answer(request, orjson.dumps(document(things)), f"{offer_id}.cpsv.jsonld", "application/ld+json")


@router.get("/api/v1/directory/{offer_id}.ics", response_class=Response, responses=_said("text/calendar", "The calendar."))
async def read_offer_calendar(request: Request, offer_id: OfferId) -> Response:
    """One open offer as a calendar: its weekly times until it ends; without times the calendar is empty."""
    settings = request.app.state.service.settings
    async with reading(request) as work:
        offer = await valid_offer(work, offer_id)
    body = calendar_of([offer], name=settings.publisher_name, zone=settings.timezone, address=settings.public_url)
    return _answer(request, body, f"{offer_id}.ics", "text/calendar; charset=utf-8")
