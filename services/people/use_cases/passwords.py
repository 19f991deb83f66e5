"""Changes passwords: one's own, or by a link that is mailed. Asking for a link answers the same, and as fast, for every address."""

from datetime import timedelta
from uuid import UUID

from chassis.errors import HubError, Invalid, invalid_field
from chassis.ids import new_id
from services.people import events_out
from services.people.model.fields import Field
from services.people.model.guesses import source_key
from services.people.model.invitations import LinkGone, request_reset
from services.people.model.passwords import Checked, require_good
from services.people.model.persons import PersonRef
from services.people.use_cases.callers import signed_in
from services.people.use_cases.signing_in import Try, count_failure, prepare_own
from services.people.work import Work

ANSWER_RESETS = "answer resets"
AT_ONCE = 50


async def ask_reset(work: Work, email: str) -> None:
    """Note that somebody asks for a new password; a timer answers it right after, for those who have an account."""
    try:
        lookup = work.resources.lookup.of_email(email).hex()
    except Invalid:
        return
    if await work.resets.asked_since(lookup, work.now - timedelta(hours=1)) < work.settings.resets_per_hour:
        await work.resets.ask(lookup, work.now)
        work.wake(ANSWER_RESETS)


async def answer_resets(work: Work) -> bool:
    """Make the links of those who asked and have an account; answers whether there may be more."""
    asked = await work.resets.take_open(AT_ONCE)
    for lookup in dict.fromkeys(asked):
        known = await work.accounts.by_lookup(lookup)
        if known is None or not known.account.is_active:
            continue
        account = known.account
        reset, token = request_reset(new_id(), account.id, work.now)
        sealed = await work.vault.seal_apart(PersonRef.of_account(account.id), Field.LINK_TOKEN, token.text)
        await work.resets.add(reset, sealed)
        await work.outbox.add(events_out.reset_requested(reset, account.locale))
        await work.audit.record("reset.requested", "account", account.id)
    return len(asked) == AT_ONCE


async def check_reset(work: Work, token: str, password: str) -> None:
    """Before the costly hash: the link works and the password is good. Raises LinkGone, Invalid."""
    reset = await work.resets.by_token(token)
    reset.used(token, work.now)
    await _require_good(work, reset.account_id, password, "/password")


async def complete_reset(work: Work, token: str, password_hash: str, address: str) -> None:
    """The new password holds, all sessions end; the second factor stays as it is. Raises LinkGone."""
    reset = await work.resets.by_token(token)
    await work.resets.use(reset.used(token, work.now))
    account = await work.accounts.get(reset.account_id)
    if not account.is_active:
        raise LinkGone
    await work.accounts.set_password(account.id, password_hash)
    await work.sessions.revoke_all(account.id, work.now)
    await work.answer_links.delete_for(account.id)
    await work.email_changes.delete_for(account.id)
    subject, source = await work.accounts.lookup_of(account.id) or "", source_key(address, work.resources.source_key)
    attempts = await work.guesses.find(subject, source, to_change=True)
    await work.guesses.save(subject, source, attempts, attempts.succeeded(work.now), work.now)
    await work.audit.record("password.reset", "account", account.id)


async def prepare_change(work: Work, new_password: str, address: str) -> Try:
    """Before the costly hashes: the new password is good, and another try is allowed. Raises Invalid, TooManyGuesses."""
    account = await signed_in(work)
    await _require_good(work, account.id, new_password, "/new_password")
    return await prepare_own(work, account, address)


async def conclude_change(work: Work, tried: Try, checked: Checked, new_hash: str, session_id: UUID | None) -> HubError | None:
    """Write the new password and end the account's other sessions, or answer why not."""
    account = await signed_in(work)
    known = await work.accounts.credentials(account.id)
    if not checked.right or known.password_hash != tried.password_hash:
        await count_failure(work, tried)
        return invalid_field("/current_password", "wrong_password", "This is not your present password.")
    await work.accounts.set_password(account.id, new_hash)
    await work.sessions.revoke_all(account.id, work.now, but=session_id)
    await work.answer_links.delete_for(account.id)
    await work.resets.delete_for(account.id)
    await work.audit.record("password.changed", "account", account.id)
    return None


async def _require_good(work: Work, account_id: UUID, password: str, pointer: str) -> None:
    email = (await work.vault.open(PersonRef.of_account(account_id), [Field.EMAIL])).get(Field.EMAIL)
    try:
        require_good(password, email)
    except Invalid as refusal:
        fault = refusal.fields[0]
        raise invalid_field(pointer, fault.code, fault.message) from None
