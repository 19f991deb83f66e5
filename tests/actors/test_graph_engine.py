"""The network's engine: the same input gives the same drawing, what was there stays there, and every answer is what its definition says."""

import random
from itertools import combinations
from typing import Any

import networkx
import numpy as np
import pytest

from services.actors.model.graph.analysis import bridging_of, kept_labels
from services.actors.model.graph.layout import radius_of
from services.actors.model.graph.packed import EMPTY, Packed, packed, unpacked
from services.actors.model.graph.walks import join, shortest_paths
from services.actors.model.graph.worker import _graph_of, draw_network


def key(number: int) -> bytes:
    """An id for a number, spread over all ids."""
    return (number * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8, "big") + number.to_bytes(8, "big")


def links_of(pairs: list[tuple[int, int]]) -> bytes:
    return b"".join(key(member) + key(network) for member, network in pairs)


def a_world(networks: int, members: int, seed: int) -> list[tuple[int, int]]:
    """Memberships as they are: few large networks, many small ones, most members in one or two."""
    dice = random.Random(seed)
    weights = [1 / (n + 1) for n in range(networks)]
    found = {(networks + m, n) for m in range(members) for n in dice.choices(range(networks), weights, k=dice.choice((1, 1, 1, 2, 3)))}
    return sorted(found)


@pytest.fixture(scope="module")
def world() -> list[tuple[int, int]]:
    return a_world(40, 800, 7)


@pytest.fixture(scope="module")
def drawn(world: list[tuple[int, int]]) -> Packed:
    return draw_network(links_of(world), EMPTY)[0]


def as_networkx(graph: Packed) -> Any:
    return networkx.Graph([(n, other) for n in range(len(graph)) for other in graph.neighbours(n)])


def test_the_same_memberships_in_any_order_give_the_same_drawing(world: list[tuple[int, int]], drawn: Packed) -> None:
    mixed = random.Random(3).sample(world, len(world))

    again = draw_network(links_of([(b, a) if n % 2 else (a, b) for n, (a, b) in enumerate(mixed)]), EMPTY)[0]

    assert packed(again) == packed(drawn)


def test_a_drawing_without_news_stays_as_it_is(world: list[tuple[int, int]], drawn: Packed) -> None:
    again = draw_network(links_of(world), drawn)[0]

    moved = np.hypot(np.array(again.x) - np.array(drawn.x), np.array(again.y) - np.array(drawn.y))
    assert moved.mean() < 0.01 * across(drawn)
    assert list(again.community) == list(drawn.community)


def across(graph: Packed) -> float:
    return float(np.hypot(max(graph.x) - min(graph.x), max(graph.y) - min(graph.y)))


def test_after_five_in_a_hundred_are_new_the_others_are_found_where_they_were(world: list[tuple[int, int]], drawn: Packed) -> None:
    dice = random.Random(5)
    news = [(10_000 + n, dice.randrange(40)) for n in range(42)]

    after = draw_network(links_of(world + news), drawn)[0]

    places = [after.number_of(drawn.id_of(n)) for n in range(len(drawn))]
    moved = np.hypot(np.array(after.x)[places] - np.array(drawn.x), np.array(after.y)[places] - np.array(drawn.y))
    assert moved.mean() < 0.01 * across(drawn)
    assert moved.max() < 0.06 * across(drawn)


def test_nothing_overlaps(drawn: Packed) -> None:
    x, y, radius = np.array(drawn.x), np.array(drawn.y), radius_of(np.diff(np.array(drawn.first)))

    apart = np.hypot(x[:, None] - x, y[:, None] - y) + np.eye(len(x)) * 1e9

    assert (apart >= radius[:, None] + radius).all()


def test_components_lie_side_by_side() -> None:
    pairs = [(100 + n, 0) for n in range(30)] + [(200 + n, 1) for n in range(8)] + [(300 + n, 2) for n in range(8)] + [(400, 3)]

    graph = draw_network(links_of(pairs), EMPTY)[0]

    x, y, component = np.array(graph.x), np.array(graph.y), np.array(graph.component)
    assert sorted(np.bincount(component).tolist(), reverse=True) == np.bincount(component).tolist() == [31, 9, 9, 2]
    circles = []
    for each in range(4):
        own = component == each
        middle = x[own].mean(), y[own].mean()
        circles.append((*middle, np.hypot(x[own] - middle[0], y[own] - middle[1]).max()))
    for one, two in combinations(circles, 2):
        assert np.hypot(one[0] - two[0], one[1] - two[1]) > one[2] + two[2]


def test_communities_part_all_and_what_belongs_together_is_tied(drawn: Packed) -> None:
    groups: dict[int, set[int]] = {}
    for n in range(len(drawn)):
        groups.setdefault(drawn.community[n], set()).add(n)

    graph = as_networkx(drawn)

    assert sum(len(group) for group in groups.values()) == len(drawn)
    assert all(networkx.is_connected(graph.subgraph(group)) for group in groups.values())
    assert drawn.labels == len(groups)


