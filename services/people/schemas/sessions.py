"""Bodies about signing in, second factors, and the gateway's question who is behind a token."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body


class SignIn(Body):
    """Who signs in."""

    email: str = Field(min_length=1, max_length=254, examples=["ana@association.example"])
    password: str = Field(min_length=1, max_length=300)
    code: str | None = Field(None, min_length=1, max_length=40, description="Of your authenticator, or a recovery code.", examples=["123456"])


class SessionCreated(BaseModel):
    """A new session. The token is shown once."""

    access_token: str = Field(description="Send it as `Authorization: Bearer ...`.")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  a name, not a secret
    expires_in: int = Field(description="Seconds until the session ends at the latest; it ends earlier when it is not used.", examples=[43200])
    second_factor: Literal["none", "required", "setup_required"] = Field(
        description="none; required: it was needed and given; setup_required: set one up now, nothing else is possible until then."
    )
    session_id: UUID


class SessionRead(BaseModel):
    """One of your sessions."""

    id: UUID
    current: bool = Field(description="Whether it is the one that you ask with.")
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class FactorBegin(Body):
    """A code of the present second factor, if there is one already."""

    code: str | None = Field(None, min_length=1, max_length=40, examples=["123456"])


class FactorBegun(BaseModel):
    """What your authenticator needs, shown once."""

    secret: str = Field(description="To type in by hand.")
    uri: str = Field(description="The same as an otpauth address.")
    qr_svg: str = Field(description="The same as a picture to scan.")


class FactorCode(Body):
    """A code of your authenticator, or a recovery code."""

    code: str = Field(min_length=1, max_length=40, examples=["123456"])


class RecoveryCodes(BaseModel):
    """Ten codes for a lost telephone, each works once; shown once."""

    recovery_codes: list[str]


class FactorProven(RecoveryCodes, SessionCreated):
    """The recovery codes, and a new session: all earlier ones have ended."""


class IntrospectAsk(Body):
    """A token that somebody showed."""

    token: str = Field(min_length=1, max_length=500)


class IntrospectRead(BaseModel):
    """Who is behind it; only `active` when nobody is."""

    active: bool
    kind: Literal["account", "client"] | None = None
    id: UUID | None = None
    session_id: UUID | None = None
    role: str | None = None
    actor_id: UUID | None = None
    scopes: list[str] = Field(default_factory=list)
    locale: str | None = None
    second_factor_missing: bool = False
    expires_at: datetime | None = None


class AddressAsk(Body):
    """For which message an address is needed."""

    recipient_kind: Literal["account", "invitation", "reset", "registration", "suggestion", "old_address", "new_address"]
    recipient_id: UUID
    event_id: UUID
    answer_match_id: UUID | None = Field(None, description="The request that the message asks to answer, if it does.")
    purpose: str = Field("notification", pattern="^[a-z_]{1,40}$")


class AddressRead(BaseModel):
    """Where the message goes."""

    email: str
    locale: str
    name: str | None
    link_token: str | None
