"""Rows to model values and back, for the parts that lie in JSON columns."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.matching.engine.types import LanguageWish, LevelRange, Link, LinkKind, Place, TimeWindow, TopicWish
from services.matching.model.case import AgeBand, Consent, Household

Json = Any
"""A JSON value (Any: its shape is that of the model's part)."""


def place(lat: float | None, lon: float | None) -> Place | None:
    """A point, where both coordinates are there."""
    return Place(lat, lon) if lat is not None and lon is not None else None


def windows(rows: Json) -> tuple[TimeWindow, ...]:
    """Weekly windows."""
    return tuple(TimeWindow(*row) for row in rows)


def windows_json(values: Iterable[TimeWindow]) -> Json:
    """Weekly windows as stored: [day, from, to]."""
    return [[window.day, window.from_minute, window.to_minute] for window in values]


def ranges(rows: Json) -> tuple[LevelRange, ...]:
    """Topics of an offer."""
    return tuple(LevelRange(**row) for row in rows)


def wishes(rows: Json) -> tuple[LanguageWish, ...]:
    """Languages of a need."""
    return tuple(LanguageWish(**row) for row in rows)


def topics(rows: Json) -> tuple[TopicWish, ...]:
    """Topics of a need."""
    return tuple(TopicWish(**row) for row in rows)


def links(rows: Json) -> tuple[Link, ...]:
    """Ties to other needs."""
    return tuple(Link(LinkKind(row["kind"]), UUID(row["need_id"])) for row in rows)


def links_json(values: Iterable[Link]) -> Json:
    """Ties as stored."""
    return [{"kind": str(link.kind), "need_id": str(link.need_id)} for link in values]


def plain(values: Iterable[Any]) -> Json:
    """Dataclasses of texts and numbers as stored (Any: any of the above)."""
    return [{each.name: getattr(value, each.name) for each in fields(value)} for value in values]


def household(row: Json) -> Household:
    """A household."""
    return Household(row["adults"], row["children"], frozenset(AgeBand(band) for band in row["age_bands"]))


def household_json(value: Household) -> Json:
    """A household as stored."""
    return {"adults": value.adults, "children": value.children, "age_bands": sorted(value.age_bands)}


def consent(row: Json) -> Consent:
    """The consent's flags."""
    until = datetime.fromisoformat(row["until"]) if row.get("until") else None
    return Consent(row["match"], row["share_contact"], until, row["version"])


def consent_json(value: Consent) -> Json:
    """The consent's flags as stored."""
    until = value.until.isoformat() if value.until else None
    return {"match": value.match, "share_contact": value.share_contact, "until": until, "version": value.version}
