"""Services of other directories that become offers, by the same use cases as offers that people post; each telling is answered.

An imported offer is an organisation's: like those that its members post, it opens at once. Somebody with the right to confirm it saw it in the
preview of the import. What people did with it here since (paused it, added a translation) stays.
"""

from datetime import date
from uuid import UUID

from chassis.errors import HubError
from chassis.outbox import NOBODY
from contracts.actors import ServiceImportedV1
from contracts.matching import OfferImportedV1
from services.matching.engine.types import Place, TimeWindow, Unit
from services.matching.model.offer import Location, Offer, OfferChanges, OfferState, Provider, ProviderKind
from services.matching.store.offers import OfferNotFound
from services.matching.use_cases.offers import change_offer, close_offer, post_offer
from services.matching.vocabulary import load
from services.matching.work import Work


class ImportRefusedHere(HubError):
    """The offer stands where an import cannot change it; `code` says why."""

    status = 409

    def __init__(self, why: str) -> None:
        super().__init__("An import cannot change this offer.")
        self.why = why


async def take_service(work: Work, event: ServiceImportedV1) -> None:
    """Post, change or close the offer that a service is; older news changes nothing. Always answers."""
    await work.known.learn_actor(event.provider_actor_id, event.provider_version, archived=False)
    outcome, code = "superseded", None
    if await work.known.learn_service(event.offer_id, event.version):
        try:
            outcome = await _take(work, event)
        except ImportRefusedHere as refusal:
            outcome, code = "refused", refusal.why
        except HubError as refusal:
            outcome, code = "refused", refusal.fields[0].code if refusal.fields else refusal.code()
    answer = OfferImportedV1(
        offer_id=event.offer_id, version=event.version, import_id=event.import_id, line=event.line, outcome=outcome, code=code and code[:60]
    )
    await work.outbox.add(answer, NOBODY)


async def _take(work: Work, event: ServiceImportedV1) -> str:
    before = await _known(work, event.offer_id)
    if event.ended:
        if before is not None and before.state is not OfferState.CLOSED:
            await close_offer(work, before.id)
        return "closed"
    if before is None:
        await post_offer(work, _draft(work, event))
        return "created"
    if before.provider != Provider(ProviderKind.ACTOR, event.provider_actor_id):
        raise ImportRefusedHere("other_provider")
    if before.state is OfferState.CLOSED:
        raise ImportRefusedHere("offer_closed")
    changes = _changes(before, event)
    if not changes:
        return "unchanged"
    await change_offer(work, before.id, before.version, changes)
    return "changed"


async def _known(work: Work, offer_id: UUID) -> Offer | None:
    try:
        return await work.offers.get(offer_id, lock=True)
    except OfferNotFound:
        return None


def _unit(event: ServiceImportedV1) -> tuple[Unit, bool]:
    """Places are counted as its category counts them. An unknown category is refused like in any offer, whatever the unit."""
    category = load().categories.get(event.category)
    return (Unit(category.unit.value), category.returns) if category else (Unit.PERSON, True)


def _location(event: ServiceImportedV1, radius: float) -> Location:
    place = Place(event.lat, event.lon) if event.lat is not None and event.lon is not None else None
    return Location(place, event.radius_km or radius, event.remote)


def _windows(event: ServiceImportedV1) -> tuple[TimeWindow, ...]:
    return tuple(TimeWindow(each.day, each.from_minute, each.to_minute) for each in event.windows)


def _draft(work: Work, event: ServiceImportedV1) -> Offer:
    unit, returns = _unit(event)
    return Offer(
        id=event.offer_id, category=event.category, title=event.title, description=event.description, unit=unit, places=event.places,
        provider=Provider(ProviderKind.ACTOR, event.provider_actor_id), returns=returns, location=_location(event, 0),
        languages=frozenset(event.languages), windows=_windows(event), valid_from=event.valid_from, valid_until=event.valid_until,
        provides=frozenset(event.provides), created_at=work.now, updated_at=work.now,
    )  # fmt: skip


def _changes(before: Offer, event: ServiceImportedV1) -> OfferChanges:
    """What the source says otherwise than the offer. Translations that people added stay, and so does a reach that the source does not name."""
    unit, returns = _unit(event)
    dates: tuple[date | None, date | None] = (event.valid_from or before.valid_from, event.valid_until or before.valid_until)
    wanted: OfferChanges = {
        "category": event.category, "title": {**before.title, **event.title}, "description": {**before.description, **event.description},
        "places": event.places, "location": _location(event, before.location.radius_km),
        "languages": frozenset(event.languages) or before.languages, "windows": _windows(event) or before.windows,
        "valid_from": dates[0], "valid_until": dates[1], "provides": before.provides | frozenset(event.provides),
    }  # fmt: skip
    if event.category != before.category:
        wanted |= {"unit": unit, "returns": returns}
    different: OfferChanges = {}
    for name, value in wanted.items():
        if getattr(before, name) != value:
            different[name] = value  # type: ignore[literal-required]
    return different
