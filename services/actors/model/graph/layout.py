"""Where everything is drawn: ForceAtlas2 from the old positions, nothing overlapping, components side by side. Same input, same output."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from services.actors.model.graph.kernels import Bools, Floats, Ints, distances_from, push_apart, settle

REPULSION, MANY = 12.0, 10_000
"""How strongly actors push each other away; with more actors than MANY it rises with their root, for there the middle would become too dense."""
GRAVITY = 2.0
SMALL_RADIUS = 20.0
PIVOTS = 50
GAP = 1.5
"""Free room around each disc, so that rounding to whole units makes no overlap."""
HELD, LOOSER = 3.0, 0.4
"""How strongly an actor keeps its place while others come and go: one whose links are the same, and one whose links changed."""
KNOWN_SHARE = 0.6
"""With less of a component known than this it is drawn anew, and only turned to lie like the old drawing."""
BETWEEN = 60.0
"""Free room between two components."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a drawing is made of. Actors are in the order of their ids; `known` marks those with an old place, `same` those whose links are the
    same as then."""

    first: Ints
    other: Ints
    component: Ints
    x: Floats
    y: Floats
    known: Bools
    same: Bools


def radius_of(degree: Ints) -> Floats:
    """How large an actor is drawn, in units of the positions: 4 + 3 times the root of its memberships. Discs of this size never overlap."""
    radius: Floats = 4.0 + 3.0 * np.sqrt(degree.astype(np.float64))
    return radius


def draw(given: Given) -> tuple[Ints, Ints]:
    """Whole-numbered positions."""
    order = np.argsort(given.component, kind="stable").astype(np.int32)
    parts = _permuted(given, order)
    x, y = parts.x.copy(), parts.y.copy()
    bounds = np.flatnonzero(np.diff(parts.component, prepend=-1, append=-1))
    circles: list[tuple[float, float, float, bool]] = []
    for start, end in pairwise(bounds):
        x[start:end], y[start:end], circle = _component(parts, int(start), int(end))
        circles.append(circle)
    for (start, end), (dx, dy) in zip(pairwise(bounds), _placed(circles), strict=True):
        x[start:end] += dx
        y[start:end] += dy
    drawn_x, drawn_y = np.empty(len(x), np.int32), np.empty(len(y), np.int32)
    drawn_x[order], drawn_y[order] = np.rint(x).astype(np.int32), np.rint(y).astype(np.int32)
    return drawn_x, drawn_y


def _permuted(given: Given, order: Ints) -> Given:
    """The same graph with its components one after another."""
    degree = np.diff(given.first)[order]
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    first = np.concatenate(([0], np.cumsum(degree))).astype(np.int32)
    arcs = np.repeat(given.first[:-1][order] - first[:-1], degree) + np.arange(len(given.other))
    other = rank[given.other[arcs]]
    return Given(first, other, given.component[order], given.x[order], given.y[order], given.known[order], given.same[order])


def _component(parts: Given, start: int, end: int) -> tuple[Floats, Floats, tuple[float, float, float, bool]]:
    """One component around its own middle, and the circle around it: the middle it had, its radius, and whether it was there before."""
    first = (parts.first[start : end + 1] - parts.first[start]).astype(np.int32)
    other = (parts.other[parts.first[start] : parts.first[end]] - start).astype(np.int32)
    degree, known = np.diff(first), parts.known[start:end]
    old_x, old_y = parts.x[start:end].copy(), parts.y[start:end].copy()
    main = parts.component[start] == 0
    middle = (float(old_x[known].mean()), float(old_y[known].mean())) if known.any() and not main else (0.0, 0.0)
    old_x -= middle[0]
    old_y -= middle[1]
    mass, n = degree + 1.0, end - start
    if known.mean() >= KNOWN_SHARE:
        x, y = _with_newcomers(first, other, degree, old_x, old_y, known)
        hold = np.where(known, np.where(parts.same[start:end], HELD, LOOSER), 0.0) * mass
        settle(x, y, mass, first, other, _repulsion(n), GRAVITY, old_x, old_y, hold, 30)
    else:
        x, y = _spread(first, other, degree)
        settle(x, y, mass, first, other, _repulsion(n), GRAVITY, x.copy(), y.copy(), np.zeros(n), _turns(n))
        x -= x.mean()
        y -= y.mean()
        if known.sum() >= 2:
            x, y = _turned(x, y, old_x, old_y, known)
    radius = radius_of(degree) + GAP
    push_apart(x, y, radius, SMALL_RADIUS, int(np.clip(20_000_000 // n, 100, 600)))
    reach = float((np.hypot(x, y) + radius).max())
    return x, y, (*middle, reach, bool(known.any()))


def _repulsion(n: int) -> float:
    return float(REPULSION * np.sqrt(max(1.0, n / MANY)))


def _turns(n: int) -> int:
    return int(np.clip(6_000_000 // (n * max(1, int(np.log2(n)))), 120, 600))


def _spread(first: Ints, other: Ints, degree: Ints) -> tuple[Floats, Floats]:
    """A start that shows the coarse shape: PivotMDS (Brandes and Pich, Graph Drawing 2006), the ends of each hub around it."""
    n = len(degree)
    pivots = [int(degree.argmax())]
    columns = [distances_from(first, other, pivots[0])]
    nearest = columns[0].copy()
    while len(pivots) < min(PIVOTS, n) and nearest.max() > 0:
        pivots.append(int(nearest.argmax()))
        columns.append(distances_from(first, other, pivots[-1]))
        nearest = np.minimum(nearest, columns[-1])
    squares = np.stack(columns, axis=1).astype(np.float64) ** 2
    squares = -0.5 * (squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean())
    _values, vectors = np.linalg.eigh(squares.T @ squares)
    places = squares @ vectors[:, ::-1][:, :2]
    if places.shape[1] < 2:
        places = np.column_stack((places[:, 0], np.zeros(n)))
    places *= np.where(places[np.abs(places).argmax(axis=0), np.arange(2)] < 0, -1.0, 1.0)
    wanted = np.sqrt(_repulsion(n) * n) * 2
    places *= wanted / max(1e-9, float(np.sqrt((places**2).sum(axis=1).mean())))
    around_x, around_y = _around(degree[other[first[:-1]]])
    return np.ascontiguousarray(places[:, 0] + around_x), np.ascontiguousarray(places[:, 1] + around_y)


def _around(hub_degree: Ints) -> tuple[Floats, Floats]:
    """Where an end rests around its hub: at the distance at which pull and push are equal, each at an angle of its own (the golden one)."""
    turned = 2.399963229728653 * np.arange(len(hub_degree))
    away = np.sqrt(2.0 * _repulsion(len(hub_degree)) * (hub_degree + 1.0))
    return away * np.cos(turned), away * np.sin(turned)


def _with_newcomers(first: Ints, other: Ints, degree: Ints, old_x: Floats, old_y: Floats, known: Bools) -> tuple[Floats, Floats]:
    """The old positions; who is new stands amid its neighbours, around the only one it has."""
    x, y, placed = old_x.copy(), old_y.copy(), known.copy()
    around_x, around_y = _around(degree[other[first[:-1]]])
    while not placed.all():
        found = []
        for i in np.flatnonzero(~placed):
            beside = other[first[i] : first[i + 1]]
            beside = beside[placed[beside]]
            if len(beside):
                share = 1.0 / len(beside)
                found.append((i, x[beside].mean() + share * around_x[i], y[beside].mean() + share * around_y[i]))
        if not found:
            break
        for i, there_x, there_y in found:
            x[i], y[i], placed[i] = there_x, there_y, True
    return x, y


def _turned(x: Floats, y: Floats, old_x: Floats, old_y: Floats, known: Bools) -> tuple[Floats, Floats]:
    """The drawing turned, and mirrored where that is nearer, so that those who were there lie as near as possible to their old places."""
    fresh, old = np.column_stack((x[known], y[known])), np.column_stack((old_x[known], old_y[known]))
    left, _sizes, right = np.linalg.svd((fresh - fresh.mean(axis=0)).T @ (old - old.mean(axis=0)))
    turned = np.column_stack((x, y)) @ (left @ right)
    return np.ascontiguousarray(turned[:, 0]), np.ascontiguousarray(turned[:, 1])


def _placed(circles: list[tuple[float, float, float, bool]]) -> list[tuple[float, float]]:
    """Where the middle of each component lies. The first, largest one stays in the middle of all; the others keep their places while nothing else
    is there, and go around on rings otherwise."""
    kept_x, kept_y, kept_r = np.zeros(len(circles)), np.zeros(len(circles)), np.zeros(len(circles))
    answer: list[tuple[float, float]] = [(0.0, 0.0)] * len(circles)
    kept_r[0] = circles[0][2]
    count, waiting = 1, []
    for at in range(1, len(circles)):
        x, y, reach, known = circles[at]
        if known and _is_free(x, y, reach, kept_x[:count], kept_y[:count], kept_r[:count]):
            kept_x[count], kept_y[count], kept_r[count] = x, y, reach
            count += 1
            answer[at] = (x, y)
        else:
            waiting.append(at)
    ring, angle = circles[0][2], 0.0
    widest = 0.0
    for at in waiting:
        reach = circles[at][2]
        while True:
            away = ring + reach + BETWEEN
            x, y = away * np.cos(angle), away * np.sin(angle)
            if _is_free(x, y, reach, kept_x[:count], kept_y[:count], kept_r[:count]):
                break
            angle += max(0.02, reach / away)
            if angle > 2 * np.pi:
                ring, angle, widest = ring + max(widest, reach), 0.0, 0.0
        kept_x[count], kept_y[count], kept_r[count] = x, y, reach
        count += 1
        widest = max(widest, 2 * reach + BETWEEN)
        answer[at] = (float(x), float(y))
    return answer


def _is_free(x: float, y: float, reach: float, kept_x: Floats, kept_y: Floats, kept_r: Floats) -> bool:
    return bool((np.hypot(kept_x - x, kept_y - y) >= kept_r + reach + BETWEEN / 2).all())
