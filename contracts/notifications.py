"""What `notifications` tells: deliveries that came to nothing."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event


class MailRefusedV1(Event):
    """Emitted when a mail server refused an address for good. `people` marks the address, so that a human can ask for another."""

    type_name: ClassVar[str] = "hub.notifications.mail.refused.v1"
    about: ClassVar[str] = "recipient_id"
    recipient_kind: str = Field(description="account or invitation.")
    recipient_id: UUID
    delivery_id: UUID


class WebhookDisabledV1(Event):
    """Emitted when a webhook was switched off after failing for days, or after its address answered 410 Gone."""

    type_name: ClassVar[str] = "hub.notifications.webhook.disabled.v1"
    about: ClassVar[str] = "webhook_id"
    webhook_id: UUID
    owner_id: str = Field(description="The client or account that set it up.")
    reason: str = Field(description="gone, or failing.")
