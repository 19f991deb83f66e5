"""Bodies of registering by mail."""

from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.people.model.registrations import CARRY_LENGTH
from services.people.schemas.accounts import Locale
from services.people.schemas.sessions import SessionCreated


class RegistrationTerms(BaseModel):
    """Whether one may register by mail here."""

    allowed: bool
    days: int = Field(description="Days that a mailed link works.")


class RegistrationCreate(Body):
    """Where the link goes."""

    email: str = Field(min_length=3, max_length=254, description="Your e-mail address.", examples=["ana@mail.example"])
    locale: Locale = Field("en", description="The language of the mail.", examples=["fr"])
    carry: str = Field("", max_length=CARRY_LENGTH, description="Handed back to whoever confirms; sealed by the sender, for it is kept meanwhile.")


class RegistrationConfirm(Body):
    """What somebody says who confirms their address."""

    token: str = Field(min_length=20, max_length=100, description="From the link in the mail; works once.", examples=["3q2-7wABcdEfGhIjKlMnOp"])
    name: str | None = Field(None, min_length=1, max_length=120, description="How others may call you.", examples=["Ana"])
    share_contact: bool = Field(False, description="Whether the other side of an accepted match may see your name and address.")
    text_version: str = Field("2026-11", min_length=1, max_length=40, description="Version of the text that you agreed to.", examples=["2026-11"])


class RegistrationConfirmed(BaseModel):
    """Whose address it is. `session` is null where the address has an account with a password: then sign in."""

    account_id: UUID | None = Field(description="Null where you must sign in first.")
    session: SessionCreated | None
    carry: str
