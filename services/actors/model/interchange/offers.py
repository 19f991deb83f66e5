"""An offer of the directory as a row of the open data, and its texts in one language."""

from typing import Any

from services.actors.model.directory import DirectoryOffer

Row = dict[str, Any]
"""Values by column (Any: of many types)."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""Weekdays as calendars write them, Monday first."""


def text_of(texts: dict[str, str] | None, language: str) -> str | None:
    """A text in that language, else in English, else in the first by name."""
    if not texts:
        return None
    return texts[next((code for code in (language, "en") if code in texts), min(texts))]


def language_of(texts: dict[str, str] | None, preferred: str) -> str | None:
    """In which language `text_of` answers."""
    return next((code for code in (preferred, "en") if code in texts), min(texts)) if texts else None


def clock(minute: int) -> str:
    """Minutes after midnight as HH:MM; the end of the day is its last minute, since no calendar knows 24:00."""
    minute = min(minute, 1439)
    return f"{minute // 60:02d}:{minute % 60:02d}"


def windows_of(offer: DirectoryOffer) -> list[tuple[int, int, int]]:
    """Weekly windows: day (0 is Monday), first and last minute."""
    return [(window["day"], window["from_minute"], window["to_minute"]) for window in offer.details.get("windows") or []]


def row_of_offer(offer: DirectoryOffer, provider_key: str | None, provider_name: str | None, language: str = "en") -> Row:
    """An offer as a row. JSON formats get `titles` and `descriptions` in all languages too."""
    details = offer.details
    title, description = details.get("title") or {}, details.get("description") or {}
    return {
        "id": offer.id, "state": offer.state, "category": offer.category, "provider_id": provider_key, "provider_name": provider_name,
        "title": text_of(title, language), "description": text_of(description, language), "text_language": language_of(title, language),
        "titles": title, "descriptions": description, "unit": details.get("unit"), "places": details.get("places"),
        "places_left": details.get("places_left"), "returns": details.get("returns"), "languages": list(offer.languages), "remote": offer.remote,
        "lat": offer.lat, "lon": offer.lon, "radius_km": offer.radius_km,
        "windows": [f"{DAYS[day]} {clock(first)}-{clock(last)}" for day, first, last in windows_of(offer)],
        "topics": [f"{topic['topic']} {topic['from_level']}-{topic['to_level']}" for topic in details.get("topics") or []],
        "valid_from": details.get("valid_from"), "valid_until": offer.valid_until, "provides": details.get("provides") or [],
        "requires": details.get("requires") or [], "household_min": details.get("household_min"), "household_max": details.get("household_max"),
        "version": offer.version, "posted_at": offer.posted_at, "created_at": offer.created_at, "updated_at": offer.updated_at,
    }  # fmt: skip
