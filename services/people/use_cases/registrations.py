"""Lets somebody in who offers help without an account: an address, a mailed link, a volunteer's account. Every address is answered alike."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from chassis.ids import new_id
from contracts.roles import Role
from services.people import events_out
from services.people.model.accounts import Account, AccountState, new_account
from services.people.model.consents import Channel
from services.people.model.fields import Field
from services.people.model.guesses import source_key
from services.people.model.invitations import LinkGone
from services.people.model.persons import PersonRef
from services.people.model.registrations import (
    NotOpen,
    RegisteredOften,
    Registration,
    RegistrationsAreFull,
    enters_by_link,
    waits_for_its_holder,
)
from services.people.model.tokens import new_token
from services.people.use_cases.consents import Wish, record_wish
from services.people.use_cases.erasure import erase_account
from services.people.use_cases.signing_in import SignedIn, open_for
from services.people.work import Work

ANSWER_REGISTRATIONS = "answer registrations"
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody says who confirms their address."""

    token: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    share_contact: bool = False
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whose address it is, with an open session where the link alone lets them in, and what they carried."""

    account: Account
    signed_in: SignedIn | None
    carry: str = field(repr=False)


async def ask_registration(work: Work, email: str, locale: str, carry: str, address: str) -> None:
    """Note that somebody wants to confirm an address; a timer answers right after. The same work is done for every address, and the answer says
    nothing of it. Raises NotOpen, Invalid, RegisteredOften, RegistrationsAreFull."""
    settings = work.settings
    if not await work.chosen("offer_by_mail", settings.register_by_mail):
        raise NotOpen("This hub takes volunteers by invitation. Write to the city if you want to help.")
    lookup, source = work.resources.lookup.of_email(email).hex(), source_key(address, work.resources.source_key)
    hour_ago = work.now - timedelta(hours=1)
    if await work.registrations.count(hour_ago, source=source) >= settings.registrations_per_hour:
        raise RegisteredOften("From here as many links were asked for as may be in an hour. Try again later.", retry_after=3600)
    if await work.registrations.count(work.now - timedelta(days=1)) >= settings.registrations_per_day:
        raise RegistrationsAreFull("So many people register today that no more can be taken. Try again tomorrow.")
    if await work.registrations.count(hour_ago, email_lookup=lookup) >= settings.resets_per_hour:
        return
    registration_id = new_id()
    # Sealed for the account that may come of it: then it lies where it belongs, and otherwise its key is thrown away.
    await work.vault.seal(PersonRef.of_account(registration_id), {Field.EMAIL: email})
    expires_at = work.now + timedelta(days=settings.registration_days)
    await work.registrations.add(Registration(registration_id, lookup, locale, work.now, expires_at, carry), source)
    work.wake(ANSWER_REGISTRATIONS)


async def answer_registrations(work: Work) -> bool:
    """Make the links of those who asked; answers whether there may be more."""
    asked = await work.registrations.take_open(AT_ONCE)
    for registration in asked:
        account = await _account_for(work, registration)
        if account is None:
            continue
        known = not waits_for_its_holder(account)
        token = new_token()
        sealed = await work.vault.seal_apart(PersonRef.of_account(account.id), Field.LINK_TOKEN, token.text)
        await work.registrations.give_link(registration.id, account.id, known, token, sealed)
        await work.outbox.add(events_out.registration_requested(registration.id, known, account.locale))
        await work.audit.record("registration.requested", "account", account.id)
    return len(asked) == AT_ONCE


async def _account_for(work: Work, registration: Registration) -> Account | None:
    """The account that the address leads to: its own, or a new one that waits for its holder; None for one that may not come in."""
    found = await work.accounts.by_lookup(registration.email_lookup)
    if found is None:
        account = new_account(registration.id, Role.VOLUNTEER, None, registration.locale, work.now)
        await work.accounts.add(account, registration.email_lookup)
        return account
    person = PersonRef.of_account(registration.id)
    await work.vault.delete(person)
    await work.resources.keys.forget(person)
    return found.account if found.account.state in (AccountState.INVITED, AccountState.ACTIVE) else None


async def confirm(work: Work, given: Confirmation) -> Confirmed:
    """The holder of the address is here. A new account is activated and signed in; an account with a password is to sign in itself, and its link
    goes on working until then. Raises LinkGone."""
    registration = (await work.registrations.by_token(given.token)).opened(given.token, work.now)
    before = await work.accounts.find(registration.account_id or UUID(int=0))
    if before is None or before.state not in (AccountState.INVITED, AccountState.ACTIVE):
        raise LinkGone
    if waits_for_its_holder(before):
        await work.registrations.use(registration.used(work.now))
        return Confirmed(*await _activate(work, before, given), registration.carry)
    password_hash = (await work.accounts.credentials(before.id)).password_hash
    if enters_by_link(before, password_hash):
        await work.registrations.use(registration.used(work.now))
        return Confirmed(before, await open_for(work, before), registration.carry)
    return Confirmed(before, None, registration.carry)


async def _activate(work: Work, before: Account, given: Confirmation) -> tuple[Account, SignedIn]:
    after = before.activated(work.now, second_factor=False)
    await work.accounts.save(before, after)
    await work.invitations.revoke_for(after.id, work.now)
    if given.name is not None:
        await work.vault.seal(PersonRef.of_account(after.id), {Field.NAME: given.name})
    await work.outbox.add(events_out.account_activated(after), events_out.seen_by(after))
    if given.share_contact:
        await record_wish(work, after, Wish(False, True, given.text_version, Channel.WEB))
    await work.audit.record("account.activated", "account", after.id)
    return after, await open_for(work, after)


async def forget_unconfirmed(work: Work) -> bool:
    """Delete registrations whose time is over, with the accounts that nobody came for; answers whether there may be more."""
    over = await work.registrations.over(work.now, AT_ONCE)
    for registration in over:
        await work.registrations.delete(registration.id)
        account = await work.accounts.find(registration.id)
        if account is None:
            await work.vault.delete(PersonRef.of_account(registration.id))
            await work.resources.keys.forget(PersonRef.of_account(registration.id))
        elif waits_for_its_holder(account) and not await work.invitations.is_open_for(account.id, work.now):
            await erase_account(work, account)
    return len(over) == AT_ONCE
