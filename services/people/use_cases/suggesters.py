"""Keeps the address of somebody who wants to hear what became of a suggestion, gives it out for that one mail, and destroys it."""

from datetime import timedelta
from uuid import UUID

from contracts.people import SuggestionAnswerDueV1
from services.people import events_out
from services.people.model.accounts import require_locale
from services.people.model.fields import Field
from services.people.model.persons import PersonRef
from services.people.model.suggesters import AddressLeftAlready, SuggestionContact, TooManyAddresses
from services.people.use_cases.addresses import Address, NoAddress, NotConcerned, NotSeenYet
from services.people.work import Work

AT_ONCE = 50
TOLD = timedelta(days=3)
"""How long an address stays after it was given out: the mail server may want more than one attempt."""


async def leave_address(work: Work, suggestion_id: UUID, email: str, locale: str) -> None:
    """Seal an address for the answer to one suggestion. Raises Invalid, AddressLeftAlready, TooManyAddresses."""
    require_locale(locale)
    if await work.suggesters.find(suggestion_id) is not None:
        raise AddressLeftAlready("There is an address for this suggestion already.")
    if await work.suggesters.count() >= work.settings.suggestion_contacts:
        raise TooManyAddresses("No more addresses can be kept for the moment; please look here for the answer.", retry_after=86400)
    await work.vault.seal(PersonRef.of_suggestion(suggestion_id), {Field.EMAIL: email})
    await work.suggesters.add(SuggestionContact(suggestion_id, locale, work.now))
    await work.audit.record("contact.kept", "suggestion", suggestion_id)


async def answered(work: Work, suggestion_id: UUID, outcome: str) -> None:
    """A suggestion was decided: ask for a mail, if there is an address and none was asked for before."""
    contact = await work.suggesters.find(suggestion_id)
    if contact is None or contact.told_at is not None:
        return
    await work.outbox.add(events_out.suggestion_answer_due(suggestion_id, outcome, contact.locale))


async def give_address(work: Work, suggestion_id: UUID, event_id: UUID, purpose: str) -> Address:
    """The address for the one mail that tells the answer. Raises NotSeenYet, NotConcerned, NoAddress."""
    event = await work.trail.told(event_id)
    if event is None:
        raise NotSeenYet("This event has not arrived here yet.")
    if not isinstance(event, SuggestionAnswerDueV1) or event.suggestion_id != suggestion_id:
        raise NotConcerned("This event does not concern the recipient.")
    contact = await work.suggesters.find(suggestion_id)
    texts = await work.vault.open(PersonRef.of_suggestion(suggestion_id), [Field.EMAIL])
    if contact is None or Field.EMAIL not in texts:
        raise NoAddress("There is no address for this recipient.")
    await work.suggesters.told(suggestion_id, work.now)
    await work.audit.record("address.given", "suggestion", suggestion_id, event_id=str(event_id), purpose=purpose)
    return Address(texts[Field.EMAIL], contact.locale, None)


async def forget_suggesters(work: Work) -> bool:
    """Destroy addresses that were told, and those that waited for too long; answers whether there may be more."""
    left_before = work.now - timedelta(days=work.settings.suggestion_contact_days)
    due = await work.suggesters.due(left_before, work.now - TOLD, AT_ONCE)
    for suggestion_id in due:
        person = PersonRef.of_suggestion(suggestion_id)
        await work.resources.keys.forget(person)
        await work.vault.delete(person)
        await work.suggesters.delete(suggestion_id)
        await work.audit.record("contact.deleted", "suggestion", suggestion_id)
    if due:
        work.wake("empty the log")
    return len(due) == AT_ONCE
