"""The closed vocabulary of matching: kinds of help, attribute tags and topics, with their names in seven languages."""

from services.matching.vocabulary.vocabulary import (
    LANGUAGES,
    NAME_LOCALES,
    Category,
    Kind,
    Scale,
    Tag,
    Topic,
    Unit,
    UnknownCode,
    Vocabulary,
    children_of,
    hint,
    is_within,
    levels,
    load,
    name,
)

__all__ = [
    "LANGUAGES",
    "NAME_LOCALES",
    "Category",
    "Kind",
    "Scale",
    "Tag",
    "Topic",
    "Unit",
    "UnknownCode",
    "Vocabulary",
    "children_of",
    "hint",
    "is_within",
    "levels",
    "load",
    "name",
]
