"""Bodies about accounts, invitations and one's own profile."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from contracts.roles import Role

Locale = Literal["en", "fr", "de", "es", "it", "uk", "ar"]


class InvitationCreate(Body):
    """Whom to invite, and as what."""

    email: str = Field(min_length=3, max_length=254, description="Where the invitation goes.", examples=["ana@association.example"])
    name: str | None = Field(None, min_length=1, max_length=120, description="How the person is called, if known.", examples=["Ana"])
    role: Role = Field(description="The role in this hub.", examples=["member"])
    actor_id: UUID | None = Field(None, description="The organisation in which the person has a place: members need one, coordinators may.")
    locale: Locale = Field("en", description="The language of the mail.", examples=["fr"])


class InvitationRead(BaseModel):
    """An open invitation. Whom it went to is not shown in lists."""

    id: UUID
    version: int = Field(description="Always 1: an invitation is not changed, only accepted or taken back.")
    role: Role
    actor_id: UUID | None
    locale: str
    invited_by: UUID | None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


class InvitationAccept(Body):
    """What somebody says who accepts an invitation."""

    token: str = Field(min_length=20, max_length=100, description="From the link in the mail; works once.", examples=["3q2-7wAB"])
    password: str = Field(min_length=1, max_length=300, description="15 characters or more; several words are easy to remember.")
    name: str | None = Field(None, min_length=1, max_length=120, description="How others may call you.", examples=["Ana"])
    phone: str | None = Field(None, min_length=3, max_length=32, description="Your telephone number, if you want to be called.")
    locale: Locale | None = Field(None, description="The language you read.")
    share_contact: bool = Field(
        False, description="Whether the other side of an accepted match may see your name, address and telephone number. You can change it later."
    )
    text_version: str = Field("2026-11", min_length=1, max_length=40, description="Version of the text that you agreed to.", examples=["2026-11"])


class AccountRead(BaseModel):
    """An account. The name is shown to administrators and team-mates, the masked address to administrators."""

    id: UUID
    version: int
    role: Role
    actor_id: UUID | None
    locale: str
    state: str = Field(description="invited, active, disabled or erased.", examples=["active"])
    second_factor: bool
    name: str | None = None
    email_masked: str | None = Field(None, examples=["a…@e….org"])
    email_refused_at: datetime | None = Field(None, description="When a mail server refused the address for good; ask for another.")
    last_seen_on: date | None = Field(None, description="The day of the last sign-in, for administrators.")
    created_at: datetime
    updated_at: datetime


class AccountSearch(Body):
    """Whom to look for. Sent in the body, so that no address comes to stand in a log."""

    words: str = Field(min_length=2, max_length=254, description="The whole e-mail address, or a part of the name.", examples=["ana"])


class AccountsFound(BaseModel):
    """What was found, 50 at most."""

    items: list[AccountRead]
    total: int


class SessionsEnded(BaseModel):
    """How many sessions ended."""

    ended: int


class AccountUpdate(Body):
    """What administrators change; what is left out stays. A change ends the account's sessions."""

    role: Role | None = Field(None, description="Another role.")
    actor_id: UUID | None = Field(None, description="Another place; null takes it away.")
    active: bool | None = Field(None, description="False disables the account at once, true enables it again.")


class ProfileRead(BaseModel):
    """Your own account."""

    id: UUID
    version: int
    role: Role
    actor_id: UUID | None
    locale: str
    second_factor: bool
    second_factor_missing: bool = Field(description="Your role needs a second factor; until it is set up you can do nothing else.")
    name: str | None
    email: str | None
    phone: str | None
    email_refused_at: datetime | None = Field(description="When mail to your address was refused for good.")
    created_at: datetime
    updated_at: datetime


class ProfileUpdate(Body):
    """What you change about yourself; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=120, description="How others may call you.", examples=["Ana"])
    phone: str | None = Field(None, min_length=3, max_length=32, description="Your telephone number; null deletes it.")
    locale: Locale | None = Field(None, description="The language you read.", examples=["fr"])


class PasswordChange(Body):
    """Your present and your new password."""

    current_password: str = Field(min_length=1, max_length=300)
    new_password: str = Field(min_length=1, max_length=300, description="15 characters or more; several words are easy to remember.")


class ResetRequest(Body):
    """For which address a new password is asked."""

    email: str = Field(min_length=3, max_length=254, examples=["ana@association.example"])


class ResetComplete(Body):
    """The link's token and the new password."""

    token: str = Field(min_length=20, max_length=100, description="From the link in the mail; works once.")
    password: str = Field(min_length=1, max_length=300, description="15 characters or more; several words are easy to remember.")


class Done(BaseModel):
    """The request was taken."""

    done: bool = True
