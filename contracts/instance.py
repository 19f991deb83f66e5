"""What a city chose for its hub. What was never chosen is null, and the environment decides."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.envelope import Event

INSTANCE_ID = UUID("7d0c1f8e-5a55-5c6e-9a39-6a6b4b6b0001")
"""The one instance of a hub: the same in every installation, for an instance is one municipality."""


class Logo(BaseModel):
    """The city's picture: its bytes are asked from `people` by this hash."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: str = Field(description="Hash of the bytes, in hexadecimal digits.")
    media_type: str = Field(description="image/png, image/jpeg or image/webp.")
    width: int = Field(ge=1, description="In pixels.")
    height: int = Field(ge=1, description="In pixels.")


class InstanceRules(Event):
    """What every part of the hub follows, told at each change. Texts, looks and addresses of the office are not: only pages show them."""

    about: ClassVar[str] = "instance_id"
    instance_id: UUID = INSTANCE_ID
    version: int = Field(ge=1)

    name: str | None = Field(None, description="The hub's name.")
    languages: list[str] | None = Field(None, description="Languages offered to readers, in their order.")
    default_language: str | None = Field(None, description="For readers who name no language that is offered.")

    ask_without_name: bool | None = Field(None, description="Whether one may ask for help without a name.")
    offer_by_mail: bool | None = Field(None, description="Whether one may offer help without an account.")

    moderation: str | None = Field(None, description="Whose public offers wait for a moderator: everybody, volunteers, new or none.")
    trusted_actors: list[UUID] | None = Field(None, description="Organisations whose offers never wait.")
    held_words: list[str] | None = Field(None, description="Words that make any public offer wait.")

    answer_days: int | None = Field(None, description="Days that a provider has to answer a request.")
    review_days: int | None = Field(None, description="Days after which a provider is asked whether an offer is still true.")
    review_grace_days: int | None = Field(None, description="Days after that question until an unconfirmed offer is paused.")

    closed_case_days: int | None = Field(None, description="Days after which the household of a closed case is blanked.")
    need_days: int | None = Field(None, description="Days after which a need that nobody could fill is withdrawn.")
    ask_days: int | None = Field(None, description="Days that an ask without a name holds.")
    invited_days: int | None = Field(None, description="Days after which somebody who never accepted an invitation is erased.")
    message_days: int | None = Field(None, description="Days that notices and records of sent messages are kept.")
    suggestion_days: int | None = Field(None, description="Days after which a decided suggestion is deleted.")
    audit_days: int | None = Field(None, description="Days that the audit trail is kept.")


class InstanceState(InstanceRules):
    """All choices of a city. Texts are by language; null means never chosen."""

    home_title: dict[str, str] | None = Field(None, description="The sentence on top of the first page.")
    home_lead: dict[str, str] | None = Field(None, description="The short text below it.")
    colour: str | None = Field(None, description="Ground of the bar on top and of the main buttons; white text stands on it.")
    accent: str | None = Field(None, description="Links and second buttons, on light grounds.")
    logo: Logo | None = None

    publisher: str | None = Field(None, description="Who answers for the hub.")
    publisher_address: str | None = Field(None, description="Postal address of the office.")
    office_email: str | None = Field(None, description="Address of the office, never of a person.")
    office_phone: str | None = Field(None, description="Telephone of the office.")
    accessibility_email: str | None = Field(None, description="Where somebody writes for whom a page does not work.")
    data_protection_email: str | None = Field(None, description="Where the data protection officer is written to.")
    supervisor: str | None = Field(None, description="The authority to which one may complain about data protection.")
    imprint: dict[str, str] | None = Field(None, description="Further words of the imprint.")
    privacy: dict[str, str] | None = Field(None, description="Further words of the privacy notice.")
    accessibility: dict[str, str] | None = Field(None, description="Further words of the accessibility statement.")
