"""Offers: posting, reading, moderating, changing, ending."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.paging import Page, Paging, listed
from services.matching import schemas
from services.matching.api.common import InOneTransaction, Version, Who, account_id, windows_read
from services.matching.model.offer import Offer, OfferChanges, OfferState, ProviderKind
from services.matching.schemas import OfferRead
from services.matching.schemas.offers import RefuseBody
from services.matching.store.offers import is_owner, is_staff
from services.matching.use_cases import offers as do

router = APIRouter(prefix="/api/v1/offers", route_class=HubRoute)
CodeQuery = Annotated[str | None, Query(max_length=120, pattern=r"^[a-z][a-z0-9_.-]*$")]


def offer_read(offer: Offer, caller: Caller) -> OfferRead:
    """An offer as the caller may see it: a volunteer's account is shown to coordinators and to themselves."""
    place = offer.location.place
    inside = is_staff(caller) or is_owner(caller, offer.provider)
    actor = str(offer.provider.id) if offer.provider.kind is ProviderKind.ACTOR else None
    account = str(offer.provider.id) if inside and actor is None else None
    exact = 6 if inside else 2
    return OfferRead(
        id=offer.id,
        version=offer.version,
        state=offer.state.value,
        category=offer.category,
        title=dict(offer.title),
        description=dict(offer.description),
        provider={"actor_id": actor, "account_id": account},
        unit=offer.unit.value,
        places=offer.places,
        places_left=offer.places_left,
        returns=offer.returns,
        languages=sorted(offer.languages),
        location={
            "lat": round(place.lat, exact) if place else None,
            "lon": round(place.lon, exact) if place else None,
            "radius_km": offer.location.radius_km,
            "remote": offer.location.remote,
        },
        topics=[{"topic": each.topic, "from": each.from_level, "to": each.to_level} for each in offer.topics],
        windows=windows_read(offer.windows),
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
        provides=sorted(offer.provides),
        requires=sorted(offer.requires),
        prefers=sorted(offer.prefers),
        household={"min": offer.household_min, "max": offer.household_max},
        audience=offer.audience.value,
        review_on=offer.review_on,
        entered_by=str(offer.entered_by) if inside and offer.entered_by else None,
        closed_because=offer.closed_because.value if inside and offer.closed_because else None,
        refused_because=offer.refusal if inside else None,
        posted_at=offer.posted_at,
        created_at=offer.created_at,
        updated_at=offer.updated_at,
    )


@router.post("", status_code=201)
async def post_offer(body: schemas.OfferCreate, work: InOneTransaction, who: Who) -> OfferRead:
    """Post an offer. A volunteer's public offer waits for a moderator (state `awaiting_moderation`)."""
    provider = do.provider_of(who, body.provider.actor_id if body.provider else None, body.provider.account_id if body.provider else None)
    draft = Offer(
        id=new_id(),
        category=body.category,
        title=body.title,
        provider=provider,
        unit=body.unit,
        places=body.places,
        returns=body.returns,
        location=body.location.value(),
        created_at=work.now,
        updated_at=work.now,
        description=body.description,
        languages=frozenset(body.languages),
        topics=schemas.ranges_of(body.topics),
        windows=schemas.windows_of(body.windows),
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        provides=frozenset(body.provides),
        requires=frozenset(body.requires),
        prefers=frozenset(body.prefers),
        household_min=body.household.min if body.household else None,
        household_max=body.household.max if body.household else None,
        audience=body.audience,
        entered_by=account_id(who),
    )
    return offer_read(await do.post_offer(work, draft), who)


@router.get("", response_model=Page[OfferRead])
async def list_offers(
    request: Request,
    response: Response,
    work: InOneTransaction,
    who: Who,
    page: Paging,
    mine: Annotated[bool, Query(description="Only the caller's own.")] = False,
    state: Annotated[OfferState | None, Query(description="Only in this state; `awaiting_moderation` is the moderator's queue.")] = None,
    category: CodeQuery = None,
    provider_id: UUID | None = None,
) -> dict[str, Any]:
    """Offers that the caller may see: public open ones; own ones; all for coordinators."""
    found = await work.offers.listed(who, page, mine=mine, state=state.value if state else None, category=category, provider_id=provider_id)
    return listed(request, response, found.map(lambda offer: offer_read(offer, who)))


