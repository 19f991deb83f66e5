"""A graph as a few plain arrays, as it lies in the database: 100,000 actors with 500,000 memberships take some 13 MB in memory."""

import sys
import zlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from struct import Struct
from uuid import UUID

HEADER = Struct("<4sIII")
MAGIC = b"HGR1"
MOST_BYTES = 400_000_000
"""A graph that unpacks to more than this was not packed here."""


@dataclass(frozen=True, slots=True)
class Packed:
    """`ids`: 16 bytes an actor, in their order; an actor's place there is its number here. The neighbours of `n` are
    `other[first[n]:first[n + 1]]`, in order. `x` and `y` are where it is drawn, `community` and `component` what it belongs to; the largest
    component is 0. `labels`: how many community numbers were ever given out."""

    ids: bytes
    first: "array[int]"
    other: "array[int]"
    x: "array[int]"
    y: "array[int]"
    community: "array[int]"
    component: "array[int]"
    labels: int = 0

    def __len__(self) -> int:
        """How many actors there are."""
        return len(self.ids) // 16

    def number_of(self, actor_id: UUID) -> int | None:
        """The number of an actor; None where it has no membership here."""
        place = bisect_left(_Ids(self.ids), actor_id.bytes)
        return place if place < len(self) and self.ids[16 * place : 16 * place + 16] == actor_id.bytes else None

    def id_of(self, number: int) -> UUID:
        """The actor with a number."""
        return UUID(bytes=self.ids[16 * number : 16 * number + 16])

    def neighbours(self, number: int) -> "array[int]":
        """Whom an actor has a membership with, in either direction."""
        return self.other[self.first[number] : self.first[number + 1]]


class _Ids:
    """The ids as a sequence, for bisection."""

    def __init__(self, ids: bytes) -> None:
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids) // 16

    def __getitem__(self, place: int) -> bytes:
        return self._ids[16 * place : 16 * place + 16]


_NONE = array("i")
EMPTY = Packed(b"", array("i", [0]), _NONE, _NONE, _NONE, _NONE, _NONE)


def packed(graph: Packed) -> bytes:
    """The bytes that the database keeps; the same graph gives the same bytes."""
    columns = [graph.first, graph.other, graph.x, graph.y, graph.community, graph.component]
    body = HEADER.pack(MAGIC, len(graph), len(graph.other), graph.labels) + graph.ids + b"".join(_little(column) for column in columns)
    return zlib.compress(body, 1)


def unpacked(kept: bytes) -> Packed:
    """The graph in those bytes. Raises ValueError when they hold none."""
    engine = zlib.decompressobj()
    body = engine.decompress(kept, MOST_BYTES)
    magic, nodes, arcs, labels = HEADER.unpack_from(body)
    lengths = [nodes + 1, arcs, nodes, nodes, nodes, nodes]
    if magic != MAGIC or len(body) != HEADER.size + 16 * nodes + 4 * sum(lengths):
        raise ValueError("these bytes hold no graph")
    place = HEADER.size + 16 * nodes
    columns = []
    for length in lengths:
        column = array("i")
        column.frombytes(body[place : place + 4 * length])
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column)
        place += 4 * length
    first, other, x, y, community, component = columns
    return Packed(body[HEADER.size : HEADER.size + 16 * nodes], first, other, x, y, community, component, labels)


def _little(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()
