"""Answers about the codes that records may carry."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from chassis.web import Body

Locale = Literal["en", "fr", "de", "es", "it", "uk", "ar"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class CategoryRead(BaseModel):
    """A kind of help."""

    code: str
    parent: str | None
    unit: str
    returns: bool
    name: str = Field(description="In the reader's language.")
    hint: str
    names: dict[str, str]
    hints: dict[str, str] = Field(description="For who posts an offer of this kind, in every language.")
    version: int = Field(0, description="Of what the city chose for it; 0: nothing.")
    offered: bool = Field(True, description="Whether it can be chosen for something new here.")
    switched_off: bool = Field(False, description="Whether the city switched it off itself, and not only what it belongs to.")
    own_names: dict[str, str] = Field(default_factory=dict, description="Names that the city gave it.")
    place: int | None = Field(None, description="Its place among its neighbours, if the city gave it one.")
    icon: str | None = Field(None, description="The picture that the city chose: that of another top category.")


class CategoryUpdate(Body):
    """What the city chooses for a kind of help; what is left out stays."""

    offered: bool = Field(True, description="False: it cannot be chosen for anything new; what exists goes on.")
    names: dict[Locale, Name] = Field(default_factory=dict, max_length=7, description="Names of the city's own; the others are the vocabulary's.")
    place: int | None = Field(None, ge=1, le=999, description="Its place among its neighbours; null: as in the vocabulary.")
    icon: str | None = Field(None, max_length=40, description="The code of a top category whose picture it takes; null: its own.")


class TagRead(BaseModel):
    """An attribute tag."""

    code: str
    kind: str
    name: str
    names: dict[str, str]


class TopicRead(BaseModel):
    """A topic and its scale of levels."""

    code: str
    scale: str
    levels: list[str]
    name: str
    names: dict[str, str]


class VocabularyRead(BaseModel):
    """Every code that records may carry."""

    categories: list[CategoryRead]
    tags: list[TagRead]
    topics: list[TopicRead]
    languages: list[str]
