"""Makes the ground of the map from Natural Earth's countries as TopoJSON: fine in and around Europe, coarse elsewhere, small enough for a telephone.

Run once for a release of the source: `python -m gateway.outline countries-50m.json gateway/static/vendor/ground.json`.
"""

import json
import sys
from collections.abc import Sequence
from math import hypot
from pathlib import Path
from typing import Any

Point = tuple[float, float]
NEAR = (-25.0, 27.0, 46.0, 72.0)
"""West, south, east, north of what is drawn finely: Europe, the Mediterranean and its shores."""
FINE, COARSE = 0.02, 0.25
"""By how many degrees a line may be away from the true one, near and elsewhere."""
SOUTHERNMOST = -60.0
"""What lies wholly south of it goes around the pole, and nobody is there."""
STEPS = 100
"""Places are whole numbers of a hundredth of a degree: about a kilometre."""
SMALLEST_NEAR, SMALLEST = 0.01, 0.6
"""Islands with fewer square degrees (of the rectangle around them) are left out, near and elsewhere."""


def decoded(topology: dict[str, Any]) -> list[list[Point]]:  # Any: TopoJSON
    """The lines of a TopoJSON file in degrees."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        line: list[Point] = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            line.append(_beside((x * kx + dx, y * ky + dy), line[-1] if line else None))
        lines.append(line)
    return lines


def _beside(point: Point, before: Point | None) -> Point:
    """The point on that turn of the globe that lies nearest to the point before: a line over the 180th meridian goes on beyond 180 degrees."""
    if before is None:
        return point
    return point[0] - 360 * round((point[0] - before[0]) / 360), point[1]


def is_near(line: Sequence[Point]) -> bool:
    """Whether a part of the line lies where the map is fine."""
    west, south, east, north = NEAR
    return any(west <= x <= east and south <= y <= north for x, y in line)


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line with fewer points (Douglas and Peucker); its ends stay, so that neighbours still meet."""
    keep = {0, len(line) - 1}
    parts = [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        away, where = 0.0, 0
        for place in range(first + 1, last):
            distance = _away(line[place], line[first], line[last])
            if distance > away:
                away, where = distance, place
        if away > tolerance:
            keep.add(where)
            parts += [(first, where), (where, last)]
    return [line[place] for place in sorted(keep)]


def _away(point: Point, one: Point, two: Point) -> float:
    dx, dy = two[0] - one[0], two[1] - one[1]
    length = hypot(dx, dy)
    if length == 0:
        return hypot(point[0] - one[0], point[1] - one[1])
    along = max(0.0, min(1.0, ((point[0] - one[0]) * dx + (point[1] - one[1]) * dy) / length**2))
    return hypot(point[0] - one[0] - along * dx, point[1] - one[1] - along * dy)


def _is_worth_it(ring: Sequence[int], lines: Sequence[Sequence[Point]]) -> bool:
    points = [point for arc in ring for point in lines[arc if arc >= 0 else ~arc]]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    size = (max(xs) - min(xs)) * (max(ys) - min(ys))
    if max(ys) < SOUTHERNMOST:
        return False
    return size >= (SMALLEST_NEAR if is_near(points) else SMALLEST)


def ground_of(topology: dict[str, Any]) -> dict[str, Any]:  # Any: TopoJSON, and ours
    """`lines`: each coast and border once, as steps of a hundredth of a degree; `rings`: which lines, one after another, go around land
    (a negative number n: line -n-1, backwards)."""
    lines = decoded(topology)
    rings: list[list[int]] = []
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country.get("arcs", []) if country["type"] == "MultiPolygon" else [country.get("arcs", [])]
        rings += [ring for polygon in polygons for ring in polygon if ring and _is_worth_it(ring, lines)]
    used = sorted({arc if arc >= 0 else ~arc for ring in rings for arc in ring})
    place = {arc: number for number, arc in enumerate(used)}
    short = [simplified(lines[arc], FINE if is_near(lines[arc]) else COARSE) for arc in used]
    return {
        "steps": STEPS,
        "lines": [_steps(line) for line in short],
        "rings": [[place[arc] if arc >= 0 else ~place[~arc] for arc in ring] for ring in rings],
    }


def _steps(line: Sequence[Point]) -> list[int]:
    flat: list[int] = []
    x = y = 0
    for number, point in enumerate(line):
        to_x, to_y = round(point[0] * STEPS), round(point[1] * STEPS)
        if number and (to_x, to_y) == (x, y) and number < len(line) - 1:
            continue
        flat += [to_x - x, to_y - y]
        x, y = to_x, to_y
    return flat


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    target.write_text(json.dumps(ground_of(json.loads(source.read_text())), separators=(",", ":")) + "\n")