def test_a_community_keeps_its_number_and_a_new_one_gets_a_fresh_one() -> None:
    old = np.array([5, 5, 5, 5, 2, 2, 2, -1, -1])
    fresh = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2])

    kept, labels = kept_labels(fresh.astype(np.int32), old.astype(np.int32), 9)

    assert (kept.tolist(), labels) == ([5, 5, 5, 2, 2, 2, 2, 9, 9], 10)


def test_bridging_is_betweenness(drawn: Packed) -> None:
    found, exact = bridging_of(np.array(drawn.first, np.int32), np.array(drawn.other, np.int32))

    right = networkx.betweenness_centrality(as_networkx(drawn))

    assert exact
    assert found == pytest.approx([right[n] for n in range(len(drawn))], abs=1e-9)


def test_bridging_of_a_very_large_network_is_near_to_it(drawn: Packed, monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = np.array(drawn.first, np.int32), np.array(drawn.other, np.int32)
    right, _ = bridging_of(first, other)
    monkeypatch.setattr("services.actors.model.graph.analysis.MOST_EXACT", 1)

    found, exact = bridging_of(first, other)

    assert not exact
    assert set(np.argsort(-found)[:5]) == set(np.argsort(-right)[:5])


def test_the_shortest_paths_are_those_of_networkx(drawn: Packed) -> None:
    graph, dice = as_networkx(drawn), random.Random(1)
    whole = max(networkx.connected_components(graph), key=len)

    for _ in range(40):
        start, goal = dice.sample(sorted(whole), 2)
        found = shortest_paths(drawn, start, goal, 500)
        right = {tuple(path) for path in networkx.all_shortest_paths(graph, start, goal)}
        assert (found.length, found.count) == (len(next(iter(right))) - 1, len(right))
        assert set(found.paths) <= right
        assert len(found.paths) == min(500, len(right))


def test_what_joins_several_is_a_tree_with_all_of_them_and_never_twice_the_smallest(drawn: Packed) -> None:
    graph, dice = as_networkx(drawn), random.Random(2)
    whole = sorted(max(networkx.connected_components(graph), key=len))

    for many in range(2, 11):
        wanted = dice.sample(whole, many)
        found = join(drawn, wanted)
        tree = networkx.Graph(list(found.links))
        theirs = networkx.approximation.steiner_tree(graph, wanted, method="mehlhorn")
        assert networkx.is_tree(tree)
        assert set(wanted) <= set(tree) == set(found.nodes)
        assert all(graph.has_edge(*link) for link in found.links)
        assert all(tree.degree(node) > 1 or node in wanted for node in tree)
        assert tree.number_of_edges() <= 2 * theirs.number_of_edges()


def test_small_trees_keep_the_promise_against_the_smallest_of_all() -> None:
    graph = draw_network(links_of(a_world(5, 9, 4)), EMPTY)[0]
    whole, dice = as_networkx(graph), random.Random(8)
    part = sorted(max(networkx.connected_components(whole), key=len))

    for _ in range(6):
        wanted = dice.sample(part, 3)
        best = min(
            len(chosen) - 1
            for size in range(3, len(part) + 1)
            for chosen in (set(more) | set(wanted) for more in combinations(part, size - 3))
            if networkx.is_connected(whole.subgraph(chosen))
        )
        assert len(join(graph, wanted).links) <= 2 * (1 - 1 / 3) * best


def test_actors_that_nothing_joins_are_said_to_be_apart() -> None:
    graph = draw_network(links_of([(10, 0), (11, 0), (20, 1), (21, 1), (30, 2)]), EMPTY)[0]
    a, b, c, d = (graph.number_of(graph.id_of(n)) for n in (_place(graph, 10), _place(graph, 11), _place(graph, 20), _place(graph, 30)))

    found = join(graph, [a, b, c, d])

    assert sorted(len(group) for group in found.apart) == [1, 1, 2]
    assert len(found.links) == 2
    assert shortest_paths(graph, a, c, 5).length is None


def _place(graph: Packed, number: int) -> int:
    return next(n for n in range(len(graph)) if graph.ids[16 * n : 16 * n + 16] == key(number))


def test_a_drawing_is_kept_as_it_is(drawn: Packed) -> None:
    assert unpacked(packed(drawn)) == drawn
    assert unpacked(packed(EMPTY)) == EMPTY
    with pytest.raises(ValueError):
        unpacked(packed(drawn)[:-9] + b"123456789")


def test_a_membership_that_is_told_twice_or_of_oneself_counts_once_or_not() -> None:
    _ids, first, other = _graph_of(links_of([(1, 2), (2, 1), (1, 2), (3, 3)]))

    assert (first.tolist(), sorted(other.tolist())) == ([0, 1, 2, 2], [0, 1]) or len(other) == 2
