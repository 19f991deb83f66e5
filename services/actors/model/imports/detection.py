"""Which format a file has, by what is in it."""

import csv
import io

from services.actors.model.import_report import KINDS
from services.actors.model.imports.data_inclusion import SERVICE_COLUMNS, STRUCTURE_COLUMNS
from services.actors.model.imports.forms import Format, refuse_file
from services.actors.model.imports.raw import archive_of, looks_like_html, text_of
from services.actors.model.imports.tables import delimiter_of


def format_of(content: bytes, name: str = "") -> Format:
    """The format of a file. Raises FileRefused when it is none that is read."""
    if not content.strip():
        raise refuse_file("empty", "The file is empty.")
    if content.startswith(b"PK"):
        return _of_archive(content)
    text = text_of(content)
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _of_json(text)
    if looks_like_html(text):
        raise refuse_file("html", "This is a web page, no table. Download the file itself and send that.", 1)
    return Format.DATA_INCLUSION if set(header_words(text)) >= STRUCTURE_COLUMNS else Format.CSV


def header_words(text: str) -> list[str]:
    """The names in the first line of a table."""
    lines = text[:100_000].splitlines()
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(lines[0] if lines else ""), delimiter=delimiter_of(text)), [])]
    except csv.Error:
        return []


def is_service_table(words: list[str]) -> bool:
    """Whether a data-inclusion table holds services."""
    return set(words) >= SERVICE_COLUMNS


def _of_archive(content: bytes) -> Format:
    names = {name.rsplit("/", 1)[-1].lower() for name in archive_of(content).namelist()}
    if "[content_types].xml" in names:
        return Format.XLSX
    if {f"{kind}.csv" for kind in KINDS} & names:
        return Format.REGISTRY
    if names & {"organizations.csv", "services.csv", "organization.csv", "service.csv"}:
        return Format.HSDS_TABULAR
    raise refuse_file("unknown_archive", "This archive holds no table that is known: send XLSX, an HSDS package, or the registry's own files.")


def _of_json(text: str) -> Format:
    head = text[:200_000]
    if '"FeatureCollection"' in head:
        return Format.GEOJSON
    if '"structures"' in head or '"structure_id"' in head or ('"nom"' in head and '"date_maj"' in head):
        return Format.DATA_INCLUSION
    return Format.HSDS_JSON
