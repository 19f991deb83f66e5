"""Writes the offers of the demo world: the rows of `kinds` and the gifts of `stories`, each with its giver, texts, hours and conditions."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path
from random import Random

from hubctl.demo.kinds import HOURS, KINDS, Hours, Kind
from hubctl.demo.people import ASSOCIATIONS, Association, Resident, residents
from hubctl.demo.phrases import CLOSING, clock, facts, plain_title
from hubctl.demo.places import PLACES, Place
from hubctl.demo.specs import Body, OfferSpec
from hubctl.demo.stories import GIFTS, Gift
from services.matching.vocabulary import load

FRENCH_LEVELS = (("a1", "a1"), ("a1", "a2"), ("a2", "b1"), ("b1", "b2"), ("b2", "c1"))
SCHOOL_TOPICS = ("homework", "mathematics", "reading", "writing", "history", "science")
SCHOOL_YEARS = (("1", "5"), ("3", "6"), ("6", "9"), ("8", "11"))
MEANWHILE = ("ar", "uk", "es")


def offers(random: Random, today: date) -> tuple[OfferSpec, ...]:
    """All offers, in the order of `kinds`, gifts last. The same `random` and day give the same offers."""
    givers = cycle(residents())
    third_language = cycle(MEANWHILE)
    found: list[OfferSpec] = []
    for kind in KINDS:
        teams = cycle([each for each in ASSOCIATIONS if kind.category.split(".")[0] in each.helps.split()])
        for at in range(kind.by_residents + kind.by_associations):
            giver = _resident_for(kind, givers) if at < kind.by_residents else next(teams)
            key = f"offer-{len(found) + 1:03}"
            locales = ["fr", "en"] + ([next(third_language)] if len(found) % 3 == 0 else [])
            found.append(_offer(key, kind, giver, at, locales, random, today))
    found += [_gift(f"offer-{len(found) + at:03}", gift, today) for at, gift in enumerate(GIFTS, 1)]
    return tuple(found)


def windows(hours: Iterable[tuple[int, int, int]]) -> list[Body]:
    """Weekly windows as the interface takes them: day 0 is Monday, times of the day as "18:00"."""
    return [{"day": day, "from": clock(first * 60), "to": clock(last * 60)} for day, first, last in hours]


def _resident_for(kind: Kind, givers: Iterator[Resident]) -> Resident:
    """The next resident, or for help between two languages the next one who speaks two."""
    between = kind.category in ("language.interpreting", "language.translation")
    return next(giver for giver in givers if not between or len(giver.languages) > 1)


def _offer(key: str, kind: Kind, giver: Resident | Association, at: int, locales: list[str], random: Random, today: date) -> OfferSpec:
    """One offer of a row of `kinds`."""
    category = load().categories[kind.category]
    languages = giver.languages.split() if isinstance(giver, Association) else list(giver.languages)
    if isinstance(giver, Association):
        languages = languages[: random.choice((2, 3, 4))]
    home = PLACES[giver.place]
    places = random.choice(kind.places)
    times = windows(random.choice(_hours(kind)))
    body: Body = {
        "category": kind.category,
        "title": {},
        "description": {},
        "unit": category.unit.value,
        "places": places,
        "returns": category.returns,
        "languages": languages,
        "location": {"remote": True} if random.random() < kind.remote else _near(home, kind.radius_km, random),
        "topics": _topics(kind, random),
        "windows": times,
        "valid_from": (today - timedelta(days=random.randint(0, 20))).isoformat(),
        "valid_until": random.choice((None, (today + timedelta(days=random.randint(120, 300))).isoformat())),
        "provides": _some(kind.provides.split(), random, 0.5),
        "requires": _some(kind.requires.split(), random, 0.5),
        "audience": "coordinators" if kind.category == "housing.emergency" and random.random() < 0.4 else "public",
    }
    if kind.fits:
        body["household"] = {"min": 1, "max": places}
    voice = "association" if isinstance(giver, Association) else "resident"
    _write(body, voice, at, home.name, locales, random)
    return _by(key, giver.slug if isinstance(giver, Association) else giver.key, body)


def _gift(key: str, gift: Gift, today: date) -> OfferSpec:
    """One hand-written offer."""
    category = load().categories[gift.category]
    place = PLACES[gift.place]
    times = windows(gift.windows)
    fits = gift.category.startswith("housing.")
    spoken = gift.languages.split()
    body: Body = {
        "category": gift.category,
        "title": {"fr": gift.title_fr, "en": gift.title_en},
        "description": {
            locale: f"{about} {facts(locale, category.unit.value, gift.places, times, spoken)} {CLOSING[locale][1]}"
            for locale, about in (("fr", gift.about_fr), ("en", gift.about_en))
        },
        "unit": category.unit.value,
        "places": gift.places,
        "returns": category.returns,
        "languages": spoken,
        "location": {"lat": place.lat, "lon": place.lon, "radius_km": 12},
        "topics": [{"topic": gift.topic[0], "from": gift.topic[1], "to": gift.topic[2]}] if gift.topic else [],
        "windows": times,
        "valid_from": today.isoformat(),
        "valid_until": None,
        "provides": gift.provides.split(),
        "requires": [],
        "audience": "public",
    }
    if fits:
        body["household"] = {"min": 1, "max": gift.places}
    return _by(key, gift.by, body)


def _by(key: str, giver: str, body: Body) -> OfferSpec:
    return OfferSpec(key, body, account_key=giver) if giver.startswith("volunteer-") else OfferSpec(key, body, actor_key=giver)


def _write(body: Body, voice: str, at: int, place: str, locales: list[str], random: Random) -> None:
    """Title and description: texts written for such a giver in French and English, stated facts in a third language."""
    written = _texts()[body["category"]]
    texts = [text for text in written if text["by"] in (voice, "any")] or written
    chosen, closing = texts[at % len(texts)], random.randrange(len(CLOSING["fr"]))
    for locale in locales:
        stated = facts(locale, body["unit"], body["places"], body["windows"], body["languages"])
        if locale in chosen["title"]:
            body["title"][locale] = f"{chosen['title'][locale]} – {place}"
            body["description"][locale] = f"{chosen['description'][locale]} {stated} {CLOSING[locale][closing]}"
        else:
            body["title"][locale] = plain_title(body["category"], place, locale)
            body["description"][locale] = stated


def _hours(kind: Kind) -> tuple[Hours, ...]:
    return tuple(choice for name in kind.hours.split() for choice in HOURS[name])


def _near(home: Place, radius_km: int, random: Random) -> Body:
    """A point within about 400 m of the middle of the district: no offer stands at a real door."""
    lat, lon = home.lat + random.uniform(-0.003, 0.003), home.lon + random.uniform(-0.004, 0.004)
    return {"lat": round(lat, 3), "lon": round(lon, 3), "radius_km": radius_km}


def _topics(kind: Kind, random: Random) -> list[Body]:
    if kind.topics == "french":
        first, last = random.choice(FRENCH_LEVELS)
        return [{"topic": "french", "from": first, "to": last}]
    if kind.topics == "school":
        first, last = random.choice(SCHOOL_YEARS)
        return [{"topic": topic, "from": first, "to": last} for topic in sorted(random.sample(SCHOOL_TOPICS, 2))]
    return []


def _some(tags: list[str], random: Random, share: float) -> list[str]:
    return [tag for tag in tags if random.random() < share]


@cache
def _texts() -> dict[str, list[Body]]:
    texts: dict[str, list[Body]] = json.loads((Path(__file__).parent / "offer_texts.json").read_text("utf-8"))
    return texts
