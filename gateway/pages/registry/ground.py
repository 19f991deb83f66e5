"""The land under the map as a path of SVG: what of the world's outline lies in a window, cut at its edges."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

FILE = Path(__file__).parents[2] / "static" / "vendor" / "ground.json"
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Ring = tuple[Box, tuple[Point, ...]]
KEPT_VIEWS = 64
NEAR_ENOUGH = 1
"""Pixels between two points that are worth drawing."""


@cache
def rings() -> tuple[Ring, ...]:
    """Land as closed lines of longitudes and latitudes, each with the box around it."""
    ground = json.loads(FILE.read_text(encoding="utf-8"))
    steps, lines = ground["steps"], []
    for flat in ground["lines"]:
        x = y = 0
        line: list[Point] = []
        for at in range(0, len(flat), 2):
            x, y = x + flat[at], y + flat[at + 1]
            line.append((x / steps, y / steps))
        lines.append(line)
    found: list[Ring] = []
    for numbers in ground["rings"]:
        points = _one_turn(point for number in numbers for point in (lines[number] if number >= 0 else lines[~number][::-1])[1:])
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        found.append(((min(xs), min(ys), max(xs), max(ys)), points))
    return tuple(found)


def _one_turn(points: Iterable[Point]) -> tuple[Point, ...]:
    """A closed line whose longitudes do not jump: over the 180th meridian they go on beyond 180 degrees."""
    found: list[Point] = []
    for x, y in points:
        found.append((x - 360 * round((x - found[-1][0]) / 360) if found else x, y))
    return tuple(found)


@lru_cache(KEPT_VIEWS)
def land(box: Box, width: int, height: int) -> str:
    """The land between west, south, east and north, drawn to `width` times `height` pixels."""
    west, south, east, north = box
    across, down = width / (east - west), height / (north - south)
    parts: list[str] = []
    for (left, bottom, right, top), points in rings():
        if left > east or right < west or bottom > north or top < south:
            continue
        pixels = [((x - west) * across, (north - y) * down) for x, y in points]
        if left < west or right > east or bottom < south or top > north:
            pixels = _cut(pixels, width, height)
        if path := _path(pixels):
            parts.append(path)
    return "".join(parts)


def _path(pixels: Sequence[Point]) -> str:
    kept: list[tuple[int, int]] = []
    for x, y in pixels:
        place = (round(x), round(y))
        if not kept or abs(place[0] - kept[-1][0]) > NEAR_ENOUGH or abs(place[1] - kept[-1][1]) > NEAR_ENOUGH:
            kept.append(place)
    if len(kept) < 3:
        return ""
    steps = [f"{x - before[0]} {y - before[1]}" for before, (x, y) in pairwise(kept)]
    return f"M{kept[0][0]} {kept[0][1]}l{' '.join(steps)}z"


def _cut(points: list[Point], width: int, height: int) -> list[Point]:
    """What of a closed line lies in the picture with a margin (Sutherland and Hodgman: side by side)."""
    margin = 20
    sides: tuple[tuple[int, float, bool], ...] = ((0, -margin, True), (0, width + margin, False), (1, -margin, True), (1, height + margin, False))
    for axis, limit, above in sides:
        points = _cut_side(points, axis, _inside(axis, limit, above), limit)
    return points


def _inside(axis: int, limit: float, above: bool) -> Callable[[Point], bool]:
    return (lambda point: point[axis] >= limit) if above else (lambda point: point[axis] <= limit)


def _cut_side(points: list[Point], axis: int, inside: Callable[[Point], bool], limit: float) -> list[Point]:
    kept: list[Point] = []
    for number, point in enumerate(points):
        before = points[number - 1]
        if inside(point) != inside(before):
            share = (limit - before[axis]) / (point[axis] - before[axis])
            kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
        if inside(point):
            kept.append(point)
    return kept
