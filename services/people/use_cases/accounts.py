"""Accounts: make, list, change and disable them; read and change one's own."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chassis.errors import Forbidden, PreconditionFailed
from chassis.ids import new_id
from chassis.paging import Listed, PageRequest
from contracts.roles import Role
from services.people import events_out
from services.people.model.accounts import Account, AccountState, new_account
from services.people.model.consents import Channel
from services.people.model.fields import Field
from services.people.model.passwords import require_good
from services.people.model.persons import PersonRef
from services.people.store.accounts import Notes
from services.people.use_cases.callers import require_actor, signed_in
from services.people.use_cases.consents import Wish, record_wish
from services.people.work import Work

OWN = (Field.NAME, Field.EMAIL, Field.PHONE)
UNCHANGED = object()
"""Stands for a field that a change leaves alone; None deletes it."""


class NotOfYourTeam(Forbidden):
    """The account is no member of the caller's organisation."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An account as its reader may see it: the name for administrators and team-mates, the address masked for administrators alone."""

    account: Account
    name: str | None = field(default=None, repr=False)
    email_masked: str | None = field(default=None, repr=False)
    email_refused_at: datetime | None = None
    last_seen_on: date | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its holder sees it."""

    account: Account
    contact: dict[Field, str] = field(repr=False)
    email_refused_at: datetime | None


def masked(email: str) -> str:
    """An address of which a human recognises their own: `a…@e….org`."""
    local, _, domain = email.rpartition("@")
    host, _, ending = domain.rpartition(".")
    return f"{local[:1]}…@{host[:1]}….{ending}"


async def create_account(
    work: Work,
    email: str,
    name: str,
    role: Role,
    actor_id: UUID | None,
    locale: str,
    *,
    password: str | None = None,
    password_hash: str | None = None,
    phone: str | None = None,
    active: bool = True,
    share_contact: bool = True,
    text_version: str = "operator",
) -> Account:
    """An account made by the operator's hand (first administrator, demo, import), without an invitation.

    The actor is not looked up, for the registry's news may still be on its way. Hashing takes tens of milliseconds: for many accounts hash
    before the transaction and give `password_hash`. Raises AddressTaken, PlaceDoesNotFitRole, Invalid.
    """
    account = new_account(new_id(), role, actor_id, locale, work.now)
    if password is not None:
        require_good(password, email)
        password_hash = await work.resources.desk.hash_at_once(password)
    if active:
        account = account.activated(work.now, second_factor=False, required=False)
    await work.accounts.add(account, work.resources.lookup.of_email(email).hex(), password_hash)
    texts: dict[Field, str | None] = {Field.NAME: name, Field.EMAIL: email}
    if phone is not None:
        texts[Field.PHONE] = phone
    await work.vault.seal(PersonRef.of_account(account.id), texts)
    if active:
        await work.outbox.add(events_out.account_activated(account), events_out.seen_by(account))
        if share_contact:
            await record_wish(work, account, Wish(False, True, text_version, Channel.PAPER))
    await work.audit.record("account.created", "account", account.id, role=role.value)
    return account


async def list_accounts(work: Work, page: PageRequest, role: Role | None, actor_id: UUID | None, state: AccountState | None = None) -> Listed[Seen]:
    """Accounts that the caller may see. Raises NotForYourRole."""
    reader = await signed_in(work, Role.ADMIN, Role.COORDINATOR, Role.MEMBER)
    found = await work.accounts.page(reader, page, role, actor_id, state)
    return Listed(await see_many(work, reader, found.items), found.more_after, found.total)


async def see_account(work: Work, account_id: UUID) -> Seen:
    """One account that the caller may see. Raises AccountNotFound."""
    reader = await signed_in(work)
    seen = await see_many(work, reader, [await work.accounts.visible(account_id, reader)])
    return seen[0]


async def see_many(work: Work, reader: Account, accounts: list[Account]) -> list[Seen]:
    """Accounts as their reader may see them: a fixed number of questions, however many there are."""
    is_admin = reader.role is Role.ADMIN
    named = [
        account
        for account in accounts
        if is_admin or account.id == reader.id or (reader.actor_id is not None and account.actor_id == reader.actor_id)
    ]
    fields = (Field.NAME, Field.EMAIL) if is_admin else (Field.NAME,)
    texts = await work.vault.open_many([PersonRef.of_account(account.id) for account in named], fields)
    notes = await work.accounts.notes_on([account.id for account in accounts]) if is_admin else {}
    seen: list[Seen] = []
    for account in accounts:
        known = texts.get(PersonRef.of_account(account.id), {}) if account in named else {}
        email = known.get(Field.EMAIL)
        noted = notes.get(account.id, Notes())
        seen.append(Seen(account, known.get(Field.NAME), masked(email) if email else None, noted.email_refused_at, noted.last_seen_on))
    return seen


async def change_account(work: Work, account_id: UUID, version: int, *, role: Role | None, actor_id: object, active: bool | None) -> Seen:
    """Another role or place, disable or enable: for administrators. Sessions end, so that no right outlives its loss.

    Raises AccountNotFound, PreconditionFailed, LastAdmin, PlaceDoesNotFitRole, AccountNotInState.
    """
    reader = await signed_in(work, Role.ADMIN)
    before = await work.accounts.visible(account_id, reader)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this account in the meantime; read it again.")
    others = await work.accounts.other_admins(before.id)
    after = before
    if role is not None or actor_id is not UNCHANGED:
        place = actor_id if isinstance(actor_id, UUID) or actor_id is None else before.actor_id
        new_role = role or before.role
        if actor_id is UNCHANGED and new_role not in (Role.MEMBER, Role.COORDINATOR):
            place = None
        if place != before.actor_id:
            await require_actor(work, place)
        after = after.with_role(new_role, place, work.now, other_admins=others, required=False)
    if active is False and after.state is not AccountState.DISABLED:
        after = after.disabled(work.now, other_admins=others)
    elif active is True and after.state is AccountState.DISABLED:
        after = after.enabled(work.now, required=False)
    if after != before:
        await work.accounts.save(before, after)
        await work.sessions.revoke_all(after.id, work.now)
        await work.answer_links.delete_for(after.id)
        if not after.is_active:
            await work.feeds.delete_for(after.id)
            await work.email_changes.delete_for(after.id)
        await tell_change(work, before, after)
        await work.audit.record("account.changed", "account", after.id, role=after.role.value, state=after.state.value)
    return (await see_many(work, reader, [after]))[0]


async def leave_team(work: Work, account_id: UUID) -> Seen:
    """A member leaves the organisation, or is taken out of it by somebody of the same team: a volunteer from now on. What was entered for the
    organisation stays there. Raises AccountNotFound, NotForYourRole."""
    reader = await signed_in(work, Role.MEMBER, Role.COORDINATOR)
    before = await work.accounts.visible(account_id, reader)
    if reader.actor_id is None or before.actor_id != reader.actor_id or before.role is not Role.MEMBER:
        raise NotOfYourTeam("Only members of your own organisation can be taken out of it here; ask an administrator for others.")
    after = before.with_role(Role.VOLUNTEER, None, work.now, other_admins=1, required=False)
    await work.accounts.save(before, after)
    await work.sessions.revoke_all(after.id, work.now)
    await work.answer_links.delete_for(after.id)
    await work.invitations.revoke_for(after.id, work.now)
    await tell_change(work, before, after)
    await work.audit.record("account.left_team", "account", after.id, actor_id=str(before.actor_id))
    return Seen(after)


async def tell_change(work: Work, before: Account, after: Account) -> None:
    """Tell what others may know of a change."""
    went = before.is_active and not after.is_active
    event = events_out.account_disabled(after) if went else events_out.account_changed(after)
    await work.outbox.add(event, events_out.seen_by(after))


async def see_me(work: Work) -> Profile:
    """The caller's own account and contact."""
    return await _profile(work, await signed_in(work))


async def _profile(work: Work, account: Account) -> Profile:
    texts = await work.vault.open(PersonRef.of_account(account.id), OWN)
    return Profile(account, texts, (await work.accounts.credentials(account.id)).email_refused_at)


async def change_me(work: Work, version: int, *, name: str | None, phone: object, locale: str | None) -> Profile:
    """The caller's own name, telephone number (None deletes it) and language. Raises PreconditionFailed, Invalid."""
    before = await signed_in(work)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this account in the meantime; read it again.")
    texts: dict[Field, str | None] = {}
    if name is not None:
        texts[Field.NAME] = name
    if phone is None or isinstance(phone, str):
        texts[Field.PHONE] = phone
    if texts:
        await work.vault.seal(PersonRef.of_account(before.id), texts)
    after = before.with_locale(locale, work.now) if locale is not None else before
    if after == before and texts:
        after = before.touched(work.now)
    await work.accounts.save(before, after)
    if after.locale != before.locale:
        await tell_change(work, before, after)
    if after != before:
        await work.audit.record("profile.changed", "account", before.id)
    return await _profile(work, after)
