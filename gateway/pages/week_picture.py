"""A week as a picture: seven columns, the hours downwards, a block where one helps and a dashed frame where an offer is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from chassis.context import locale
from gateway.pages.formats import direction
from gateway.pages.own_times import Slot

COLUMN, HOUR, HEAD, SIDE = 90, 22, 26, 44


@dataclass(frozen=True, slots=True)
class Column:
    """A day: where its column stands, and what stands over it."""

    x: int
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """An hour."""

    y: int
    hour: str


@dataclass(frozen=True, slots=True)
class Block:
    """A slot: `look` is helping or offered."""

    x: int
    y: int
    width: int
    height: int
    look: str


@dataclass(frozen=True, slots=True)
class Week:
    """The picture."""

    width: int
    height: int
    hours_x: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]


def week_of(monday: date, slots: Sequence[Slot]) -> Week:
    """Draw a week from the first to the last hour that is needed, at least from 8 to 20. Mirrored where one writes from right to left."""
    first = min([8, *(slot.start // 60 for slot in slots)])
    last = max([20, *(-(-slot.end // 60) for slot in slots)])
    mirrored = direction() == "rtl"
    width = SIDE + 7 * COLUMN

    def x_of(day: int) -> int:
        return (6 - day) * COLUMN if mirrored else SIDE + day * COLUMN

    def y_of(minute: int) -> int:
        return HEAD + round((minute / 60 - first) * HOUR)

    columns = tuple(Column(x_of(day), str(format_date(monday + timedelta(days=day), "E d", locale=locale()))) for day in range(7))
    lines = tuple(Line(HEAD + (hour - first) * HOUR, f"{hour:02d}:00") for hour in range(first, last + 1, 2))
    blocks = []
    for slot in slots:
        inset, look = (8, "helping") if slot.times.kind == "help" else (3, "offered")
        x = x_of((slot.day - monday).days) + inset
        blocks.append(Block(x, y_of(slot.start), COLUMN - 2 * inset, max(4, y_of(slot.end) - y_of(slot.start)), look))
    ordered = tuple(sorted(blocks, key=lambda block: block.look == "helping"))
    return Week(width, HEAD + (last - first) * HOUR + 6, width - 4 if mirrored else 4, columns, lines, ordered)
