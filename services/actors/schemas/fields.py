"""Types of fields that several bodies share, with their bounds, descriptions and examples."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chassis.problems import Refused
from services.actors.model.texts import is_citation, is_date, is_slug, is_web_address, language_tags
from services.actors.model.vocabulary import (
    FIRST_DAY,
    FIRST_YEAR,
    LAST_DAY,
    LAST_YEAR,
    MOST_LANGUAGES,
    MOST_LINKED,
    MOST_PEOPLE,
    MOST_PLACES,
    NAME_LENGTH,
    NOTE_LENGTH,
    SLUG_LENGTH,
    SLUG_PATTERN,
    SOURCE_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    URL_LENGTH,
    Theme,
)


def _slug(text: str) -> str:
    if not is_slug(text):
        raise Refused("id_form", "An id has small letters, digits and single hyphens, for example grenoble-fr.")
    return text


def _web_address(text: str) -> str:
    if not is_web_address(text):
        raise Refused("url_scheme", "Use a full address that begins with https:// or http://.")
    return text


def _citation(text: str) -> str:
    if not is_citation(text):
        raise Refused("url_scheme", "An address must begin with https:// or http://.")
    return text


def _date(text: str) -> str:
    if not is_date(text):
        raise Refused("date", "Use a date that exists, as a day, month or year: 2015-09-04, 2015-09 or 2015.")
    return text


def _languages(tags: list[str]) -> list[str]:
    found = language_tags(tags)
    if found is None:
        raise Refused("not_a_language", "Use language codes such as en, fr or zh-Hant.")
    return list(found)


def _each_once(values: list[object]) -> list[object]:
    return list(dict.fromkeys(values))


Slug = Annotated[
    str,
    Field(
        min_length=1,
        max_length=SLUG_LENGTH,
        pattern=SLUG_PATTERN,
        description="Stable readable key; cannot be changed later.",
        examples=["grenoble-fr"],
    ),
    AfterValidator(_slug),
]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH, description="English name where one is usual.", examples=["Grenoble"])]
LocalName = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH, description="Local name where it differs.", examples=["Ghent"])]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.", examples=["FR"])]
Latitude = Annotated[float, Field(ge=-90, le=90, description="WGS84 degrees.", examples=[45.1885])]
Longitude = Annotated[float, Field(ge=-180, le=180, description="WGS84 degrees.", examples=[5.7245])]
Population = Annotated[int, Field(ge=0, le=MOST_PEOPLE, description="Inhabitants.", examples=[158198])]
WebAddress = Annotated[
    str,
    Field(min_length=8, max_length=URL_LENGTH, description="Full http(s) address.", examples=["https://www.grenoble.fr"]),
    AfterValidator(_web_address),
]
Citation = Annotated[
    str,
    Field(
        min_length=1,
        max_length=SOURCE_LENGTH,
        description="Where this was read; shown to readers as its citation.",
        examples=["https://anvita.fr/membres"],
    ),
    AfterValidator(_citation),
]
ReadOn = Annotated[
    date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31), description="The day on which the source was read.", examples=["2026-11-02"])
]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY, description="A day.", examples=["2027-01-01"])]
Note = Annotated[str, Field(min_length=1, max_length=NOTE_LENGTH, description="A few words on it.", examples=["Since the council motion of 2018."])]
Places = Annotated[int, Field(ge=0, le=MOST_PLACES, description="How many people.", examples=[40])]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR, description="A year.", examples=[2018])]
Title = Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH, description="In a few words.", examples=["Council motion for a welcoming city"])]
Authors = Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH, description="Authors as printed.", examples=["Nick Dreher"])]
Summary = Annotated[
    str, Field(min_length=1, max_length=SUMMARY_LENGTH, description="What it is, in our own words.", examples=["Weekly language cafe."])
]
PreciseDate = Annotated[
    str,
    Field(
        min_length=4, max_length=10, pattern="^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", description="ISO day, month or year, as precise as the source.",
        examples=["2015-09"],
    ),
    AfterValidator(_date),
]  # fmt: skip
Themes = Annotated[
    list[Theme],
    Field(max_length=len(Theme), description="Themes of the closed list.", examples=[["language", "housing"]]),
    AfterValidator(_each_once),
]
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"
LanguageTag = Annotated[str, Field(min_length=2, max_length=35, pattern=LANGUAGE_PATTERN, examples=["fr"])]
Languages = Annotated[
    list[LanguageTag],
    Field(max_length=MOST_LANGUAGES, description="Languages it comes in (BCP 47); empty where nobody told.", examples=[["fr", "en"]]),
    AfterValidator(_languages),
]
ActorIds = Annotated[list[UUID], Field(max_length=MOST_LINKED, description="Ids of actors.", examples=[[]]), AfterValidator(_each_once)]


class Shape(BaseModel):
    """Base of answers: made from model dataclasses."""

    model_config = ConfigDict(from_attributes=True)


class ActorRef(Shape):
    """An actor as others name it."""

    id: UUID
    slug: str = Field(examples=["grenoble-fr"])
    kind: str = Field(examples=["municipality"])
    name: str = Field(examples=["Grenoble"])
