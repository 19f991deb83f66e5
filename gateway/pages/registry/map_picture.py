"""A map as SVG from the server: dots over the outline of the land, nothing from elsewhere, no script. Equirectangular, true in the middle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, floor, log2, radians
from urllib.parse import urlencode

from gateway.clients.asking import Record
from gateway.pages.registry.picture import KINDS, shape_of

WIDTH, HEIGHT = 1000, 700
CLOSEST = 10
WIDEST = 64.0
"""Degrees of longitude that one sees after the first step nearer; each further step halves them."""
STEPS = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05)
"""Degrees between two lines of the grid."""
MOST_LINES = 8
FINGER = 19
"""So far from its middle a dot can be hit: 24 points of a screen on the smallest picture, 640 wide."""


@dataclass(frozen=True, slots=True)
class View:
    """What is seen: its middle, and how many degrees of longitude from side to side."""

    lat: float
    lon: float
    width: float

    @property
    def height(self) -> float:
        """Degrees of latitude from top to bottom."""
        return self.width * HEIGHT / WIDTH * cos(radians(self.lat))

    @property
    def box(self) -> str:
        """West, south, east, north as a question to the registry."""
        west, east = max(-180.0, self.lon - self.width / 2), min(180.0, self.lon + self.width / 2)
        south, north = max(-90.0, self.lat - self.height / 2), min(90.0, self.lat + self.height / 2)
        return f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}"

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """West, south, east and north of what is seen, in thousandths of a degree."""
        across, down = self.width / 2, self.height / 2
        return round(self.lon - across, 3), round(self.lat - down, 3), round(self.lon + across, 3), round(self.lat + down, 3)

    @property
    def zoom(self) -> int:
        """The zoom of web maps at which this many degrees are as wide as the picture on most screens."""
        return max(0, min(22, round(log2(360 * 700 / 256 / self.width))))

    def place(self, lat: float, lon: float) -> tuple[int, int]:
        """Where a point stands in the picture."""
        return round(WIDTH / 2 + (lon - self.lon) / self.width * WIDTH), round(HEIGHT / 2 - (lat - self.lat) / self.height * HEIGHT)


@dataclass(frozen=True, slots=True)
class Dot:
    """One organisation, or `count` of them near each other; `path` is where it leads."""

    x: int
    y: int
    r: int
    kind: int
    shape: str
    name: str
    count: int
    path: str
    lat: float
    lon: float
    properties: Record

    @property
    def reach(self) -> int:
        """How far from its middle it can be hit."""
        return max(FINGER, self.r)

    def lies_on(self, other: "Dot") -> bool:
        """Whether one of the two is hit where the other should be."""
        return max(abs(other.x - self.x), abs(other.y - self.y)) < self.reach + other.reach


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid with its degrees; `upright`: a meridian."""

    at: int
    text: str
    upright: bool


@dataclass(frozen=True, slots=True)
class Map:
    """What is found, what of it is drawn (dots that would lie on one another are one there), and links that move the window: name -> address."""

    dots: tuple[Dot, ...]
    marks: tuple[Dot, ...]
    lines: tuple[Line, ...]
    moves: dict[str, str]


def view_of(near: int, lat: float | None, lon: float | None) -> View | None:
    """The window that an address asks for; None: everything."""
    if near == 0 or lat is None or lon is None:
        return None
    return View(max(-80.0, min(80.0, lat)), max(-180.0, min(180.0, lon)), WIDEST / 2 ** (near - 1))


def view_around(points: Sequence[Record]) -> View:
    """A window with all these points in it."""
    places = [point["geometry"]["coordinates"] for point in points] or [[10.0, 50.0]]
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    lat = max(-80.0, min(80.0, (max(lats) + min(lats)) / 2))
    down = (max(lats) - min(lats)) / cos(radians(lat)) * WIDTH / HEIGHT
    return View(lat, (max(lons) + min(lons)) / 2, max(max(lons) - min(lons), down, 0.4) * 1.1)


