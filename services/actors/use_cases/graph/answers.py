"""Answer what is asked about the network: ways between actors, what joins several, what is alike, how it grew."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import UUID

from chassis.errors import Invalid
from services.actors.model.graph.packed import EMPTY, Packed
from services.actors.model.graph.walks import Joined, Paths, join, shortest_paths
from services.actors.model.records import Actor, ActorRef
from services.actors.model.vocabulary import ActorKind
from services.actors.store.graph.drawings import DrawingNote, NotDrawn
from services.actors.store.graph.questions import GraphFilter
from services.actors.work import Work

MOST_SHARED = 50
MOST_JOININGS = 200_000
"""Rows of network and year that one look at the years reads."""

T = TypeVar("T")


class NotANetworkToCompare(Invalid):
    """Only networks have members to compare."""


class TooFewActors(Invalid):
    """Fewer than two different actors cannot be connected."""


async def drawing(work: Work) -> DrawingNote:
    """The newest drawing. Raises NotDrawn."""
    newest = await work.drawings.newest()
    if newest is None:
        raise NotDrawn("The network has not been drawn yet; that takes a minute after the first memberships are recorded.")
    return newest


async def _graph(work: Work, note: DrawingNote) -> Packed:
    return await work.graphs.graph(note.number, work.drawings.packed)


@dataclass(frozen=True, slots=True)
class Way:
    """Shortest paths with the actors named; an actor that has left meanwhile is None."""

    length: int | None
    count: int
    paths: tuple[tuple[ActorRef | None, ...], ...]


async def paths(work: Work, note: DrawingNote, start: Actor, goal: Actor, most: int) -> Way:
    """The shortest ways from one actor to another, a membership a step."""
    graph = await _graph(work, note)
    one, two = graph.number_of(start.id), graph.number_of(goal.id)
    if one is None or two is None:
        found = Paths(0, 1, ((0,),)) if start.id == goal.id else Paths(None, 0, ())
        graph = graph if start.id != goal.id else _alone(start.id)
    else:
        found = await work.graphs.walk(partial(shortest_paths, graph, one, two, most))
    refs = await work.actors.refs({graph.id_of(number) for path in found.paths for number in path})
    return Way(found.length, found.count, tuple(tuple(refs.get(graph.id_of(number)) for number in path) for path in found.paths))


def _alone(actor_id: UUID) -> Packed:
    return Packed(actor_id.bytes, EMPTY.first, EMPTY.other, EMPTY.x, EMPTY.y, EMPTY.community, EMPTY.component)


@dataclass(frozen=True, slots=True)
class Shared:
    """A network, and which of the actors that were asked for belong to it."""

    network: ActorRef
    actors: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """What joins several actors. `shared`: networks in which two or more of them are. `actors` and `links`: a small tree that joins all; `apart`:
    groups between which no way leads."""

    shared: tuple[Shared, ...]
    actors: tuple[ActorRef, ...]
    links: tuple[tuple[UUID, UUID], ...]
    apart: tuple[tuple[UUID, ...], ...]


async def connect(work: Work, note: DrawingNote, wanted: Sequence[Actor]) -> Connection:
    """Who connects these actors. Raises TooFewActors."""
    ids = list(dict.fromkeys(actor.id for actor in wanted))
    if len(ids) < 2:
        raise TooFewActors("Choose at least two different actors.")
    graph = await _graph(work, note)
    numbers = {found: actor_id for actor_id in ids if (found := graph.number_of(actor_id)) is not None}
    tree = await work.graphs.walk(partial(join, graph, list(numbers))) if numbers else Joined((), (), ())
    groups = [tuple(graph.id_of(number) for number in group) for group in tree.apart] or ([tuple(numbers.values())] if numbers else [])
    groups += [(actor_id,) for actor_id in ids if actor_id not in numbers.values()]
    sharing = _sharing(graph, numbers)
    refs = await work.actors.refs({*ids, *sharing, *(graph.id_of(number) for number in tree.nodes)})
    shared = [Shared(refs[network], actors) for network, actors in sharing.items() if network in refs and refs[network].kind == ActorKind.NETWORK]
    in_order = sorted(shared, key=lambda each: (-len(each.actors), each.network.name, each.network.id))
    links = tuple((graph.id_of(one), graph.id_of(two)) for one, two in tree.links)
    drawn = {*ids, *(graph.id_of(number) for number in tree.nodes)}
    actors = sorted((refs[each] for each in drawn if each in refs), key=lambda each: (each.name, each.id))
    kept = tuple(link for link in links if link[0] in refs and link[1] in refs)
    return Connection(tuple(in_order[:MOST_SHARED]), tuple(actors), kept, tuple(groups) if len(groups) > 1 else ())


def _sharing(graph: Packed, numbers: dict[int, UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Neighbours of two or more of these, each with whose neighbour it is."""
    whose: defaultdict[int, list[UUID]] = defaultdict(list)
    for number, actor_id in numbers.items():
        for beside in graph.neighbours(number):
            whose[beside].append(actor_id)
    return {graph.id_of(beside): tuple(actors) for beside, actors in whose.items() if len(actors) > 1}


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another network or actor: what both have in common, what either has, and the Jaccard index of the two, from 0 to 1."""

    actor: ActorRef
    common: int
    either: int
    jaccard: float


async def like_networks(work: Work, network: Actor, most: int) -> list[Likeness]:
    """The networks that have most members in common with one. Raises NotANetworkToCompare."""
    check_network(network)
    common = await work.graph.shared_members(network.id, MOST_JOININGS)
    return await _alike(work, network.id, common, most, of_networks=True)


async def like_actors(work: Work, actor: Actor, most: int) -> list[Likeness]:
    """The actors whose networks are most like those of one."""
    common = await work.graph.shared_networks(actor.id, MOST_JOININGS)
    return await _alike(work, actor.id, common, most, of_networks=False)


async def _alike(work: Work, own: UUID, common: dict[UUID, int], most: int, *, of_networks: bool) -> list[Likeness]:
    """By Jaccard index, the most alike first."""
    sizes = await work.graph.sizes([own, *common], of_networks=of_networks)
    found = [(both / (sizes[own] + sizes[other] - both), both, other) for other, both in common.items()]
    best = sorted(found, key=lambda each: (-each[0], -each[1], each[2]))[:most]
    refs = await work.actors.refs([other for _, _, other in best])
    return [Likeness(refs[other], both, sizes[own] + sizes[other] - both, share) for share, both, other in best if other in refs]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two networks beside one another: their sizes, what they have in common, and some of the members that are in both, by name."""

    sizes: tuple[int, int]
    common: int
    jaccard: float
    members: tuple[ActorRef, ...]


