"""An account says that it is of an organisation; coordinators agree, and the organisation keeps its own record from then on."""

from uuid import UUID

from chassis.identity import Caller
from chassis.ids import new_id
from chassis.outbox import Audience
from contracts.people import PersonErasedV1
from contracts.roles import Role
from services.actors import events_out
from services.actors.model.records import Actor, changed, check_not_archived
from services.actors.model.rights import SignInFirst, check_may_edit_all
from services.actors.model.suggestions import (
    AlreadyClaimed,
    AlreadyDecided,
    AnswerState,
    Claim,
    NotClaimed,
    NotForYou,
    RefusalReason,
    check_no_contact,
)
from services.actors.use_cases import recording
from services.actors.work import Work

MOST_OPEN = 5
"""Open claims of one account."""


def _claimant(caller: Caller) -> UUID:
    if caller.kind == "anonymous":
        raise SignInFirst("Please sign in first.")
    if caller.kind != "account" or caller.role not in (Role.VOLUNTEER, Role.MEMBER) or caller.id is None:
        raise NotForYou("Only volunteers and members can ask for a place in an organisation.")
    return UUID(caller.id)


async def claim(work: Work, key: str, text: str) -> Claim:
    """Say that one is of an organisation. Raises AlreadyClaimed."""
    account_id = _claimant(work.caller)
    check_no_contact("/text", text)
    actor = await work.actors.get(key)
    check_not_archived(actor)
    waiting = await work.claims.open_of(account_id)
    if (work.caller.actor_id == actor.id and actor.claimed) or any(one.actor_id == actor.id for one in waiting) or len(waiting) >= MOST_OPEN:
        raise AlreadyClaimed("You have a place there or have asked already; please wait for the answer.")
    new = Claim(new_id(), 1, actor.id, account_id, work.caller.role or "", text, AnswerState.OPEN, work.now, work.now)
    await work.claims.add(new)
    await work.audit.record("claim.made", "claim", new.id)
    return new


def seen_by(caller: Caller) -> UUID | None:
    """Whose claims the caller sees: None for all, or one's own. Raises SignInFirst, NotForYou."""
    if caller.kind == "account" and caller.role in (Role.COORDINATOR, Role.ADMIN):
        return None
    return _claimant(caller)


def _check_decides(caller: Caller) -> None:
    check_may_edit_all(caller)
    if caller.kind == "client":
        raise NotForYou("Only coordinators and administrators decide on claims.")


async def accept(work: Work, claim_id: UUID) -> Claim:
    """Agree: `people` gives the account a place, and the record is marked as kept by the organisation. Raises AlreadyDecided."""
    _check_decides(work.caller)
    found = await work.claims.get(claim_id)
    if found.state is not AnswerState.OPEN:
        raise AlreadyDecided("Somebody decided on this already.")
    actor = await work.actors.get(found.actor_id)
    check_not_archived(actor)
    await work.claims.decide(found, AnswerState.ACCEPTED, work.now, None)
    if not actor.claimed:
        await recording.alter(work, changed(actor, {"claimed": True}, work.now), actor, by=actor.entered_by)
    await work.outbox.add(events_out.claim_accepted(found.id, actor.id, found.account_id), Audience(accounts=(str(found.account_id),)))
    await work.audit.record("claim.accepted", "claim", found.id)
    return await work.claims.get(claim_id)


async def refuse(work: Work, claim_id: UUID, reason: RefusalReason) -> Claim:
    """Do not agree. Raises AlreadyDecided."""
    _check_decides(work.caller)
    found = await work.claims.get(claim_id)
    if found.state is not AnswerState.OPEN:
        raise AlreadyDecided("Somebody decided on this already.")
    await work.claims.decide(found, AnswerState.REFUSED, work.now, reason)
    await work.audit.record("claim.refused", "claim", found.id)
    return await work.claims.get(claim_id)


async def end(work: Work, key: str) -> Actor:
    """The organisation no longer keeps its own record. `people` takes the places that claims gave to volunteers; a place that somebody had before
    is an administrator's to take. Raises NotClaimed."""
    if work.caller.kind == "anonymous":
        raise SignInFirst("Please sign in first.")
    actor = await work.actors.get(key)
    if work.caller.role not in (Role.ADMIN, Role.MEMBER) or (work.caller.role == Role.MEMBER and work.caller.actor_id != actor.id):
        raise NotForYou("Only the organisation itself and administrators end this.")
    if not actor.claimed:
        raise NotClaimed("No organisation keeps this record.")
    for one in await work.claims.end(actor.id, work.now):
        if one.role == Role.VOLUNTEER:
            await work.outbox.add(events_out.claim_ended(one), Audience(accounts=(str(one.account_id),)))
    await work.audit.record("claim.ended", "actor", actor.id)
    return await recording.alter(work, changed(actor, {"claimed": False}, work.now), actor, by=actor.entered_by)


async def forget_person(work: Work, event: PersonErasedV1) -> None:
    """Delete what an erased account asked for."""
    if event.subject_kind == "account":
        await work.claims.forget(event.subject_id)
