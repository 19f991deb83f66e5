"""From the model to the events that this service tells."""

from contracts.notifications import MailRefusedV1, WebhookDisabledV1
from services.notifications.model.messages import Mail, RecipientKind
from services.notifications.model.webhooks import Webhook


def mail_refused(mail: Mail) -> MailRefusedV1:
    """A mail server refused an address for good. The mail of a new password counts for its account."""
    if mail.recipient_kind is RecipientKind.INVITATION or mail.account_id is None:
        return MailRefusedV1(recipient_kind=RecipientKind.INVITATION.value, recipient_id=mail.recipient_id, delivery_id=mail.id)
    return MailRefusedV1(recipient_kind=RecipientKind.ACCOUNT.value, recipient_id=mail.account_id, delivery_id=mail.id)


def webhook_disabled(webhook: Webhook) -> WebhookDisabledV1:
    """A webhook was switched off by the hub."""
    return WebhookDisabledV1(webhook_id=webhook.id, owner_id=webhook.owner.id, reason=webhook.disabled_reason or "failing")
