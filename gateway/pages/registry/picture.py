"""The network as SVG from the server: shapes by kind, names of the largest, a window that links move; no script, no style attribute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any
from urllib.parse import urlencode

from gateway.clients.asking import Record

CLOSEST = 6
"""How often one may come nearer; each step doubles the size."""
NAMED = 24
"""Names in one picture, of the largest."""
LONGEST_NAME = 34
MARGIN = 0.06
ASPECT = 0.72
"""Height of the picture by its width."""
KINDS = ("municipality", "region", "civil_society", "network", "international_organisation", "university", "public_body")


@dataclass(frozen=True, slots=True)
class Dot:
    """An actor: its kind chooses shape and colour. `shape`: a path around its place; empty for a circle."""

    kind: int
    x: int
    y: int
    r: int
    shape: str
    name: str
    slug: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside its dot."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, and links that move the window: name -> query. `left_out`: actors without a place yet."""

    box: str
    dots: tuple[Dot, ...]
    links: str
    names: tuple[Name, ...]
    letters: float
    moves: dict[str, str]
    shown: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Window:
    """How near, and around which point, as a link says it."""

    near: int = 0
    x: int | None = None
    y: int | None = None


def radius_of(degree: int) -> float:
    """As the places are made for: discs of this size do not overlap."""
    return 4 + 3 * sqrt(degree)


def shape_of(kind: int, x: int, y: int, r: int) -> str:
    """The outline of an actor: each kind has its own, so that nobody needs colours. A circle has none here."""
    if kind == 3:
        half = round(0.89 * r)
        return f"M{x - half} {y - half}h{2 * half}v{2 * half}h{-2 * half}z"
    if kind == 1:
        return f"M{x} {y - r}l{r} {r}l{-r} {r}l{-r} {-r}z"
    if kind == 2:
        return f"M{x} {y - r}l{r} {2 * r}h{-2 * r}z"
    if kind == 4:
        half = r // 2
        return f"M{x - half} {y - r}h{2 * half}l{r - half} {r}l{half - r} {r}h{-2 * half}l{half - r} {-r}z"
    if kind == 5:
        return f"M{x - r} {y - r}h{2 * r}l{-r} {2 * r}z"
    if kind == 6:
        third = max(1, r // 3)
        arm = r - third
        plus = f"M{x - third} {y - r}h{2 * third}v{arm}h{arm}v{2 * third}h{-arm}v{arm}h{-2 * third}v{-arm}h{-arm}v{-2 * third}h{arm}z"
        return plus
    return ""


def draw(graph: Record, window: Window, keep: Mapping[str, str], chosen: str = "") -> Picture | None:
    """The picture of a graph by columns; None where nothing has a place. Who lies outside the window is not sent."""
    nodes, edges = graph["nodes"], graph["edges"]
    kinds = [KINDS.index(kind) if kind in KINDS else 0 for kind in graph["kinds"]]
    placed = [place for place, x in enumerate(nodes["x"]) if x is not None]
    if not placed:
        return None
    left, top, width = _box(nodes, placed, window)
    height = width * ASPECT
    inside = {place for place in placed if _is_inside(nodes, place, left, top, width, height)}
    dots = []
    for place in sorted(inside, key=lambda each: (-nodes["degree"][each], each)):
        x, y, kind, r = nodes["x"][place], nodes["y"][place], kinds[nodes["kind"][place]], round(radius_of(nodes["degree"][place]))
        slug = nodes["slug"][place]
        dots.append(Dot(kind, x, y, r, shape_of(kind, x, y, r), nodes["name"][place], slug, slug == chosen))
    lines = []
    for member, network in zip(edges["member"], edges["network"], strict=True):
        if nodes["x"][member] is not None and nodes["x"][network] is not None and (member in inside or network in inside):
            lines.append(f"M{nodes['x'][member]} {nodes['y'][member]}L{nodes['x'][network]} {nodes['y'][network]}")
    letters = round(width / 62, 1)
    moves = _moves(keep, Window(window.near, round(left + width / 2), round(top + height / 2)), width, height)
    box = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
    return Picture(box, tuple(dots), "".join(lines), _names(dots, letters, left, width), letters, moves, len(dots), len(nodes["x"]) - len(placed))


def _box(nodes: Record, placed: Sequence[int], window: Window) -> tuple[float, float, float]:
    """Left, top and width of what is seen: everything, or a part of it around a point."""
    far = 2 * max(radius_of(nodes["degree"][place]) for place in placed)
    xs, ys = [nodes["x"][place] for place in placed], [nodes["y"][place] for place in placed]
    whole = max(max(xs) - min(xs) + far, (max(ys) - min(ys) + far) / ASPECT, 160.0) * (1 + 2 * MARGIN)
    width = whole / 2**window.near
    middle_x = (max(xs) + min(xs)) / 2 if window.x is None or window.near == 0 else min(max(window.x, min(xs)), max(xs))
    middle_y = (max(ys) + min(ys)) / 2 if window.y is None or window.near == 0 else min(max(window.y, min(ys)), max(ys))
    return middle_x - width / 2, middle_y - width * ASPECT / 2, width


def _is_inside(nodes: Record, place: int, left: float, top: float, width: float, height: float) -> bool:
    r = radius_of(nodes["degree"][place])
    x, y = nodes["x"][place], nodes["y"][place]
    return bool(left - r <= x <= left + width + r and top - r <= y <= top + height + r)


def _names(dots: Sequence[Dot], letters: float, left: float, width: float) -> tuple[Name, ...]:
    """Names of the largest, each under its dot, where no other name is yet."""
    taken: list[tuple[float, float, float]] = []
    names: list[Name] = []
    for dot in sorted(dots, key=lambda each: not each.chosen):
        text = dot.name if len(dot.name) <= LONGEST_NAME else f"{dot.name[: LONGEST_NAME - 2]} …"
        half = len(text) * letters * 0.29
        x = min(max(dot.x, left + half), left + width - half)
        y = dot.y + dot.r + letters
        if all(abs(x - other) > half + wide or abs(y - line) > letters * 1.1 for other, line, wide in taken):
            taken.append((x, y, half))
            names.append(Name(round(x, 1), round(y, 1), text))
        if len(names) == NAMED:
            break
    return tuple(names)


def _moves(keep: Mapping[str, str], window: Window, width: float, height: float) -> dict[str, str]:
    """Links of the window: nearer, farther, and a step to each side while it shows a part."""
    steps: dict[str, tuple[int, float, float]] = {}
    if window.near < CLOSEST:
        steps["nearer"] = (window.near + 1, 0, 0)
    if window.near:
        steps |= {"farther": (window.near - 1, 0, 0), "whole": (0, 0, 0)}
        steps |= {"left": (window.near, -width / 3, 0), "right": (window.near, width / 3, 0)}
        steps |= {"up": (window.near, 0, -height / 3), "down": (window.near, 0, height / 3)}
    moves = {}
    for name, (near, dx, dy) in steps.items():
        asked: dict[str, Any] = {key: value for key, value in keep.items() if value}  # Any: text or number
        if near:
            asked |= {"near": near, "x": round((window.x or 0) + dx), "y": round((window.y or 0) + dy)}
        moves[name] = f"/network?{urlencode(asked)}#picture" if asked else "/network#picture"
    return moves
