"""An offer of the directory as a service of HSDS, and where it is given."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from babel import Locale

from chassis.ids import derived_id
from services.actors.model.directory import DirectoryOffer, ListedState
from services.actors.model.interchange.cells import moment_text
from services.actors.model.interchange.hsds.organizations import Facts, metadata, organization
from services.actors.model.interchange.hsds.taxonomies import Taxonomy, Term, attribute, named
from services.actors.model.interchange.offers import DAYS, clock, text_of, windows_of

Record = dict[str, Any]
"""A record of HSDS (Any: JSON)."""
_LANGUAGES = Locale("en").languages
_STATUS = {ListedState.OPEN: "active", ListedState.FULL: "active", ListedState.PAUSED: "temporarily closed"}


class Mode(StrEnum):
    """How a service is given: at a place, or at a distance."""

    PLACE = "place"
    REMOTE = "remote"


_MARK = {Mode.PLACE: 0x0000_0000_0000_0000_0000_5A17_0C01_A1E5, Mode.REMOTE: 0x0000_0000_0000_0000_0000_5A17_0C01_2E07}
"""Turns an offer's id into that of its service at a location and back."""


@dataclass(frozen=True, slots=True)
class Hub:
    """What records say of the hub itself."""

    address: str
    publisher: str
    zone: str
    language: str = "en"


def at_location_id(offer_id: UUID, mode: Mode) -> UUID:
    """The id of an offer's service at a location."""
    return UUID(int=offer_id.int ^ _MARK[mode])


def offers_at(record_id: UUID) -> dict[Mode, UUID]:
    """Which offer it would be, for each way of giving."""
    return {mode: UUID(int=record_id.int ^ mark) for mode, mark in _MARK.items()}


def modes_of(offer: DirectoryOffer) -> list[Mode]:
    """How an offer is given."""
    return ([Mode.PLACE] if offer.lat is not None else []) + ([Mode.REMOTE] if offer.remote else [])


def service(offer: DirectoryOffer, provider: Facts | None, hub: Hub, *, full: bool, within: str | None = None) -> Record:
    """A service. `full` adds all that is nested; `within` names the record that it is nested in, which is then not repeated."""
    found = _plain(offer, hub)
    if provider:
        found["organization_id"] = str(provider.actor.id)
        if within != "organization":
            found["organization"] = organization(provider, hub.address, full=full)
    if not full:
        return found
    found |= {
        "additional_urls": [], "phones": [], "schedules": [_schedule(offer, day, first, last, hub) for day, first, last in windows_of(offer)],
        "service_areas": _areas(offer), "languages": [_language(offer, tag) for tag in offer.languages], "funding": [], "cost_options": [],
        "required_documents": [], "contacts": [], "capacities": [_capacity(offer)],
        "attributes": [attribute("service", offer.id, Term(Taxonomy.OFFERS, offer.category), "service_category")],
        "metadata": [metadata("service", offer.id, offer.updated_at.date().isoformat(), offer.version, hub.address, hub.publisher)],
    }  # fmt: skip
    if within != "service_at_location":
        found["service_at_locations"] = [_at_location(offer, mode, hub, full=True) for mode in modes_of(offer)]
    return found


def service_at_location(offer: DirectoryOffer, mode: Mode, provider: Facts | None, hub: Hub, *, full: bool) -> Record:
    """A service at a location, with the service."""
    return _at_location(offer, mode, hub, full=full) | {"service": service(offer, provider, hub, full=full, within="service_at_location")}


def minimal(offer: DirectoryOffer, hub: Hub) -> Record:
    """What a reader of a copy needs to see whether a service changed; the schema asks for name and status too."""
    plain = _plain(offer, hub)
    return {name: plain[name] for name in ("id", "name", "status", "last_modified")}


