"""Keep the directory of open public offers as `matching` tells it, and forget persons."""

from datetime import timedelta

from contracts.matching import OfferState
from contracts.people import PersonErasedV1
from services.actors.model.directory import entry_from
from services.actors.work import Work


async def list_offer(work: Work, event: OfferState) -> None:
    """List an offer, or withdraw it with all its text; older news changes nothing."""
    await work.directory.put(entry_from(event, work.now))


async def forget_person(work: Work, event: PersonErasedV1) -> None:
    """Delete the stored answers of an erased account, and its id in the history of records and confirmations.

    Nothing else here is about a person: the directory keeps no account of whoever posted an offer (a resident's offer has no provider
    here), and the offer itself is withdrawn by the news that `matching` closed it.
    """
    if event.subject_kind == "account":
        await work.people.forget(f"account:{event.subject_id}")
        await work.searches.forget(event.subject_id)
        await work.history.forget_author(str(event.subject_id))
        await work.confirmations.forget_author(str(event.subject_id))


async def forget_withdrawn_offers(work: Work, days: int) -> None:
    """Delete the ids of offers that were withdrawn so long ago that no news of them can be on its way."""
    await work.directory.forget_withdrawn(work.now - timedelta(days=days))
