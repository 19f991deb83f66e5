"""The network drawn: how long it takes, whether everything stays where it was, how large answers are."""

import random
from typing import Any

import networkx  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.report import Report, progress, timed
from services.actors.model.graph.packed import EMPTY, Packed, packed
from services.actors.model.graph.walks import join, shortest_paths
from services.actors.model.graph.worker import draw_network

MEMBERS_PER_NETWORK = 50
LINKS = 5
"""Memberships for each actor, in the mean."""
NEARBY = 0.7
"""Share of memberships in networks of the same region; the others are in any, the large ones more often."""


def run(report: Report, large: bool) -> None:
    """1,000 and 10,000 actors with five memberships each; `large`: 100,000 as well."""
    draw_network(_links(200, 1), EMPTY)
    _beside_networkx(report)
    for actors in (1_000, 10_000, 100_000) if large else (1_000, 10_000):
        progress(f"network of {actors}")
        _measure(report, actors)


def _links(actors: int, seed: int) -> bytes:
    """Memberships as they are, 32 bytes each: networks of a region, and a few that everybody is in."""
    dice = np.random.default_rng(seed)
    networks, many = max(20, actors // MEMBERS_PER_NETWORK), LINKS * actors
    weights = 1 / np.arange(1, networks + 1) ** 0.8
    member = dice.integers(networks, actors, many)
    near = (member * networks // actors + dice.integers(-3, 4, many)) % networks
    network = np.where(dice.random(many) < NEARBY, near, dice.choice(networks, many, p=weights / weights.sum()))
    return _packed(member, network)


def _packed(member: NDArray[Any], network: NDArray[Any]) -> bytes:
    def ids(numbers: NDArray[Any]) -> NDArray[Any]:
        whole = numbers.astype(np.uint64)
        return np.stack((whole * np.uint64(0x9E3779B97F4A7C15), whole), axis=1).astype(">u8")

    return np.stack((ids(member), ids(network)), axis=1).tobytes()


def _measure(report: Report, actors: int) -> None:
    links = _links(actors, 1)
    (graph, _bridging, figures), seconds = timed(lambda: draw_network(links, EMPTY))
    report.note(f"{len(graph):,} actors, {figures['memberships']:,} memberships: {figures['seconds']}, {figures['peak_mb']} MB")
    report.add(
        f"{actors:,}: drawn from nothing, in all", seconds, "s", "" if actors > 10_000 else "seconds", None if actors > 10_000 else seconds < 30
    )
    report.add(f"{actors:,}: of that the layout", figures["seconds"]["layout"], "s")
    dice = np.random.default_rng(3)
    fresh = np.repeat(np.arange(actors, actors + actors // 20), 3)
    more = links + _packed(fresh, dice.integers(0, max(20, actors // MEMBERS_PER_NETWORK), len(fresh)))
    (after, _, _), again = timed(lambda: draw_network(more, graph))
    moved = _moves(graph, after)
    across = float(np.hypot(max(graph.x) - min(graph.x), max(graph.y) - min(graph.y)))
    report.add(f"{actors:,}: drawn again with 5 % new actors, in all", again, "s")
    share = 100 * float(moved.mean()) / across
    report.add(f"{actors:,}: mean move of those who were there", share, "% across", "< 2 %", share < 2)
    report.add(f"{actors:,}: as it lies in the database", len(packed(graph)) / 1e6, "MB")
    _walks(report, graph, actors)


def _moves(before: Packed, after: Packed) -> NDArray[np.float64]:
    places = np.array([after.number_of(before.id_of(n)) for n in range(len(before))])
    moved: NDArray[np.float64] = np.hypot(np.array(after.x)[places] - np.array(before.x), np.array(after.y)[places] - np.array(before.y))
    return moved


def _walks(report: Report, graph: Packed, actors: int) -> None:
    chosen = random.Random(4).sample(range(len(graph)), 10)
    _, path = timed(lambda: shortest_paths(graph, chosen[0], chosen[1], 20))
    _, tree = timed(lambda: join(graph, chosen))
    report.add(f"{actors:,}: the shortest paths between two", 1e3 * path, "ms")
    report.add(f"{actors:,}: who connects ten", 1e3 * tree, "ms")


def _beside_networkx(report: Report) -> None:
    """The same network of 1,000 through the spring layout that most programs use."""
    graph = draw_network(_links(1_000, 1), EMPTY)[0]
    theirs = networkx.Graph([(n, other) for n in range(len(graph)) for other in graph.neighbours(n)])
    spring, seconds = timed(lambda: networkx.spring_layout(theirs, seed=1, method="force"))
    _, ours = timed(lambda: draw_network(_links(1_000, 1), EMPTY))
    report.add("1,000: networkx's spring layout alone", seconds, "s")
    report.add("1,000: our drawing with everything", ours, "s", "less", ours < seconds)
    places = np.array([spring[n] for n in range(len(graph))])
    report.add("1,000: mean link by mean distance, spring layout", _tightness(theirs, places[:, 0], places[:, 1]))
    report.add("1,000: mean link by mean distance, ours (lower: who belongs together lies together)", _tightness(theirs, graph.x, graph.y))


def _tightness(graph: networkx.Graph, x: ArrayLike, y: ArrayLike) -> float:
    across, down = np.asarray(x, float), np.asarray(y, float)
    ends = np.array(graph.edges)
    links = np.hypot(across[ends[:, 0]] - across[ends[:, 1]], down[ends[:, 0]] - down[ends[:, 1]]).mean()
    dice = np.random.default_rng(1)
    one, two = dice.integers(0, len(across), (2, 20_000))
    return float(links / np.hypot(across[one] - across[two], down[one] - down[two]).mean())
