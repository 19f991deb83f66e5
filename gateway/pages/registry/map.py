"""The map of organisations: dots that links bring nearer, and the same as tables."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, pairs
from gateway.pages.forms import Form
from gateway.pages.registry.map_picture import CLOSEST, draw_map, view_around, view_of
from gateway.pages.registry.picture import KINDS, shape_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=100)]
WHOLE_ZOOM = 4
IN_TABLE = 100


@router.get("/map")
async def see_map(
    visit: Here,
    q: Text = "",
    kind: Text = "",
    country: Text = "",
    network: Text = "",
    near: Annotated[int, Query(ge=0, le=CLOSEST)] = 0,
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
) -> Response:
    """Where organisations are; those near each other are one dot with their number."""
    wanted = {"q": q.strip(), "kind": kind, "country": country.strip().upper(), "network": network.strip()}
    form = Form({name: [value] for name, value in wanted.items()})
    view, unclear = view_of(near, lat, lon), False
    points: list[Record] = []
    counts: Record = {"total": 0, "country": []}
    try:
        area = pairs(bbox=view.box, zoom=view.zoom) if view else pairs(zoom=WHOLE_ZOOM)
        points = await visit.ask.map.points([*pairs(**wanted), *area])
        counts = await visit.ask.map.counts(pairs(**wanted))
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        unclear = True
    drawn = draw_map(points, view or view_around(points), near if view else 0, wanted)
    single = {dot.kind for dot in drawn.dots if dot.count == 1}
    return visit.page(
        "registry/map.html",
        form=form,
        wanted=wanted,
        unclear=unclear,
        drawn=drawn,
        rows=drawn.dots[:IN_TABLE],
        more=max(0, len(drawn.dots) - IN_TABLE),
        counts=counts,
        placed=sum(dot.count for dot in drawn.dots),
        is_part=view is not None,
        legend=[{"kind": name, "number": number, "shape": shape_of(number, 10, 10, 8)} for number, name in enumerate(KINDS) if number in single],
    )
