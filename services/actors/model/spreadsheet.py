"""Reads one CSV file (RFC 4180, UTF-8, header line) row by row and cell by cell, and gathers faults instead of stopping at the first."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Day
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from chassis.formulas import FORMULA, GUARD, unguarded
from services.actors.model.import_report import Faults
from services.actors.model.texts import day_of, is_citation, is_date, is_slug, is_web_address, is_year, language_tags

E = TypeVar("E", bound=StrEnum)
MOST_ROWS = 50_000
"""Rows of one file."""
MOST_CHARACTERS = 5000
"""Characters of any cell; the fields have smaller bounds of their own."""
_INTEGER = re.compile(r"-?\d{1,12}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,4}(\.\d{1,15})?", re.ASCII)


def read_rows(file: str, content: bytes, columns: Sequence[str], faults: Faults, optional: Collection[str] = ()) -> Iterator["Cells"]:
    """The rows of a file with exactly these columns, in any order; those that are `optional` may be left out.

    Faults of form (encoding, quotes, columns) end the reading.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.add(file, line, "not_utf8", "Save the file as UTF-8; this line holds bytes of another encoding.")
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _header_is_right(file, header, columns, faults, optional):
            return
        rows = 0
        line = reader.line_num + 1
        for row in reader:
            if row:
                rows += 1
                if rows > MOST_ROWS:
                    faults.add(file, line, "too_many_rows", "Send at most {rows} rows in one file.", rows=MOST_ROWS)
                    return
                if cells := _cells(file, line, header, row, faults):
                    yield cells
            if faults.full:
                return
            line = reader.line_num + 1
    except csv.Error:
        faults.add(file, line, "not_csv", "This line is not well-formed CSV; look for a quotation mark that is not closed.")


def _header_is_right(file: str, header: list[str], columns: Sequence[str], faults: Faults, optional: Collection[str]) -> bool:
    expected = ", ".join(columns)
    if not header:
        faults.add(file, 1, "no_header", "The file is empty; its first line names the columns: {columns}.", columns=expected)
        return False
    before = len(faults.found)
    for column in columns:
        if column not in header and column not in optional:
            faults.add(file, 1, "column_missing", "The column {name} is missing.", column, name=column)
    for place, name in enumerate(header, 1):
        if name not in columns:
            faults.add(file, 1, "column_unknown", "Column number {place} is not known; the columns are: {columns}.", place=place, columns=expected)
        elif name in header[: place - 1]:
            faults.add(file, 1, "column_twice", "The column {name} stands twice.", name, name=name)
    return len(faults.found) == before


def _cells(file: str, line: int, header: list[str], row: list[str], faults: Faults) -> "Cells | None":
    if len(row) > len(header):
        faults.add(file, line, "too_many_cells", "This line has more cells than the header names; a comma inside a text needs quotation marks.")
        return None
    if len(row) < len(header):
        faults.add(file, line, "too_few_cells", "This line has fewer cells than the header names.")
        return None
    return Cells(file, line, {name: cell.strip() for name, cell in zip(header, row, strict=True)}, faults)


