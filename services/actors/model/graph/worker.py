"""Draws the network in a process of its own: memberships and the old drawing in on stdin, the new drawing and what it comes to out on stdout."""

import json
import os
import resource
import sys
from array import array
from struct import Struct
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.actors.model.graph.analysis import bridging_of, communities_of, components_of, kept_labels, outlined, rounded
from services.actors.model.graph.kernels import Bools, Floats, Ints
from services.actors.model.graph.layout import Given, draw
from services.actors.model.graph.packed import EMPTY, Packed, packed, unpacked

PIECES = Struct("<II")
NICE = 10
"""The drawing gives way to everything else that runs."""


def draw_network(links: bytes, old: Packed) -> tuple[Packed, Ints, dict[str, Any]]:  # Any: JSON
    """The new drawing of memberships (32 bytes each: one actor's id, then the other's), bridging in billionths, and figures of how it was made."""
    seconds: dict[str, float] = {}
    clock = perf_counter()

    def lap(step: str) -> None:
        nonlocal clock
        seconds[step] = round(perf_counter() - clock, 3)
        clock = perf_counter()

    ids, first, other = _graph_of(links)
    lap("reading")
    component = components_of(first, other)
    known, there = _where_in(ids, old)
    community, modularity = communities_of(first, other)
    community, labels = kept_labels(community, np.where(known, np.asarray(old.community, np.int32)[there], -1) if len(old) else known - 1, old.labels)
    lap("communities")
    bridging, exact = bridging_of(first, other)
    lap("bridging")
    x, y = draw(Given(first, other, component, *_old_places(known, there, old), known, _same(ids, first, other, known, there, old)))
    lap("layout")
    fresh = Packed(
        ids.tobytes(), _column(first), _column(other), _column(x), _column(y), _column(community), _column(component), labels
    )  # fmt: skip
    figures = {
        "actors": len(ids), "memberships": len(other) // 2, "components": int(component.max()) + 1 if len(ids) else 0,
        "communities": outlined(first, other, community), "modularity": round(modularity, 4), "exact": exact, "seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    return fresh, rounded(bridging), figures


def _graph_of(links: bytes) -> tuple[NDArray[np.void], Ints, Ints]:
    """Ids in order, and the neighbours of each, in order, each once."""
    ends = np.frombuffer(links, "V16").reshape(-1, 2)
    ids, numbers = np.unique(ends, return_inverse=True)
    numbers = numbers.reshape(-1, 2).astype(np.int64)
    numbers = numbers[numbers[:, 0] != numbers[:, 1]]
    n = max(1, len(ids))
    arcs = np.unique(np.concatenate((numbers[:, 0] * n + numbers[:, 1], numbers[:, 1] * n + numbers[:, 0])))
    first = np.concatenate(([0], np.cumsum(np.bincount(arcs // n, minlength=len(ids))))).astype(np.int32)
    return ids, first, (arcs % n).astype(np.int32)


def _where_in(ids: NDArray[np.void], old: Packed) -> tuple[Bools, Ints]:
    """Which actors the old drawing knows, and their numbers there."""
    if not len(old):
        return np.zeros(len(ids), bool), np.zeros(len(ids), np.int32)
    _both, here, there = np.intersect1d(ids, np.frombuffer(old.ids, "V16"), assume_unique=True, return_indices=True)
    known, numbers = np.zeros(len(ids), bool), np.zeros(len(ids), np.int32)
    known[here], numbers[here] = True, there
    return known, numbers


def _old_places(known: Bools, there: Ints, old: Packed) -> tuple[Floats, Floats]:
    if not len(old):
        return np.zeros(len(known)), np.zeros(len(known))
    places = [np.where(known, np.asarray(column, np.float64)[there], 0.0) for column in (old.x, old.y)]
    return places[0], places[1]


def _same(ids: NDArray[np.void], first: Ints, other: Ints, known: Bools, there: Ints, old: Packed) -> Bools:
    """Whose links are those of the old drawing."""
    if not len(old):
        return known
    now_key = _link_sums(ids, first, other)
    was_key = _link_sums(np.frombuffer(old.ids, "V16"), np.asarray(old.first, np.int32), np.asarray(old.other, np.int32))
    same: Bools = known & (now_key == was_key[there])
    return same


def _link_sums(ids: NDArray[np.void], first: Ints, other: Ints) -> NDArray[np.uint64]:
    """A sum over the neighbours of each: another one for other neighbours, but for chance in 2**64."""
    words = np.frombuffer(ids.tobytes(), "<u8").reshape(-1, 2)
    mixed = (words[:, 0] ^ (words[:, 1] * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(31)
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed[other], dtype=np.uint64)))
    return sums[first[1:]] - sums[first[:-1]] + np.diff(first).astype(np.uint64)


def _column(values: Ints) -> "array[int]":
    column = array("i")
    column.frombytes(np.ascontiguousarray(values, np.int32).tobytes())
    return column


def warm() -> None:
    """Compile the loops, and keep them on disk."""
    pairs = ((1, 0), (2, 0), (3, 1), (4, 5))
    draw_network(b"".join(bytes([one] * 16 + [other] * 16) for one, other in pairs), EMPTY)


def main() -> None:
    """One drawing, within as many MB as the first argument says. In: the lengths of the old drawing and of the memberships, then both; out: the
    lengths of the figures and of bridging, then these and the drawing."""
    os.nice(NICE)
    most = int(sys.argv[1]) << 20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    old_length, links_length = PIECES.unpack(sys.stdin.buffer.read(PIECES.size))
    kept = sys.stdin.buffer.read(old_length)
    fresh, bridging, figures = draw_network(sys.stdin.buffer.read(links_length), unpacked(kept) if kept else EMPTY)
    words, column = json.dumps(figures).encode(), bridging.astype("<i8").tobytes()
    sys.stdout.buffer.write(PIECES.pack(len(words), len(column)) + words + column + packed(fresh))


if __name__ == "__main__":
    main()
