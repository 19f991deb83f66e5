"""Routes of actors."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.actors.api.asked import AskedActors
from services.actors.api.caching import unchanged
from services.actors.api.common import InOneTransaction, Key, Version
from services.actors.api.interchange.changes import ModifiedAfter, changes, check_alone
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
    wanted: AskedActors,
    archived: Annotated[bool, Query(description="true: the archived actors instead of the living ones.")] = False,
    total: Annotated[bool, Query(description="true: count how many there are in all.")] = False,
    modified_after: ModifiedAfter = None,
) -> Any:  # Any: FastAPI shapes it
    """Organisations of the registry, by name; with words the best hits first, in any spelling and script, and typing errors are forgiven. For
    everybody. Who follows the cursor while others write meets each record that was there all the time exactly once."""
    if modified_after is not None:
        check_alone(wanted == ActorFilter() and not archived and not total)
        return listed(request, response, await changes(response, work, work.actors.records, paging, modified_after, []))
    if (same := await unchanged(request, response, work)) is not None:
        return same
    asked = replace(wanted, archived=archived)
    page = await work.actors.page(paging, asked)
    return listed(request, response, replace(page, total=await work.actors.count(asked)) if total else page)


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
