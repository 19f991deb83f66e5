"""Routes of actors."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.actors.api.common import (
    BoxText,
    InCountry,
    InNetwork,
    InOneTransaction,
    Key,
    NearText,
    OfKind,
    OfTheme,
    Version,
    WithinKm,
    Words,
    around_of,
    box_of,
    id_of,
)
from services.actors.model.records import Actor
from services.actors.schemas.actors import ActorCreate, ActorRead, ActorUpdate
from services.actors.store.actors import ActorFilter
from services.actors.use_cases import actors

router = APIRouter(prefix="/api/v1/actors", route_class=HubRoute, tags=["registry"])


@router.get("", response_model=Page[ActorRead])
async def list_actors(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    q: Words = None,
    kind: OfKind = None,
    country: InCountry = None,
    network: InNetwork = None,
    theme: OfTheme = None,
    bbox: BoxText = None,
    near: NearText = None,
    within_km: WithinKm = 25,
    archived: Annotated[bool, Query(description="true: the archived actors instead of the living ones.")] = False,
) -> dict[str, Any]:
    """Organisations of the registry, by name. For everybody."""
    wanted = ActorFilter(q, kind, country, await id_of(work, network), theme, box_of(bbox), around_of(near, within_km), archived)
    return listed(request, response, await work.actors.page(paging, wanted))


@router.post("", status_code=201, response_model=ActorRead)
async def enter_actor(body: ActorCreate, work: InOneTransaction) -> Actor:
    """Enter an organisation. For coordinators, admins and API clients with the scope `registry`."""
    return await actors.enter_actor(work, body.model_dump(exclude={"slug"}), body.slug)


@router.get("/{actor}", response_model=ActorRead)
async def read_actor(actor: Key, work: InOneTransaction) -> Actor:
    """One organisation, archived or not. For everybody."""
    return await work.actors.get(actor)


@router.patch("/{actor}", response_model=ActorRead)
async def change_actor(actor: Key, body: ActorUpdate, version: Version, work: InOneTransaction) -> Actor:
    """Change an organisation's record. For the registry's editors; a member changes their own organisation's, except `kind` and `archived`."""
    return await actors.change_actor(work, actor, version, body.model_dump(exclude_unset=True))


@router.post("/{actor}/archive", response_model=ActorRead)
async def archive_actor(actor: Key, work: InOneTransaction) -> Actor:
    """Take an organisation out of lists, map and graph; `PATCH {"archived": false}` brings it back. For the registry's editors."""
    return await actors.archive_actor(work, actor)
