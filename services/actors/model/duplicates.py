"""Which records look like the same organisation: keys under which records meet (blocking), and a score with reasons for two that met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import cos, floor, hypot, radians
from urllib.parse import urlsplit
from uuid import UUID

from anyascii import anyascii
from rapidfuzz import fuzz

from services.actors.model.provenance import Identifier
from services.actors.model.records import Actor
from services.actors.model.texts import folded

LEAST_SCORE = 80
"""Pairs below this score are not shown."""
MOST_IN_BLOCK = 60
"""A key that more records share tells nothing about any two of them."""
CELL_DEGREES = 0.05
"""Side of a place cell, about 5 km."""
LETTERS = 5
"""First letters of a name that make a key."""
EVERYBODYS_HOSTS = frozenset(
    [
        "facebook.com",
        "instagram.com",
        "twitter.com",
        "x.com",
        "linkedin.com",
        "youtube.com",
        "wikipedia.org",
        "wordpress.com",
        "blogspot.com",
        "sites.google.com",
        "google.com",
        "github.io",
        "wixsite.com",
        "helloasso.com",
        "linktr.ee",
        "medium.com",
        "t.me",
    ]
)
"""Hosts that say nothing of who stands behind a page."""
FILLERS = frozenset(
    [
        "the",
        "of",
        "and",
        "for",
        "a",
        "an",
        "city",
        "town",
        "municipality",
        "ville",
        "de",
        "la",
        "le",
        "les",
        "des",
        "du",
        "d",
        "l",
        "et",
        "commune",
        "mairie",
        "stadt",
        "der",
        "die",
        "das",
        "und",
        "fur",
        "gemeinde",
        "ciudad",
        "el",
        "los",
        "las",
        "y",
        "ayuntamiento",
        "comune",
        "di",
        "del",
        "della",
        "e",
        "association",
        "asociacion",
        "associazione",
        "verein",
        "asbl",
        "ev",
        "ngo",
        "ong",
        "aps",
        "odv",
    ]
)
"""Words that many names have."""


class Reason(StrEnum):
    """Why two records look like one organisation."""

    SAME_IDENTIFIER = "same_identifier"
    SAME_WEBSITE = "same_website"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    SAME_PLACE = "same_place"
    SAME_COUNTRY = "same_country"


class PairState(StrEnum):
    """What is known of two records that look alike."""

    OPEN = "open"
    NOT_DUPLICATES = "not_duplicates"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Traits:
    """What two records are compared by."""

    id: UUID
    kind: str
    country: str | None
    names: tuple[str, ...]
    lat: float | None
    lon: float | None
    host: str | None
    identifiers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that look alike; `low_id` is the smaller id, `score` goes to 100."""

    low_id: UUID
    high_id: UUID
    score: int
    reasons: tuple[Reason, ...]


