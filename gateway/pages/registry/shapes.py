"""The shape of each kind of organisation, with its words, as live pictures are told."""

from typing import TypedDict

from gateway.pages.registry.picture import KINDS
from gateway.pages.words import label


class Shape(TypedDict):
    """`shape` is the number of an outline in `picture.shape_of`, in static/map.js and static/network.js."""

    shape: int
    words: str


def organisation_shapes() -> dict[str, Shape]:
    """Kind -> its shape and its words in the reader's language."""
    return {kind: {"shape": number, "words": label("actor_kind", kind)} for number, kind in enumerate(KINDS)}
