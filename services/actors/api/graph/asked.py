"""Questions about the network: ways between actors, who connects several, what is alike, and how it grew."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from chassis.edge import HubRoute
from chassis.errors import invalid_field
from services.actors.api.common import KEY_PATTERN, InNetwork, InOneTransaction, id_of
from services.actors.api.graph.common import UNCHANGED, ActorKey, InMemberCountry, Limit, OfMemberKind, answer, etag_of, known, names, ref
from services.actors.schemas.graph import AlikeRead, ConnectionRead, OverlapRead, PathsRead, YearsRead
from services.actors.store.graph.questions import GraphFilter
from services.actors.use_cases.graph import answers

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["network"])
MOST_CONNECTED = 10
_KEY = re.compile(KEY_PATTERN)


@router.get("/network/paths", response_class=Response, responses={200: {"description": "The ways.", "model": PathsRead}, **UNCHANGED})
async def find_paths(
    request: Request,
    work: InOneTransaction,
    start: Annotated[ActorKey, Query(alias="from")],
    goal: Annotated[ActorKey, Query(alias="to")],
    limit: Annotated[int, Query(ge=1, le=100, description="How many ways are written out at most.")] = 20,
) -> Response:
    """The shortest ways from one actor to another over memberships, with the networks between; as of the newest drawing."""
    note, etag = await answers.drawing(work), await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    way = await answers.paths(work, note, await work.actors.get(start), await work.actors.get(goal), limit)
    written = [[ref(actor) if actor else None for actor in path] for path in way.paths]
    return answer({"drawing": note.number, "length": way.length, "count": min(way.count, 2**53), "paths": written}, etag)


@router.get("/network/connect", response_class=Response, responses={200: {"description": "What joins them.", "model": ConnectionRead}, **UNCHANGED})
async def find_connection(
    request: Request,
    work: InOneTransaction,
    actor: Annotated[list[str], Query(min_length=2, max_length=MOST_CONNECTED, description="2 to 10 actors: UUIDs or readable keys.")],
) -> Response:
    """Who connects these actors: networks in which several of them are, and few actors that join all; as of the newest drawing."""
    if any(not _KEY.fullmatch(key) for key in actor):
        raise invalid_field("/query/actor", "string_pattern_mismatch", "Name actors by their id or readable key.")
    note, etag = await answers.drawing(work), await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    found = await answers.connect(work, note, [await work.actors.get(key) for key in actor])
    content = {
        "drawing": note.number,
        "shared": [{"network": ref(each.network), "actors": names(each.actors)} for each in found.shared],
        "actors": [ref(each) for each in found.actors],
        "links": [{"one": str(one), "other": str(other)} for one, other in found.links],
        "apart": [names(group) for group in found.apart],
    }
    return answer(content, etag)


@router.get("/network/overlap", response_class=Response, responses={200: {"description": "What is common.", "model": OverlapRead}, **UNCHANGED})
async def compare_networks(
    request: Request,
    work: InOneTransaction,
    network: ActorKey,
    other: Annotated[str | None, Query(alias="with", pattern=KEY_PATTERN, description="The one to compare with; without it: the most alike.")] = None,
    limit: Limit = 50,
) -> Response:
    """What a network has in common with another one, or with those that are most alike (Jaccard index of their members)."""
    etag = await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    one = await work.actors.get(network)
    if other is None:
        items = await answers.like_networks(work, one, limit)
        return answer({"sizes": [], "common": None, "jaccard": None, "members": [], "items": _likenesses(items)}, etag)
    found = await answers.overlap(work, one, await work.actors.get(other), limit)
    members = [ref(each) for each in found.members]
    content = {"sizes": list(found.sizes), "common": found.common, "jaccard": round(found.jaccard, 4), "members": members, "items": []}
    return answer(content, etag)


@router.get("/network/alike", response_class=Response, responses={200: {"description": "Who is alike.", "model": AlikeRead}, **UNCHANGED})
async def find_alike(request: Request, work: InOneTransaction, actor: ActorKey, limit: Limit = 20) -> Response:
    """Actors that are in much the same networks as one (Jaccard index of their networks), the most alike first."""
    etag = await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    return answer({"items": _likenesses(await answers.like_actors(work, await work.actors.get(actor), limit))}, etag)


@router.get("/network/years", response_class=Response, responses={200: {"description": "The years.", "model": YearsRead}, **UNCHANGED})
async def read_growth(
    request: Request,
    work: InOneTransaction,
    network: InNetwork = None,
    kind: OfMemberKind = None,
    country: InMemberCountry = None,
    limit: Limit = 50,
) -> Response:
    """How many memberships began in each year, in all and by network, as far as the year is known."""
    etag = await etag_of(work)
    if unchanged := known(request, etag):
        return unchanged
    wanted = GraphFilter(network=await id_of(work, network), kind=kind, country=country)
    joined, undated, total, growths = await answers.years(work, wanted, limit)
    networks = [{"network": ref(each.network), "members": each.members, "undated": each.undated, "years": _years(each.joined)} for each in growths]
    return answer({"years": _years(joined), "undated": undated, "total": total, "networks": networks}, etag)


def _years(joined: dict[int, int]) -> list[dict[str, int]]:
    """Each year in which somebody joined, with the sum up to it."""
    rows: list[dict[str, int]] = []
    total = 0
    for year, count in joined.items():
        total += count
        rows.append({"year": year, "joined": count, "total": total})
    return rows


def _likenesses(items: list[answers.Likeness]) -> list[dict[str, Any]]:  # Any: JSON
    return [{"actor": ref(each.actor), "common": each.common, "either": each.either, "jaccard": round(each.jaccard, 4)} for each in items]