def host_of(website: str | None) -> str | None:
    """The host behind a web address without `www.`; None for hosts that everybody shares."""
    if not website:
        return None
    try:
        host = (urlsplit(website).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    shared = any(host == known or host.endswith(f".{known}") for known in EVERYBODYS_HOSTS)
    return host if host and not shared else None


@lru_cache(maxsize=20_000)
def plain_name(name: str) -> str:
    """A name in small Latin letters without the words that many names have; all its words where nothing else would remain."""
    words = folded(anyascii(name)).split()
    return " ".join([word for word in words if word not in FILLERS] or words)


def traits_of(actor: Actor, identifiers: Iterable[Identifier] = ()) -> Traits:
    """What an actor is compared by."""
    names = tuple(dict.fromkeys(plain for name in (actor.name, actor.local_name) if name and (plain := plain_name(name))))
    values = frozenset(identifier.value.casefold() for identifier in identifiers if len(identifier.value) >= 5)
    return Traits(actor.id, actor.kind.value, actor.country, names, actor.lat, actor.lon, host_of(actor.website), values)


def keys_of(traits: Traits) -> frozenset[str]:
    """The keys under which a record meets others: two that share one are compared."""
    keys = {f"w:{traits.host}"[:80]} if traits.host else set()
    keys |= {f"i:{value}"[:80] for value in traits.identifiers}
    for name in traits.names:
        words = sorted(name.split())
        keys.add(f"n:{traits.country or ''}:{name.replace(' ', '')[:LETTERS]}")
        keys.add(f"s:{traits.country or ''}:{''.join(words)[: LETTERS + 3]}")
        if traits.lat is not None and traits.lon is not None:
            cell = f"{floor(traits.lat / CELL_DEGREES)}:{floor(traits.lon / CELL_DEGREES)}"
            keys.add(f"p:{traits.country or ''}:{cell}:{name[:1]}")
        else:
            keys.add(f"f:{name}"[:80])
    return frozenset(keys)


def kilometres(one: Traits, other: Traits) -> float | None:
    """The distance of two records on a plane that touches the earth; None when either has no place."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    east = abs(one.lon - other.lon)
    return 111.195 * hypot(one.lat - other.lat, min(east, 360 - east) * cos(radians((one.lat + other.lat) / 2)))


def compare(one: Traits, other: Traits) -> Pair | None:
    """How much two records look alike; None when they hardly do."""
    if one.country and other.country and one.country != other.country and not one.identifiers & other.identifiers:
        return None
    alike = max((_name_score(left, right) for left in one.names for right in other.names), default=0.0)
    score, reasons = alike, []
    if one.identifiers & other.identifiers:
        reasons.append(Reason.SAME_IDENTIFIER)
    if one.host is not None and one.host == other.host:
        reasons.append(Reason.SAME_WEBSITE)
        score += 12
    if alike >= 99.5:
        reasons.append(Reason.SAME_NAME)
    elif alike >= 75:
        reasons.append(Reason.SIMILAR_NAME)
    score += _place_score(kilometres(one, other), reasons)
    if one.country and one.country == other.country:
        reasons.append(Reason.SAME_COUNTRY)
    elif not one.country or not other.country:
        score -= 5
    if one.kind != other.kind and Reason.SAME_IDENTIFIER not in reasons:
        score -= 12
    if alike < 55 and Reason.SAME_IDENTIFIER not in reasons:
        return None
    if Reason.SAME_IDENTIFIER in reasons:
        score = max(score, 90.0)
    rounded = max(0, min(100, round(score)))
    if rounded < LEAST_SCORE:
        return None
    low, high = sorted((one.id, other.id))
    return Pair(low, high, rounded, tuple(reasons))


def _name_score(left: str, right: str) -> float:
    """0 to 100: the order of the words does not matter, and a name within a longer one counts for less than the same name."""
    numbers, words = _read(left)
    other_numbers, other_words = _read(right)
    if numbers != other_numbers:
        return 0.0
    alike = fuzz.ratio(words, other_words)
    return alike if alike > 90 else max(alike, 0.9 * fuzz.token_set_ratio(words, other_words, score_cutoff=60))


@lru_cache(maxsize=20_000)
def _read(name: str) -> tuple[list[str], str]:
    """The numbers in a name, which part two of a kind (Lyon 3 is not Lyon 7), and its words in order."""
    words = sorted(name.split())
    return [word for word in words if any(letter.isdigit() for letter in word)], " ".join(words)


def _place_score(distance: float | None, reasons: list[Reason]) -> float:
    if distance is None:
        return 0.0
    if distance <= 5:
        reasons.append(Reason.SAME_PLACE)
        return 5.0
    return 0.0 if distance <= 30 else -15.0


def pairs_among(fresh: Sequence[Traits], others: Sequence[Traits]) -> list[Pair]:
    """All pairs of a fresh record with any other that it meets under a key, each once, best first."""
    blocks: dict[str, list[Traits]] = {}
    everyone = {traits.id: traits for traits in (*others, *fresh)}
    keys = {actor_id: keys_of(traits) for actor_id, traits in everyone.items()}
    for actor_id, traits in everyone.items():
        for key in keys[actor_id]:
            blocks.setdefault(key, []).append(traits)
    seen: set[tuple[UUID, UUID]] = set()
    found: list[Pair] = []
    for traits in fresh:
        for key in keys[traits.id]:
            block = blocks[key]
            if len(block) > MOST_IN_BLOCK:
                continue
            for other in block:
                ids = (min(traits.id, other.id), max(traits.id, other.id))
                if other.id == traits.id or ids in seen:
                    continue
                seen.add(ids)
                if (pair := compare(traits, other)) is not None:
                    found.append(pair)
    return sorted(found, key=lambda pair: (-pair.score, pair.low_id, pair.high_id))
