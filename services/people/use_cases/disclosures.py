"""Shows one party of an accepted match the other's contact: one decision, one decryption, one audit row."""

from dataclasses import dataclass, field
from uuid import UUID

from chassis.paging import Listed, PageRequest
from services.people.model.disclosures import Disclosure, Refusal, Side, decide, decide_for_team, side_of, wanted_persons
from services.people.model.fields import CONTACT, Field
from services.people.model.persons import PersonRef
from services.people.store.disclosures import Reading
from services.people.use_cases.callers import signed_in
from services.people.use_cases.contacts import note_reading
from services.people.work import Work


@dataclass(frozen=True, slots=True)
class Shown:
    """What one party sees of the other."""

    match_id: UUID
    side: Side
    person: PersonRef
    contact: dict[Field, str] = field(repr=False)


async def disclose(work: Work, match_id: UUID) -> Shown:
    """The contact that the caller may see in this match. Raises what each Refusal names, PleaseSignIn."""
    account = await signed_in(work)
    match = await work.matches.find(match_id)
    if match is None:
        raise Refusal.NOT_A_PARTY.error()
    persons = set(wanted_persons(match))
    if match.recorded_by is not None:
        persons.add(PersonRef.of_account(match.recorded_by))
    consents = await work.consents.of(persons)
    decision = decide(match, account, consents, work.now)
    if side_of(match, account) is Side.PROVIDER and not await work.vault.has(PersonRef.of_case(match.case_code), CONTACT):
        # Nobody wrote a contact down for the case: the coordinator who recorded it stands in.
        decision = decide_for_team(match, account, consents, work.now)
    if isinstance(decision, Refusal):
        raise decision.error()
    return await _show(work, decision)


async def _show(work: Work, decision: Disclosure) -> Shown:
    texts = await work.vault.open(decision.person, decision.fields)
    if not texts:
        raise Refusal.NO_CONTACT.error()
    await note_reading(work, await signed_in(work), decision.person, texts, match_id=decision.match_id, side=decision.side.value)
    return Shown(decision.match_id, decision.side, decision.person, texts)


async def list_readings(work: Work, page: PageRequest) -> Listed[Reading]:
    """Whose contact the caller read, and who read the caller's; an administrator sees all readings, as ids."""
    return await work.disclosures.page(await signed_in(work), page)