def _plain(offer: DirectoryOffer, hub: Hub) -> Record:
    details = offer.details
    found: Record = {
        "id": str(offer.id), "name": text_of(details.get("title"), hub.language) or named(offer.category),
        "url": f"{hub.address}/help/{offer.id}", "status": _STATUS[ListedState(offer.state)], "last_modified": moment_text(offer.updated_at),
        "application_process": f"Ask through the hub: {hub.address}/help/{offer.id}",
    }  # fmt: skip
    if description := text_of(details.get("description"), hub.language):
        found["description"] = description
    if offer.state == ListedState.FULL:
        found["alert"] = "All places are taken for now."
    if told := _eligibility(details):
        found["eligibility_description"] = told
    return found


def _eligibility(details: dict[str, Any]) -> str:  # Any: JSON
    least, most = details.get("household_min"), details.get("household_max")
    told = []
    if least or most:
        told.append(f"Households of {least or 1} to {most}." if most else f"Households of {least} or more.")
    if details.get("requires"):
        told.append(f"Requires: {', '.join(named(tag).lower() for tag in details['requires'])}.")
    return " ".join(told)


def _schedule(offer: DirectoryOffer, day: int, first: int, last: int, hub: Hub) -> Record:
    found: Record = {
        "id": str(derived_id("hsds", "schedule", str(offer.id), str(day), str(first), str(last))), "service_id": str(offer.id), "freq": "WEEKLY",
        "interval": 1, "wkst": "MO", "byday": DAYS[day], "opens_at": clock(first), "closes_at": clock(last),
        "description": f"Each week, local time ({hub.zone}).",
    }  # fmt: skip
    if begins := offer.details.get("valid_from"):
        found |= {"valid_from": begins, "dtstart": begins}
    if offer.valid_until:
        found |= {"valid_to": offer.valid_until.isoformat(), "until": offer.valid_until.isoformat()}
    return found


def _areas(offer: DirectoryOffer) -> list[Record]:
    if not offer.radius_km:
        return []
    record_id = derived_id("hsds", "service_area", str(offer.id))
    return [{"id": str(record_id), "service_id": str(offer.id), "name": f"Within {offer.radius_km:g} km of the place of the service"}]


def _language(offer: DirectoryOffer, tag: str) -> Record:
    code = tag.lower().split("-")[0]
    return {
        "id": str(derived_id("hsds", "language", str(offer.id), tag)), "service_id": str(offer.id), "name": _LANGUAGES.get(code, tag), "code": code
    } | ({"note": tag} if tag.lower() != code else {})  # fmt: skip


def _capacity(offer: DirectoryOffer) -> Record:
    unit = str(offer.details.get("unit") or "person")
    unit_id = str(derived_id("hsds", "unit", unit))
    return {
        "id": str(derived_id("hsds", "service_capacity", str(offer.id))), "service_id": str(offer.id), "unit_id": unit_id,
        "unit": {"id": unit_id, "name": named(unit)}, "available": offer.details.get("places_left") or 0, "maximum": offer.details.get("places") or 0,
        "updated": moment_text(offer.updated_at),
    }  # fmt: skip


def _at_location(offer: DirectoryOffer, mode: Mode, hub: Hub, *, full: bool) -> Record:
    location_id = str(derived_id("hsds", "location", "service", str(offer.id), mode))
    location: Record = {"id": location_id}
    if mode is Mode.PLACE:
        location |= {
            "location_type": "physical", "latitude": offer.lat, "longitude": offer.lon,
            "description": "A place about one kilometre precise; whoever is matched is told the address.",
        }  # fmt: skip
    else:
        location |= {"location_type": "virtual", "name": "At a distance", "url": f"{hub.address}/help/{offer.id}"}
    found: Record = {"id": str(at_location_id(offer.id, mode)), "service_id": str(offer.id), "location_id": location_id, "location": location}
    if full:
        location |= {"languages": [], "addresses": [], "contacts": [], "accessibility": [], "phones": [], "schedules": []}
        found |= {"service_areas": [], "contacts": [], "phones": [], "schedules": [], "attributes": []}
    return found
