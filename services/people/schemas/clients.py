"""Bodies about API clients."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from chassis.web import Body
from contracts.roles import Scope


class ClientCreate(Body):
    """A partner's system."""

    name: str = Field(min_length=1, max_length=80, description="Names the system, never a person.", examples=["Library calendar"])
    scopes: list[Scope] = Field(min_length=1, max_length=10, examples=[["read", "statistics"]])
    actor_id: UUID | None = Field(None, description="The organisation it acts for; the scope offers needs one.")
    expires_at: AwareDatetime | None = Field(None, description="When its secret ends; within 365 days, which is the default.")


class ClientUpdate(Body):
    """Another name or other scopes; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=80)
    scopes: list[Scope] | None = Field(None, min_length=1, max_length=10)


class SecretCreate(Body):
    """One more secret, so that the old one can be withdrawn without a gap."""

    expires_at: AwareDatetime | None = Field(None, description="When it ends; within 365 days, which is the default.")


class SecretRead(BaseModel):
    """A secret as it can be told from others: never itself."""

    prefix: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class ClientRead(BaseModel):
    """A partner's system."""

    id: UUID = Field(description="Its client id.")
    version: int
    name: str
    scopes: list[str]
    actor_id: UUID | None
    secrets: list[SecretRead]
    created_at: datetime
    updated_at: datetime
    revoked_at: datetime | None


class ClientWithSecret(ClientRead):
    """The same, with the secret that is shown once."""

    client_id: UUID
    client_secret: str


class TokenRead(BaseModel):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  a name, not a secret
    expires_in: int = Field(examples=[900])
    scope: str = Field(examples=["read statistics"])


class TokenError(BaseModel):
    """A refusal (RFC 6749, section 5.2)."""

    error: str = Field(examples=["invalid_client"])
    error_description: str | None = None
