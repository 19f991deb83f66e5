"""Answers the one question that another service may ask the vault: where does this message go? Only for an event that was seen here."""

from dataclasses import dataclass, field
from uuid import UUID

from chassis.errors import Conflict, Forbidden, NotFound
from contracts.people import AccountEmailChangeRequestedV1, AccountResetRequestedV1, InvitationIssuedV1, RegistrationRequestedV1
from contracts.roles import Role
from services.people.model.accounts import Account, AccountState
from services.people.model.fields import Field
from services.people.model.persons import PersonRef
from services.people.store.cases import Concerned
from services.people.use_cases.answer_links import link_for
from services.people.use_cases.email_changes import link_of
from services.people.work import Work


class NotSeenYet(Conflict):
    """The event has not arrived here yet; ask again in a moment."""

    retry_after = 1


class NotConcerned(Forbidden):
    """The event does not concern this recipient."""


class NoAddress(NotFound):
    """There is no such recipient, or no address that may be used."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where one message goes, and the token of its link, if it has one."""

    email: str = field(repr=False)
    locale: str
    name: str | None = field(repr=False)
    link_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """For which message an address is asked; `answer_match_id` is the request that it asks to answer."""

    kind: str
    recipient_id: UUID
    event_id: UUID
    purpose: str
    answer_match_id: UUID | None = None


async def give_address(work: Work, asked: Asked) -> Address:
    """The address for one message about one event. Raises NotSeenYet, NotConcerned, NoAddress."""
    kind, recipient_id, event_id, purpose = asked.kind, asked.recipient_id, asked.event_id, asked.purpose
    if kind in ("old_address", "new_address"):
        return await _changing(work, asked)
    token: str | None = None
    if kind == "invitation":
        account, token = await _invited(work, recipient_id, event_id)
    elif kind == "reset":
        account, token = await _resetting(work, recipient_id, event_id)
    elif kind == "registration":
        account, token = await _registering(work, recipient_id, event_id)
    else:
        account = await _concerned(work, recipient_id, event_id)
        if asked.answer_match_id is not None:
            token = await link_for(work, account, asked.answer_match_id)
    known = await work.accounts.credentials(account.id)
    texts = await work.vault.open(PersonRef.of_account(account.id), [Field.NAME, Field.EMAIL])
    if Field.EMAIL not in texts or (known.email_refused_at is not None and kind == "account"):
        raise NoAddress("There is no address for this recipient.")
    await work.audit.record("address.given", kind, recipient_id, event_id=str(event_id), purpose=purpose)
    return Address(texts[Field.EMAIL], account.locale, texts.get(Field.NAME), token)


async def _invited(work: Work, invitation_id: UUID, event_id: UUID) -> tuple[Account, str]:
    event = await work.trail.told(event_id)
    found = await work.invitations.find(invitation_id)
    if event is None:
        raise NotSeenYet("This event has not arrived here yet.")
    if not isinstance(event, InvitationIssuedV1) or event.invitation_id != invitation_id:
        raise NotConcerned("This event does not concern the recipient.")
    if found is None or not found[0].live(work.now):
        raise NoAddress("This invitation is over.")
    return await _with_token(work, found[0].account_id, found[1])


async def _resetting(work: Work, reset_id: UUID, event_id: UUID) -> tuple[Account, str]:
    event = await work.trail.told(event_id)
    found = await work.resets.find(reset_id)
    if event is None:
        raise NotSeenYet("This event has not arrived here yet.")
    if not isinstance(event, AccountResetRequestedV1) or event.reset_id != reset_id:
        raise NotConcerned("This event does not concern the recipient.")
    if found is None or not found[0].live(work.now):
        raise NoAddress("This link is over.")
    return await _with_token(work, found[0].account_id, found[1])


async def _registering(work: Work, registration_id: UUID, event_id: UUID) -> tuple[Account, str]:
    event = await work.trail.told(event_id)
    found = await work.registrations.find(registration_id)
    if event is None:
        raise NotSeenYet("This event has not arrived here yet.")
    if not isinstance(event, RegistrationRequestedV1) or event.registration_id != registration_id:
        raise NotConcerned("This event does not concern the recipient.")
    if found is None or found[0].account_id is None or not found[0].live(work.now):
        raise NoAddress("This link is over.")
    return await _with_token(work, found[0].account_id, found[1])


async def _changing(work: Work, asked: Asked) -> Address:
    event = await work.trail.told(asked.event_id)
    if event is None:
        raise NotSeenYet("This event has not arrived here yet.")
    if not isinstance(event, AccountEmailChangeRequestedV1) or event.change_id != asked.recipient_id:
        raise NotConcerned("This event does not concern the recipient.")
    found = await link_of(work, asked.recipient_id, asked.kind == "new_address")
    if found is None:
        raise NoAddress("This link is over.")
    account, email, token = found
    await work.audit.record("address.given", asked.kind, account.id, event_id=str(asked.event_id), purpose=asked.purpose)
    return Address(email, account.locale, None, token)


async def _with_token(work: Work, account_id: UUID, sealed: bytes | None) -> tuple[Account, str]:
    account = await work.accounts.find(account_id)
    token = await work.vault.open_apart(PersonRef.of_account(account_id), Field.LINK_TOKEN, sealed)
    if account is None or account.state in (AccountState.ERASED, AccountState.DISABLED) or token is None:
        raise NoAddress("There is no address for this recipient.")
    return account, token


async def _concerned(work: Work, account_id: UUID, event_id: UUID) -> Account:
    concerned = await work.heard.find(event_id)
    if concerned is None:
        event = await work.trail.told(event_id)
        if event is None:
            raise NotSeenYet("This event has not arrived here yet.")
        about = str(getattr(event, "account_id", getattr(event, "subject_id", "")))
        concerned = Concerned(frozenset({account_id}) if about == str(account_id) else frozenset(), frozenset(), False)
    account = await work.accounts.find(account_id)
    if account is None or not account.is_active:
        raise NoAddress("There is no address for this recipient.")
    if not _may_concern(concerned, account):
        raise NotConcerned("This event does not concern the recipient.")
    return account


def _may_concern(concerned: Concerned, account: Account) -> bool:
    if account.id in concerned.accounts:
        return True
    if account.role in (Role.MEMBER, Role.COORDINATOR) and account.actor_id in concerned.actors:
        return True
    return concerned.staff and account.role in (Role.COORDINATOR, Role.ADMIN)
