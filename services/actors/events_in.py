"""News from other services: offers of `matching` for the directory, erasures of `people`."""

from chassis.consume import Handler
from contracts.envelope import Event
from contracts.matching import (
    OfferApprovedV1,
    OfferChangedV1,
    OfferClosedV1,
    OfferImportedV1,
    OfferPausedV1,
    OfferPostedV1,
    OfferRefusedV1,
    OfferResumedV1,
    OfferReviewDueV1,
    OfferState,
)
from contracts.people import InstanceChangedV1, PersonErasedV1
from services.actors.use_cases import claims, directory
from services.actors.use_cases.imports import services as imported
from services.actors.work import Work


async def offer_told(work: Work, event: OfferState) -> None:
    """An offer was posted, approved, changed, paused, resumed, closed or refused; each carries the whole state."""
    await directory.list_offer(work, event)


async def person_erased(work: Work, event: PersonErasedV1) -> None:
    """A person was erased."""
    await directory.forget_person(work, event)
    await claims.forget_person(work, event)


async def offer_imported(work: Work, event: OfferImportedV1) -> None:
    """`matching` has dealt with a service that was imported."""
    await imported.hear(work, event)


async def instance_changed(work: Work, event: InstanceChangedV1) -> None:
    """The city chose other settings for its hub."""
    await work.keep_choices(event)


HANDLERS: dict[type[Event], Handler] = {
    InstanceChangedV1: instance_changed,
    OfferPostedV1: offer_told,
    OfferApprovedV1: offer_told,
    OfferChangedV1: offer_told,
    OfferPausedV1: offer_told,
    OfferResumedV1: offer_told,
    OfferReviewDueV1: offer_told,
    OfferClosedV1: offer_told,
    OfferRefusedV1: offer_told,
    OfferImportedV1: offer_imported,
    PersonErasedV1: person_erased,
}
