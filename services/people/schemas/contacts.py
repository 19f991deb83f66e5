"""Bodies about consents, contacts, disclosures, erasures and exports."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from chassis.problems import Refused
from chassis.web import Body
from services.people.model.consents import Channel


class ConsentRecord(Body):
    """What the person behind a case now allows, in place of what they allowed before."""

    match: bool = Field(description="May be paired, under the code alone.")
    share_contact: bool = Field(description="The provider of an accepted match may see the contact.")
    text_version: str = Field(min_length=1, max_length=40, description="Version of the text that was agreed to.", examples=["2026-11"])
    channel: Channel = Field(Channel.COORDINATOR, description="How the consent was given.")
    until: AwareDatetime | None = Field(None, description="When it ends by itself.")


class OwnConsentRecord(Body):
    """Whether the other side of an accepted match may see your contact."""

    share_contact: bool
    text_version: str = Field(min_length=1, max_length=40, description="Version of the text that you agreed to.", examples=["2026-11"])


class ConsentRead(BaseModel):
    """One consent: what for, to whom, which fields, in which text, through which channel, until when, withdrawn when."""

    id: UUID
    purpose: str
    recipient: str
    fields: list[str]
    text_version: str
    channel: str
    given_at: datetime
    until: datetime | None
    withdrawn_at: datetime | None
    live: bool


class ConsentList(BaseModel):
    """Consents, newest first."""

    items: list[ConsentRead]
    total: int


class ContactWrite(Body):
    """The contact of the person behind a case, in place of the one before. No status, nationality, religion or document numbers."""

    name: str | None = Field(None, min_length=1, max_length=120, examples=["Amina"])
    phone: str | None = Field(None, min_length=3, max_length=32, examples=["+33 4 76 00 00 00"])
    email: str | None = Field(None, min_length=3, max_length=254, examples=["amina@mail.example"])
    address: str | None = Field(None, min_length=1, max_length=300)
    note: str | None = Field(None, min_length=1, max_length=500, description="For meeting: when to call, which bell to ring.")

    @model_validator(mode="after")
    def _something(self) -> "ContactWrite":
        if not any((self.name, self.phone, self.email, self.address, self.note)):
            raise Refused("empty", "Give at least one way to reach the person, or delete the contact.")
        return self


class ContactKept(BaseModel):
    """Which parts of the contact there are now; not what they say."""

    code: str
    fields: list[str]


class Contact(BaseModel):
    """A contact."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    note: str | None = None


class ContactRead(Contact):
    """The contact of a case."""

    code: str


class DisclosureAsk(Body):
    """In which match."""

    match_id: UUID


class DisclosureRead(BaseModel):
    """The other side's contact."""

    match_id: UUID
    side: Literal["provider", "case"] = Field(description="The side on which you stand.")
    contact: Contact


class ReadingRead(BaseModel):
    """One reading of a contact, as ids."""

    id: UUID
    reader_id: UUID
    subject_kind: str
    subject: str = Field(description="The account's id, or the case's code.")
    match_id: UUID | None
    side: str = Field(description="provider, case, team (of the case) or access (an answer to a request for access).")
    fields: list[str]
    at: datetime


class ErasureCreate(Body):
    """Whom to erase: exactly one of the two."""

    account_id: UUID | None = None
    case_code: str | None = Field(None, min_length=1, max_length=64)

    @model_validator(mode="after")
    def _one(self) -> "ErasureCreate":
        if (self.account_id is None) == (self.case_code is None):
            raise Refused("one_of", "Name either an account or a case.")
        return self


class ErasureRead(BaseModel):
    """Somebody who was erased."""

    id: UUID
    subject_kind: str
    subject: str
    erased_at: datetime
    backups_gone_by: datetime = Field(description="Until then a backup of the key may exist; afterwards nothing can bring the person back.")


class TraceRead(BaseModel):
    """One line of the audit."""

    at: datetime
    action: str
    caller_kind: str
    subject_kind: str
    by_you: bool


class SessionPart(BaseModel):
    """A session in an export."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime


class MyExport(BaseModel):
    """All that is kept here about you."""

    account: dict[str, str | int | bool | None]
    contact: Contact
    consents: list[ConsentRead]
    sessions: list[SessionPart]
    who_read_your_contact: list[ReadingRead]
    contacts_you_read: list[ReadingRead]
    trail: list[TraceRead]
    calendar_address_since: datetime | None = Field(None, description="Since when your calendar has a secret address.")


class CaseExport(BaseModel):
    """All that is kept here about the person behind a case."""

    code: str
    contact: Contact
    consents: list[ConsentRead]
    who_read_the_contact: list[ReadingRead]
    trail: list[TraceRead]
