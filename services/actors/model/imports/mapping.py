"""Which column of a table means what: guessed from headers in several languages, kept per source, and applied to rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from services.actors.model.imports.forms import Item, LineFault, Link, Organisation, Practised, Received, Service
from services.actors.model.imports.hours import windows_of_osm
from services.actors.model.imports.mapping_words import FIELDS, NEEDED, ORGANISATION_WORDS, SERVICE_WORDS, YES, RowsAre
from services.actors.model.imports.tables import Row, Table
from services.actors.model.imports.values import DESCRIPTION_LENGTH, TITLE_LENGTH, Reading
from services.actors.model.practices import practice_words
from services.actors.model.texts import folded
from services.actors.model.vocabulary import FIRST_DAY, FIRST_YEAR, LAST_YEAR, MOST_PLACES, NOTE_LENGTH, Practice, Purpose

SURE = 88
"""From this likeness on a header is taken for a field's word."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What a table's rows are, and which column (by header) feeds which field."""

    rows: RowsAre
    columns: Mapping[str, str] = field(default_factory=dict)

    def is_complete(self) -> bool:
        """Whether the fields that a row cannot do without have a column."""
        return set(self.columns.values()) >= NEEDED[self.rows]

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """As it is kept."""
        return {"rows": self.rows.value, "columns": dict(self.columns)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "TableMapping":  # Any: JSON
        """As it was kept."""
        rows = RowsAre(kept["rows"])
        return cls(rows, {header: target for header, target in kept.get("columns", {}).items() if target in FIELDS[rows]})


def guess(table: Table) -> TableMapping:
    """What a table's headers seem to mean. Each field gets at most one column, each column at most one field."""
    headers = [header for place, header in enumerate(table.columns) if header and place not in table.contact_columns]
    words = " ".join(folded(header) for header in headers)
    title = folded(table.name)
    of_services = any(word in words for word in ("service", "angebot", "servicio", "servizio"))
    described = any(mark in words for mark in ("description", "categor", "thema", "horaire", "hours"))
    speaks_of_services = (of_services and described) or any(word in title for word in ("service", "offer", "offre", "angebot", "servici", "serviz"))
    if speaks_of_services:
        return TableMapping(RowsAre.SERVICES, _best(headers, SERVICE_WORDS))
    for rows in (RowsAre.PRACTICES, RowsAre.CAPACITIES):
        if (facts := TableMapping(rows, _best(headers, FIELDS[rows]))).is_complete():
            return facts
    return TableMapping(RowsAre.ORGANISATIONS, _best(headers, ORGANISATION_WORDS))


def _best(headers: Sequence[str], fields: Mapping[str, str]) -> dict[str, str]:
    likely: list[tuple[float, int, str, str]] = []
    for header in headers:
        plain = folded(header) or header.lower()
        for order, (target, words) in enumerate(fields.items()):
            known = [folded(word) or word for word in words.split("|")]
            found = process.extractOne(plain, known, scorer=fuzz.ratio, score_cutoff=SURE)
            if found is not None:
                # The earlier among equally good words of a field is the more usual one.
                likely.append((found[1] - found[2] / 1000, -order, header, target))
            elif target in plain.split() and len(plain.split()) <= 4:
                likely.append((SURE - 1, -order, header, target))
    columns: dict[str, str] = {}
    for _, _, header, target in sorted(likely, reverse=True):
        if header not in columns and target not in columns.values():
            columns[header] = target
    return columns


def items_of(row: Row, columns: Sequence[str], mapping: TableMapping, language: str) -> Iterable[Item]:
    """What a row says under a mapping."""
    if mapping.rows is RowsAre.NOTHING:
        return ()
    if row.too_long:
        message = "This line has more cells than the header names; a text with the delimiter in it needs quotation marks."
        return (LineFault(line=row.line, code="too_many_cells", message=message),)
    cells = {mapping.columns[header]: cell for header, cell in zip(columns, row.cells, strict=False) if header in mapping.columns and cell}
    names = {target: header for header, target in mapping.columns.items()}
    if mapping.rows is RowsAre.SERVICES:
        return (_service(row, cells, names, language),)
    if mapping.rows is RowsAre.PRACTICES:
        return (_practised(row, cells, names),)
    if mapping.rows is RowsAre.CAPACITIES:
        return (_received(row, cells, names),)
    return _organisation(row, cells, names)


