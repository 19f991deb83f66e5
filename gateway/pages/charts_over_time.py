"""Charts over time and over places: lines, stacked columns, medians with quartiles, and a map of areas. As `charts`: SVG from the server, no script,
no style attribute, time running the way one reads.

Positions along are percent of the width, positions down are em, so that letters keep their size on a small screen; only lines lie in a drawing of
their own that is stretched. Series differ by dash, mark or pattern, never by colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.pages.formats import direction, number

TOP, DEEP, FOOT = 1.4, 13.0, 2.2
"""Heights in em: above the plot, of the plot, of the labels of periods below it."""
EDGE = 9.0
"""Percent of the width that the figures of the scale take."""
MOST_LABELS = 3
"""Labels of periods that are written, the last one always."""
MARKED = 40
"""Periods up to which each point of a line has its mark; beyond, the last one only."""
COLUMN = 0.72
"""The share of its period that a column takes."""
MOST_SERIES = 6
"""Patterns that can be told apart."""

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A label of the axes: where it stands (`at`: percent along or em down), its words, how they are anchored."""

    at: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts over time share: the lines of the scale, the labels of periods, the heights in em. `edge`: where figures of the scale begin."""

    scale: tuple[Mark, ...]
    periods: tuple[Mark, ...]
    edge: int
    edge_anchor: str
    top: float = TOP
    deep: float = DEEP
    height: float = TOP + DEEP + FOOT


@dataclass(frozen=True, slots=True)
class Point:
    """One mark: `x` in percent, `y` in em, and what it says."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: unbroken pieces as coordinates of a drawing of 100 by 100, and its marks."""

    series: int
    pieces: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over time."""

    frame: Frame
    lines: tuple[Line, ...]
    kind: str = "lines"


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a column: percent along, em down, and what it says."""

    series: int
    x: float
    width: float
    y: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns over time."""

    frame: Frame
    boxes: tuple[Box, ...]
    kind: str = "columns"


@dataclass(frozen=True, slots=True)
class Range:
    """A period's middle half and its median; without a half where only the median is known."""

    box: Box | None
    x: float
    width: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Ranges:
    """Medians over time, each with the range of the middle half."""

    frame: Frame
    ranges: tuple[Range, ...]
    kind: str = "ranges"


@dataclass(frozen=True, slots=True)
class Cell:
    """One area: percent along and em down, how dense it is filled (0: nothing), its words on two lines."""

    x: float
    y: float
    width: float
    height: float
    level: int
    first: str
    second: str
    words: str


@dataclass(frozen=True, slots=True)
class Areas:
    """A map of areas as cells of a grid, north above."""

    cells: tuple[Cell, ...]
    height: float
    kind: str = "areas"


