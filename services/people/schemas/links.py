"""Bodies about calendars, changes of address, and links that answer a request."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body


class FeedRead(BaseModel):
    """Whether you have a secret address for your calendar."""

    since: datetime | None = Field(description="Since when; null: you have none.")


class FeedCreated(BaseModel):
    """A new secret address, shown once."""

    token: str = Field(description="The secret part of the address. Whoever has it sees when you help, and nothing about whom.")


class EmailChangeAsk(Body):
    """Another address."""

    email: str = Field(min_length=3, max_length=254, description="The new address.", examples=["ana@new.example"])


class EmailChangeRead(BaseModel):
    """A change that waits to be confirmed."""

    waiting: bool
    email_masked: str | None = Field(None, examples=["a…@n….example"])
    old_confirmed: bool = False
    new_confirmed: bool = False
    expires_at: datetime | None = None


class EmailChangeConfirm(Body):
    """The token of one of the two mails."""

    token: str = Field(min_length=20, max_length=100, description="From the link in the mail; works once.")


class EmailChangeDone(BaseModel):
    """Whether the new address holds now, or the other mail's link is still to be followed."""

    done: bool


class TokenAsk(Body):
    """A token from a mail or an address."""

    token: str = Field(min_length=20, max_length=100)


class LinkRead(BaseModel):
    """Whose link it is."""

    account_id: UUID
    role: str
    actor_id: UUID | None
    locale: str
    match_id: UUID | None = None
    expires_at: datetime | None = None
