"""Routes of the directory of open public offers, for anybody who looks for help."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.actors.api.common import InOneTransaction, NearText, OfActor, RecordId, WithinKm, Words, around_of, id_of
from services.actors.api.interchange.asking import aware
from services.actors.api.interchange.changes import ModifiedAfter, check_alone, tell_next
from services.actors.model.directory import DayPart, DirectoryOffer, ListedState, wanted_slots
from services.actors.model.records import ActorRef
from services.actors.model.usefulness import Asked, km_between
from services.actors.schemas.public import OfferRead
from services.actors.store.actors import Around
from services.actors.store.directory import OfferFilter
from services.actors.store.interchange.offers import listed_after

router = APIRouter(prefix="/api/v1/directory", route_class=HubRoute, tags=["directory"])
LanguageTag = Annotated[str, Query(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]


class Order(StrEnum):
    """In which order offers are listed."""

    NEWEST = "newest"
    USEFUL = "useful"


def _shape(offer: DirectoryOffer, refs: dict[UUID, ActorRef], near: Around | None = None) -> dict[str, Any]:  # Any: JSON
    away = km_between(offer.lat, offer.lon, (near.lat, near.lon)) if near and offer.lat is not None and offer.lon is not None else None
    details = dict(offer.details)
    place = {"lat": offer.lat, "lon": offer.lon, "radius_km": offer.radius_km} if offer.lat is not None and offer.lon is not None else None
    return {
        **details, "description": details.get("description") or {}, "id": offer.id, "version": offer.version, "state": offer.state,
        "category": offer.category, "provider": refs.get(offer.provider_actor_id) if offer.provider_actor_id else None,
        "languages": list(offer.languages), "remote": offer.remote, "place": place, "valid_until": offer.valid_until,
        "distance_km": None if away is None else round(away, 1),
        "posted_at": offer.posted_at, "created_at": offer.created_at, "updated_at": offer.updated_at,
    }  # fmt: skip


@router.get("", response_model=Page[OfferRead])
async def search_directory(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    category: Annotated[str | None, Query(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=80, description="A category and all below it.")] = None,
    language: Annotated[str | None, Query(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", description="In this language (BCP 47).")] = None,
    near: NearText = None,
    within_km: WithinKm = 10,
    remote: Annotated[bool | None, Query(description="Only offers at a distance (true), or only in person (false).")] = None,
    weekday: Annotated[int | None, Query(ge=0, le=6, description="On this day; 0 is Monday. Offers without fixed hours count for every day.")] = None,
    part: Annotated[DayPart | None, Query(description="In this part of the day; offers without fixed hours count for every one.")] = None,
    actor: OfActor = None,
    state: Annotated[list[ListedState] | None, Query(max_length=3, description="States; open alone when left out.")] = None,
    q: Words = None,
    modified_after: ModifiedAfter = None,
    order: Annotated[Order, Query(description="newest, or useful: first what fits the reader in most (language, way, hours).")] = Order.NEWEST,
    speaks: Annotated[
        list[LanguageTag] | None, Query(max_length=8, description="With `order=useful`: languages of the reader. They narrow nothing.")
    ] = None,
) -> dict[str, Any]:
    """Offers that everybody may read, newest first or most useful first. `near` finds what is within the distance, what itself reaches so far,
    and what is remote."""
    states = tuple(state) if state else (ListedState.OPEN,)
    around, slots = around_of(near, within_km), wanted_slots(weekday, part) if part else None
    wanted = OfferFilter(states, category, language, around, remote, weekday, slots, await id_of(work, actor), q)
    if modified_after is None and order is Order.USEFUL:
        mine = tuple(code.lower() for code in [*(speaks or ()), *([language] if language else ())])
        asked = Asked(mine, (around.lat, around.lon) if around else None, wanted_slots(weekday, part))
        page = await work.directory.useful(paging, wanted, asked, work.now.date())
    elif modified_after is None:
        page = await work.directory.page(paging, wanted, work.now.date())
    else:
        check_alone(not state and wanted == OfferFilter((ListedState.OPEN,)))
        tell_next(response, work)
        page = await listed_after(work.session, aware(modified_after), paging)
    refs = await work.actors.refs(offer.provider_actor_id for offer in page.items if offer.provider_actor_id)
    return listed(request, response, page.map(lambda offer: _shape(offer, refs, around)))


@router.get("/{offer_id}", response_model=OfferRead)
async def read_directory_offer(offer_id: RecordId, work: InOneTransaction) -> dict[str, Any]:
    """One offer of the directory. For everybody."""
    offer = await work.directory.get(offer_id)
    return _shape(offer, await work.actors.refs([offer.provider_actor_id] if offer.provider_actor_id else []))
