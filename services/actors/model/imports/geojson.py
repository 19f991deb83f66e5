"""Reads a GeoJSON FeatureCollection (RFC 7946): each feature with a name is an organisation."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.actors.model.imports.forms import Item, Organisation
from services.actors.model.imports.raw import json_records, text_of
from services.actors.model.imports.values import Reading

CONTACT_FIELDS = ("email", "e-mail", "mail", "courriel", "phone", "telephone", "tel", "contact", "contact:email", "contact:phone", "fax")
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "nom", "title", "name:en", "denominazione", "nombre"),
    "website": ("website", "url", "contact:website", "site_web", "site"),
    "kind": ("kind", "type", "category"),
    "country": ("country", "addr:country", "iso_a2"),
}


def read_geojson(content: bytes) -> Iterator[Item]:
    """The features of a collection, numbered in its order."""
    for number, feature in json_records(text_of(content), "features"):
        yield organisation_of(feature, number)


def organisation_of(feature: Any, number: int) -> Item:  # Any: a value of JSON
    """One feature. A point is taken as it is; of any other shape the middle of its box."""
    reading = Reading(number)
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or feature.get("type") != "Feature":
        reading.wrong(None, "not_a_feature", "Each member of features is a Feature with properties.")
        return reading.fault  # type: ignore[return-value]
    lower = {str(name).lower(): value for name, value in properties.items()}
    lon, lat = _middle(feature.get("geometry"), reading)
    north, east = reading.place(lat, lon, ("geometry", "geometry"))
    slug = reading.slug(lower.get("slug"), "slug")
    reading.drop_contact(*(lower.get(name) for name in CONTACT_FIELDS))
    found = Organisation(
        line=number, key=reading.key(feature.get("id") or lower.get("id") or lower.get("@id") or slug or _first(lower, "name"), "id"), slug=slug,
        name=reading.name(_first(lower, "name"), "name"), kind=reading.kind(_first(lower, "kind"), "kind"),
        local_name=reading.local_name(lower.get("local_name"), "local_name"), country=_country(reading, lower), lat=north, lon=east,
        population=reading.whole(lower.get("population"), "population"), website=reading.website(_first(lower, "website"), "website"),
        citation=reading.citation(lower.get("source"), "source"),
        identifiers=tuple((scheme, str(lower[scheme])[:200]) for scheme in ("wikidata", "siren", "siret") if isinstance(lower.get(scheme), str)),
        contacts=reading.contacts, notes=tuple(reading.notes),
    )  # fmt: skip
    return reading.fault or found


def _first(properties: Mapping[str, Any], field: str) -> Any:  # Any: values of JSON
    return next((properties[name] for name in NAMES[field] if properties.get(name) not in (None, "")), None)


def _country(reading: Reading, properties: Mapping[str, Any]) -> str | None:
    found = _first(properties, "country")
    if isinstance(found, str) and len(found) != 2:
        reading.note("country_left_out")
        return None
    return reading.country(found, "country")


def _middle(geometry: Any, reading: Reading) -> tuple[Any, Any]:  # Any: values of JSON
    if geometry is None:
        return None, None
    points: list[tuple[Any, Any]] = []
    waiting = [geometry.get("coordinates")] if isinstance(geometry, dict) else []
    while waiting and len(points) < 10_000:
        part = waiting.pop()
        if isinstance(part, list) and len(part) >= 2 and all(isinstance(one, int | float) and not isinstance(one, bool) for one in part[:2]):
            points.append((part[0], part[1]))
        elif isinstance(part, list):
            waiting += part
    if not points:
        reading.wrong("geometry", "geometry", "This shape has no coordinates.")
        return None, None
    if len(points) > 1:
        reading.note("middle_of_shape")
    east, north = [point[0] for point in points], [point[1] for point in points]
    return (min(east) + max(east)) / 2, (min(north) + max(north)) / 2
