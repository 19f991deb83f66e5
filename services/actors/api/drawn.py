"""The registry as a map and as a graph, for everybody; answered with an ETag, so that a page asks again cheaply."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from chassis.edge import HubRoute
from chassis.errors import Invalid
from services.actors.api.asked import AskedActors
from services.actors.api.caching import unchanged
from services.actors.api.common import (
    InOneTransaction,
)
from services.actors.schemas.actors import FeatureCollection
from services.actors.store.actors import MOST_DRAWN
from services.actors.store.facets import Cell

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])


ZOOM = "The zoom of the map (tiles of 256 pixels): actors that lie close together come as one point with `count`."
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The reader has this already (If-None-Match)."}}  # Any: FastAPI's own type


class GeoJsonResponse(JSONResponse):
    """An answer in GeoJSON."""

    media_type = "application/geo+json"


class TooMuchToDraw(Invalid):
    """More than one answer holds."""


def _check_size(rows: list[Any]) -> None:
    if len(rows) > MOST_DRAWN:
        raise TooMuchToDraw("These are more than {most}; choose a country, kind or network.", most=MOST_DRAWN)


@router.get("/actors.geojson", response_class=GeoJsonResponse, responses={200: {"description": "The map.", "model": FeatureCollection}, **UNCHANGED})
async def read_map(
    request: Request,
    response: Response,
    work: InOneTransaction,
    wanted: AskedActors,
    zoom: Annotated[int | None, Query(ge=0, le=22, description=ZOOM)] = None,
) -> Response:
    """The organisations that have a place, as GeoJSON (RFC 7946); those without are in the list alone. Without `zoom` each is a point of its
    own, and too many are refused; with `zoom` as many as there are stay small."""
    if (same := await unchanged(request, response, work)) is not None:
        return same
    if zoom is None:
        rows = await work.actors.located(wanted)
        _check_size(rows)
        content: dict[str, Any] = {"type": "FeatureCollection", "features": list(map(_point, rows))}  # Any: JSON
    else:
        degrees, cells = await work.actors.cells(wanted, zoom)
        alone = {row.slug: _point(row) for row in await work.actors.located_alone([cell.slug for cell in cells if cell.slug is not None])}
        features = [alone[cell.slug] if cell.slug in alone else _cluster(cell) for cell in cells]
        content = {"type": "FeatureCollection", "cell_degrees": degrees, "features": features}
    return Response(orjson.dumps(content), media_type="application/geo+json", headers=dict(response.headers))


def _point(row: Any) -> dict[str, Any]:  # Any: a named row, and JSON
    return {
        "type": "Feature",
        "id": str(row.id),
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
        "properties": {
            "slug": row.slug, "kind": row.kind, "name": row.name, "local_name": row.local_name, "country": row.country,
            "population": row.population, "website": row.website, "source": row.source,
        },
    }  # fmt: skip


def _cluster(cell: Cell) -> dict[str, Any]:  # Any: JSON
    place = [round(cell.lon, 5), round(cell.lat, 5)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": {"cluster": True, "count": cell.count}}
