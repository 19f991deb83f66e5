"""What a need's page shows beside its proposals: the points of the map, two offers side by side, and changes that one press makes."""

import json
import math
from collections.abc import Callable, Iterable
from typing import Any

from gateway.clients.asking import Json, Record
from gateway.pages.formats import text_in
from gateway.pages.words import say as _

CHANGEABLE = ("max_travel_km", "languages", "requires", "topics")
"""What of a need a press on a change may change."""


def points_of(need: Record, case: Record, proposals: Iterable[Record], name: str) -> list[Record]:
    """The household and the offers, each rounded to about a kilometre; none where the household has no place."""
    if not case.get("location"):
        return []
    here = {"lat": round(case["location"]["lat"], 2), "lon": round(case["location"]["lon"], 2)}
    points: list[Record] = [{**here, "name": name, "kind": "need", "words": _("Need"), "km": need["max_travel_km"], "strong": True, "id": need["id"]}]
    for number, one in enumerate(proposals, 1):
        place = one["offer"].get("location") or {}
        if place.get("lat") is None or place.get("remote"):
            continue
        points.append(
            {
                "lat": round(place["lat"], 2),
                "lon": round(place["lon"], 2),
                "name": f"{number}. {text_in(one['offer']['title'])}",
                "kind": "offer",
                "words": _("Offer"),
                "text": one["reasons"][0] if one["reasons"] else "",
                "path": f"/offers/{one['offer_id']}",
                "id": one["offer_id"],
            }
        )
    return points


def lines_of(points: list[Record]) -> list[list[int]]:
    """The household joined with each offer."""
    return [[0, number] for number in range(1, len(points))]


def side_by_side(proposals: list[Record], chosen: list[str]) -> list[Record]:
    """The chosen proposals, in their order, where there are at least two."""
    found = [one for one in proposals if one["offer_id"] in chosen][:3]
    return found if len(found) > 1 else []


def parts_beside(compared: list[Record]) -> list[tuple[str, list[int]]]:
    """For each part of the score its points in each of the compared proposals."""
    names = [part["name"] for part in compared[0]["parts"]] if compared else []
    points = [{part["name"]: part["points"] for part in one["parts"]} for one in compared]
    return [(name, [each.get(name, 0) for each in points]) for name in names]


def body_of(change: Record, need: Record, case: Record) -> str:
    """What a press on the change would send, as JSON; empty where not all its steps are the need's own."""
    after: Record = {name: need[name] for name in CHANGEABLE}
    if not after["languages"]:
        after["languages"] = [{"code": code, "required": False} for code in case["languages"]]
    for step in change["steps"]:
        done = STEPS.get(step["code"])
        if done is None or not step["params"]:
            return ""
        done(after, step["params"])
    changed = {name: value for name, value in after.items() if value != need[name] and not (name == "languages" and not _speaks(change))}
    return json.dumps(changed, separators=(",", ":"), sort_keys=True) if changed else ""


def read_body(text: str) -> Record | None:
    """What such a press sent; None where the form was tampered with."""
    try:
        found: Json = json.loads(text[:5000])
    except ValueError:
        return None
    return found if isinstance(found, dict) and found and set(found) <= set(CHANGEABLE) else None


def _speaks(change: Record) -> bool:
    return any(step["code"] == "change.accept_language" for step in change["steps"])


def _farther(after: Record, params: Record) -> None:
    after["max_travel_km"] = math.ceil((after["max_travel_km"] * 1000 + params["metres"]) / 100) / 10


def _language(after: Record, params: Record) -> None:
    after["languages"] = [*after["languages"], {"code": params["language"], "required": False}]


def _without_tag(after: Record, params: Record) -> None:
    after["requires"] = [tag for tag in after["requires"] if tag != params["tag"]]


def _without_topic(after: Record, params: Record) -> None:
    after["topics"] = [wish for wish in after["topics"] if not _is_wished(wish, params)]


def _other_level(after: Record, params: Record) -> None:
    after["topics"] = [{**wish, "level": params["level"]} if _is_wished(wish, params) else wish for wish in after["topics"]]


def _is_wished(wish: Record, params: Record) -> bool:
    return bool(wish["topic"] == params["topic"] and wish["required"] and wish["level"] == params.get("wished"))


STEPS: dict[str, Callable[[Record, Any], None]] = {  # Any: the step's parameters, JSON
    "change.distance": _farther,
    "change.accept_language": _language,
    "change.need_tag": _without_tag,
    "change.topic": _without_topic,
    "change.level": _other_level,
}
"""Steps that are the need's own, and what each does to it."""
