"""Answers about the codes that records may carry."""

from pydantic import BaseModel, Field


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
