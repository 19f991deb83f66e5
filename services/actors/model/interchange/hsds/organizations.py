"""An actor as an organization of HSDS."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID

from babel import Locale

from chassis.ids import derived_id
from services.actors.model.interchange.hsds.taxonomies import Taxonomy, Term, attribute
from services.actors.model.provenance import Identifier
from services.actors.model.records import Actor

Record = dict[str, Any]
"""A record of HSDS (Any: JSON)."""
KINDS = {
    "municipality": "Municipality", "region": "Region", "civil_society": "Civil society organisation", "network": "Network",
    "international_organisation": "International organisation", "university": "University", "public_body": "Public body",
}  # fmt: skip
_COUNTRIES = Locale("en").territories
_SAFE = "/:?@!$&'()*+,;=%-._~"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an organization's record is made of."""

    actor: Actor
    networks: tuple[str, ...] = ()
    practices: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = field(default=())


def uri_of(address: str | None) -> str | None:
    """An address as a URI (RFC 3986): what is not ASCII is written with percent signs, the host in its ASCII form; None when it has none."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        netloc = f"{host}:{parts.port}" if parts.port else host
    except (UnicodeError, ValueError):
        return None
    path, query, fragment = (_escaped(text) for text in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment)) if host else None


def _escaped(text: str) -> str:
    kept = quote(text, safe=_SAFE)
    return "".join(
        f"%25{piece}" if index and not _is_hex(piece[:2]) else f"%{piece}" if index else piece for index, piece in enumerate(kept.split("%"))
    )


def _is_hex(text: str) -> bool:
    return len(text) == 2 and all(char in "0123456789abcdefABCDEF" for char in text)


def sentence_of(facts: Facts) -> str:
    """What the registry knows in a sentence or two; an organization must have a description."""
    actor = facts.actor
    where = f" in {_COUNTRIES.get(actor.country, actor.country)}" if actor.country else ""
    people = f", {actor.population:,} inhabitants" if actor.population else ""
    told = f"{KINDS[actor.kind]}{where}{people}."
    if facts.networks:
        shown, rest = facts.networks[:8], len(facts.networks) - 8
        told += f" Belongs to: {', '.join(shown)}{f' and {rest} more' if rest > 0 else ''}."
    return told


def organization(facts: Facts, address: str, *, full: bool) -> Record:
    """An organization; `full` adds all that is nested."""
    actor = facts.actor
    found: Record = {"id": str(actor.id), "name": actor.name, "description": sentence_of(facts), "uri": f"{address}/actors/{actor.slug}"}
    if actor.local_name:
        found["alternate_name"] = actor.local_name
    if website := uri_of(actor.website):
        found["website"] = website
    if not full:
        return found
    return found | {
        "additional_websites": [],
        "funding": [],
        "contacts": [],
        "phones": [],
        "locations": [_location(actor)] if actor.lat is not None else [],
        "programs": [],
        "organization_identifiers": [_own_identifier(actor), *(_identifier(actor.id, one) for one in facts.identifiers)],
        "attributes": [
            attribute("organization", actor.id, Term(Taxonomy.KINDS, actor.kind), "organization_kind"),
            *(attribute("organization", actor.id, Term(Taxonomy.PRACTICES, tag), "solidarity_practice") for tag in facts.practices),
        ],
        "metadata": [metadata("organization", actor.id, actor.updated_at.date().isoformat(), actor.version, actor.source, actor.entered_by)],
    }


def _location(actor: Actor) -> Record:
    return {
        "id": str(derived_id("hsds", "location", "organization", str(actor.id))), "location_type": "physical", "organization_id": str(actor.id),
        "name": actor.name, "latitude": actor.lat, "longitude": actor.lon, "languages": [], "addresses": [], "contacts": [], "accessibility": [],
        "phones": [], "schedules": [],
    }  # fmt: skip


def _own_identifier(actor: Actor) -> Record:
    return {
        "id": str(derived_id("hsds", "organization_identifier", str(actor.id))), "organization_id": str(actor.id),
        "identifier_type": "Key in this hub's registry", "identifier": actor.slug,
    }  # fmt: skip


def _identifier(actor_id: UUID, one: Identifier) -> Record:
    return {
        "id": str(one.id), "organization_id": str(actor_id), "identifier_scheme": one.scheme, "identifier_type": one.scheme,
        "identifier": one.value,
    }  # fmt: skip


def metadata(kind: str, record_id: UUID, day: str, version: int, source: str, author: str) -> Record:
    """Where a record comes from. `updated_by` is what kind of author stands behind it, never who."""
    return {
        "id": str(derived_id("hsds", "metadata", kind, str(record_id))), "resource_id": str(record_id), "resource_type": kind,
        "last_action_date": day, "last_action_type": "create" if version == 1 else "update", "field_name": "source", "previous_value": "",
        "replacement_value": source, "updated_by": author,
    }  # fmt: skip