def ceiling(most: float) -> tuple[int, int]:
    """A round number that is not below the largest value, and the step of at most four lines of the scale."""
    if most <= 4:
        return max(1, round(most + 0.49)), 1
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step * 4 >= most:
                lines = -(-int(most + 0.999) // (factor * step))
                return lines * factor * step, factor * step
        step *= 10


def frame_of(labels: Sequence[str], most: float) -> tuple[Frame, int]:
    """The frame of so many periods up to a value, and the value at its top."""
    top, step = ceiling(most)
    scale = tuple(Mark(round(TOP + DEEP * (1 - value / top), 2), number(value)) for value in range(0, top + 1, step))
    count = len(labels)
    every = max(1, -(-count // MOST_LABELS))
    shown = [at for at in range(count) if (count - 1 - at) % every == 0]
    mirrored = direction() == "rtl"
    periods = []
    for at in shown:
        x = _along(at, count)
        anchor = "end" if x > 88 else "start" if x < 12 else "middle"
        periods.append(Mark(x if anchor == "middle" else (100 if anchor == "end" else 0), labels[at], anchor))
    return Frame(scale, tuple(periods), 100 if mirrored else 0, "end" if mirrored else "start"), top


def lines_of(labels: Sequence[str], series: Sequence[tuple[str, Values]]) -> Lines:
    """Lines over time; a value that is missing leaves a gap. Linear in the values."""
    most = max((value for _, values in series for value in values if value is not None), default=0)
    frame, top = frame_of(labels, most)
    count = len(labels)
    made = []
    for number_of, (name, values) in enumerate(series):
        pieces: list[list[str]] = [[]]
        points = []
        for at, value in enumerate(values):
            if value is None:
                pieces.append([])
                continue
            x = _along(at, count)
            pieces[-1].append(f"{x},{round(100 * (1 - value / top), 2)}")
            if count <= MARKED or at == count - 1:
                points.append(Point(x, round(TOP + DEEP * (1 - value / top), 2), f"{name}, {labels[at]}: {number(value)}"))
        made.append(Line(number_of, tuple(" ".join(piece) for piece in pieces if len(piece) > 1), tuple(points)))
    return Lines(frame, tuple(made))


def columns_of(labels: Sequence[str], series: Sequence[tuple[str, Values]]) -> Columns:
    """Columns over time, the first series at the bottom; a value that is missing takes no room. Linear in the values."""
    sums = [sum(values[at] or 0 for _, values in series) for at in range(len(labels))]
    frame, top = frame_of(labels, max(sums, default=0))
    count = len(labels)
    width = round((100 - EDGE) / max(1, count) * COLUMN, 3)
    boxes = []
    for at, label in enumerate(labels):
        level = TOP + DEEP
        for number_of, (name, values) in enumerate(series):
            value = values[at]
            if not value:
                continue
            high = DEEP * value / top
            level -= high
            boxes.append(
                Box(number_of, round(_along(at, count) - width / 2, 3), width, round(level, 2), round(high, 2), f"{name}, {label}: {number(value)}")
            )
    return Columns(frame, tuple(boxes))


def ranges_of(labels: Sequence[str], spreads: Sequence[tuple[float | None, float | None, float | None]], words: Sequence[str]) -> Ranges:
    """Medians over time as (median, lower, upper), each with the words that say it; without a median a period stays empty."""
    most = max((upper or median or 0 for median, _, upper in spreads), default=0)
    frame, top = frame_of(labels, most)
    count = len(labels)
    width = round(min((100 - EDGE) / max(1, count) * COLUMN, 12), 3)
    made = []

    def down(value: float) -> float:
        return round(TOP + DEEP * (1 - value / top), 2)

    for at, (median, lower, upper) in enumerate(spreads):
        if median is None:
            continue
        x = round(_along(at, count) - width / 2, 3)
        box = None
        if lower is not None and upper is not None:
            box = Box(0, x, width, down(upper), max(0.1, round(down(lower) - down(upper), 2)), words[at])
        made.append(Range(box, x, width, down(median), words[at]))
    return Ranges(frame, tuple(made))


def areas_of(places: Sequence[tuple[float, float, float | None, str, str, str]]) -> Areas:
    """A map of areas as (latitude, longitude, weight, first line, second line, all words). East is on the right in every language, as on maps.

    Rows are as far apart as the nearest two latitudes; the weight chooses one of four densities, by quarters of the largest."""
    if not places:
        return Areas((), 0)
    south, north = min(place[0] for place in places), max(place[0] for place in places)
    west, east = min(place[1] for place in places), max(place[1] for place in places)
    high, wide = _apart(sorted({place[0] for place in places}), 0.045), _apart(sorted({place[1] for place in places}), 0.064)
    rows, columns = round((north - south) / high) + 1, round((east - west) / wide) + 1
    if rows > 30 or columns > 14:
        return Areas((), 0)
    most = max((place[2] or 0 for place in places), default=0)
    width, deep = round(100 / columns, 3), 3.4
    cells = []
    taken: set[tuple[int, int]] = set()
    for lat, lon, weight, first, second, words in places:
        level = min(4, max(1, -(-int(weight * 4) // max(1, int(most))))) if weight else 0
        column, row = round((lon - west) / wide), round((north - lat) / high)
        while (column, row) in taken:
            column += 1
        taken.add((column, row))
        cells.append(Cell(round(column * width, 3), round(row * deep, 2), width, deep, level, first, second, words))
    return Areas(tuple(cells), round(rows * deep, 2))


def _apart(values: Sequence[float], least: float) -> float:
    return max(least * 0.9, min((right - left for left, right in pairwise(values)), default=least))


def _along(at: int, count: int) -> float:
    x = EDGE + (at + 0.5) / max(1, count) * (100 - EDGE)
    return round(100 - x if direction() == "rtl" else x, 3)
