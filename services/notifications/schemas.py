"""Bodies of requests and answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from chassis.problems import Refused
from chassis.web import Body
from services.notifications.model.kinds import CHOOSABLE, EmailChoice, Kind
from services.notifications.model.messages import MailState
from services.notifications.model.webhooks import CallState, WebhookState

EXAMPLE_ID = "01980000-0000-7000-8000-000000000001"
EXAMPLE_EVENT = "hub.matching.match.confirmed.v1"
EXAMPLE_TIME = "2026-11-21T09:00:00Z"


class Read(BaseModel):
    """Base of answers."""

    model_config = ConfigDict(from_attributes=True)


class NotificationRead(Read):
    """One message in a person's inbox, in their language."""

    id: UUID = Field(description="The message.", examples=[EXAMPLE_ID])
    version: int = Field(description="Rises when it is read.", examples=[1])
    kind: Kind = Field(description="What it is about.", examples=["request_to_answer"])
    title: str = Field(description="In the reader's language.", examples=["You have a request to answer"])
    body: str = Field(description="In the reader's language.", examples=["A coordinator asks whether your offer can help somebody."])
    link: str = Field(description="The page it leads to, as a path of the hub.", examples=[f"/matches/{EXAMPLE_ID}"])
    subject_id: UUID = Field(description="What it is about: a match, need, offer, round or webhook.", examples=[EXAMPLE_ID])
    read: bool = Field(description="Whether it was read.", examples=[False])
    read_at: datetime | None = Field(description="When it was read.", examples=[None])
    created_at: datetime = Field(description="When it came.", examples=[EXAMPLE_TIME])
    updated_at: datetime = Field(description="When it came or was read.", examples=[EXAMPLE_TIME])


class ReadAllResult(Read):
    """How many messages were marked as read."""

    read: int = Field(ge=0, description="Messages that were unread before.", examples=[3])


class SubscriptionRead(Read):
    """How a person gets one kind of message."""

    kind: Kind = Field(description="The kind of message.", examples=["proposals_ready"])
    title: str = Field(description="What such a message says, in the reader's language.", examples=["Proposals are ready"])
    in_app: bool = Field(description="Whether it comes to the inbox in the hub.", examples=[True])
    in_app_fixed: bool = Field(description="True where the inbox cannot be switched off, because somebody waits for an answer.", examples=[False])
    email: EmailChoice = Field(description="now, daily (one mail a day for all) or off.", examples=["daily"])


class Subscriptions(Read):
    """All kinds with what holds for the reader."""

    version: int = Field(description="Rises with each change; 0: nothing was chosen yet.", examples=[0])
    items: list[SubscriptionRead] = Field(description="One for each kind.")
    total: int = Field(description="How many kinds there are.", examples=[18])


class SubscriptionChoice(Body):
    """What a person wants for one kind."""

    kind: Kind = Field(description="The kind of message.", examples=["proposals_ready"])
    in_app: bool = Field(True, description="Whether it comes to the inbox in the hub.", examples=[True])
    email: EmailChoice = Field(description="now, daily or off.", examples=["daily"])


class SubscriptionsUpdate(Body):
    """All choices of a person; kinds that are not named go back to the default."""

    items: list[SubscriptionChoice] = Field(max_length=len(Kind), description="One for each kind that shall differ from the default.")

    @field_validator("items")
    @classmethod
    def _each_kind_once(cls, items: list[SubscriptionChoice]) -> list[SubscriptionChoice]:
        if len({item.kind for item in items}) != len(items):
            raise Refused("kind_twice", "Name each kind once.")
        for item in items:
            if item.kind not in CHOOSABLE:
                raise Refused("kind_fixed", "This kind of message cannot be chosen.")
            if item.kind is Kind.REQUEST_TO_ANSWER and not item.in_app:
                raise Refused("in_app_fixed", "Requests to answer always come to your inbox, because somebody waits for the answer.")
        return items


EventName = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[a-z0-9_.]+$", examples=[EXAMPLE_EVENT])]
Events = Annotated[list[EventName], Field(min_length=1, max_length=60, description="The events that it hears.", examples=[[EXAMPLE_EVENT]])]
Url = Annotated[str, Field(min_length=9, max_length=500, description="A public https address.", examples=["https://partner.example.org/hooks/hub"])]


class WebhookCreate(Body):
    """A webhook to set up."""

    url: Url
    events: Events


