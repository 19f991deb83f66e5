"""What the links of the network come to: components, communities with numbers that stay, and who bridges."""

from collections.abc import Sequence

import networkx  # type: ignore[import-untyped]
import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from services.actors.model.graph.kernels import Floats, Ints, betweenness

MOST_EXACT = 500_000_000
"""Up to so many steps (actors times memberships) betweenness is exact; beyond, it is estimated from SAMPLED sources."""
SAMPLED = 400
SEED = 1


def components_of(first: Ints, other: Ints) -> Ints:
    """The component of each actor: 0 is the largest, then by size; among equals the one with the lowest id comes first."""
    n = len(first) - 1
    links = csr_array((np.ones(len(other), np.int8), other, first), shape=(n, n))
    _count, found = connected_components(links, directed=False)
    sizes = np.bincount(found)
    lowest = np.full(len(sizes), n)
    np.minimum.at(lowest, found, np.arange(n))
    rank = np.empty(len(sizes), np.int32)
    rank[np.lexsort((lowest, -sizes))] = np.arange(len(sizes), dtype=np.int32)
    ranked: Ints = rank[found]
    return ranked


def bridging_of(first: Ints, other: Ints) -> tuple[Floats, bool]:
    """Betweenness centrality, from 0 to 1: the share of all pairs of other actors whose shortest path leads over this one (where a pair has
    several, its share of them). The second says whether it is exact; otherwise it is estimated from some sources, chosen evenly (Brandes and
    Pich, International Journal of Bifurcation and Chaos 17, 2007)."""
    n = len(first) - 1
    exact = n * (n + len(other)) <= MOST_EXACT
    sources = np.arange(n, dtype=np.int32) if exact else np.random.default_rng(SEED).choice(n, SAMPLED, replace=False).astype(np.int32)
    total: Floats = betweenness(first, other, sources)
    if n > 2:
        total *= n / len(sources) / ((n - 1) * (n - 2))
    return np.minimum(total, 1.0), exact


def communities_of(first: Ints, other: Ints) -> tuple[Ints, float]:
    """Communities by Louvain (Blondel, Guillaume, Lambiotte, Lefebvre: J. Stat. Mech. P10008, 2008) in networkx, with a fixed seed: numbers from 0,
    and the modularity that is reached."""
    n = len(first) - 1
    graph = networkx.Graph()
    graph.add_nodes_from(range(n))
    one = np.repeat(np.arange(n, dtype=np.int32), np.diff(first))
    chosen = one < other
    graph.add_edges_from(zip(one[chosen].tolist(), other[chosen].tolist(), strict=True))
    found = networkx.community.louvain_communities(graph, seed=SEED)
    community = np.empty(n, np.int32)
    for number, members in enumerate(sorted(found, key=lambda each: (-len(each), min(each)))):
        community[list(members)] = number
    return community, float(networkx.community.modularity(graph, found)) if len(other) else 0.0


def kept_labels(fresh: Ints, old: Ints, labels: int) -> tuple[Ints, int]:
    """The communities under the numbers that they had: whoever shares most actors with an old community takes over its number, each number once;
    the others get numbers that were never given out. `old` is -1 for those who are new; `labels`: how many numbers were given out so far."""
    known = old >= 0
    pairs, counts = np.unique(np.column_stack((fresh[known], old[known])), axis=0, return_counts=True)
    taken: dict[int, int] = {}
    used: set[int] = set()
    for (new, past), _count in sorted(zip(pairs.tolist(), counts.tolist(), strict=True), key=lambda each: (-each[1], each[0][1], each[0][0])):
        if new not in taken and past not in used:
            taken[new] = past
            used.add(past)
    names: Sequence[int] = range(int(fresh.max()) + 1) if len(fresh) else ()
    for number in names:
        if number not in taken:
            taken[number] = labels
            labels += 1
    return np.array([taken[number] for number in names], np.int32)[fresh] if len(fresh) else fresh, labels


def outlined(first: Ints, other: Ints, community: Ints) -> list[tuple[int, int, int, int]]:
    """Of each community: its number, how many actors it has, how many memberships lie within, and who has most memberships in it (the place of the
    actor among all)."""
    degree = np.diff(first)
    one = np.repeat(np.arange(len(degree), dtype=np.int32), degree)
    within = community[one] == community[other]
    inner = np.bincount(one[within], minlength=len(degree))
    order = np.lexsort((np.arange(len(degree)), -inner, community))
    numbers, starts, sizes = np.unique(community[order], return_index=True, return_counts=True)
    links = np.bincount(np.searchsorted(numbers, community), weights=inner, minlength=len(numbers)) // 2
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in zip(numbers, sizes, links, order[starts], strict=True)]


def rounded(bridging: Floats) -> Ints:
    """Betweenness in billionths, three digits of it, so that a change far away does not touch every actor."""
    whole = bridging * 1e9
    unit = 10.0 ** np.maximum(0.0, np.floor(np.log10(np.maximum(whole, 1.0))) - 2.0)
    short: Ints = (np.rint(whole / unit) * unit).astype(np.int64)
    return short
