"""Reads tables of others, CSV and XLSX, row by row: a header, then cells; what looks like a contact leaves with its column."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from services.actors.model.imports.forms import refuse_file
from services.actors.model.imports.limits import MAX_CELL, MAX_COLUMNS, MAX_LINE, MAX_ROWS
from services.actors.model.imports.raw import archive_of, looks_like_html, text_of
from services.actors.model.texts import folded

T = TypeVar("T")
_CONTACTS = """
email mail courriel mel telephone phone tel telefon telefono mobile mobil portable fax contact contacts contacto contatto kontakt
ansprechpartner responsable personne person vorname nachname prenom firstname lastname surname whatsapp
"""
CONTACT_WORDS = frozenset(_CONTACTS.split())
"""Words of headers whose columns hold contacts or names of persons; such columns are not kept."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its line, and its cells by the place of their column. Cells of contact columns are None already."""

    table: str
    line: int
    cells: tuple[str | None, ...]
    contacts: int = 0
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The header of a table. `contact_columns` are left out."""

    name: str
    columns: tuple[str, ...]
    contact_columns: frozenset[int]


def is_contact_column(header: str) -> bool:
    """Whether a header speaks of e-mail, telephone or a person."""
    words = folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)).split()
    return any(word in CONTACT_WORDS for word in words) and not {"website", "site", "web", "url"} & set(words)


def header_of(name: str, cells: Sequence[str | None]) -> Table:
    """A table's header. Raises FileRefused when it is missing, too wide, or names a column twice."""
    columns = [(cell or "").strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise refuse_file("no_header", "The first line must name the columns.", 1)
    if len(columns) > MAX_COLUMNS:
        raise refuse_file("too_many_columns", "A table may have at most {most} columns.", 1, most=MAX_COLUMNS)
    if any(len(column) > 200 for column in columns):
        raise refuse_file("header_too_long", "The name of a column is longer than 200 characters; is the first line a header?", 1)
    named = [column.lower() for column in columns if column]
    twice = next((place for place, column in enumerate(columns, 1) if column and named.count(column.lower()) > 1), None)
    if twice is not None:
        raise refuse_file("column_twice", "Column number {place} has the same name as another one.", 1, place=twice)
    contact = frozenset(place for place, column in enumerate(columns) if is_contact_column(column))
    return Table(name, tuple(columns), contact)


def _row(table: Table, line: int, cells: Sequence[str | None]) -> Row:
    kept: list[str | None] = []
    contacts = 0
    for place in range(len(table.columns)):
        cell = cells[place] if place < len(cells) else None
        if place in table.contact_columns:
            contacts += bool(cell)
            cell = None
        kept.append(cell)
    return Row(table.name, line, tuple(kept), contacts)


def delimiter_of(text: str) -> str:
    """Comma, semicolon, tab or bar: what the first lines hold equally often, the most."""
    lines = [line for line in text[:20_000].splitlines()[:10] if line.strip()]
    counts = {mark: lines[0].count(mark) if lines else 0 for mark in ",;\t|"}
    return max(counts, key=lambda mark: counts[mark])


def read_csv(content: bytes, name: str = "") -> tuple[Table, Iterator[Row]]:
    """The header and the rows of a CSV file in UTF-8, whatever its delimiter. Raises FileRefused, also while the rows are read."""
    text = text_of(content)
    if looks_like_html(text):
        raise refuse_file("html", "This is a web page, no table. Download the file itself and send that.", 1)
    longest = max((len(line) for line in text.split("\n")), default=0) if len(text) > MAX_LINE else 0
    if longest > MAX_LINE:
        raise refuse_file("line_too_long", "A line of this file is longer than {most} characters.", most=MAX_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    first = _next(reader)
    while first is not None and not any(cell.strip() for cell in first):
        first = _next(reader)
    table = header_of(name, first or [])
    return table, _csv_rows(reader, table)


def records_of_csv(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file whose columns are known, as names and values. Contacts stay in: whoever calls drops and counts them."""
    text = text_of(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    columns = header_of("", _next(reader) or []).columns
    line = reader.line_num + 1
    for number in range(1, MAX_ROWS + 2):
        cells = _next(reader)
        if cells is None:
            return
        if number > MAX_ROWS:
            raise refuse_file("too_many_rows", "Send at most {most} rows in one file.", most=MAX_ROWS)
        if any(cell.strip() for cell in cells):
            yield line, {name: cell[: MAX_CELL + 1] for name, cell in zip(columns, cells, strict=False) if cell}
        line = reader.line_num + 1


def _next(reader: Any) -> list[str] | None:  # Any: the csv module's reader has no public type
    try:
        return next(reader, None)
    except csv.Error:
        raise refuse_file(
            "not_csv", "Line {number} is not well-formed CSV; look for a quotation mark that is not closed.", reader.line_num, number=reader.line_num
        ) from None


def _csv_rows(reader: Any, table: Table) -> Iterator[Row]:  # Any: as above
    rows = 0
    line = reader.line_num + 1
    while (cells := _next(reader)) is not None:
        if any(cell.strip() for cell in cells):
            rows += 1
            if rows > MAX_ROWS:
                raise refuse_file("too_many_rows", "Send at most {most} rows in one file.", most=MAX_ROWS)
            if len(cells) > len(table.columns) and any(cells[len(table.columns) :]):
                yield Row(table.name, line, (), too_long=True)
            else:
                yield _row(table, line, [cell[: MAX_CELL + 1] for cell in cells])
        line = reader.line_num + 1


def read_xlsx(content: bytes) -> Iterator[tuple[Table, Iterator[Row]]]:
    """The tables of a workbook, one a sheet that has a header. Of a formula the value that was saved with it is taken, never the formula."""
    import openpyxl  # Only here: it loads numpy, which an idle hub has no use for.

    archive = archive_of(content)
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise refuse_file("not_xlsx", "This archive is no XLSX workbook.")
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in names):
        raise refuse_file("macros", "This workbook holds macros; save it as XLSX without them.")
    _refuse_entities(archive)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception:  # openpyxl raises whatever a damaged part makes it stumble over
        raise refuse_file("not_xlsx", "This workbook is damaged; save it anew and send it again.") from None
    for sheet in book.worksheets:
        rows = _guarded(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1))
        first = next(rows, None)
        if first is None or not any(cell not in (None, "") for cell in first):
            continue
        table = header_of(sheet.title[:100], [_cell(cell) for cell in first])
        yield table, _sheet_rows(rows, table)


def _refuse_entities(archive: zipfile.ZipFile) -> None:
    """Raise FileRefused for a part that declares entities: no spreadsheet writes any."""
    for member in archive.infolist():
        if not member.filename.lower().endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(member) as stream:
                # Entities are declared before the first element, so its first events tell.
                for count, _ in enumerate(iterparse(stream, ("start",), forbid_dtd=True)):
                    if count > 3:
                        break
        except DefusedXmlException:
            raise refuse_file("entities", "This workbook declares XML entities, which no spreadsheet does; it was not opened.") from None
        except Exception:  # a damaged part: the workbook's own reader says so in its words
            raise refuse_file("not_xlsx", "This workbook is damaged; save it anew and send it again.") from None


def _guarded(rows: Iterator[T]) -> Iterator[T]:
    try:
        yield from rows
    except Exception:  # whatever a damaged sheet makes openpyxl stumble over
        raise refuse_file("not_xlsx", "This workbook is damaged; save it anew and send it again.") from None


def _sheet_rows(rows: Iterator[tuple[Any, ...]], table: Table) -> Iterator[Row]:  # Any: values of cells
    empty = 0
    for line, values in enumerate(rows, 2):
        if line > MAX_ROWS + 1:
            raise refuse_file("too_many_rows", "Send at most {most} rows in one file.", most=MAX_ROWS)
        cells = [_cell(value) for value in values]
        empty = 0 if any(cells) else empty + 1
        if empty > 1000:
            return
        if not empty:
            yield _row(table, line, cells)


def _cell(value: Any) -> str | None:  # Any: a value of a cell
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)[: MAX_CELL + 1]
