"""Ways through the network: shortest paths between two actors, and few actors that join several. Plain Python over the packed graph."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from services.actors.model.graph.packed import Packed


@dataclass(frozen=True, slots=True)
class Paths:
    """All shortest paths between two actors, in the order of their numbers. `length`: memberships on each; None where nothing joins the two.
    `count`: how many there are in all; `paths` holds the first of them."""

    length: int | None
    count: int
    paths: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A tree that joins actors: numbers, and links as pairs of numbers. `apart`: groups of the actors that nothing joins, where there are several."""

    nodes: tuple[int, ...]
    links: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, ...], ...]


def shortest_paths(graph: Packed, start: int, goal: int, most: int) -> Paths:
    """Breadth-first search from the goal; at most `most` paths are written out. O(actors + memberships)."""
    if start == goal:
        return Paths(0, 1, ((start,),))
    if graph.component[start] != graph.component[goal]:
        return Paths(None, 0, ())
    far = _distances(graph, goal, start)
    ways = _ways(graph, far, start, goal)
    return Paths(far[start], ways, tuple(islice(_written(graph, far, start, goal), most)))


def _distances(graph: Packed, goal: int, start: int) -> list[int]:
    """How far each actor lies from the goal, -1 where that is farther than the start."""
    far = [-1] * len(graph)
    far[goal] = 0
    ring, first, other = [goal], graph.first, graph.other
    while ring and far[start] < 0:
        step = far[ring[0]] + 1
        farther: list[int] = []
        for here in ring:
            for there in other[first[here] : first[here + 1]]:
                if far[there] < 0:
                    far[there] = step
                    farther.append(there)
        ring = farther
    return far


def _ways(graph: Packed, far: list[int], start: int, goal: int) -> int:
    """How many shortest paths there are; whole numbers of any size."""
    ways = {start: 1}
    for _ in range(far[start]):
        nearer: defaultdict[int, int] = defaultdict(int)
        for here, many in ways.items():
            for there in graph.neighbours(here):
                if far[there] == far[here] - 1:
                    nearer[there] += many
        ways = dict(nearer)
    return ways[goal]


def _written(graph: Packed, far: list[int], start: int, goal: int) -> Iterator[tuple[int, ...]]:
    """The paths one by one, depth first; every step leads nearer to the goal, so none is tried in vain."""
    open_ends: list[tuple[int, ...]] = [(start,)]
    while open_ends:
        way = open_ends.pop()
        if way[-1] == goal:
            yield way
            continue
        nearer = [there for there in graph.neighbours(way[-1]) if far[there] == far[way[-1]] - 1]
        open_ends += [(*way, there) for there in reversed(nearer)]


def join(graph: Packed, actors: Sequence[int]) -> Joined:
    """A tree through the actors with few others in it, by Mehlhorn's approximation of the Steiner tree (Information Processing Letters 27, 1988):
    at most 2 (1 - 1/l) times as many links as the fewest possible, l being the number of ends of the best tree. O(actors + memberships), since
    every link counts alike. Actors of different components cannot be joined: then a tree of each group of them."""
    wanted = sorted(set(actors))
    nearest, far, back = _regions(graph, wanted)
    bridges = _bridges(graph, nearest, far)
    links: set[tuple[int, int]] = set()
    group = {actor: actor for actor in wanted}
    for _length, here, there in bridges:
        one, two = _root(group, nearest[here]), _root(group, nearest[there])
        if one != two:
            group[max(one, two)] = min(one, two)
            links.add((min(here, there), max(here, there)))
            for end in (here, there):
                while back[end] >= 0:
                    links.add((min(end, back[end]), max(end, back[end])))
                    end = back[end]
    kept = _pruned(_tree(wanted, links), set(wanted))
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for actor in wanted:
        groups[_root(group, actor)].append(actor)
    nodes = sorted({*wanted, *(end for link in kept for end in link)})
    apart = tuple(tuple(each) for each in groups.values()) if len(groups) > 1 else ()
    return Joined(tuple(nodes), tuple(sorted(kept)), apart)


def _regions(graph: Packed, wanted: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """For each actor: which of the wanted ones is nearest, how far that is, and the step back towards it."""
    nearest, far, back = [-1] * len(graph), [0] * len(graph), [-1] * len(graph)
    for actor in wanted:
        nearest[actor] = actor
    ring, first, other = list(wanted), graph.first, graph.other
    while ring:
        farther: list[int] = []
        for here in ring:
            for there in other[first[here] : first[here + 1]]:
                if nearest[there] < 0:
                    nearest[there], far[there], back[there] = nearest[here], far[here] + 1, here
                    farther.append(there)
        ring = farther
    return nearest, far, back


def _bridges(graph: Packed, nearest: list[int], far: list[int]) -> list[tuple[int, int, int]]:
    """For each two wanted actors whose regions touch, the link over which they lie nearest to one another; the nearest first."""
    best: dict[tuple[int, int], tuple[int, int, int]] = {}
    for here in range(len(graph)):
        if nearest[here] < 0:
            continue
        for there in graph.neighbours(here):
            if there > here and nearest[there] != nearest[here]:
                pair = (min(nearest[here], nearest[there]), max(nearest[here], nearest[there]))
                found = (far[here] + far[there] + 1, here, there)
                if pair not in best or found < best[pair]:
                    best[pair] = found
    return sorted(best.values())


def _root(group: dict[int, int], actor: int) -> int:
    while group[actor] != actor:
        group[actor] = group[group[actor]]
        actor = group[actor]
    return actor


def _tree(wanted: Sequence[int], links: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The links less those that close a circle: first come, first kept, from the wanted actors outwards."""
    beside: defaultdict[int, list[int]] = defaultdict(list)
    for one, two in sorted(links):
        beside[one].append(two)
        beside[two].append(one)
    kept: set[tuple[int, int]] = set()
    seen: set[int] = set()
    for actor in wanted:
        if actor in seen:
            continue
        seen.add(actor)
        ring = [actor]
        while ring:
            here = ring.pop(0)
            for there in beside[here]:
                if there not in seen:
                    seen.add(there)
                    kept.add((min(here, there), max(here, there)))
                    ring.append(there)
    return kept


def _pruned(links: set[tuple[int, int]], wanted: set[int]) -> set[tuple[int, int]]:
    """The tree without ends that nobody asked for."""
    beside: defaultdict[int, set[int]] = defaultdict(set)
    for one, two in links:
        beside[one].add(two)
        beside[two].add(one)
    loose = [node for node, others in beside.items() if len(others) == 1 and node not in wanted]
    kept = set(links)
    while loose:
        node = loose.pop()
        other = beside[node].pop()
        kept.discard((min(node, other), max(node, other)))
        beside[other].discard(node)
        if len(beside[other]) == 1 and other not in wanted:
            loose.append(other)
    return kept
