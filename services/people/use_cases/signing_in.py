"""Signs people in: counts tries, checks the password and the second factor, opens the session.

What is refused is written (the count, the audit row) before it is answered, so these functions answer a refusal instead of raising it; the
door commits, then raises. Between `prepare` and `conclude` the password is hashed, outside any transaction.
"""

from dataclasses import dataclass, field
from uuid import UUID

from chassis.errors import HubError, Invalid, Unauthenticated
from chassis.ids import new_id
from services.people.model.accounts import Account, SignInRefused
from services.people.model.fields import Field
from services.people.model.guesses import require_try, source_key
from services.people.model.passwords import Checked
from services.people.model.persons import PersonRef
from services.people.model.second_factor import CodeRefused
from services.people.model.sessions import Session, open_session
from services.people.use_cases.callers import lacks_second_factor
from services.people.work import Work


class SecondFactorNeeded(Unauthenticated):
    """The password holds; a code of the second factor is needed too."""

    def __init__(self) -> None:
        super().__init__("Give the code of your authenticator, or a recovery code, too.")


@dataclass(frozen=True, slots=True)
class Try:
    """A try to sign in: under which pseudonyms it counts, and what the password is compared with."""

    subject: str
    source: str
    account_id: UUID | None
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session with its token, which is known only now. `second_factor`: none, required (and given) or setup_required."""

    session: Session
    token: str = field(repr=False)
    account: Account
    second_factor: str


async def prepare(work: Work, email: str, address: str) -> Try:
    """Find what the password is compared with. Known and unknown addresses take the same way. Raises TooManyGuesses."""
    try:
        subject = work.resources.lookup.of_email(email).hex()
    except Invalid:
        subject = work.resources.lookup.of_email("nobody@invalid.invalid").hex()
    source = source_key(address, work.resources.source_key)
    require_try(await work.guesses.find(subject, source), work.now)
    known = await work.accounts.by_lookup(subject)
    return Try(subject, source, known.account.id if known else None, known.password_hash if known else None)


async def conclude(work: Work, tried: Try, checked: Checked, code: str | None) -> SignedIn | HubError:
    """Open a session, or answer why not."""
    known = await work.accounts.credentials(tried.account_id) if tried.account_id is not None else None
    if known is None or not checked.right or known.password_hash != tried.password_hash or not known.account.is_active:
        await _count_failure(work, tried.subject, tried.source, tried.account_id)
        return SignInRefused()
    account = known.account
    if account.second_factor:
        if code is None:
            return SecondFactorNeeded()
        if not await use_code(work, account, code):
            await _count_failure(work, tried.subject, tried.source, account.id)
            return SignInRefused()
    attempts = await work.guesses.find(tried.subject, tried.source, to_change=True)
    await work.guesses.save(tried.subject, tried.source, attempts, attempts.succeeded(work.now), work.now)
    return await open_for(work, account)


async def open_for(work: Work, account: Account) -> SignedIn:
    """A new session for an account whose holder has proven who they are."""
    session, token = open_session(new_id(), account.id, work.now)
    await work.sessions.add(session)
    await work.accounts.note_seen(account.id, work.now.date())
    await work.audit.record("session.opened", "account", account.id)
    state = "setup_required" if lacks_second_factor(work, account) else "required" if account.second_factor else "none"
    return SignedIn(session, token.text, account, state)


async def use_code(work: Work, account: Account, code: str) -> bool:
    """Whether a code of the authenticator, or a recovery code, holds; it is used up then."""
    stored = await work.factors.find(account.id)
    secret = await work.vault.open_apart(PersonRef.of_account(account.id), Field.TOTP_SECRET, stored.secret) if stored else None
    if stored is None or secret is None:
        return False
    try:
        if len(code.strip()) <= 8:
            after = stored.factor.accept_code(secret, code, work.now)
        else:
            after = stored.factor.accept_recovery_code(code)
            await work.audit.record("recovery_code.used", "account", account.id, left=len(after.recovery_hashes))
        await work.factors.save(account.id, stored, after)
    except CodeRefused:
        return False
    return True


async def try_code(work: Work, account: Account, code: str | None, address: str) -> HubError | None:
    """The same for somebody who is signed in; wrong codes count. Answers the refusal, or None. Raises TooManyGuesses."""
    if code is None:
        return SecondFactorNeeded()
    subject, source = await _pseudonyms(work, account, address)
    require_try(await work.guesses.find(subject, source), work.now)
    if await use_code(work, account, code):
        return None
    await _count_failure(work, subject, source, account.id)
    return CodeRefused()


async def prepare_own(work: Work, account: Account, address: str) -> Try:
    """A try of the own password, by somebody who is signed in. Raises TooManyGuesses."""
    subject, source = await _pseudonyms(work, account, address)
    require_try(await work.guesses.find(subject, source), work.now)
    return Try(subject, source, account.id, (await work.accounts.credentials(account.id)).password_hash)


async def count_failure(work: Work, tried: Try) -> None:
    """Count a wrong password."""
    await _count_failure(work, tried.subject, tried.source, tried.account_id)


async def _pseudonyms(work: Work, account: Account, address: str) -> tuple[str, str]:
    return await work.accounts.lookup_of(account.id) or "", source_key(address, work.resources.source_key)


async def _count_failure(work: Work, subject: str, source: str, account_id: UUID | None) -> None:
    attempts = await work.guesses.find(subject, source, to_change=True)
    await work.guesses.save(subject, source, attempts, attempts.failed(work.now), work.now)
    await work.audit.record("sign_in.refused", "account", account_id or "-")
