"""The envelope of every event: CloudEvents 1.0 in structured JSON, made and read in one place.

An event says one fact in the past tense, carries the whole public state of its subject and that state's version, and never a personal
datum. Readers ignore unknown fields; within a major version only optional fields are added.
"""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

REGISTRY: dict[str, type["Event"]] = {}


class Event(BaseModel):
    """Base of all events. A subclass names its NATS subject and the field that says whom it is about."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type_name: ClassVar[str]
    """The subject and CloudEvents type, for example `hub.matching.need.posted.v1`."""
    about: ClassVar[str]
    """The field that holds the id of the event's subject, for example `need_id`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "type_name" in cls.__dict__ and REGISTRY.setdefault(cls.type_name, cls).__name__ != cls.__name__:
            raise TypeError(f"two events are called {cls.type_name}")

    @property
    def about_id(self) -> str:
        """The id of what the event is about."""
        return str(getattr(self, self.about))


class Envelope(BaseModel):
    """CloudEvents 1.0 attributes; `correlationid` is our extension: one id from click to e-mail."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = Field("1.0", pattern=r"^1\.0$")
    id: UUID = Field(description="Event id, UUIDv7; consumers handle each id once.")
    source: str = Field(description="The producing service, for example `/hospitium/matching`.")
    type: str = Field(description="The subject it travels under.")
    subject: str = Field(description="Id of what the event is about.")
    time: AwareDatetime = Field(description="When the fact was written, UTC.")
    datacontenttype: str = "application/json"
    correlationid: UUID
    data: dict[str, Any] = Field(description="The event's own fields: Any, because each type declares its own.")


class UnknownEvent(ValueError):
    """The message names a type or a major version that this code does not know."""


class MalformedEvent(ValueError):
    """The message is not a CloudEvents envelope with the fields that its type declares."""


def seal(event: Event, *, event_id: UUID, occurred_at: datetime, correlation_id: UUID) -> bytes:
    """Wrap an event for the wire. The time is UTC; the result is what travels, is stored in the outbox, and is signed in webhooks."""
    envelope = Envelope(
        specversion="1.0",
        id=event_id,
        source=f"/hospitium/{event.type_name.split('.')[1]}",
        type=event.type_name,
        subject=event.about_id,
        time=occurred_at.astimezone(UTC),
        correlationid=correlation_id,
        data=event.model_dump(mode="json"),
    )
    return envelope.model_dump_json().encode()


def open_envelope(raw: bytes) -> tuple[Envelope, Event]:
    """Read a message. Raises UnknownEvent or MalformedEvent; neither message repeats the content."""
    try:
        envelope = Envelope.model_validate(json.loads(raw))
    except (ValidationError, ValueError, RecursionError) as error:
        raise MalformedEvent("not a CloudEvents envelope") from error
    event_class = REGISTRY.get(envelope.type)
    if event_class is None:
        raise UnknownEvent("the event type is not known here")
    try:
        return envelope, event_class.model_validate(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(f"the fields are not those of {event_class.__name__}") from error
