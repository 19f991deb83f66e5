"""The map of organisations: dots that links bring nearer, a live map where scripts run, and the same as tables."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.registry.ground import land
from gateway.pages.registry.map_picture import CLOSEST, HEIGHT, WIDTH, View, draw_map, view_around, view_of
from gateway.pages.registry.shapes import legend_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=100)]
WHOLE_ZOOM = 4
IN_TABLE = 100
LIVE_ZOOM = 3
"""The zoom of the live map is so much more than `near`."""
NOTHING: Record = {"total": 0, "kind": [], "country": [], "network": [], "theme": []}


@router.get("/map")
async def see_map(
    visit: Here,
    q: Text = "",
    kind: Text = "",
    country: Text = "",
    network: Text = "",
    theme: Text = "",
    has_declaration: Text = "",
    near: Annotated[int, Query(ge=0, le=CLOSEST)] = 0,
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    part: Text = "",
) -> Response:
    """Where organisations are; those near each other are one dot with their number. `part=tables`: only what stands below the picture."""
    wanted = {
        "q": q.strip(), "kind": kind, "country": country.strip().upper(), "network": network.strip(), "theme": theme,
        "has_declaration": has_declaration,
    }  # fmt: skip
    view = view_of(near, lat, lon)
    points, counts, every, unclear = await _found(visit, wanted, view)
    window = view or view_around(points)
    drawn = draw_map(points, window, near if view else 0, wanted)
    single = {dot.kind for dot in drawn.marks if dot.count == 1}
    return visit.page(
        "registry/map_tables.html" if part == "tables" else "registry/map.html",
        form=Form({name: [value] for name, value in wanted.items()}),
        wanted=wanted,
        narrowed=any(value for name, value in wanted.items() if name != "q"),
        unclear=unclear,
        drawn=drawn,
        rows=drawn.dots[:IN_TABLE],
        more=max(0, len(drawn.dots) - IN_TABLE),
        counts=counts,
        placed=sum(dot.count for dot in drawn.dots),
        is_part=view is not None,
        legend=legend_of(single),
        land="" if part == "tables" else land(window.edges, WIDTH, HEIGHT),
        asked=urlencode(pairs(**wanted)),
        live_view=f"{view.lat:.4f},{view.lon:.4f},{near + LIVE_ZOOM}" if view else "",
        networks=[(row["slug"], row["name"]) for row in every["network"] if row.get("slug")],
        countries=sorted(row["value"] for row in every["country"]),
    )


async def _found(visit: Visit, wanted: dict[str, str], view: View | None) -> tuple[list[Record], Record, Record, bool]:
    """The points in sight, how many there are of what, the values to choose from, and whether the question was unclear."""
    area = pairs(bbox=view.box, zoom=view.zoom) if view else pairs(zoom=WHOLE_ZOOM)
    asks = (visit.ask.map.points([*pairs(**wanted), *area]), visit.ask.map.counts(pairs(**wanted)))
    found = await asyncio.gather(*asks, visit.ask.map.counts([]), return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException) and not (isinstance(each, ProblemFromService) and each.problem_status in (404, 422)):
            raise each
    points, counts, every = found
    if isinstance(points, BaseException) or isinstance(counts, BaseException) or isinstance(every, BaseException):
        return [], NOTHING, NOTHING if isinstance(every, BaseException) else {**NOTHING, **every}, True
    return points, counts, {**NOTHING, **every}, False