async def overlap(work: Work, one: Actor, two: Actor, most: int) -> Overlap:
    """What two networks have in common. Raises NotANetworkToCompare."""
    check_network(one)
    check_network(two)
    first, second = await work.graph.members(one.id, MOST_JOININGS), await work.graph.members(two.id, MOST_JOININGS)
    both, either = first & second, first | second
    members = await work.graph.drawn(both)
    refs = tuple(ActorRef(row.id, row.slug, row.kind, row.name) for row in members[:most])
    return Overlap((len(first), len(second)), len(both), len(both) / len(either) if either else 0.0, refs)


def check_network(actor: Actor) -> None:
    """Raise unless the actor is a network."""
    if actor.kind is not ActorKind.NETWORK:
        raise NotANetworkToCompare("Choose an actor of kind network.")


@dataclass(frozen=True, slots=True)
class Growth:
    """A network's members by the year in which they joined; `undated`: of how many nobody knows when. `members`: all of them."""

    network: ActorRef
    joined: dict[int, int]
    undated: int

    @property
    def members(self) -> int:
        """All that are counted."""
        return self.undated + sum(self.joined.values())


async def years(work: Work, wanted: GraphFilter, most: int) -> tuple[dict[int, int], int, int, list[Growth]]:
    """How many joined in each year, of how many the year is unknown, how many networks there are, and the largest of these by themselves."""
    joined: defaultdict[int, int] = defaultdict(int)
    each: defaultdict[UUID, dict[int | None, int]] = defaultdict(dict)
    undated = 0
    for row in await work.graph.joinings(wanted, MOST_JOININGS):
        each[row.network_id][row.year] = row.count
        if row.year is None:
            undated += row.count
        else:
            joined[row.year] += row.count
    largest = sorted(each, key=lambda network: (-sum(each[network].values()), network))[:most]
    refs = await work.actors.refs(largest)
    growths = [_growth(refs[network], each[network]) for network in largest if network in refs]
    return dict(sorted(joined.items())), undated, len(each), growths


def _growth(network: ActorRef, counts: dict[int | None, int]) -> Growth:
    dated = sorted((year, count) for year, count in counts.items() if year is not None)
    return Growth(network, dict(dated), counts.get(None, 0))
