"""Writes tables row by row into a file: CSV, JSON lines, GeoJSON and XLSX. The same rows give the same bytes."""

import csv
import io
import zipfile
from collections.abc import Iterable
from typing import IO, Any, Protocol
from xml.sax.saxutils import escape

import orjson

from services.actors.model.interchange.cells import cell_text, cells_of, json_value
from services.actors.model.interchange.datasets import NUMBERS, WHOLE_NUMBERS

Row = dict[str, Any]
"""A record's values by column (Any: of many types); `lat` and `lon` say where it is on a map."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive, so that the same data give the same bytes."""
_LINE_END = {"\r": "&#13;"}
_NOT_IN_XML = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


class Writer(Protocol):
    """Writes rows; `end` finishes the file."""

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""

    def end(self) -> None:
        """Finish."""


class CsvWriter:
    """Comma-separated values, UTF-8, RFC 4180."""

    def __init__(self, out: IO[bytes], columns: tuple[str, ...]) -> None:
        self._out, self._columns = out, columns
        self._write([list(columns)])

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        self._write(cells_of(row, self._columns) for row in rows)

    def end(self) -> None:
        """Nothing follows."""

    def _write(self, lines: Iterable[list[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(lines)
        self._out.write(text.getvalue().encode())


class NdjsonWriter:
    """One JSON object a line."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        self._out.write(b"".join(orjson.dumps(json_value(row)) + b"\n" for row in rows))

    def end(self) -> None:
        """Nothing follows."""


class GeoJsonWriter:
    """A GeoJSON feature collection (RFC 7946); what has no place has no geometry, so that nothing is missing."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._first = out, True
        out.write(b'{"type":"FeatureCollection","features":[')

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        for row in rows:
            self._out.write(b"\n" if self._first else b",\n")
            self._out.write(orjson.dumps(feature_of(row)))
            self._first = False

    def end(self) -> None:
        """Close the collection."""
        self._out.write(b"\n]}\n")


def feature_of(row: Row) -> Row:
    """A row as a GeoJSON feature, with the record's UUID as id."""
    lat, lon = row.get("lat"), row.get("lon")
    place = None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}
    properties = {name: json_value(value) for name, value in row.items() if name not in ("lat", "lon")}
    return {"type": "Feature", "id": str(row.get("uuid") or row["id"]), "geometry": place, "properties": properties}


class XlsxWriter:
    """An Excel workbook with one sheet: a header, texts as texts and numbers as numbers. Written as a stream, whatever the number of rows."""

    def __init__(self, out: IO[bytes], columns: tuple[str, ...], title: str) -> None:
        self._columns = columns
        self._archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        for name, text in _workbook(title[:31]).items():
            self._archive.writestr(_entry(name), text)
        self._sheet = self._archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self._sheet.write(_SHEET_BEGINS)
        self._sheet.write(b"<row>" + b"".join(_text_cell(name) for name in columns) + b"</row>")

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        for row in rows:
            cells = [self._cell(name, row.get(name)) for name in self._columns]
            self._sheet.write(b"<row>" + b"".join(cells) + b"</row>")

    def end(self) -> None:
        """Close the sheet and the archive."""
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._archive.close()

    @staticmethod
    def _cell(name: str, value: Any) -> bytes:  # Any: a value of a record
        if value is None:
            return b"<c/>"
        if name in NUMBERS or name in WHOLE_NUMBERS:
            return f"<c><v>{cell_text(value)}</v></c>".encode()
        return _text_cell(cell_text(value))


def _text_cell(text: str) -> bytes:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text.translate(_NOT_IN_XML), _LINE_END)}</t></is></c>'.encode()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_BEGINS = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()


def _workbook(title: str) -> dict[str, str]:
    return {
        "[Content_Types].xml": (
            f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'{_XML}<Relationships xmlns="{_LINKS}">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{_XML}<Relationships xmlns="{_LINKS}">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
    }
