"""Changes somebody's e-mail address: a mail to the old and one to the new address, and it holds when both links were followed.

Where nobody reads either mailbox, an administrator corrects the address: the old one is told, and the new one holds when its link was followed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict, invalid_field
from chassis.ids import new_id
from contracts.roles import Role
from services.people import events_out
from services.people.model.accounts import Account, AccountNotInState
from services.people.model.answer_links import BETWEEN_CHANGES, ChangeAskedJustNow, new_email_change
from services.people.model.fields import Field
from services.people.model.invitations import LinkGone
from services.people.model.persons import PersonRef
from services.people.store.accounts import AddressTaken
from services.people.use_cases.accounts import masked
from services.people.use_cases.callers import signed_in
from services.people.work import Work


class OwnAddress(Conflict):
    """An administrator wants to correct their own address; so the last administrator's stays as it is, too."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits to be confirmed, as its holder sees it."""

    email_masked: str = field(repr=False)
    old_confirmed: bool
    new_confirmed: bool
    expires_at: datetime


async def ask_change(work: Work, email: str) -> None:
    """Note the wish and write to both addresses. The answer says nothing about whose the new address is. Raises Invalid, ChangeAskedJustNow."""
    account = await signed_in(work)
    lookup = work.resources.lookup.of_email(email).hex()
    if lookup == await work.accounts.lookup_of(account.id):
        raise invalid_field("/email", "same_address", "This is your address already.")
    before = await work.email_changes.of(account.id)
    if before is not None and work.now - before.created_at < BETWEEN_CHANGES:
        raise ChangeAskedJustNow("Mails about another address are on their way. Wait five minutes before you ask again.", retry_after=300)
    await _note(work, account, email, lookup, correction=False)
    await work.audit.record("email_change.requested", "account", account.id)


async def correct_address(work: Work, account_id: UUID, email: str) -> None:
    """Correct somebody's address for them: for administrators who made sure who asks. Both addresses are written to, the sessions end, and the new
    address is used to sign in once it is confirmed. Raises NotForYourRole, AccountNotFound, OwnAddress, AccountNotInState, Invalid, AddressTaken."""
    admin = await signed_in(work, Role.ADMIN)
    account = await work.accounts.visible(account_id, admin)
    if account.id == admin.id:
        raise OwnAddress("Change your own address on the page of your account, where both addresses confirm it.")
    if not account.is_active:
        raise AccountNotInState("The account is {state}; this step is not possible.", state=account.state.value)
    lookup = work.resources.lookup.of_email(email).hex()
    if await work.accounts.by_lookup(lookup) is not None:
        raise AddressTaken
    await _note(work, account, email, lookup, correction=True)
    await work.sessions.revoke_all(account.id, work.now)
    await work.audit.record("email_change.corrected", "account", account.id)


async def _note(work: Work, account: Account, email: str, lookup: str, *, correction: bool) -> None:
    """Keep the new address, sealed, until it is confirmed, and let both be written to."""
    person = PersonRef.of_account(account.id)
    change, old, new = new_email_change(new_id(), account.id, lookup, work.now, correction=correction)
    sealed = [await work.vault.seal_apart(person, Field.LINK_TOKEN, token.text) for token in (old, new)]
    await work.email_changes.put(change, await work.vault.seal_apart(person, Field.EMAIL, email.strip()), sealed[0], sealed[1])
    await work.outbox.add(events_out.email_change_requested(change.id, account, corrected=correction))


async def waiting_change(work: Work) -> Waiting | None:
    """The caller's change that waits to be confirmed, if there is one."""
    account = await signed_in(work)
    change = await work.email_changes.of(account.id)
    if change is None or not change.live(work.now):
        return None
    row = await work.email_changes.row(change.id)
    email = await work.vault.open_apart(PersonRef.of_account(account.id), Field.EMAIL, row.sealed_email if row else None)
    return Waiting(masked(email or ""), change.old_confirmed_at is not None, change.new_confirmed_at is not None, change.expires_at)


async def cancel_change(work: Work) -> None:
    """The caller keeps their address."""
    account = await signed_in(work)
    await work.email_changes.delete_for(account.id)
    await work.audit.record("email_change.cancelled", "account", account.id)


async def confirm_change(work: Work, token: str) -> bool:
    """One of the two addresses is confirmed; answers whether the new address holds now. Raises LinkGone, AddressTaken."""
    change = (await work.email_changes.by_token(token)).confirmed(token, work.now)
    account = await work.accounts.find(change.account_id)
    row = await work.email_changes.row(change.id)
    if account is None or not account.is_active or row is None:
        raise LinkGone
    if not change.is_whole:
        await work.email_changes.save(change)
        await work.audit.record("email_change.confirmed", "account", account.id)
        return False
    person = PersonRef.of_account(account.id)
    email = await work.vault.open_apart(person, Field.EMAIL, row.sealed_email)
    if email is None:
        raise LinkGone
    if await work.accounts.by_lookup(change.email_lookup) is not None:
        raise AddressTaken
    await _hold(work, account, change.email_lookup, email)
    if change.is_correction:
        await work.sessions.revoke_all(account.id, work.now)
    return True


async def _hold(work: Work, account: Account, lookup: str, email: str) -> None:
    old_lookup = await work.accounts.lookup_of(account.id)
    await work.accounts.set_lookup(account.id, lookup)
    await work.vault.seal(PersonRef.of_account(account.id), {Field.EMAIL: email})
    await work.accounts.save(account, account.touched(work.now))
    await work.email_changes.delete_for(account.id)
    await work.resets.delete_for(account.id)
    await work.answer_links.delete_for(account.id)
    if old_lookup is not None:
        await work.resets.forget_requests(old_lookup)
    await work.audit.record("email_change.done", "account", account.id)


async def link_of(work: Work, change_id: UUID, new_side: bool) -> tuple[Account, str, str] | None:
    """For the mail to one of the two addresses: the account, the address, and the token; None when it is over."""
    row = await work.email_changes.row(change_id)
    account = await work.accounts.find(row.account_id) if row is not None else None
    if row is None or account is None or not account.is_active or row.expires_at <= work.now:
        return None
    person = PersonRef.of_account(account.id)
    token = await work.vault.open_apart(person, Field.LINK_TOKEN, row.new_sealed_token if new_side else row.old_sealed_token)
    if new_side:
        email = await work.vault.open_apart(person, Field.EMAIL, row.sealed_email)
    else:
        email = (await work.vault.open(person, [Field.EMAIL])).get(Field.EMAIL)
    return (account, email, token) if email and token else None
