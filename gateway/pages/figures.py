"""A figure as pages, tables and files show it: one set of rows, with what is counted and where it comes from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from babel.dates import format_date, get_quarter_names
from fastapi import Response

from chassis.context import locale
from gateway.pages.charts import Chart
from gateway.pages.charts_over_time import Areas, Columns, Lines, Ranges
from gateway.pages.files import csv_file
from gateway.pages.formats import number

Value = int | float | None


def _(sentence: str) -> str:
    """Marks a sentence for the translators; it is translated when it is shown."""
    return sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its code in files, its label on pages, its values, and how they are written (None: not told)."""

    code: str
    label: str
    values: tuple[Value, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The values as the reader writes numbers; a dash where nothing is told."""
        return tuple("–" if value is None else number(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `key` names it in addresses; `head` and `codes` head the columns of its table and of its file; `says` tells it in sentences;
    `words` is its text alternative; `definitions` are pairs of a name and what is counted; `source` is the route that answered."""

    key: str
    title: str
    head: tuple[str, ...]
    codes: tuple[str, ...]
    rows: tuple[Row, ...]
    definitions: tuple[tuple[str, str], ...]
    source: str
    says: tuple[str, ...] = ()
    words: str = ""
    names: tuple[str, ...] = ()
    drawn: Lines | Columns | Ranges | Areas | None = None
    bars: Chart | None = None
    extra: dict[str, str] = field(default_factory=dict)


def csv_of(figure: Figure) -> Response:
    """A figure as a file for a spreadsheet, the header in English codes. What is withheld is an empty cell."""
    return csv_file(
        f"hospitium-{figure.key}.csv",
        figure.codes,
        ((row.code, *row.values) for row in figure.rows),
        cache="private, no-cache",
        described_by="/statistics/readme.txt",
    )


def period_label(period: str, start: str) -> str:
    """A period by its first day, as short as it is clear."""
    day = date.fromisoformat(start)
    if period == "quarter":
        return f"{get_quarter_names('abbreviated', 'stand-alone', locale())[(day.month + 2) // 3]} {day.year}"
    return str(format_date(day, {"month": "LLL y", "week": "d MMM y", "day": "d MMM"}[period], locale=locale()))


def period_name(period: str, start: str) -> str:
    """A period by its first day, in full."""
    day = date.fromisoformat(start)
    if period == "quarter":
        return period_label(period, start)
    if period == "month":
        return str(format_date(day, "LLLL y", locale=locale()))
    if period == "week":
        return f"{format_date(day, 'd MMM', locale=locale())} – {format_date(day + timedelta(days=6), 'd MMM y', locale=locale())}"
    return str(format_date(day, "long", locale=locale()))


def source(path: str, query: Sequence[tuple[str, str]] = ()) -> str:
    """A route with its question, as the page shows it."""
    return f"{path}?{urlencode(query)}" if query else path


def largest(rows: Sequence[tuple[str, Sequence[int]]], most: int, rest: str) -> list[tuple[str, list[int]]]:
    """The first rows, and the sum of all further ones under one name."""
    kept = [(name, list(values)) for name, values in rows[: most - 1 if len(rows) > most else most]]
    others = rows[len(kept) :]
    if others:
        kept.append((rest, [sum(values) for values in zip(*(values for _, values in others), strict=True)]))
    return kept


Say = Callable[..., str]
"""Gives a sentence in the reader's language."""