def _organisation(row: Row, cells: Mapping[str, str], names: Mapping[str, str]) -> Iterable[Item]:
    reading = Reading(row.line, contacts=row.contacts)

    def at(target: str) -> str:
        return names.get(target, target)

    lat, lon = reading.place(cells.get("lat"), cells.get("lon"), (at("lat"), at("lon")))
    slug, name = reading.slug(cells.get("slug"), at("slug")), reading.name(cells.get("name"), at("name"))
    key = reading.key(cells.get("key") or slug or cells.get("siret") or cells.get("siren") or folded(name) or name, at("key"))
    identifiers = tuple((scheme, cells[scheme].replace(" ", "")[:200]) for scheme in ("siren", "siret", "wikidata") if cells.get(scheme))
    found = Organisation(
        line=row.line, key=key, slug=slug, name=name, kind=reading.kind(cells.get("kind"), at("kind")),
        local_name=reading.local_name(cells.get("local_name"), at("local_name")), country=reading.country(cells.get("country"), at("country")),
        lat=lat, lon=lon, population=reading.whole(cells.get("population"), at("population")),
        website=reading.website(cells.get("website"), at("website")),
        citation=reading.citation(cells.get("source"), at("source")), identifiers=identifiers, contacts=reading.contacts, notes=tuple(reading.notes),
    )  # fmt: skip
    if reading.fault:
        return (reading.fault,)
    networks = [part.strip() for part in (cells.get("networks") or "").replace("|", ";").split(";") if part.strip()]
    return (found, *(Link(line=row.line, organisation=key, network=network[:200]) for network in networks[:30]))


def _service(row: Row, cells: Mapping[str, str], names: Mapping[str, str], language: str) -> Item:
    reading = Reading(row.line, contacts=row.contacts)

    def at(target: str) -> str:
        return names.get(target, target)

    lat, lon = reading.place(cells.get("lat"), cells.get("lon"), (at("lat"), at("lon")))
    windows, whole = windows_of_osm(cells.get("hours", ""))
    if not whole:
        reading.note("hours_left_out")
    title = reading.texts(cells.get("service_name"), at("service_name"), TITLE_LENGTH, language)
    organisation = reading.words(cells.get("organisation"), at("organisation"), 200)
    found = Service(
        line=row.line, key=reading.key(cells.get("service_key") or folded(organisation, title[0][1] if title else ""), at("service_key")),
        organisation=organisation, title=title, description=reading.texts(cells.get("description"), at("description"), DESCRIPTION_LENGTH, language),
        terms=tuple(part.strip() for part in cells.get("category", "").replace("|", ";").split(";") if part.strip())[:20],
        languages=reading.languages(cells.get("languages"), at("languages")), lat=lat, lon=lon, remote=folded(cells.get("remote")) in YES,
        places=reading.whole(cells.get("places"), at("places"), 1, 10_000), windows=windows,
        valid_from=reading.day(cells.get("valid_from"), at("valid_from")), valid_until=reading.day(cells.get("valid_until"), at("valid_until")),
        free=folded(cells["free"]) in YES if cells.get("free") else None, contacts=reading.contacts, notes=tuple(reading.notes),
    )  # fmt: skip
    if not title:
        reading.wrong(at("service_name"), "missing", "This must not be empty.")
    return reading.fault or found


def _practised(row: Row, cells: Mapping[str, str], names: Mapping[str, str]) -> Item:
    reading = Reading(row.line, contacts=row.contacts)
    organisation = reading.required(cells.get("organisation"), names["organisation"])
    practice = reading.one_of(cells.get("practice"), names["practice"], practice_words(), Practice)
    since = reading.whole(cells.get("since"), names.get("since", "since"), FIRST_YEAR, LAST_YEAR)
    note = reading.public(reading.words(cells.get("note"), names.get("note", "note"), NOTE_LENGTH) or "", names.get("note", "note")) or None
    citation = reading.citation(cells.get("source"), names.get("source", "source"))
    if reading.fault or practice is None:
        return reading.fault_here()
    return Practised(
        line=row.line, organisation=organisation, practice=practice, since=since, note=note, citation=citation, contacts=reading.contacts
    )  # fmt: skip


def _received(row: Row, cells: Mapping[str, str], names: Mapping[str, str]) -> Item:
    reading = Reading(row.line, contacts=row.contacts)
    organisation = reading.required(cells.get("organisation"), names["organisation"])
    purpose = reading.one_of(cells.get("purpose"), names["purpose"], {folded(code): code for code in Purpose}, Purpose)
    begins_on = reading.day(cells.get("begins_on"), names["begins_on"], FIRST_DAY.year)
    ends_on = reading.day(cells.get("ends_on"), names.get("ends_on", "ends_on"), FIRST_DAY.year)
    places = reading.whole(cells.get("places"), names["places"], 0, MOST_PLACES)
    citation = reading.citation(cells.get("source"), names.get("source", "source"))
    for value, field_name in ((begins_on, "begins_on"), (places, "places")):
        if value is None:
            reading.wrong(names[field_name], "missing", "This must not be empty.")
    if begins_on is not None and ends_on is not None and ends_on < begins_on:
        reading.wrong(names["ends_on"], "ends_before_it_begins", "A period ends on the day on which it begins, or later.")
    if reading.fault or purpose is None or begins_on is None or places is None:
        return reading.fault_here()
    return Received(
        line=row.line, organisation=organisation, purpose=purpose, begins_on=begins_on, ends_on=ends_on, ends_told="ends_on" in names, places=places,
        citation=citation, contacts=reading.contacts,
    )  # fmt: skip