class WebhookUpdate(Body):
    """What to change; fields that are not sent stay."""

    url: Url | None = None
    events: Events | None = None
    active: bool | None = Field(None, description="False switches it off, true on again.", examples=[True])


class WebhookRead(Read):
    """A webhook."""

    id: UUID = Field(description="The webhook.", examples=[EXAMPLE_ID])
    version: int = Field(description="Rises with each change.", examples=[1])
    url: str = Field(description="Its address.", examples=["https://partner.example.org/hooks/hub"])
    events: list[str] = Field(description="The events that it hears.", examples=[[EXAMPLE_EVENT]])
    state: WebhookState = Field(description="active or disabled.", examples=["active"])
    disabled_reason: str | None = Field(description="owner, gone (410) or failing.", examples=[None])
    old_secret_until: datetime | None = Field(description="Until when the secret before a rotation signs too.", examples=[None])
    last_success_at: datetime | None = Field(description="When the address last took an event.", examples=[EXAMPLE_TIME])
    created_at: datetime = Field(description="When it was set up.", examples=[EXAMPLE_TIME])
    updated_at: datetime = Field(description="When it was last changed.", examples=[EXAMPLE_TIME])


class WebhookWithSecret(WebhookRead):
    """A webhook and its secret, which is shown only now."""

    secret: str = Field(description="Verifies signatures (Standard Webhooks). It is not shown again.", examples=["whsec_..."])


class DeliveryRead(Read):
    """One event on its way to a webhook."""

    id: UUID = Field(description="The delivery.", examples=[EXAMPLE_ID])
    event_id: UUID = Field(description="The event; sent as `webhook-id`.", examples=[EXAMPLE_ID])
    event_type: str = Field(description="The event's type.", examples=[EXAMPLE_EVENT])
    state: CallState = Field(description="due, sending, sent or failed.", examples=["sent"])
    attempts: int = Field(description="How often it was tried.", examples=[1])
    status: int | None = Field(description="The HTTP status of the last answer.", examples=[204])
    error: str | None = Field(description="Why there was no answer that counts, as a code.", examples=[None])
    due_at: datetime = Field(description="When it is tried next, while it is due.", examples=[EXAMPLE_TIME])
    created_at: datetime = Field(description="When the event was heard.", examples=[EXAMPLE_TIME])
    updated_at: datetime = Field(description="When it was last tried.", examples=[EXAMPLE_TIME])


class MessageRead(Read):
    """One outgoing mail, without its address and text: neither is stored."""

    id: UUID = Field(description="The mail; its Message-ID begins with it.", examples=[EXAMPLE_ID])
    kind: Kind = Field(description="What it is about.", examples=["invitation"])
    recipient_kind: str = Field(description="account, invitation or reset.", examples=["invitation"])
    recipient_id: UUID = Field(description="The account, invitation or reset.", examples=[EXAMPLE_ID])
    state: MailState = Field(description="Where it stands.", examples=["sent"])
    attempts: int = Field(description="How often it was tried.", examples=[1])
    error: str | None = Field(description="Why it did not go out, as a code.", examples=[None])
    due_at: datetime = Field(description="When it is tried next, while it is due or held.", examples=[EXAMPLE_TIME])
    created_at: datetime = Field(description="When it was queued.", examples=[EXAMPLE_TIME])
    updated_at: datetime = Field(description="When its state last changed.", examples=[EXAMPLE_TIME])


class Queued(BaseModel):
    """It was put in the queue."""

    queued: bool = Field(True, description="It goes out at once.")


class CaughtRead(Read):
    """A mail that the demo's catcher kept instead of sending it."""

    id: str = Field(description="Its file name.", examples=["20261121T090000-1.eml"])
    recipient: str = Field(description="To whom it would have gone (demo accounts only).", examples=["coordinator@demo.example"])
    subject: str = Field(description="Its subject line.", examples=["You are invited"])
    text: str = Field(description="What it says.", examples=["You are invited to take part in this hub of welcome."])
    message_id: str = Field(description="Its Message-ID.", examples=[f"<{EXAMPLE_ID}@127.0.0.1>"])
    caught_at: datetime = Field(description="When it was caught.", examples=[EXAMPLE_TIME])


class CaughtMails(Read):
    """What the demo's catcher holds, newest first."""

    items: list[CaughtRead] = Field(description="At most 500.")
    total: int = Field(description="How many there are.", examples=[1])
