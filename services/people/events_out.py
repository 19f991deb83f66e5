"""Turns what happened into contract events, with those who may see them live: ids and flags, never a name or an address."""

from uuid import UUID

from chassis.outbox import Audience
from contracts import people as contract
from services.people.model.accounts import Account
from services.people.model.consents import ConsentFlags
from services.people.model.invitations import Invitation, PasswordReset
from services.people.model.known import Erasure, KnownCase
from services.people.model.persons import PersonKind

ADMINS = Audience(roles=("admin",))


def seen_by(account: Account) -> Audience:
    """Its holder and the administrators."""
    return Audience(roles=("admin",), accounts=(str(account.id),))


def _account(account: Account) -> dict[str, object]:
    return {
        "account_id": account.id,
        "version": account.version,
        "role": account.role.value,
        "actor_id": account.actor_id,
        "locale": account.locale,
        "active": account.is_active,
    }


def account_activated(account: Account) -> contract.AccountActivatedV1:
    """Somebody set up their account."""
    return contract.AccountActivatedV1.model_validate(_account(account))


def account_changed(account: Account) -> contract.AccountChangedV1:
    """Role, place or language changed, or the account may sign in again."""
    return contract.AccountChangedV1.model_validate(_account(account))


def account_disabled(account: Account) -> contract.AccountDisabledV1:
    """The account can no longer sign in."""
    return contract.AccountDisabledV1.model_validate(_account(account))


def invitation_issued(invitation: Invitation) -> contract.InvitationIssuedV1:
    """Somebody is invited."""
    return contract.InvitationIssuedV1(
        invitation_id=invitation.id, role=invitation.role.value, locale=invitation.locale, expires_at=invitation.expires_at
    )


def invitation_audience(invitation: Invitation) -> Audience:
    """Whoever invited, and the administrators."""
    return Audience(roles=("admin",), accounts=(str(invitation.invited_by),) if invitation.invited_by else ())


def reset_requested(reset: PasswordReset, locale: str) -> contract.AccountResetRequestedV1:
    """The holder of an account asks for a new password."""
    return contract.AccountResetRequestedV1(account_id=reset.account_id, reset_id=reset.id, locale=locale)


def email_change_requested(change_id: UUID, account: Account, *, corrected: bool) -> contract.AccountEmailChangeRequestedV1:
    """The holder of an account wants another address, or an administrator corrects it."""
    return contract.AccountEmailChangeRequestedV1(change_id=change_id, account_id=account.id, locale=account.locale, corrected=corrected)


def registration_requested(registration_id: UUID, known: bool, locale: str) -> contract.RegistrationRequestedV1:
    """Somebody gave their address to offer help."""
    return contract.RegistrationRequestedV1(registration_id=registration_id, known=known, locale=locale)


def suggestion_answer_due(suggestion_id: UUID, outcome: str, locale: str) -> contract.SuggestionAnswerDueV1:
    """Somebody waits for the answer to a suggestion."""
    return contract.SuggestionAnswerDueV1(suggestion_id=suggestion_id, outcome=outcome, locale=locale)


def consent_given(subject: Account | KnownCase, flags: ConsentFlags, version: int) -> contract.ConsentGivenV1:
    """A consent was given or widened."""
    return contract.ConsentGivenV1.model_validate(_consent(subject, flags, version))


def consent_withdrawn(subject: Account | KnownCase, flags: ConsentFlags, version: int) -> contract.ConsentWithdrawnV1:
    """A consent was withdrawn or ran out."""
    return contract.ConsentWithdrawnV1.model_validate(_consent(subject, flags, version))


def consent_audience(subject: Account | KnownCase) -> Audience:
    """The holder of the account, or the team of the case."""
    if isinstance(subject, Account):
        return Audience(accounts=(str(subject.id),))
    actors = {str(actor) for actor in (subject.actor_id, *subject.shared_with) if actor is not None}
    return Audience(accounts=(str(subject.recorded_by),) if subject.recorded_by else (), actors=tuple(sorted(actors)))


def _consent(subject: Account | KnownCase, flags: ConsentFlags, version: int) -> dict[str, object]:
    kind = PersonKind.ACCOUNT if isinstance(subject, Account) else PersonKind.CASE
    return {
        "subject_kind": kind.value,
        "subject_id": subject.id,
        "version": version,
        "match": flags.match,
        "share_contact": flags.share_contact,
        "until": flags.until,
    }


def person_erased(erasure: Erasure) -> contract.PersonErasedV1 | None:
    """A person was erased; None where no other service ever knew of them."""
    if erasure.subject_id is None:
        return None
    return contract.PersonErasedV1(subject_kind=erasure.person.kind.value, subject_id=erasure.subject_id)
