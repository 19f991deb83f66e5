"""Builders for the tests of the open data: a bench whose files are never old, the real data, and offers of the directory."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.testing import Bench, account
from contracts.matching import OfferPostedV1
from services.actors.use_cases.importing import import_registry

POSTED = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


async def load(bench: Bench, files: dict[str, bytes]) -> None:
    """The real data in the registry."""
    from chassis.identity import SYSTEM

    async with bench.service.open_work(SYSTEM) as work:
        await import_registry(work, files)


async def an_offer(bench: Bench, **fields: Any) -> UUID:
    """A public offer in the directory, as `matching` tells it."""
    given: dict[str, Any] = {
        "offer_id": new_id(), "version": 1, "state": "open", "category": "language.class", "audience": "public", "unit": "person", "places": 10,
        "places_left": 4, "returns": True, "title": {"en": "French class", "fr": "Cours de français"}, "description": {"en": "Twice a week."},
        "languages": ["fr", "ar"], "lat": 45.19, "lon": 5.72, "radius_km": 5.0, "posted_at": POSTED,
        "windows": [{"day": 0, "from_minute": 540, "to_minute": 660}, {"day": 2, "from_minute": 540, "to_minute": 660}],
        "valid_until": "2027-06-30", **fields,
    }  # fmt: skip
    event = OfferPostedV1(**given)
    await bench.hear(event)
    return event.offer_id


async def enter(bench: Bench, name: str, **fields: Any) -> dict[str, Any]:
    """An actor, through the door."""
    body = {"kind": "civil_society", "name": name, "source": "https://example.org/list", **fields}
    answer = await bench.post(account("coordinator"), "/api/v1/actors", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
