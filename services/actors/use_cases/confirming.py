"""The two sides of a membership or partnership confirm it or refuse it."""

from dataclasses import replace
from uuid import UUID

from chassis.errors import NotFound, invalid_field
from chassis.identity import Caller
from services.actors.model.confirming import Said, Saying, Subject, own_side, sides_of, summed_up
from services.actors.model.provenance import Act, EnteredBy, author_kind
from services.actors.model.records import Initiative, Membership
from services.actors.model.rights import NotYourRecord, check_may_change, edits_all
from services.actors.model.vocabulary import Confirmation
from services.actors.store.records import NoSuchRecord
from services.actors.use_cases import recording
from services.actors.work import Work

ACTS = {Said.CONFIRMED: Act.CONFIRMED, Said.REFUSED: Act.REFUSED}


class NotAPartner(NotFound):
    """The initiative does not name this organisation as a partner."""


def _speaking_for(caller: Caller, sides: tuple[UUID, UUID], on_behalf_of: UUID | None) -> UUID:
    check_may_change(caller, *sides)
    if not edits_all(caller):
        side = own_side(caller, sides)
        if side is None or on_behalf_of not in (None, side):
            raise NotYourRecord("You may speak only for your own organisation.")
        return side
    if on_behalf_of is None or on_behalf_of not in sides:
        raise invalid_field("/on_behalf_of", "not_a_side", "Name the organisation that you speak for: one of the two sides.")
    return on_behalf_of


async def say_of_membership(work: Work, membership_id: UUID, said: Said, on_behalf_of: UUID | None) -> Membership:
    """A side confirms or refuses a membership. Saying the same again changes nothing."""
    membership = (await work.memberships.known([membership_id])).get(membership_id)
    if membership is None:
        raise NoSuchRecord("There is no such record in the registry.")
    sides = sides_of(membership)
    side = _speaking_for(work.caller, sides, on_behalf_of)
    before = await work.confirmations.of([membership.id])
    if any(saying.side_actor_id == side and saying.state is said for saying in before):
        return membership
    saying = Saying(Subject.MEMBERSHIP, membership.id, membership.member_id, side, said, work.now)
    await work.confirmations.put(saying, work.caller.id)
    after = summed_up([*(earlier for earlier in before if earlier.side_actor_id != side), saying], sides)
    return await recording.alter(work, replace(membership, confirmation=after), membership, act=ACTS[said])


async def say_of_partnership(work: Work, initiative_id: UUID, partner: UUID, said: Said, on_behalf_of: UUID | None) -> Initiative:
    """A side confirms or refuses that an organisation is a partner of an initiative. Saying the same again changes nothing."""
    initiative = (await work.initiatives.known([initiative_id])).get(initiative_id)
    if initiative is None:
        raise NoSuchRecord("There is no such record in the registry.")
    if partner not in initiative.partners:
        raise NotAPartner("This initiative does not name that organisation as a partner.")
    side = _speaking_for(work.caller, sides_of(initiative, partner), on_behalf_of)
    before = await work.confirmations.of([initiative.id])
    if any(saying.other_id == partner and saying.side_actor_id == side and saying.state is said for saying in before):
        return initiative
    await work.confirmations.put(Saying(Subject.PARTNERSHIP, initiative.id, partner, side, said, work.now), work.caller.id)
    return await recording.alter(work, initiative, initiative, act=ACTS[said])


def first_confirmation(caller: Caller, membership: Membership) -> Membership:
    """A membership that a member of one side enters is confirmed by that side from the beginning."""
    side = own_side(caller, sides_of(membership))
    return membership if side is None else replace(membership, confirmation=Confirmation.ONE_SIDE)


async def note_own_side(work: Work, record: Membership | Initiative) -> None:
    """Keep that the side which entered or changed a record itself stands behind it: of the membership, or of each partnership."""
    if author_kind(work.caller) is not EnteredBy.MEMBER:
        return
    if isinstance(record, Membership):
        side = own_side(work.caller, sides_of(record))
        if side is not None:
            await work.confirmations.put(Saying(Subject.MEMBERSHIP, record.id, record.member_id, side, Said.CONFIRMED, work.now), work.caller.id)
        return
    if work.caller.actor_id != record.actor_id:
        return
    told = {saying.other_id for saying in await work.confirmations.of([record.id]) if saying.side_actor_id == record.actor_id}
    for partner in record.partners:
        if partner not in told:
            await work.confirmations.put(Saying(Subject.PARTNERSHIP, record.id, partner, record.actor_id, Said.CONFIRMED, work.now), work.caller.id)
