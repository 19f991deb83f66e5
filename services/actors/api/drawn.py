"""The registry as a map and as a graph, for everybody; answered with an ETag, so that a page asks again cheaply."""

import hashlib
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from chassis.edge import HubRoute
from chassis.errors import Invalid
from services.actors.api.common import (
    BoxText,
    InCountry,
    InNetwork,
    InOneTransaction,
    NearText,
    OfKind,
    OfTheme,
    WithinKm,
    Words,
    around_of,
    box_of,
    id_of,
)
from services.actors.schemas.actors import FeatureCollection, Network
from services.actors.store import parts
from services.actors.store.actors import MOST_DRAWN, ActorFilter

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])


UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The reader has this already (If-None-Match)."}}  # Any: FastAPI's own type


class GeoJsonResponse(JSONResponse):
    """An answer in GeoJSON."""

    media_type = "application/geo+json"


class TooMuchToDraw(Invalid):
    """More than one answer holds."""


def _answer(request: Request, content: dict[str, Any], media_type: str) -> Response:  # Any: JSON
    body = orjson.dumps(content)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _check_size(rows: list[Any]) -> None:
    if len(rows) > MOST_DRAWN:
        raise TooMuchToDraw("These are more than {most}; choose a country, kind or network.", most=MOST_DRAWN)


@router.get("/actors.geojson", response_class=GeoJsonResponse, responses={200: {"description": "The map.", "model": FeatureCollection}, **UNCHANGED})
async def read_map(
    request: Request,
    work: InOneTransaction,
    q: Words = None,
    kind: OfKind = None,
    country: InCountry = None,
    network: InNetwork = None,
    theme: OfTheme = None,
    bbox: BoxText = None,
    near: NearText = None,
    within_km: WithinKm = 25,
) -> Response:
    """The organisations that have a place, as GeoJSON (RFC 7946); those without are in the list alone."""
    wanted = ActorFilter(q, kind, country, await id_of(work, network), theme, box_of(bbox), around_of(near, within_km))
    rows = await work.actors.located(wanted)
    _check_size(rows)
    features = [
        {
            "type": "Feature",
            "id": str(row.id),
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {
                "slug": row.slug, "kind": row.kind, "name": row.name, "local_name": row.local_name, "country": row.country,
                "population": row.population, "website": row.website, "source": row.source,
            },
        }
        for row in rows
    ]  # fmt: skip
    return _answer(request, {"type": "FeatureCollection", "features": features}, "application/geo+json")


@router.get("/network", response_class=Response, responses={200: {"description": "The graph.", "model": Network}, **UNCHANGED})
async def read_network(
    request: Request,
    work: InOneTransaction,
    format: Annotated[Literal["json"], Query(description="How it is written.")] = "json",
    network: InNetwork = None,
    kind: Annotated[OfKind, Query(description="Only memberships of members of this kind.")] = None,
    country: Annotated[InCountry, Query(description="Only memberships of members of this country.")] = None,
) -> Response:
    """Who belongs to which network, as nodes and edges; filters choose the members, their networks come along."""
    edges = await parts.edges(work.session, await id_of(work, network), kind, country)
    _check_size(edges)
    nodes = await work.actors.drawn({edge.network_id for edge in edges} | {edge.member_id for edge in edges})
    content = {
        "nodes": [
            {"id": str(row.id), "slug": row.slug, "kind": row.kind, "name": row.name, "country": row.country, "lat": row.lat, "lon": row.lon}
            for row in nodes
        ],
        "edges": [{"source": str(edge.member_id), "target": str(edge.network_id), "role": edge.role, "since": edge.since} for edge in edges],
    }
    return _answer(request, content, "application/json")
