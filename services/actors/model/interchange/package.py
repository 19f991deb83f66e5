"""The description of the dump for machines (Frictionless data package) and for readers (a short text)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.actors.model.interchange.cells import moment_text
from services.actors.model.interchange.datasets import NUMBERS, TABLES, WHOLE_NUMBERS, Dataset, columns_of

BOOLEANS = frozenset({"returns", "remote"})
DATES = frozenset({"begins_on", "ends_on", "valid_from", "valid_until"})
MOMENTS = frozenset({"posted_at", "updated_at", "created_at", "removed_at"})
TOMBSTONES = ("kind", "record_id", "slug", "removed_at", "merged_into")


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes the open data, where, and under which licence."""

    address: str
    publisher: str
    place: str
    licence_url: str
    licence_name: str

    @property
    def title(self) -> str:
        """What the open data are called."""
        return f"Registry of welcome, {self.place}" if self.place else "Registry of welcome"

    def citation(self, changed: datetime | None) -> str:
        """How to cite the data."""
        when = f", as of {changed.date().isoformat()}" if changed else ""
        return f"{self.publisher}: {self.title}{when}. {self.address}/open-data. Licence: {self.licence_name}."


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the dump as it was written."""

    name: str
    size: int
    digest: str


def publication_of(settings: Any) -> Publication:  # Any: services.actors.settings.Settings, which no model imports
    """What the operator set."""
    return Publication(settings.public_url, settings.publisher_name, settings.publisher_place, settings.licence_url, settings.licence_name)


def field_of(column: str) -> dict[str, str]:
    """A column for a table schema. A year may be a whole date in other tables; `date` of a declaration is as precise as its source."""
    if column in NUMBERS:
        return {"name": column, "type": "number"}
    if column in WHOLE_NUMBERS:
        return {"name": column, "type": "integer"}
    if column in BOOLEANS:
        return {"name": column, "type": "boolean"}
    if column in DATES:
        return {"name": column, "type": "date"}
    return {"name": column, "type": "datetime", "format": "any"} if column in MOMENTS else {"name": column, "type": "string"}


def package(about: Publication, files: list[Written], changed: datetime | None) -> dict[str, Any]:  # Any: JSON
    """The data package's `datapackage.json`."""
    described: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "registry-of-welcome",
        "title": about.title,
        "description": about.citation(changed),
        "homepage": f"{about.address}/open-data",
        "licenses": [{"name": about.licence_name, "path": about.licence_url}],
        "contributors": [{"title": about.publisher, "role": "publisher", "path": about.address}],
        "resources": [_resource(file) for file in files],
    }
    return described | ({"created": moment_text(changed)} if changed else {})


def _resource(file: Written) -> dict[str, Any]:  # Any: JSON
    stem = file.name.removesuffix(".csv")
    found: dict[str, Any] = {
        "name": stem, "path": file.name, "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "bytes": file.size, "hash": f"sha256:{file.digest}",
    }  # fmt: skip
    if stem == "tombstones":
        fields = [field_of(name) for name in TOMBSTONES]
        return found | {
            "title": "What was removed or merged",
            "schema": {"fields": fields, "missingValues": [""], "primaryKey": ["kind", "record_id"]},
        }
    dataset = Dataset(stem)
    table = TABLES[dataset]
    schema: dict[str, Any] = {"fields": [field_of(name) for name in columns_of(dataset, every=False)], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.links:
        schema["foreignKeys"] = [{"fields": column, "reference": {"resource": other, "fields": "id"}} for column, other in table.links]
    return found | {"title": table.title, "description": table.description, "schema": schema}


def readme(about: Publication, changed: datetime | None) -> str:
    """What stands beside the files for readers."""
    lines = [f"# {about.title}", "", f"Published by {about.publisher}. Licence: {about.licence_name} ({about.licence_url}).", "", "Please cite:", ""]
    lines += [f"> {about.citation(changed)}", "", "## Files", ""]
    lines += [f"- `{dataset}.csv`: {TABLES[dataset].description}" for dataset in Dataset]
    lines += [
        "- `tombstones.csv`: what was removed or merged, by kind and id, so that copies can follow.",
        "- `datapackage.json`: the columns of every file (Frictionless data package).",
        "",
        "The tables are CSV (UTF-8, comma, one header line). A list in a cell is parted by semicolons. A text that a spreadsheet would run as a",
        "formula begins with an apostrophe; our own import takes it away again. Organisations only: no person is in these files.",
        "",
        f"How to keep a copy up to date: {about.address}/open-data",
        "",
    ]
    return "\n".join(lines)
