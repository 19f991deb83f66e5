"""The shape of each kind of organisation, with its words, as live pictures are told."""

from collections.abc import Set
from typing import TypedDict

from gateway.clients.asking import Record
from gateway.pages.registry.picture import KINDS, shape_of
from gateway.pages.words import label


class Shape(TypedDict):
    """`shape` is the number of an outline in `picture.shape_of`, in static/map.js and static/network.js."""

    shape: int
    words: str


def organisation_shapes() -> dict[str, Shape]:
    """Kind -> its shape and its words in the reader's language."""
    return {kind: {"shape": number, "words": label("actor_kind", kind)} for number, kind in enumerate(KINDS)}


def legend_of(seen: Set[int]) -> list[Record]:
    """The kinds with these numbers, each with its shape in a square of 20 pixels."""
    return [{"kind": kind, "number": number, "shape": shape_of(number, 10, 10, 8)} for number, kind in enumerate(KINDS) if number in seen]
