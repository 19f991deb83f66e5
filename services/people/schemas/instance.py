"""Bodies about the settings of the hub. Each field that is left out stays as it is; null goes back to what the environment says."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from chassis.colour import ENOUGH, HEX, LIGHT_GROUNDS, WHITE, least_contrast, readable
from chassis.problems import Refused
from chassis.web import Body
from contracts.instance import Logo

Locale = Literal["en", "fr", "de", "es", "it", "uk", "ar"]
Moderation = Literal["everybody", "volunteers", "new", "none"]
EMAIL = re.compile(r"^[^@\s<>\"',;]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}$")


def _email(value: str | None) -> str | None:
    if value and not EMAIL.match(value):
        raise Refused("no_address", "Write an e-mail address, for example office@city.example.")
    return value or None


def _colour(value: str | None) -> str | None:
    if value is None:
        return None
    if not HEX.match(value):
        raise Refused("no_colour", "Write a colour as # and six digits or letters a to f, for example #1f4e5f.")
    return value.lower()


def _main(value: str | None) -> str | None:
    colour = _colour(value)
    if colour is not None and least_contrast(colour, (WHITE,)) < ENOUGH:
        nearest = readable(colour, (WHITE,))
        raise Refused("too_pale", "White text cannot be read on this colour. The nearest colour on which it can is {colour}.", colour=nearest)
    return colour


def _accent(value: str | None) -> str | None:
    colour = _colour(value)
    if colour is not None and least_contrast(colour, LIGHT_GROUNDS) < ENOUGH:
        nearest = readable(colour, LIGHT_GROUNDS)
        raise Refused("too_pale", "Links in this colour cannot be read on light grounds. The nearest colour that can is {colour}.", colour=nearest)
    return colour


def _words(value: list[str] | None) -> list[str] | None:
    if value is None:
        return None
    words = list(dict.fromkeys(word.strip().casefold() for word in value if word.strip()))
    if any(len(word) < 3 for word in words):
        raise Refused("short_word", "Each word needs three letters or more: shorter ones would stop too many offers.")
    return words


def _texts(most: int) -> object:
    def checked(value: dict[Locale, str] | None) -> dict[Locale, str] | None:
        if value is None:
            return None
        if any(len(text) > most for text in value.values()):
            raise Refused("text_too_long", "A text may have {most} characters at most in each language.", most=most)
        return {language: text.strip() for language, text in value.items() if text.strip()} or None

    return AfterValidator(checked)


Email = Annotated[str | None, AfterValidator(_email)]
Days = int | None


class InstanceUpdate(Body):
    """What an administrator changes."""

    name: str | None = Field(
        None, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$", description="The hub's name.", examples=["Welcome hub of our city"]
    )
    home_title: Annotated[dict[Locale, str] | None, _texts(120)] = Field(None, description="On top of the first page, by language.")
    home_lead: Annotated[dict[Locale, str] | None, _texts(400)] = Field(None, description="Below it, by language.")
    colour: Annotated[str | None, AfterValidator(_main)] = Field(
        None, max_length=7, description="Bar on top and main buttons; white text must be readable on it (4.5:1).", examples=["#1f4e5f"]
    )
    accent: Annotated[str | None, AfterValidator(_accent)] = Field(
        None, max_length=7, description="Links; readable on light grounds (4.5:1). The dark look uses a lighter shade.", examples=["#0b5563"]
    )

    languages: list[Locale] | None = Field(None, min_length=1, max_length=7, description="Offered to readers, in their order.")
    default_language: Locale | None = Field(None, description="For readers who name none of them.")

    publisher: str | None = Field(None, max_length=200, description="Who answers for the hub.", examples=["City of Grenoble"])
    publisher_address: str | None = Field(None, max_length=300, description="Postal address.")
    office_email: Email = Field(None, max_length=254, description="The office's address, never a person's.", examples=["welcome@city.example"])
    office_phone: str | None = Field(None, max_length=40, description="The office's telephone.")
    accessibility_email: Email = Field(None, max_length=254, description="For whom a page does not work.")
    data_protection_email: Email = Field(None, max_length=254, description="The data protection officer.")
    supervisor: str | None = Field(None, max_length=200, description="The authority that hears complaints about data protection.")
    imprint: Annotated[dict[Locale, str] | None, _texts(1000)] = Field(None, description="Further words of the imprint, by language.")
    privacy: Annotated[dict[Locale, str] | None, _texts(1000)] = Field(None, description="Further words of the privacy notice, by language.")
    accessibility: Annotated[dict[Locale, str] | None, _texts(600)] = Field(None, description="Further words of the accessibility statement.")

    ask_without_name: bool | None = Field(None, description="Whether one may ask for help without a name.")
    offer_by_mail: bool | None = Field(None, description="Whether one may offer help without an account.")

    moderation: Moderation | None = Field(None, description="Whose public offers wait for a moderator.")
    trusted_actors: list[UUID] | None = Field(None, max_length=100, description="Organisations whose offers never wait.")
    held_words: Annotated[list[Annotated[str, Field(max_length=40)]] | None, AfterValidator(_words)] = Field(
        None, max_length=100, description="Words that make any public offer wait.", examples=[["loan", "investment"]]
    )

    answer_days: Days = Field(None, ge=1, le=60, description="Days to answer a request.")
    review_days: Days = Field(None, ge=7, le=730, description="Days until a provider is asked whether an offer is still true.")
    review_grace_days: Days = Field(None, ge=1, le=90, description="Days from that question until the offer is paused.")

    closed_case_days: Days = Field(None, ge=1, le=365, description="Days until a closed case's household is blanked.")
    need_days: Days = Field(None, ge=14, le=365, description="Days until a need that nobody could fill is withdrawn.")
    ask_days: Days = Field(None, ge=7, le=180, description="Days that an ask without a name holds.")
    invited_days: Days = Field(None, ge=7, le=180, description="Days until an invitation that nobody accepted is erased.")
    message_days: Days = Field(None, ge=1, le=90, description="Days that notices and records of messages are kept.")
    suggestion_days: Days = Field(None, ge=30, le=730, description="Days until a decided suggestion is deleted.")
    audit_days: Days = Field(None, ge=180, le=1825, description="Days that the audit trail is kept.")

    @model_validator(mode="after")
    def _fits_together(self) -> "InstanceUpdate":
        if self.languages is not None and len(set(self.languages)) != len(self.languages):
            raise Refused("twice", "A language is there twice.")
        return self


SETTINGS: tuple[str, ...] = tuple(InstanceUpdate.model_fields)
"""All settings that the page can change, apart from the picture."""


class InstancePublic(BaseModel):
    """What everybody may know of the hub; null was never chosen."""

    version: int = Field(description="0 before the first change.")
    name: str | None = None
    home_title: dict[str, str] | None = None
    home_lead: dict[str, str] | None = None
    colour: str | None = None
    accent: str | None = None
    logo: Logo | None = None
    languages: list[str] | None = None
    default_language: str | None = None
    publisher: str | None = None
    publisher_address: str | None = None
    office_email: str | None = None
    office_phone: str | None = None
    accessibility_email: str | None = None
    data_protection_email: str | None = None
    supervisor: str | None = None
    imprint: dict[str, str] | None = None
    privacy: dict[str, str] | None = None
    accessibility: dict[str, str] | None = None
    ask_without_name: bool | None = None
    offer_by_mail: bool | None = None
    answer_days: int | None = None
    review_days: int | None = None
    review_grace_days: int | None = None
    closed_case_days: int | None = None
    need_days: int | None = None
    ask_days: int | None = None
    invited_days: int | None = None
    message_days: int | None = None
    suggestion_days: int | None = None
    audit_days: int | None = None


class InstanceRead(InstancePublic):
    """All settings, for administrators."""

    moderation: str | None = None
    trusted_actors: list[UUID] | None = None
    held_words: list[str] | None = None
    fixed: list[str] = Field(default_factory=list, description="Settings that only the environment decides.")
    updated_at: datetime | None = None


class LogoUpdate(Body):
    """The city's picture."""

    image: str = Field(min_length=1, max_length=280_000, description="PNG, JPEG or WebP in base64, 200 kB at most once decoded.")