@dataclass(slots=True)
class Cells:
    """The cells of one line. Each reading answers the value, or adds a fault and answers None (or an empty value)."""

    file: str
    line: int
    values: dict[str, str]
    faults: Faults
    wrong: bool = False

    def fault(self, column: str, code: str, message: str, **params: str | int) -> None:
        """Note what is wrong with a cell."""
        self.wrong = True
        self.faults.add(self.file, self.line, code, message, column, **params)

    def text(self, column: str, longest: int, *, required: bool = False) -> str | None:
        """Words in a cell; None when it is empty."""
        value = self.values[column]
        if not value:
            if required:
                self.fault(column, "missing", "This cell must not be empty.")
            return None
        value = unguarded(value)
        if value.startswith(FORMULA) and not self.values[column].startswith(GUARD):
            self.fault(column, "formula", "A text must not begin with = + - or @, since spreadsheets would run it.")
        elif len(value) > longest:
            self.fault(column, "too_long", "Use at most {longest} characters.", longest=longest)
        elif "\x00" in value:
            self.fault(column, "characters", "This text holds characters that cannot be stored.")
        else:
            return value
        return None

    def required_text(self, column: str, longest: int) -> str:
        """Words that must be there."""
        return self.text(column, longest, required=True) or ""

    def citation(self, column: str, longest: int) -> str:
        """Where the row comes from: words, or a web address."""
        value = self.required_text(column, longest)
        if value and not is_citation(value):
            self.fault(column, "url_scheme", "An address must begin with https:// or http://.")
        return value

    def web_address(self, column: str, longest: int) -> str | None:
        """A web address, or None."""
        value = self.text(column, longest)
        if value is not None and not is_web_address(value):
            self.fault(column, "url_scheme", "Use a full address that begins with https:// or http://.")
        return value

    def slug(self, column: str) -> str:
        """A readable key."""
        value = self.required_text(column, 80)
        if value and not is_slug(value):
            self.fault(column, "id_form", "An id has small letters, digits and single hyphens, for example grenoble-fr.")
        return value

    def slugs(self, column: str, most: int) -> tuple[str, ...]:
        """Readable keys parted by semicolons, each once."""
        values = self._list(column, most)
        if not all(is_slug(value) for value in values):
            self.fault(column, "id_form", "An id has small letters, digits and single hyphens, for example grenoble-fr.")
            return ()
        return values

    def choices(self, column: str, allowed: type[E], *, required: bool = False) -> tuple[E, ...]:
        """Words of a closed list, parted by semicolons, each once."""
        values = self._list(column, len(allowed), required=required)
        known = _by_word(allowed)
        if any(value not in known for value in values):
            self.fault(column, "not_in_list", "Choose from: {choices}.", choices=", ".join(known))
            return ()
        return tuple(known[value] for value in values)

    def languages(self, column: str, most: int) -> tuple[str, ...] | None:
        """BCP 47 tags parted by semicolons, each once; None where the file has no such column."""
        if column not in self.values:
            return None
        tags = language_tags(self._list(column, most))
        if tags is None:
            self.fault(column, "not_a_language", "Use language codes such as en, fr or zh-Hant.")
        return tags

    def choice(self, column: str, allowed: type[E]) -> E | None:
        """One word of a closed list."""
        value = self.text(column, MOST_CHARACTERS, required=True)
        known = _by_word(allowed)
        if value is not None and value not in known:
            self.fault(column, "not_in_list", "Choose from: {choices}.", choices=", ".join(known))
        return None if value is None else known.get(value)

    def country(self, column: str) -> str | None:
        """An ISO 3166-1 alpha-2 code, or None."""
        value = self.text(column, MOST_CHARACTERS)
        if value is not None and not re.fullmatch("[A-Z]{2}", value):
            self.fault(column, "country_form", "Use two capital letters (ISO 3166-1), for example FR.")
            return None
        return value

    def date(self, column: str) -> str:
        """An ISO day, month or year."""
        value = self.required_text(column, MOST_CHARACTERS)
        if value and not is_date(value):
            self.fault(column, "date", "Use a date that exists, as a day, month or year: 2015-09-04, 2015-09 or 2015.")
        return value

    def day(self, column: str, *, required: bool = False) -> Day | None:
        """A day of this age, or None."""
        value = self.text(column, MOST_CHARACTERS, required=required)
        found = None if value is None else day_of(value)
        if value is not None and found is None:
            self.fault(column, "date", "Use a date that exists, for example 2026-09-04.")
        return found

    def year(self, column: str) -> int | None:
        """A year, or None. Numeric, so a leading minus is no formula; it is no year either."""
        value = self.values[column]
        if not value:
            return None
        if not _INTEGER.fullmatch(value) or not is_year(int(value)):
            self.fault(column, "year", "Use a year with four digits, for example 2019.")
            return None
        return int(value)

    def integer(self, column: str, least: int, most: int, *, required: bool = False) -> int | None:
        """A whole number, or None."""
        value = self.values[column]
        if not value:
            if required:
                self.fault(column, "missing", "This cell must not be empty.")
            return None
        if not _INTEGER.fullmatch(value) or not least <= int(value) <= most:
            self.fault(column, "integer", "Use a whole number from {least} to {most}.", least=least, most=most)
            return None
        return int(value)

    def degrees(self, column: str, most: int) -> float | None:
        """A coordinate in WGS84 degrees, or None."""
        value = self.values[column]
        if not value:
            return None
        if not _NUMBER.fullmatch(value) or abs(float(value)) > most:
            self.fault(column, "coordinate", "Use degrees from -{most} to {most} with a point, for example 45.1885.", most=most)
            return None
        return float(value)

    def _list(self, column: str, most: int, *, required: bool = False) -> tuple[str, ...]:
        cell = self.text(column, MOST_CHARACTERS, required=required) or ""
        values = tuple(dict.fromkeys(part for part in (piece.strip() for piece in cell.split(";")) if part))
        if len(values) > most:
            self.fault(column, "too_many", "Name at most {most} entries.", most=most)
            return ()
        return values


@lru_cache
def _by_word(allowed: type[E]) -> dict[str, E]:
    return {choice.value: choice for choice in allowed}
