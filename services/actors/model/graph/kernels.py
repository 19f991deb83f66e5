"""Compiled loops over arrays: repulsion by a quadtree, pushing apart what overlaps, and betweenness.

All of them lie in this one file, since the compiler's cache looks at no other. No fast mathematics and one thread: on one machine the same input
gives the same output."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
THETA = 1.1
"""A cell of the tree that looks smaller than this, seen from an actor, acts as one body."""
DEEPEST = 48


def compiled(function: Kernel) -> Kernel:
    """Compile, and keep the result on disk."""
    options: dict[str, Any] = {"cache": True, "nogil": True}
    kernel: Kernel = njit(**options)(function)
    return kernel


@compiled
def tree_of(x: Floats, y: Floats, mass: Floats) -> tuple[Ints, Floats, Floats, Floats, Floats, int]:
    """The quadtree of Barnes and Hut (Nature 324, 1986): children of each cell (-1: none), its mass, centre of mass and width, and how many cells
    there are. A cell that holds one actor, or several at one place, has no children."""
    n = len(x)
    room = 4 * n + 64
    child = np.full((room, 4), -1, np.int32)
    held = np.full(room, -1, np.int32)
    weight, cx, cy, width = np.zeros(room), np.zeros(room), np.zeros(room), np.zeros(room)
    low_x, low_y = np.zeros(room), np.zeros(room)
    low_x[0], low_y[0] = x.min(), y.min()
    width[0] = max(x.max() - low_x[0], y.max() - low_y[0]) * 1.0001 + 1e-9
    used = 1
    for i in range(n):
        cell, depth = 0, 0
        while True:
            weight[cell] += mass[i]
            cx[cell] += mass[i] * x[i]
            cy[cell] += mass[i] * y[i]
            if held[cell] == -1 and weight[cell] == mass[i]:
                held[cell] = i
                break
            if depth >= DEEPEST or used + 8 > room:
                held[cell] = -3
                break
            if held[cell] >= 0:
                # Two in one cell: the one that was there moves down.
                j = held[cell]
                held[cell] = -2
                half = width[cell] / 2
                right, upper = x[j] >= low_x[cell] + half, y[j] >= low_y[cell] + half
                where = (1 if right else 0) + (2 if upper else 0)
                fresh = used
                used += 1
                child[cell, where] = fresh
                low_x[fresh] = low_x[cell] + (half if right else 0.0)
                low_y[fresh] = low_y[cell] + (half if upper else 0.0)
                width[fresh] = half
                weight[fresh] = mass[j]
                cx[fresh], cy[fresh] = mass[j] * x[j], mass[j] * y[j]
                held[fresh] = j
            elif held[cell] == -3:
                break
            half = width[cell] / 2
            right, upper = x[i] >= low_x[cell] + half, y[i] >= low_y[cell] + half
            where = (1 if right else 0) + (2 if upper else 0)
            if child[cell, where] == -1:
                fresh = used
                used += 1
                child[cell, where] = fresh
                low_x[fresh] = low_x[cell] + (half if right else 0.0)
                low_y[fresh] = low_y[cell] + (half if upper else 0.0)
                width[fresh] = half
            cell = child[cell, where]
            depth += 1
    for cell in range(used):
        if weight[cell] > 0:
            cx[cell] /= weight[cell]
            cy[cell] /= weight[cell]
    return child, weight, cx, cy, width, used


@compiled
def forces(x: Floats, y: Floats, mass: Floats, first: Ints, other: Ints, repulsion: float, gravity: float, fx: Floats, fy: Floats) -> None:
    """The forces of ForceAtlas2 (Jacomy, Venturini, Heymann, Bastian: PLOS ONE 9(6), 2014): repulsion by mass over distance, attraction by distance
    along links, a pull to the middle that grows with the distance, so that loosely tied parts do not drift away."""
    child, weight, cx, cy, width, _used = tree_of(x, y, mass)
    stack = np.empty(4 * DEEPEST + 16, np.int32)
    for i in range(len(x)):
        sum_x, sum_y = 0.0, 0.0
        stack[0] = 0
        top = 1
        while top > 0:
            top -= 1
            cell = stack[top]
            dx, dy = x[i] - cx[cell], y[i] - cy[cell]
            square = dx * dx + dy * dy
            leaf = child[cell, 0] < 0 and child[cell, 1] < 0 and child[cell, 2] < 0 and child[cell, 3] < 0
            if leaf or width[cell] * width[cell] < THETA * THETA * square:
                if square > 1e-12:
                    pull = repulsion * mass[i] * weight[cell] / square
                    sum_x += pull * dx
                    sum_y += pull * dy
            else:
                for where in range(4):
                    if child[cell, where] >= 0:
                        stack[top] = child[cell, where]
                        top += 1
        away = np.sqrt(x[i] * x[i] + y[i] * y[i])
        if away > 1e-9:
            sum_x -= gravity * mass[i] * x[i] * (1.0 / away + 0.5 / np.sqrt(len(x)))
            sum_y -= gravity * mass[i] * y[i] * (1.0 / away + 0.5 / np.sqrt(len(x)))
        for arc in range(first[i], first[i + 1]):
            sum_x -= x[i] - x[other[arc]]
            sum_y -= y[i] - y[other[arc]]
        fx[i], fy[i] = sum_x, sum_y


@compiled
def settle(
    x: Floats, y: Floats, mass: Floats, first: Ints, other: Ints, repulsion: float, gravity: float,
    home_x: Floats, home_y: Floats, hold: Floats, turns: int,
) -> None:  # fmt: skip
    """Let the forces act for so many turns, each actor at the speed of ForceAtlas2: fast where the force is steady, slow where it swings.
    `hold` ties an actor to its home by a spring of that strength."""
    n = len(x)
    fx, fy, old_x, old_y, swing = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    speed = 1.0
    for turn in range(turns):
        forces(x, y, mass, first, other, repulsion, gravity, fx, fy)
        swinging, traction = 0.0, 0.0
        for i in range(n):
            fx[i] -= hold[i] * (x[i] - home_x[i])
            fy[i] -= hold[i] * (y[i] - home_y[i])
            dx, dy = fx[i] - old_x[i], fy[i] - old_y[i]
            swing[i] = np.sqrt(dx * dx + dy * dy)
            dx, dy = fx[i] + old_x[i], fy[i] + old_y[i]
            swinging += mass[i] * swing[i]
            traction += mass[i] * np.sqrt(dx * dx + dy * dy) / 2
        fresh = traction / max(swinging, 1e-9)
        speed = fresh if turn == 0 else min(fresh, 1.5 * speed)
        cooling = 1.0 - 0.9 * turn / turns
        for i in range(n):
            pull = np.sqrt(fx[i] * fx[i] + fy[i] * fy[i])
            own = cooling * speed / (1.0 + speed * np.sqrt(swing[i]))
            if pull > 1e-9:
                own = min(own, 10.0 * np.sqrt(repulsion) / pull)
            x[i] += own * fx[i]
            y[i] += own * fy[i]
            old_x[i], old_y[i] = fx[i], fy[i]


@compiled
def _part(x: Floats, y: Floats, radius: Floats, i: int, j: int) -> int:
    """Part two discs if they overlap; answers whether they did."""
    need = radius[i] + radius[j]
    dx, dy = x[j] - x[i], y[j] - y[i]
    if abs(dx) >= need or abs(dy) >= need:
        return 0
    apart = np.sqrt(dx * dx + dy * dy)
    if apart >= need:
        return 0
    if apart < 1e-6:
        turned = 2.399963 * (i + 3 * j)
        dx, dy, apart = np.cos(turned), np.sin(turned), 1.0
        need += 1.0
    move = (need - apart) * 1.01 + 1e-3
    share = radius[j] * radius[j] / (radius[i] * radius[i] + radius[j] * radius[j])
    x[i] -= dx / apart * move * share
    y[i] -= dy / apart * move * share
    x[j] += dx / apart * move * (1.0 - share)
    y[j] += dy / apart * move * (1.0 - share)
    return 1


@compiled
def push_apart(x: Floats, y: Floats, radius: Floats, small: float, turns: int) -> int:  # noqa: C901 - one loop, compiled as a whole
    """Push apart what overlaps until nothing does or the turns are over; the smaller one gives way. Answers how many overlaps were met in the last
    turn. Discs up to the radius `small` are found over a grid, each larger one looks over all cells that it covers."""
    n = len(x)
    cell = 2.0 * small + 1e-9
    large = np.nonzero(radius > small)[0]
    met = 0
    for _turn in range(turns):
        low_x, low_y = x.min(), y.min()
        columns = int((x.max() - low_x) / cell) + 1
        rows = int((y.max() - low_y) / cell) + 1
        if columns * rows > 16 * n + 1024:
            # A very thin picture: wider cells are as right, only slower.
            cell *= np.sqrt(columns * rows / (8.0 * n + 512))
            columns = int((x.max() - low_x) / cell) + 1
            rows = int((y.max() - low_y) / cell) + 1
        place = np.empty(n, np.int64)
        start = np.zeros(columns * rows + 1, np.int64)
        for i in range(n):
            place[i] = int((x[i] - low_x) / cell) + columns * int((y[i] - low_y) / cell)
            start[place[i] + 1] += 1
        for k in range(columns * rows):
            start[k + 1] += start[k]
        following = start[:-1].copy()
        order = np.empty(n, np.int64)
        for i in range(n):
            order[following[place[i]]] = i
            following[place[i]] += 1
        met = 0
        for i in range(n):
            reach = radius[i] + small + cell
            if radius[i] <= small:
                reach = cell
            column_from = max(0, int((x[i] - reach - low_x) / cell))
            column_to = min(columns - 1, int(max(0.0, x[i] + reach - low_x) / cell))
            row_from = max(0, int((y[i] - reach - low_y) / cell))
            row_to = min(rows - 1, int(max(0.0, y[i] + reach - low_y) / cell))
            if radius[i] > small:
                for j in large:
                    if j > i:
                        met += _part(x, y, radius, i, int(j))
            for row in range(row_from, row_to + 1):
                for k in range(start[columns * row + column_from], start[columns * row + column_to + 1]):
                    j = order[k]
                    if radius[j] <= small and (j > i or radius[i] > small):
                        met += _part(x, y, radius, i, j)
        if met == 0:
            break
    return met


@compiled
def betweenness(first: Ints, other: Ints, sources: Ints) -> Floats:
    """Brandes' accumulation (Journal of Mathematical Sociology 25, 2001) over the given sources: for each actor the sum of shares of shortest paths
    that lead over it. Links count alike."""
    n = len(first) - 1
    total = np.zeros(n)
    far, ways, share = np.empty(n, np.int32), np.empty(n), np.empty(n)
    queue = np.empty(n, np.int32)
    for source in sources:
        far[:] = -1
        ways[:] = 0.0
        share[:] = 0.0
        far[source], ways[source] = 0, 1.0
        queue[0] = source
        head, tail = 0, 1
        while head < tail:
            here = queue[head]
            head += 1
            for arc in range(first[here], first[here + 1]):
                there = other[arc]
                if far[there] < 0:
                    far[there] = far[here] + 1
                    queue[tail] = there
                    tail += 1
                if far[there] == far[here] + 1:
                    ways[there] += ways[here]
        for k in range(tail - 1, 0, -1):
            there = queue[k]
            for arc in range(first[there], first[there + 1]):
                here = other[arc]
                if far[here] == far[there] - 1:
                    share[here] += ways[here] / ways[there] * (1.0 + share[there])
            total[there] += share[there]
    return total


@compiled
def distances_from(first: Ints, other: Ints, source: int) -> Ints:
    """How many links away each actor lies from one; -1 where no way leads."""
    n = len(first) - 1
    far, queue = np.full(n, -1, np.int32), np.empty(n, np.int32)
    far[source], queue[0] = 0, source
    head, tail = 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for arc in range(first[here], first[here + 1]):
            there = other[arc]
            if far[there] < 0:
                far[there] = far[here] + 1
                queue[tail] = there
                tail += 1
    return far
