"""The network as a graph, with the places where everything is drawn."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from chassis.edge import HubRoute
from chassis.errors import Invalid
from services.actors.api.common import InNetwork, InOneTransaction, OfActor, OfTheme, id_of
from services.actors.api.graph.common import UNCHANGED, InCommunity, InMemberCountry, InYear, OfMemberKind, Undated, answer, etag_of, known, packed
from services.actors.model.vocabulary import ActorKind, MembershipRole
from services.actors.schemas.graph import Network, NetworkColumns
from services.actors.store.actors import MOST_DRAWN
from services.actors.store.graph.questions import Drawn, GraphFilter
from services.actors.store.parts import Edge

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["network"])
KINDS = [kind.value for kind in ActorKind]
ROLES = [role.value for role in MembershipRole]
FORMATS = "How it is written: node by node; by columns in less space; or by columns with only what a picture shows (and as gzip, if asked)."
NOT_SEEN = ("id", "community")
"""Columns that a picture does without."""


class TooManyMemberships(Invalid):
    """More memberships than one answer holds."""


@router.get("/network", response_class=Response, responses={200: {"description": "The graph.", "model": Network | NetworkColumns}, **UNCHANGED})
async def read_network(
    request: Request,
    work: InOneTransaction,
    format: Annotated[Literal["json", "columns", "picture"], Query(description=FORMATS)] = "json",
    network: InNetwork = None,
    kind: OfMemberKind = None,
    country: InMemberCountry = None,
    year: InYear = None,
    undated: Undated = False,
    theme: OfTheme = None,
    community: InCommunity = None,
    top: Annotated[int | None, Query(ge=2, le=5000, description="Only between so many actors: those that have most memberships.")] = None,
    actor: OfActor = None,
    depth: Annotated[int, Query(ge=1, le=3, description="With `actor`: only memberships on ways of so many steps from it.")] = 1,
) -> Response:
    """Who belongs to which network, with the places where everything is drawn; filters choose memberships, their actors come along."""
    etag = await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    wanted = GraphFilter(await id_of(work, network), kind, country, year, undated, community, top, await id_of(work, actor), depth, theme)
    edges = await work.graph.edges(wanted)
    if len(edges) > MOST_DRAWN:
        raise TooManyMemberships("These are more than {most}; choose a country, kind, network or year, or the top actors.", most=MOST_DRAWN)
    ids = {edge.network_id for edge in edges} | {edge.member_id for edge in edges} | ({wanted.around} if wanted.around else set())
    nodes = await work.graph.drawn(ids)
    if format == "json":
        return answer(_listed(nodes, edges), etag)
    columns = _columns(nodes, edges)
    if format == "columns":
        return answer(columns, etag)
    columns["nodes"] = {name: column for name, column in columns["nodes"].items() if name not in NOT_SEEN}
    return packed(request, answer(columns, etag))


def _listed(nodes: list[Drawn], edges: list[Edge]) -> dict[str, Any]:  # Any: JSON
    return {
        "nodes": [
            {
                "id": str(row.id), "slug": row.slug, "kind": row.kind, "name": row.name, "country": row.country, "lat": row.lat, "lon": row.lon,
                "x": row.x, "y": row.y, "degree": row.degree, "community": row.community,
            }
            for row in nodes
        ],
        "edges": [{"source": str(edge.member_id), "target": str(edge.network_id), "role": edge.role, "since": edge.since} for edge in edges],
    }  # fmt: skip


def _columns(nodes: list[Drawn], edges: list[Edge]) -> dict[str, Any]:  # Any: JSON
    places: dict[UUID, int] = {row.id: place for place, row in enumerate(nodes)}
    countries = sorted({row.country for row in nodes if row.country})
    country_places = {code: place for place, code in enumerate(countries)}
    return {
        "kinds": KINDS, "countries": countries, "roles": ROLES,
        "nodes": {
            "id": [str(row.id) for row in nodes], "slug": [row.slug for row in nodes], "name": [row.name for row in nodes],
            "kind": [KINDS.index(row.kind) for row in nodes], "country": [country_places[row.country] if row.country else None for row in nodes],
            "x": [row.x for row in nodes], "y": [row.y for row in nodes], "degree": [row.degree for row in nodes],
            "community": [row.community for row in nodes],
        },
        "edges": {
            "member": [places[edge.member_id] for edge in edges], "network": [places[edge.network_id] for edge in edges],
            "role": [ROLES.index(edge.role) for edge in edges], "since": [edge.since for edge in edges],
        },
    }  # fmt: skip
