"""Bar charts as the pages draw them: SVG from the server, without a script or a style attribute, mirrored where one writes from right to left."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.pages.formats import direction

WIDEST = 72.0
"""Percent of the width that the longest bar takes; its figure stands behind it."""
LABEL, BAR, AFTER = 1.5, 1.25, 0.6
"""Heights in em: of a label's line, of a bar with its gap, of the gap after a group."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `series` chooses its look, `x` and `width` are percent of the width, `y` is in em, the figure is written at `text_x` percent,
    anchored at `anchor`."""

    value: int
    series: int
    x: float
    width: float
    y: float
    text_x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Group:
    """A label with its bars below; `x`, `anchor` and `y` place the label."""

    label: str
    x: int
    anchor: str
    y: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Groups from top to bottom; `height` in em."""

    groups: tuple[Group, ...]
    height: float


def bars_of(rows: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """A chart of groups (label, values from 0). The width of the bars follows the page, so letters keep their size on a small screen.

    All positions are those of a reader from left to right, mirrored for the others; linear in the number of bars."""
    mirrored = direction() == "rtl"
    most = max((value for _, values in rows for value in values), default=0)
    anchor, label_x = ("end", 100) if mirrored else ("start", 0)
    groups: list[Group] = []
    y = 0.0
    for label, values in rows:
        label_y = y + 1.1
        y += LABEL
        bars: list[Bar] = []
        for series, value in enumerate(values):
            width = round(WIDEST * value / most, 2) if most else 0.0
            x, text_x = (round(100 - width, 2), round(98.5 - width, 2)) if mirrored else (0.0, width + 1.5)
            bars.append(Bar(value, series, x, width, round(y, 2), round(text_x, 2), anchor))
            y += BAR
        groups.append(Group(label, label_x, anchor, round(label_y, 2), tuple(bars)))
        y += AFTER
    return Chart(tuple(groups), round(y, 2))
