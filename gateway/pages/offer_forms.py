"""From the fields of a form to the bodies of offers, cases and needs, and which field shows which fault."""

from typing import Any

from chassis.context import locale
from gateway.clients.asking import Record
from gateway.pages.forms import Form
from gateway.pages.words import say as _
from gateway.settings import NamedPlace

OFFER_POINTERS = {
    "/title": "title",
    "/description": "description",
    "/places": "places",
    "/returns": "returns",
    "/languages": "languages",
    "/location": "place",
    "/location/lat": "lat",
    "/location/lon": "lon",
    "/location/radius_km": "radius_km",
    "/topics": "topics",
    "/windows": "windows",
    "/valid_from": "valid_from",
    "/valid_until": "valid_until",
    "/provides": "provides",
    "/requires": "requires",
    "/prefers": "prefers",
    "/household": "household_min",
    "/household/max": "household_max",
    "/audience": "audience",
}
CASE_POINTERS = {
    "/household": "adults",
    "/household/children": "children",
    "/household/age_bands": "age_bands",
    "/languages": "languages",
    "/attributes": "attributes",
    "/location": "place",
    "/location/lat": "lat",
    "/location/lon": "lon",
    "/consent": "consent_match",
    "/consent/until": "consent_until",
}
NEED_POINTERS = {
    "/category": "category",
    "/size": "size",
    "/languages": "languages",
    "/topics": "topics",
    "/max_travel_km": "max_travel_km",
    "/windows": "windows",
    "/from": "from",
    "/until": "until",
    "/urgency": "urgency",
    "/requires": "requires",
    "/provides": "provides",
    "/preferences": "preferences",
}
CONTACT_POINTERS = {"": "contact_name", "/name": "contact_name", "/phone": "contact_phone", "/email": "contact_email", "/note": "contact_note"}
ROWS = 2
"""Rows for weekly windows, to begin with."""
MOST_ROWS = 20
MOST_TOPICS = 20


def rows_of(form: Form, known: int = 0) -> int:
    """How many rows for weekly windows a form shows; a button asks for more."""
    asked = form.whole("rows")
    rows = asked if isinstance(asked, int) else max(ROWS, known + 1)
    return max(1, min(MOST_ROWS, rows + (2 if form.text("more_rows") else 0)))


def windows_of(form: Form) -> list[Record]:
    """The weekly windows that are filled in; a half-filled row is a fault."""
    windows: list[Record] = []
    for row in range(rows_of(form)):
        day, start, end = form.text(f"day{row}"), form.text(f"start{row}"), form.text(f"end{row}")
        if not any((day, start, end)):
            continue
        if not (day and start and end):
            form.wrong("windows", _("Give day, from and to, or leave the row empty."))
            continue
        windows.append({"day": form.whole(f"day{row}"), "from": start[:5], "to": end[:5]})
    return windows


def place_of(form: Form, places: list[NamedPlace], decimals: int) -> Record | None:
    """The place that was chosen or typed, no more exact than `decimals`; None where there is none."""
    lat, lon = form.decimal("lat"), form.decimal("lon")
    if lat is None and lon is None:
        chosen = form.whole("place")
        if not isinstance(chosen, int) or not 0 <= chosen < len(places):
            return None
        lat, lon = places[chosen].lat, places[chosen].lon
    for name, value in (("lat", lat), ("lon", lon)):
        if not isinstance(value, float | int):
            form.wrong(name, _("Use a number, as a map shows it."))
    return {name: round(value, decimals) if isinstance(value, float) else value for name, value in (("lat", lat), ("lon", lon))}


def topics_of(form: Form, wished: bool) -> list[Record]:
    """The topics that are filled in: with a range of levels (offers), or one level and whether it is required (needs)."""
    topics: list[Record] = []
    for row in range(MOST_TOPICS):
        topic = form.text(f"topic{row}")
        if not topic:
            continue
        low, high = form.text(f"level{row}") or None, form.text(f"level_to{row}") or None
        if wished:
            topics.append({"topic": topic, "level": low, "required": form.ticked(f"topic_required{row}")})
        else:
            topics.append({"topic": topic, "from": low, "to": high or low})
    return topics


def offer_of(form: Form, category: Record, places: list[NamedPlace]) -> Record:
    """The body of an offer."""
    language = form.text("text_language") or locale()
    location: Record = {"radius_km": form.decimal("radius_km") or 0, "remote": form.ticked("remote")}
    location.update(place_of(form, places, 4) or {})
    body: Record = {
        "category": category["code"],
        "title": {language: form.text("title")},
        "description": {language: form.text("description")} if form.text("description") else {},
        "unit": category["unit"],
        "places": form.whole("places"),
        "returns": form.ticked("returns"),
        "languages": form.many("languages"),
        "location": location,
        "topics": topics_of(form, wished=False),
        "windows": windows_of(form),
        "valid_from": form.text("valid_from") or None,
        "valid_until": form.text("valid_until") or None,
        "provides": form.many("provides"),
        "requires": form.many("requires"),
        "prefers": form.many("prefers"),
        "audience": form.text("audience", "public"),
    }
    least, most = form.whole("household_min"), form.whole("household_max")
    if least is not None or most is not None:
        body["household"] = {"min": least, "max": most}
    form.require("title", _("Give your offer a title."))
    form.require("places", _("Say how many."))
    if "lat" not in location and not location["remote"]:
        form.wrong("place", _("Say where the help is given, or that it is at a distance."))
    return body


def case_of(form: Form, places: list[NamedPlace], text_version: str) -> Record:
    """The body of a case. The place is coarse: about one kilometre."""
    body: Record = {
        "household": {"adults": form.whole("adults"), "children": form.whole("children") or 0, "age_bands": form.many("age_bands")},
        "languages": form.many("languages"),
        "attributes": form.many("attributes"),
        "consent": {
            "match": form.ticked("consent_match"),
            "share_contact": form.ticked("consent_share"),
            "purpose": "matching",
            "until": form.text("consent_until") or None,
            "text_version": text_version,
        },
    }
    place = place_of(form, places, 2)
    if place is not None:
        body["location"] = place
    form.require("adults", _("Say how many adults there are."))
    if not form.ticked("consent_match"):
        form.wrong("consent_match", _("Without consent to be matched, no help can be looked for."))
    return body


def need_of(form: Form, case_id: str) -> Record:
    """The body of a need."""
    form.require("category", _("Choose a kind of help."))
    required = set(form.many("languages_required"))
    spoken = form.many("need_languages")
    body: Record = {
        "case_id": case_id,
        "category": form.text("category"),
        "size": form.whole("size") or 1,
        "languages": [{"code": code, "required": code in required} for code in [*spoken, *sorted(required - set(spoken))]],
        "topics": topics_of(form, wished=True),
        "max_travel_km": form.decimal("max_travel_km") or 0,
        "windows": windows_of(form),
        "from": form.text("from") or None,
        "until": form.text("until") or None,
        "urgency": form.text("urgency", "normal"),
        "requires": form.many("requires"),
        "provides": form.many("provides"),
        "preferences": form.many("preferences"),
        "links": [],
    }
    return body


def contact_of(form: Form) -> dict[str, Any]:  # Any: texts
    """The contact that was filled in; empty where none was."""
    fields = ("name", "phone", "email", "address", "note")
    return {name: form.text(f"contact_{name}") for name in fields if form.text(f"contact_{name}")}
