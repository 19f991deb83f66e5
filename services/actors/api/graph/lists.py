"""The network as lists: who has most memberships or bridges most, communities, and the drawing that all this is of."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Listed, Page, Paging, listed
from services.actors.api.common import InCountry, InOneTransaction, OfKind
from services.actors.api.graph.common import UNCHANGED, InCommunity, answer, etag_of, known, ref
from services.actors.schemas.graph import CentralRead, CommunityRead, DrawingRead
from services.actors.use_cases.graph import answers

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["network"])
BILLION = 1e9


@router.get("/network/drawing", response_class=Response, responses={200: {"description": "The drawing.", "model": DrawingRead}, **UNCHANGED})
async def read_drawing(request: Request, work: InOneTransaction) -> Response:
    """Of when the newest drawing is, and what the network came to then."""
    note, etag = await answers.drawing(work), await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    figures = note.figures
    content = {name: figures.get(name, 0) for name in ("actors", "memberships", "components", "communities", "modularity")}
    return answer({"number": note.number, "computed_at": note.computed_at, **content, "bridging_exact": figures.get("exact", True)}, etag)


@router.get("/network/central", response_class=Response, responses={200: {"description": "Actors.", "model": Page[CentralRead]}, **UNCHANGED})
async def list_central_actors(
    request: Request,
    work: InOneTransaction,
    paging: Paging,
    by: Annotated[Literal["degree", "bridging"], Query(description="In which order: most memberships first, or who bridges most.")] = "degree",
    kind: OfKind = None,
    country: InCountry = None,
    community: InCommunity = None,
) -> Response:
    """Actors by how many memberships they have, or by how much they bridge."""
    note, etag = await answers.drawing(work), await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    page = await work.drawings.places(paging, by, kind=kind, country=country, community=community)
    ids = [place.actor_id for place in page.items]
    refs, counts = await work.actors.refs(ids), await work.drawings.memberships_of(ids)
    rows = [
        {
            "actor": ref(refs[place.actor_id]), "degree": place.degree, "networks": counts[place.actor_id][0], "members": counts[place.actor_id][1],
            "bridging": place.bridging / BILLION, "community": place.community, "x": place.x, "y": place.y,
        }
        for place in page.items
    ]  # fmt: skip
    return _page(request, Listed(rows, page.more_after, None if kind or country or community is not None else note.figures.get("actors")), etag)


@router.get("/network/communities", response_class=Response, responses={200: {"description": "Groups.", "model": Page[CommunityRead]}, **UNCHANGED})
async def list_communities(request: Request, work: InOneTransaction, paging: Paging) -> Response:
    """Groups of actors that belong together more than to others, the largest first; `/network/central?community=` lists their actors."""
    note, etag = await answers.drawing(work), await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    page = await work.drawings.communities(paging)
    refs = await work.actors.refs([row.centre_id for row in page.items])
    rows = [
        {
            "number": row.number, "size": row.size, "links": row.links, "since": row.since,
            "centre": ref(refs[row.centre_id]) if row.centre_id in refs else None,
        }
        for row in page.items
    ]  # fmt: skip
    return _page(request, Listed(rows, page.more_after, note.figures.get("communities")), etag)


def _page(request: Request, page: Listed[dict[str, Any]], etag: str) -> Response:  # Any: JSON
    links = Response()
    content = listed(request, links, page)
    return answer(content, etag, {"Link": links.headers["link"]} if "link" in links.headers else None)