def draw_map(points: Sequence[Record], view: View, near: int, keep: Mapping[str, str]) -> Map:
    """Dots, grid and links of a window."""
    dots = sorted((_dot(point, view, near, keep) for point in points), key=lambda dot: (-dot.count, dot.name))
    return Map(tuple(dots), tuple(_apart(dots, near, keep)), tuple(_grid(view)), _moves(view, near, keep))


def _apart(dots: Sequence[Dot], near: int, keep: Mapping[str, str]) -> list[Dot]:
    """The dots so that each can be hit: those that would lie on one another are one with their number, as long as there are such."""
    found = list(dots)
    before = len(found) + 1
    while len(found) < before:
        before, groups = len(found), list[list[Dot]]()
        for dot in found:
            near_by = next((group for group in groups if dot.lies_on(group[0])), None)
            groups.append([dot]) if near_by is None else near_by.append(dot)
        found = [group[0] if len(group) == 1 else _together(group, near, keep) for group in groups]
    return found


def _together(group: list[Dot], near: int, keep: Mapping[str, str]) -> Dot:
    """One dot for several, where the greatest of them is; from the closest window it leads to the table that names them."""
    first, count = group[0], sum(dot.count for dot in group)
    path = address(keep, min(CLOSEST, near + 2), first.lat, first.lon) if near < CLOSEST else "#here"
    return replace(first, count=count, r=_size(count), kind=7, shape="", name="", path=path)


def _size(count: int) -> int:
    return round(9 + 2.6 * log2(count))


def _dot(point: Record, view: View, near: int, keep: Mapping[str, str]) -> Dot:
    lon, lat = point["geometry"]["coordinates"]
    properties, (x, y) = point["properties"], view.place(lat, lon)
    count = int(properties.get("count", 1))
    if count == 1:
        kind = KINDS.index(properties["kind"]) if properties["kind"] in KINDS else 0
        return Dot(x, y, 7, kind, shape_of(kind, x, y, 7), properties["name"], 1, f"/actors/{properties['slug']}", lat, lon, properties)
    path = address(keep, min(CLOSEST, near + 2), lat, lon)
    return Dot(x, y, _size(count), 7, "", "", count, path, lat, lon, properties)


def _grid(view: View) -> list[Line]:
    step = next((one for one in reversed(STEPS) if view.width / one <= MOST_LINES), STEPS[0])
    lines: list[Line] = []
    for upright, middle, size in ((True, view.lon, view.width), (False, view.lat, view.height)):
        for number in range(floor((middle - size / 2) / step) + 1, floor((middle + size / 2) / step) + 1):
            degrees = number * step
            at = view.place(degrees, degrees)[0 if upright else 1]
            lines.append(Line(at, f"{round(degrees, 2):g}°", upright))
    return lines


def _moves(view: View, near: int, keep: Mapping[str, str]) -> dict[str, str]:
    across, down = view.width / 3, view.height / 3
    moves: dict[str, str] = {}
    if near < CLOSEST:
        moves["nearer"] = address(keep, near + 1, view.lat, view.lon)
    if near:
        moves["farther"] = address(keep, near - 1, view.lat, view.lon)
        moves["whole"] = address(keep, 0, 0, 0)
        moves |= {"left": address(keep, near, view.lat, view.lon - across), "right": address(keep, near, view.lat, view.lon + across)}
        moves |= {"up": address(keep, near, view.lat + down, view.lon), "down": address(keep, near, view.lat - down, view.lon)}
    return moves


def address(keep: Mapping[str, str], near: int, lat: float, lon: float) -> str:
    """The page with another window."""
    asked = {name: value for name, value in keep.items() if value}
    if near:
        lat, lon = max(-80.0, min(80.0, lat)), max(-180.0, min(180.0, lon))
        asked |= {"near": str(near), "lat": f"{lat:.3f}", "lon": f"{lon:.3f}"}
    return f"/map?{urlencode(asked)}#picture" if asked else "/map#picture"
