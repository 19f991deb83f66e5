"""From the files of a job to neutral items: the one place that knows which reader belongs to which format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.actors.model.imports import data_inclusion, mapping, tables
from services.actors.model.imports.detection import header_words, is_service_table
from services.actors.model.imports.forms import Format, Item
from services.actors.model.imports.geojson import read_geojson
from services.actors.model.imports.hsds import read_hsds, read_hsds_package
from services.actors.model.imports.job import ImportSource
from services.actors.model.imports.mapping import TableMapping
from services.actors.model.imports.mapping_words import RowsAre

ANY_TABLE = "*"
"""Under this name the mapping of a CSV file is kept: its files are called otherwise each time."""


@dataclass(slots=True)
class Found:
    """What reading met: the headers of tables with the mapping in use, by table."""

    tables: dict[str, Any] = field(default_factory=dict)  # Any: JSON

    @property
    def incomplete(self) -> bool:
        """Whether a table lacks the column that it cannot do without, or none says anything."""
        mappings = [TableMapping.of_json(each) for each in self.tables.values()]
        return any(not each.is_complete() for each in mappings) or (bool(mappings) and all(each.rows is RowsAre.NOTHING for each in mappings))


Placed = tuple[str, Item]
"""The table that an item stands in, and the item."""


def headers(files: Sequence[tuple[str, bytes]], format: Format, source: ImportSource) -> Found:
    """The tables of a file with their mappings: the source's own where their headers fit, otherwise a guess. Raises FileRefused."""
    found = Found()
    for name, content in files:
        if format is Format.CSV:
            table, _ = tables.read_csv(content, name)
            _note(found, table, ANY_TABLE if len(files) == 1 else name, source)
        elif format is Format.XLSX:
            for table, _ in tables.read_xlsx(content):
                _note(found, table, table.name, source)
    return found


def _note(found: Found, table: tables.Table, key: str, source: ImportSource) -> None:
    kept = source.mapping.get(key)
    used = TableMapping.of_json(kept) if kept else None
    if used is None or (not set(used.columns) & set(table.columns) and used.rows is not RowsAre.NOTHING):
        used = mapping.guess(table)
    left_out = [table.columns[place] for place in sorted(table.contact_columns)]
    found.tables[key] = {**used.as_json(), "header": [each for each in table.columns if each], "left_out": left_out}


def items(files: Sequence[tuple[str, bytes]], format: Format, source: ImportSource, found: Mapping[str, Any]) -> Iterator[Placed]:  # Any: JSON
    """The items of all files of a job, one by one. Raises FileRefused, also midway."""
    for name, content in files:
        if format is Format.CSV:
            table, rows = tables.read_csv(content, name)
            yield from _mapped(table, rows, found[ANY_TABLE if len(files) == 1 else name], source)
        elif format is Format.XLSX:
            for table, rows in tables.read_xlsx(content):
                yield from _mapped(table, rows, found[table.name], source)
        else:
            yield from (("", item) for item in _plain(content, format, source.language))


def _mapped(table: tables.Table, rows: Iterator[tables.Row], kept: Mapping[str, Any], source: ImportSource) -> Iterator[Placed]:  # Any: JSON
    used = TableMapping.of_json(kept)
    for row in rows:
        for item in mapping.items_of(row, table.columns, used, source.language):
            yield table.name, item


def _plain(content: bytes, format: Format, language: str) -> Iterator[Item]:
    if format is Format.GEOJSON:
        return read_geojson(content)
    if format is Format.HSDS_TABULAR:
        return read_hsds_package(content, language)
    if format is Format.DATA_INCLUSION:
        if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
            return data_inclusion.read_data_inclusion(content, language)
        return _data_inclusion_rows(content, language)
    return read_hsds(content, language)


def _data_inclusion_rows(content: bytes, language: str) -> Iterator[Item]:
    for line, record in tables.records_of_csv(content):
        yield data_inclusion.item_of(record, line, language)


def order_of(name: str, content: bytes, format: Format) -> int:
    """Files with organisations come before files with services."""
    if format is Format.DATA_INCLUSION:
        start = content[:100_000].decode("utf-8", "replace")
        return int('"structure_id"' in start or is_service_table(header_words(start)))
    return int("service" in name.lower())
