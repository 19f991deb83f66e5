"""Reads data-inclusion, schema v1: structures and services, as JSON (a list, or both lists in one object) or as rows of CSV."""

import re
from collections.abc import Iterator
from typing import Any

from services.actors.model.imports.forms import Item, Organisation, Service
from services.actors.model.imports.hours import windows_of_osm
from services.actors.model.imports.raw import Json, json_records, text_of, top_of
from services.actors.model.imports.values import DESCRIPTION_LENGTH, TITLE_LENGTH, Reading

CONTACT_FIELDS = ("telephone", "courriel", "contact_nom_prenom")
STRUCTURE_COLUMNS = frozenset({"id", "nom", "source", "date_maj"})
SERVICE_COLUMNS = STRUCTURE_COLUMNS | {"structure_id"}
_LIST = re.compile(r"[,;|]")


def read_data_inclusion(content: bytes, language: str = "fr") -> Iterator[Item]:
    """The structures and services of a JSON file; records are numbered in the order of the file, structures first."""
    text = text_of(content)
    kind, lists = top_of(text)
    names = [name for name in ("structures", "services") if lists.get(name, -1) >= 0] if kind == "object" else []
    before = 0
    for name in names or ("",):
        number = 0
        for number, record in json_records(text, name):
            yield item_of(record, before + number, language)
        before += number


def item_of(record: Any, number: int, language: str = "fr") -> Item:  # Any: a value of JSON, or a row
    """A structure or a service, told apart by `structure_id`."""
    if not isinstance(record, dict):
        reading = Reading(number)
        reading.wrong(None, "not_an_object", "Each record is an object with names and values.")
        return reading.fault  # type: ignore[return-value]
    return service_of(record, number, language) if record.get("structure_id") else organisation_of(record, number)


def organisation_of(record: Json, number: int) -> Item:
    """A structure."""
    reading = Reading(number)
    lat, lon = reading.place(record.get("latitude"), record.get("longitude"), ("latitude", "longitude"))
    siret = re.sub(r"\s", "", str(record.get("siret") or ""))
    identifiers = (("siret", siret),) if re.fullmatch(r"\d{14}", siret) else ()
    reading.drop_contact(*(record.get(name) for name in CONTACT_FIELDS))
    if record.get("reseaux_porteurs"):
        reading.note("networks_left_out")
    name = reading.name(record.get("nom"), "nom")
    found = Organisation(
        line=number, key=reading.key(record.get("id"), "id"), name=name, kind=_kind(name), country="FR" if lat is not None or siret else None,
        lat=lat, lon=lon, website=reading.website(record.get("site_web"), "site_web"),
        citation=reading.citation(record.get("lien_source"), "lien_source"),
        identifiers=identifiers, contacts=reading.contacts, notes=tuple(reading.notes),
    )  # fmt: skip
    return reading.fault or found


def _kind(name: str) -> str | None:
    """Town halls and their social centres say so in their names; everything else is left to the reader of the preview."""
    return "municipality" if re.match(r"(ccas|cias|mairie|commune|ville)\b", name.lower()) else None


def service_of(record: Json, number: int, language: str) -> Item:
    """A service."""
    reading = Reading(number)
    lat, lon = reading.place(record.get("latitude"), record.get("longitude"), ("latitude", "longitude"))
    hours = record.get("horaires_accueil")
    windows, whole = windows_of_osm(hours) if isinstance(hours, str) else ((), True)
    if not whole:
        reading.note("hours_left_out")
    for name in ("conditions_acces", "publics_precisions", "zone_eligibilite"):
        if record.get(name):
            reading.note(f"{name}_left_out")
    reading.drop_contact(*(record.get(name) for name in CONTACT_FIELDS))
    modes = _list(record.get("modes_accueil"))
    found = Service(
        line=number, key=reading.key(record.get("id"), "id"), organisation=reading.words(record.get("structure_id"), "structure_id", 200),
        title=reading.texts(record.get("nom"), "nom", TITLE_LENGTH, language),
        description=reading.texts(record.get("description"), "description", DESCRIPTION_LENGTH, language),
        terms=tuple(_list(record.get("thematiques"))), lat=lat, lon=lon, remote="a-distance" in modes, windows=windows,
        free={"gratuit": True, "payant": False}.get(str(record.get("frais"))), contacts=reading.contacts, notes=tuple(reading.notes),
    )  # fmt: skip
    if not found.title:
        reading.wrong("nom", "missing", "This must not be empty.")
    return reading.fault or found


def _list(value: Any) -> list[str]:  # Any: a list of JSON, or a cell
    if isinstance(value, str):
        value = _LIST.split(value.strip("[]{}").replace('"', "").replace("'", ""))
    return sorted({str(each).strip()[:200] for each in value if str(each).strip()}) if isinstance(value, list | set | tuple) else []
