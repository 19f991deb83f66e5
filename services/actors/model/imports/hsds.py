"""Reads Open Referral HSDS 3.x: organisations and services as JSON (lists, pages, full objects, ndjson), or as a tabular data package."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.actors.model.imports.forms import Item, Organisation, Service, Texts, refuse_file
from services.actors.model.imports.hours import windows_of_schedules
from services.actors.model.imports.limits import MAX_ROWS
from services.actors.model.imports.raw import Json, archive_of, json_records, member_of, text_of
from services.actors.model.imports.values import DESCRIPTION_LENGTH, TITLE_LENGTH, Reading

CONTACT_FIELDS = ("email", "phones", "contacts")
SERVICE_MARKS = ("organization_id", "organization", "service_at_locations", "status", "fees_description", "capacities", "eligibility_description")
SLUG_SCHEME, OWN_KEY, KIND_LINK = "slug", "Key in this hub's registry", "organization_kind"
"""Where our own exports carry what HSDS has no field for: the readable key, and what kind an organisation is."""


def read_hsds(content: bytes, language: str = "en") -> Iterator[Item]:
    """The organisations and services of an HSDS JSON file, each once, numbered by record."""
    seen: set[str] = set()
    for number, record in json_records(text_of(content), "contents", "organizations", "services", "service_at_locations", "organization", "service"):
        yield from _record(record, number, language, seen)


def _record(record: Any, number: int, language: str, seen: set[str]) -> Iterator[Item]:  # Any: a value of JSON
    if not isinstance(record, dict):
        reading = Reading(number)
        reading.wrong(None, "not_an_object", "Each record is an object with names and values.")
        yield reading.fault  # type: ignore[misc]
    elif isinstance(record.get("service"), dict) and ("location" in record or "location_id" in record):
        within = {**record["service"], "service_at_locations": [record]}
        if _once(f"s{within.get('id')}", seen):
            yield from _service_record(within, number, language, seen)
    elif any(mark in record for mark in SERVICE_MARKS):
        if _once(f"s{record.get('id')}", seen):
            yield from _service_record(record, number, language, seen)
    else:
        yield from _organisation_record(record, number, language, seen)


def _once(key: str, seen: set[str]) -> bool:
    before = len(seen)
    seen.add(key)
    return len(seen) > before


def _organisation_record(record: Json, number: int, language: str, seen: set[str]) -> Iterator[Item]:
    if _once(f"o{record.get('id')}", seen):
        yield organisation_of(record, number)
    for service in _dicts(record.get("services")):
        if _once(f"s{service.get('id')}", seen):
            yield service_of(service, number, language, str(record.get("id") or ""))


def _service_record(record: Json, number: int, language: str, seen: set[str]) -> Iterator[Item]:
    organisation = record.get("organization")
    owner = record.get("organization_id") or (organisation.get("id") if isinstance(organisation, dict) else None)
    if isinstance(organisation, dict) and organisation.get("name"):
        yield from _organisation_record(organisation, number, language, seen)
    yield service_of(record, number, language, owner)


def _dicts(values: Any) -> list[Json]:  # Any: a value of JSON
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def organisation_of(record: Json, number: int) -> Item:
    """An HSDS organization."""
    reading = Reading(number)
    locations = [*_dicts(record.get("locations")), *_dicts(record.get("location"))]
    placed: Json = next((each for each in locations if each.get("latitude") not in (None, "") and each.get("longitude") not in (None, "")), {})
    lat, lon = reading.place(placed.get("latitude"), placed.get("longitude"), ("latitude", "longitude"))
    countries = [address.get("country") for each in locations for address in _dicts(each.get("addresses"))]
    schemes: dict[str, str] = {}
    for each in _dicts(record.get("organization_identifiers")):
        own = each.get("identifier_type") == OWN_KEY and not each.get("identifier_scheme")
        scheme = SLUG_SCHEME if own else reading.words(each.get("identifier_scheme") or each.get("identifier_type"), "identifier_scheme", 80)
        value = reading.words(each.get("identifier"), "identifier", 200)
        if scheme and value:
            schemes[scheme.lower()] = value
    slug, kind = schemes.pop(SLUG_SCHEME, None), next(_own_kinds(record), None)
    reading.drop_contact(*(record.get(name) for name in CONTACT_FIELDS))
    found = Organisation(
        line=number, key=reading.key(record.get("id"), "id"), name=reading.name(record.get("name"), "name"), slug=reading.slug(slug, "slug"),
        kind=reading.kind(kind, "kind"), local_name=reading.local_name(record.get("alternate_name"), "alternate_name"),
        country=reading.country(next((each for each in countries if each), None), "country"), lat=lat, lon=lon,
        website=reading.website(record.get("website") or record.get("url"), "website"), citation=reading.citation(record.get("uri"), "uri"),
        identifiers=tuple(sorted(schemes.items())), contacts=reading.contacts, notes=tuple(reading.notes),
    )  # fmt: skip
    return reading.fault or found


def _own_kinds(record: Json) -> Iterator[str]:
    for each in _dicts(record.get("attributes")):
        term = each.get("taxonomy_term")
        if each.get("link_type") == KIND_LINK and isinstance(term, dict) and isinstance(term.get("code"), str):
            yield term["code"]


def service_of(record: Json, number: int, language: str, owner: Any = None) -> Item:  # Any: a value of JSON
    """An HSDS service."""
    reading = Reading(number)
    at = _dicts(record.get("service_at_locations"))
    locations = [each["location"] for each in at if isinstance(each.get("location"), dict)]
    placed: Json = next((each for each in locations if each.get("latitude") not in (None, "") and each.get("longitude") not in (None, "")), {})
    lat, lon = reading.place(placed.get("latitude"), placed.get("longitude"), ("latitude", "longitude"))
    schedules = [*_dicts(record.get("schedules")), *(one for each in at for one in _dicts(each.get("schedules")))]
    windows, whole = windows_of_schedules(schedules)
    if not whole:
        reading.note("hours_left_out")
    if len({(each.get("latitude"), each.get("longitude")) for each in locations}) > 1:
        reading.note("first_place_only")
    reading.drop_contact(*(each.get(name) for each in (record, *at, *locations) for name in CONTACT_FIELDS))
    reading.drop_contact(record.get("assured_date") and record.get("assurer_email"))
    costs = _dicts(record.get("cost_options"))
    remote = any(each.get("location_type") == "virtual" for each in locations)
    found = Service(
        line=number, key=reading.key(record.get("id"), "id"), organisation=reading.words(owner, "organization_id", 200),
        title=_texts(reading, record, "name", TITLE_LENGTH, language),
        description=_texts(reading, record, "description", DESCRIPTION_LENGTH, language),
        terms=tuple(_terms(record)), languages=reading.languages([each.get("code") for each in _dicts(record.get("languages"))], "languages"),
        lat=lat, lon=lon, remote=remote, places=_places(reading, record), windows=windows, **_validity(reading, schedules),
        free=all(float(each.get("amount") or 0) == 0 for each in costs) if costs and _amounts_are_numbers(costs) else None,
        wheelchair=False, active=record.get("status", "active") == "active", contacts=reading.contacts, notes=tuple(reading.notes),
    )  # fmt: skip
    if not found.title:
        reading.wrong("name", "missing", "This must not be empty.")
    return reading.fault or found


def _texts(reading: Reading, record: Json, name: str, longest: int, language: str) -> Texts:
    return reading.texts(record.get(name), name, longest, language)


def _terms(record: Json) -> Iterator[str]:
    given = [each["taxonomy_term"] for each in _dicts(record.get("attributes")) if isinstance(each.get("taxonomy_term"), dict)]
    for term in given[:20]:
        for name in ("code", "name"):
            if isinstance(term.get(name), str) and term[name].strip():
                yield term[name].strip()[:200]
                break


def _places(reading: Reading, record: Json) -> int | None:
    for each in _dicts(record.get("capacities")):
        found = each.get("maximum") if each.get("maximum") is not None else each.get("available")
        if found is not None:
            return reading.whole(found, "capacities", 1, 10_000)
    return None


def _validity(reading: Reading, schedules: list[Json]) -> dict[str, Any]:  # Any: passed on by name
    first = next((each.get("valid_from") for each in schedules if each.get("valid_from")), None)
    last = next((each.get("valid_to") for each in schedules if each.get("valid_to")), None)
    return {"valid_from": reading.day(first, "valid_from"), "valid_until": reading.day(last, "valid_to")}


def _amounts_are_numbers(costs: Iterable[Json]) -> bool:
    return all(isinstance(each.get("amount"), int | float) or str(each.get("amount") or "0").replace(".", "", 1).isdigit() for each in costs)


TABLES = (
    "organizations", "services", "locations", "service_at_locations", "schedules", "service_capacities", "languages", "attributes",
    "taxonomy_terms", "organization_identifiers", "addresses", "phones", "contacts", "cost_options",
)  # fmt: skip
"""Tables of a tabular data package that are read; the rest holds nothing that we keep."""


def read_hsds_package(content: bytes, language: str = "en") -> Iterator[Item]:
    """The organisations and services of an HSDS tabular data package (a zip of CSV files with datapackage.json)."""
    archive = archive_of(content)
    by_name = {name.rsplit("/", 1)[-1].lower(): name for name in archive.namelist()}
    if "datapackage.json" in by_name:
        _check_descriptor(member_of(archive, by_name["datapackage.json"]))
    files = {}
    for table in TABLES:
        for name in (f"{table}.csv", f"{table.removesuffix('s')}.csv", f"{table.removesuffix('ies')}y.csv"):
            if name in by_name:
                files[table] = member_of(archive, by_name[name])
                break
    return read_hsds_tables(files, language)


def _check_descriptor(content: bytes) -> None:
    try:
        found = json.loads(text_of(content))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("resources"), list):
        raise refuse_file("not_a_package", "datapackage.json does not name its resources.")


def read_hsds_tables(files: Mapping[str, bytes], language: str = "en") -> Iterator[Item]:
    """The same, from the CSV files by the names of their tables."""
    if "organizations" not in files and "services" not in files:
        raise refuse_file("no_table", "This package holds neither organizations.csv nor services.csv.")
    terms = {row["id"]: row for _, row in _rows(files, "taxonomy_terms") if row.get("id")}
    locations: dict[str, Json] = {row["id"]: row for _, row in _rows(files, "locations") if row.get("id")}
    for _, row in _rows(files, "addresses"):
        if row.get("location_id") in locations:
            locations[row["location_id"]].setdefault("addresses", []).append(row)
    at = _grouped(files, "service_at_locations", "service_id", lambda row: {**row, "location": locations.get(row.get("location_id") or "")})
    identifiers = _grouped(files, "organization_identifiers", "organization_id")
    contacts = {name: (*_grouped(files, "phones", name), *_grouped(files, "contacts", name)) for name in ("organization_id", "service_id")}
    placed = _grouped_rows(locations.values(), "organization_id")
    for line, row in _rows(files, "organizations"):
        key = row.get("id") or ""
        more = {"locations": placed.get(key, []), "organization_identifiers": identifiers.get(key, [])}
        yield organisation_of({**row, **more, "phones": key in contacts["organization_id"] or None}, line)
    parts = {
        "schedules": _grouped(files, "schedules", "service_id"),
        "capacities": _grouped(files, "service_capacities", "service_id"),
        "languages": _grouped(files, "languages", "service_id"),
        "cost_options": _grouped(files, "cost_options", "service_id"),
        "attributes": _grouped(files, "attributes", "link_id", lambda row: {"taxonomy_term": terms.get(row.get("taxonomy_term_id") or "")}),
        "service_at_locations": at,
    }
    for line, row in _rows(files, "services"):
        key = row.get("id") or ""
        nested = {name: found.get(key, []) for name, found in parts.items()}
        yield service_of({**row, **nested, "phones": key in contacts["service_id"] or None}, line, language, row.get("organization_id"))


def _rows(files: Mapping[str, bytes], table: str) -> Iterator[tuple[int, Json]]:
    if table not in files:
        return
    reader = csv.DictReader(io.StringIO(text_of(files[table]), newline=""), strict=True)
    try:
        for number, row in enumerate(reader, 2):
            if number > MAX_ROWS + 1:
                raise refuse_file("too_many_rows", "Send at most {most} rows in one file.", most=MAX_ROWS)
            yield number, {name: value for name, value in row.items() if isinstance(name, str) and value not in (None, "")}
    except csv.Error:
        raise refuse_file(
            "not_csv", "{table}.csv is not well-formed CSV near line {number}.", reader.line_num, table=table, number=reader.line_num
        ) from None


def _grouped(files: Mapping[str, bytes], table: str, by: str, shape: Any = None) -> dict[str, list[Json]]:  # Any: a function of a row
    return _grouped_rows((shape(row) | {by: row.get(by)} if shape else row for _, row in _rows(files, table)), by)


def _grouped_rows(rows: Iterable[Json], by: str) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for row in rows:
        if row.get(by):
            found.setdefault(row[by], []).append(row)
    return found
