"""Sets a second factor up, proves it, renews its recovery codes, removes it. Refusals that count are answered, not raised."""

import io
from dataclasses import dataclass, field, replace
from datetime import timedelta

import segno

from chassis.errors import Conflict, HubError
from contracts.roles import STAFF
from services.people.model.accounts import SecondFactorMissing
from services.people.model.fields import Field
from services.people.model.guesses import require_try, source_key
from services.people.model.persons import PersonRef
from services.people.model.second_factor import CodeRefused, new_recovery_codes, new_secret, provisioning_uri
from services.people.use_cases.callers import signed_in
from services.people.use_cases.signing_in import SignedIn, count_failure, open_for, prepare_own, try_code
from services.people.work import Work

SET_UP_WITHIN = timedelta(minutes=15)


class NothingToConfirm(Conflict):
    """No second factor is being set up, or it was begun too long ago."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What an authenticator needs: shown once, to its owner."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    qr_svg: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proven:
    """The recovery codes, shown once, and the new session that replaces the old ones."""

    recovery_codes: tuple[str, ...] = field(repr=False)
    signed_in: SignedIn


def _picture(uri: str) -> str:
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", xmldecl=False, svgns=True, scale=4, border=2)
    return out.getvalue().decode()


async def begin_second_factor(work: Work, code: str | None, address: str) -> Begun | HubError:
    """A new secret, kept aside until a code proves it. Whoever has a factor already shows a code of it first."""
    account = await signed_in(work)
    if account.second_factor and (refusal := await try_code(work, account, code, address)) is not None:
        return refusal
    secret = new_secret()
    person = PersonRef.of_account(account.id)
    await work.factors.begin(account.id, await work.vault.seal_apart(person, Field.TOTP_SECRET, secret), work.now)
    hub = await work.chosen("name", work.settings.instance_name)
    email = (await work.vault.open(person, [Field.EMAIL])).get(Field.EMAIL, hub)
    uri = provisioning_uri(secret, email, hub)
    await work.audit.record("second_factor.begun", "account", account.id)
    return Begun(secret, uri, _picture(uri))


async def confirm_second_factor(work: Work, code: str, address: str) -> Proven | HubError:
    """The first right code makes the factor count. All sessions end and a new one opens, so that no token from before keeps its worth."""
    before = await signed_in(work)
    tried = await prepare_own(work, before, address)
    person = PersonRef.of_account(before.id)
    stored = await work.factors.find(before.id)
    secret = await work.vault.open_apart(person, Field.TOTP_SECRET, stored.pending) if stored else None
    if stored is None or secret is None or stored.pending_at is None or work.now - stored.pending_at > SET_UP_WITHIN:
        return NothingToConfirm("Begin setting up the second factor again.")
    codes = new_recovery_codes()
    try:
        fresh = replace(stored.factor, last_step=-1).accept_code(secret, code, work.now).with_recovery_codes(codes)
        await work.factors.save(before.id, stored, fresh, proven=True)
    except CodeRefused as refusal:
        await count_failure(work, tried)
        return refusal
    after = before.with_second_factor(work.now)
    await work.accounts.save(before, after)
    await work.sessions.revoke_all(after.id, work.now)
    await work.audit.record("second_factor.set_up", "account", after.id)
    return Proven(codes, await open_for(work, after))


async def renew_recovery_codes(work: Work, code: str, address: str) -> tuple[str, ...] | HubError:
    """Ten new recovery codes; the old ones no longer work."""
    account = await signed_in(work)
    if (refusal := await try_code(work, account, code, address)) is not None:
        return refusal
    stored = await work.factors.find(account.id)
    assert stored is not None
    codes = new_recovery_codes()
    await work.factors.save(account.id, stored, stored.factor.with_recovery_codes(codes))
    await work.audit.record("recovery_codes.renewed", "account", account.id)
    return codes


async def remove_second_factor(work: Work, code: str, address: str) -> HubError | None:
    """Give the second factor up; roles that must have one cannot. Raises SecondFactorMissing, TooManyGuesses."""
    before = await signed_in(work)
    required = work.settings.second_factor_required
    if required and before.role in STAFF:
        raise SecondFactorMissing("This role needs a second factor; replace it instead of removing it.")
    if not before.second_factor:
        return None
    require_try(await work.guesses.find(await work.accounts.lookup_of(before.id) or "", source_key(address, work.resources.source_key)), work.now)
    if (refusal := await try_code(work, before, code, address)) is not None:
        return refusal
    await work.accounts.save(before, before.without_second_factor(work.now, required=required))
    await work.factors.delete(before.id)
    await work.audit.record("second_factor.removed", "account", before.id)
    return None
