"""Invites people, and lets them in when they accept."""

from dataclasses import dataclass, field
from uuid import UUID

from chassis.ids import new_id
from chassis.paging import Listed, PageRequest
from contracts.roles import Role
from services.people import events_out
from services.people.model.accounts import Account, AccountState, new_account, require_may_invite
from services.people.model.consents import Channel
from services.people.model.fields import Field
from services.people.model.invitations import Invitation, LinkGone, invite
from services.people.model.passwords import require_good
from services.people.model.persons import PersonRef
from services.people.store.accounts import AddressTaken
from services.people.use_cases.callers import require_actor, signed_in
from services.people.use_cases.consents import Wish, record_wish
from services.people.work import Work


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation, and its token for an operator who hands the link over without a mail."""

    invitation: Invitation
    token: str = field(repr=False)


async def invite_person(work: Work, email: str, name: str | None, role: Role, actor_id: UUID | None, locale: str) -> Issued:
    """Invite somebody into a role. The mail's link is asked from the vault when it is sent.

    Somebody who was invited and never came is invited anew. Raises MayNotInvite, PlaceDoesNotFitRole, AddressTaken, Invalid.
    """
    inviter = await signed_in(work, Role.ADMIN, Role.COORDINATOR, Role.MEMBER)
    require_may_invite(inviter, role, actor_id)
    await require_actor(work, actor_id)
    account = await _waiting_account(work, inviter, email, role, actor_id, locale)
    texts: dict[Field, str | None] = {Field.EMAIL: email}
    if name is not None:
        texts[Field.NAME] = name
    person = PersonRef.of_account(account.id)
    await work.vault.seal(person, texts)
    await work.invitations.revoke_for(account.id, work.now)
    invitation, token = invite(new_id(), account.id, role, actor_id, locale, work.now, invited_by=inviter.id)
    await work.invitations.add(invitation, await work.vault.seal_apart(person, Field.LINK_TOKEN, token.text))
    await work.outbox.add(events_out.invitation_issued(invitation), events_out.invitation_audience(invitation))
    await work.audit.record("invitation.issued", "invitation", invitation.id, role=role.value)
    return Issued(invitation, token.text)


async def _waiting_account(work: Work, inviter: Account, email: str, role: Role, actor_id: UUID | None, locale: str) -> Account:
    lookup = work.resources.lookup.of_email(email).hex()
    known = await work.accounts.by_lookup(lookup)
    if known is None:
        account = new_account(new_id(), role, actor_id, locale, work.now)
        await work.accounts.add(account, lookup)
        return account
    before = known.account
    if before.state is not AccountState.INVITED:
        raise AddressTaken
    require_may_invite(inviter, before.role, before.actor_id)
    after = before.with_role(role, actor_id, work.now, other_admins=1).with_locale(locale, work.now).touched(work.now)
    await work.accounts.save(before, after)
    return after


async def list_invitations(work: Work, page: PageRequest) -> Listed[Invitation]:
    """Open invitations: all for administrators, the team's for members, one's own otherwise."""
    return await work.invitations.page(await signed_in(work, Role.ADMIN, Role.COORDINATOR, Role.MEMBER), page, work.now)


async def revoke_invitation(work: Work, invitation_id: UUID) -> None:
    """Take an invitation back. Raises InvitationNotFound."""
    reader = await signed_in(work, Role.ADMIN, Role.COORDINATOR, Role.MEMBER)
    before = await work.invitations.visible(invitation_id, reader)
    after = before.revoked(work.now)
    if after != before:
        await work.invitations.end(before, after)
        await work.audit.record("invitation.revoked", "invitation", before.id)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What somebody says who accepts an invitation."""

    token: str = field(repr=False)
    password: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    locale: str | None = None
    share_contact: bool = False
    text_version: str = ""


async def check_acceptance(work: Work, given: Acceptance) -> None:
    """Before the costly hash: the link works and the password is good. Raises LinkGone, Invalid."""
    invitation = await work.invitations.by_token(given.token)
    invitation.accepted(given.token, work.now)
    email = (await work.vault.open(PersonRef.of_account(invitation.account_id), [Field.EMAIL])).get(Field.EMAIL)
    require_good(given.password, email)


async def accept_invitation(work: Work, given: Acceptance, password_hash: str) -> Account:
    """Activate the account that waits for its holder. Raises LinkGone, Invalid."""
    before_link = await work.invitations.by_token(given.token)
    await work.invitations.end(before_link, before_link.accepted(given.token, work.now))
    before = await work.accounts.get(before_link.account_id)
    if before.state is not AccountState.INVITED:
        raise LinkGone
    localised = before.with_locale(given.locale, work.now) if given.locale is not None else before
    after = localised.activated(work.now, second_factor=False, required=False)
    await work.accounts.save(before, after)
    await work.accounts.set_password(after.id, password_hash)
    texts = {field: text for field, text in ((Field.NAME, given.name), (Field.PHONE, given.phone)) if text is not None}
    if texts:
        await work.vault.seal(PersonRef.of_account(after.id), texts)
    await work.outbox.add(events_out.account_activated(after), events_out.seen_by(after))
    if given.share_contact:
        await record_wish(work, after, Wish(False, True, given.text_version, Channel.WEB))
    await work.audit.record("account.activated", "account", after.id)
    return after
