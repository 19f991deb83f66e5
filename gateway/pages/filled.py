"""Forms filled from records: a need or an offer as it is, to be changed; an offer as a call for help asks for it."""

from collections.abc import Mapping, Sequence

from gateway.clients.asking import Json, Record
from gateway.pages.formats import clock, text_in, text_language
from gateway.pages.forms import Form
from gateway.pages.offer_forms import NEED_POINTERS, OFFER_POINTERS

DAY_PARTS: Mapping[str, tuple[str, str]] = {"morning": ("06:00", "12:00"), "afternoon": ("12:00", "18:00"), "evening": ("18:00", "23:00")}
"""The hours of a part of the day, as `matching` counts them."""


def form_of_need(need: Record) -> Form:
    """A need's form with what it holds."""
    values = {
        "category": [need["category"]],
        "size": [str(need["size"])],
        "urgency": [need["urgency"]],
        "max_travel_km": [f"{need['max_travel_km']:g}"],
        "from": [need["from"] or ""],
        "until": [need["until"] or ""],
        "languages_required": [wish["code"] for wish in need["languages"] if wish["required"]],
        "need_languages": [wish["code"] for wish in need["languages"] if not wish["required"]],
        "requires": need["requires"],
        "preferences": need["preferences"],
        **_windows(need["windows"]),
    }
    for row, wish in enumerate(need["topics"]):
        values |= {f"topic{row}": [wish["topic"]], f"level{row}": [wish["level"] or ""], f"topic_required{row}": ["yes"] if wish["required"] else []}
    return Form(values, NEED_POINTERS)


def form_of_offer(offer: Record) -> Form:
    """An offer's form with what it holds; its texts in the reader's language, or in the one that there is."""
    location, household = offer["location"], offer.get("household") or {}
    values = {
        "title": [text_in(offer["title"])],
        "description": [text_in(offer["description"])],
        "text_language": [text_language(offer["title"])],
        "places": [str(offer["places"])],
        "returns": ["yes"] if offer["returns"] else [],
        "lat": [_number(location.get("lat"))],
        "lon": [_number(location.get("lon"))],
        "radius_km": [_number(location.get("radius_km"))],
        "remote": ["yes"] if location.get("remote") else [],
        "valid_from": [offer["valid_from"] or ""],
        "valid_until": [offer["valid_until"] or ""],
        "languages": offer["languages"],
        "provides": offer["provides"],
        "requires": offer["requires"],
        "prefers": offer.get("prefers") or [],
        "household_min": [_number(household.get("min"))],
        "household_max": [_number(household.get("max"))],
        "audience": [offer["audience"]],
        **_windows(offer["windows"]),
    }
    for row, wish in enumerate(offer["topics"]):
        values |= {f"topic{row}": [wish["topic"]], f"level{row}": [wish["from"] or ""], f"level_to{row}": [wish["to"] or ""]}
    return Form(values, OFFER_POINTERS)


def form_of_call(category: Record, languages: Sequence[str], day: str, part: str) -> Form:
    """A new offer's form, filled with what a call for help asks for; empty where it asks for nothing in particular."""
    values: dict[str, list[str]] = {}
    if languages:
        values["languages"] = list(languages)
    if day in tuple("0123456"):
        start, end = DAY_PARTS.get(part, ("08:00", "20:00"))
        values |= {"day0": [day], "start0": [start], "end0": [end]}
    if values and category.get("returns"):
        values["returns"] = ["yes"]
    return Form(values, OFFER_POINTERS)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _windows(windows: Sequence[Mapping[str, Json]]) -> dict[str, list[str]]:
    values = {"rows": [str(len(windows) + 1)]}
    for row, window in enumerate(windows):
        values |= {f"day{row}": [str(window["day"])], f"start{row}": [clock(window["from"])], f"end{row}": [clock(window["to"])]}
    return values
