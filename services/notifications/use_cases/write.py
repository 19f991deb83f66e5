"""Writing to one person about something of their own: to an address that `people` keeps under the id of what is under way."""

from uuid import UUID

from services.notifications.model.kinds import Kind
from services.notifications.model.messages import RecipientKind
from services.notifications.use_cases.tell import new_mail, queue
from services.notifications.work import Work


async def send_invitation(work: Work, *, event_id: UUID, invitation_id: UUID) -> None:
    """Write to somebody who was invited."""
    await _write(work, Kind.INVITATION, RecipientKind.INVITATION, invitation_id, event_id)


async def send_registration(work: Work, *, event_id: UUID, registration_id: UUID, known: bool) -> None:
    """Write to somebody who gave their address to offer help."""
    kind = Kind.OFFER_TO_SIGN_IN_FOR if known else Kind.OFFER_TO_CONFIRM
    await _write(work, kind, RecipientKind.REGISTRATION, registration_id, event_id)


async def send_suggestion_answer(work: Work, *, event_id: UUID, suggestion_id: UUID, outcome: str) -> None:
    """Write to somebody who left an address with a suggestion."""
    kind = Kind.SUGGESTION_ACCEPTED if outcome == "accepted" else Kind.SUGGESTION_REFUSED
    await _write(work, kind, RecipientKind.SUGGESTION, suggestion_id, event_id)


async def send_reset(work: Work, *, event_id: UUID, account_id: UUID, reset_id: UUID) -> None:
    """Write to somebody who asked for a new password, unless they were erased meanwhile."""
    if not await work.people.is_erased(account_id):
        await _write(work, Kind.PASSWORD_RESET, RecipientKind.RESET, reset_id, event_id, account_id)


async def send_email_change(work: Work, *, event_id: UUID, account_id: UUID, change_id: UUID, corrected: bool) -> None:
    """Write to the old and to the new address of somebody who wants another, unless they were erased meanwhile. Where an administrator corrected
    it, the old address is only told."""
    if not await work.people.is_erased(account_id):
        await _write(work, Kind.ADDRESS_CORRECTED if corrected else Kind.ADDRESS_TO_LEAVE, RecipientKind.OLD_ADDRESS, change_id, event_id, account_id)
        await _write(work, Kind.ADDRESS_TO_CONFIRM, RecipientKind.NEW_ADDRESS, change_id, event_id, account_id)


async def _write(work: Work, kind: Kind, recipient: RecipientKind, recipient_id: UUID, event_id: UUID, account_id: UUID | None = None) -> None:
    mail = new_mail(
        work,
        kind,
        recipient_kind=recipient,
        recipient_id=recipient_id,
        account_id=account_id,
        event_id=event_id,
        subject_id=account_id or recipient_id,
        numbers={},
    )
    await queue(work, [mail])