@router.get("/{offer_id}")
async def read_offer(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """One offer."""
    return offer_read(await work.offers.seen(offer_id, who), who)


@router.patch("/{offer_id}")
async def change_offer(offer_id: UUID, body: schemas.OfferUpdate, version: Version, work: InOneTransaction, who: Who) -> OfferRead:
    """Change what is offered; a volunteer's public words go before the moderator again."""
    return offer_read(await do.change_offer(work, offer_id, version, _changes(body)), who)


@router.post("/{offer_id}/approve")
async def approve_offer(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """Open an offer that awaits moderation."""
    return offer_read(await do.approve_offer(work, offer_id), who)


@router.post("/{offer_id}/refuse")
async def refuse_offer(offer_id: UUID, work: InOneTransaction, who: Who, body: RefuseBody | None = None) -> OfferRead:
    """Refuse an offer that awaits moderation; it is closed, and its provider told and shown why."""
    return offer_read(await do.refuse_offer(work, offer_id, (body or RefuseBody()).reason), who)


@router.post("/{offer_id}/pause")
async def pause_offer(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """Take no new requests for a while."""
    return offer_read(await do.pause_offer(work, offer_id), who)


@router.post("/{offer_id}/resume")
async def resume_offer(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """Take requests again."""
    return offer_read(await do.resume_offer(work, offer_id), who)


@router.post("/{offer_id}/close")
async def close_offer(offer_id: UUID, work: InOneTransaction, who: Who, body: schemas.CloseBody | None = None) -> OfferRead:
    """End an offer for good, perhaps with the reason; live matches go on."""
    return offer_read(await do.close_offer(work, offer_id, body.because if body else None), who)


@router.post("/{offer_id}/copy", status_code=201)
async def copy_offer(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """Make a draft that says the same; nobody sees it until it is posted."""
    return offer_read(await do.copy_offer(work, offer_id), who)


@router.post("/{offer_id}/post")
async def post_draft(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """Post a draft. A volunteer's public offer waits for a moderator."""
    return offer_read(await do.post_draft(work, offer_id), who)


@router.post("/{offer_id}/hand_over")
async def hand_over_offer(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """Give an offer of your own to the organisation in which you have a place; requests that were made stay yours."""
    return offer_read(await do.hand_over_offer(work, offer_id), who)


@router.post("/{offer_id}/confirm_review")
async def confirm_review(offer_id: UUID, work: InOneTransaction, who: Who) -> OfferRead:
    """Say that an offer still holds."""
    return offer_read(await do.confirm_review(work, offer_id), who)


def _changes(body: schemas.OfferUpdate) -> OfferChanges:
    """The fields that were sent, as the model has them. A null takes back what may be absent, and means "leave it" elsewhere."""
    sent = body.model_fields_set
    changes: OfferChanges = {}
    plain: Any = changes  # Any: filled by name below
    for name in ("category", "title", "description", "unit", "places", "returns", "audience"):
        if name in sent and getattr(body, name) is not None:
            plain[name] = getattr(body, name)
    for name in ("valid_from", "valid_until"):
        if name in sent:
            plain[name] = getattr(body, name)
    for name in ("languages", "provides", "requires", "prefers"):
        if name in sent and getattr(body, name) is not None:
            plain[name] = frozenset(getattr(body, name))
    if body.location is not None:
        changes["location"] = body.location.value()
    if body.topics is not None:
        changes["topics"] = schemas.ranges_of(body.topics)
    if body.windows is not None:
        changes["windows"] = schemas.windows_of(body.windows)
    if body.household is not None:
        changes["household_min"], changes["household_max"] = body.household.min, body.household.max
    return changes
