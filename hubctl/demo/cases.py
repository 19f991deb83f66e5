"""Writes the cases and needs of the demo world: households, the languages they speak, where they stay for now, and what they lack."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hubctl.demo.offers import windows
from hubctl.demo.places import AROUND, DISTRICTS, FARTHER, PLACES, Place
from hubctl.demo.specs import Body, CaseSpec, NeedSpec
from hubctl.demo.stories import STORIES, Story

CONSENT_TEXT = "2026-11"
ADULT, ELDER = "18-64", "65+"
CHILD_BANDS = ("0-2", "3-5", "6-11", "12-17")

# adults, ages of the children, age of the adults, how often
HOUSEHOLDS: tuple[tuple[int, tuple[str, ...], str, int], ...] = (
    (1, (), ADULT, 34),
    (2, (), ADULT, 8),
    (1, ("3-5",), ADULT, 9),
    (1, ("0-2", "6-11"), ADULT, 9),
    (2, ("0-2",), ADULT, 9),
    (2, ("6-11", "12-17"), ADULT, 12),
    (2, ("3-5", "6-11", "12-17"), ADULT, 8),
    (2, ("0-2", "3-5", "6-11", "6-11"), ADULT, 4),
    (0, ("12-17",), ADULT, 4),
    (2, (), ELDER, 3),
)

# spoken languages, best first, and how often
TONGUES: tuple[tuple[str, int], ...] = (
    ("ar fr", 16), ("ar", 8), ("uk ru", 7), ("uk en", 5), ("fr ln", 7), ("fr wo", 5), ("fr bm", 5), ("en so", 4), ("fa-AF fr", 4), ("ps fa-AF", 4),
    ("sq fr", 8), ("ka ru", 4), ("es fr", 6), ("pt fr", 4), ("tr fr", 4), ("ti en", 4), ("am", 2), ("bn en", 3), ("fa en", 4), ("ru fr", 4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Want:
    """One row: a kind of help, its weight, who asks (see `_asks`), how its size is counted (see `_size`), tags that may be asked for."""

    category: str
    weight: int
    who: str
    size: str
    requires: str = ""
    topic: str = ""
    timed: bool = False


WANTS = (
    Want("housing", 8, "any", "household"),
    Want("housing.room", 10, "small", "household", "quiet lockable_room cooking_possible"),
    Want("housing.apartment", 8, "family", "household", "lift"),
    Want("housing.emergency", 8, "any", "household", "no_papers_needed"),
    Want("housing.shared", 3, "alone", "household", "lgbt_friendly"),
    Want("housing.search", 4, "any", "hours"),
    Want("language.class", 24, "adults", "adults", "beginners_welcome", "french", True),
    Want("language.conversation", 10, "adults", "one", "", "french", True),
    Want("language.literacy", 5, "adults", "one", "", "", True),
    Want("language.interpreting", 8, "any", "hours"),
    Want("language.translation", 4, "any", "pages"),
    Want("legal.asylum", 12, "any", "hours", "no_papers_needed interpreter"),
    Want("legal.accompaniment", 5, "any", "hours"),
    Want("legal.residence", 7, "adults", "hours"),
    Want("legal.family", 3, "adults", "hours"),
    Want("health.general", 9, "any", "one", "no_papers_needed"),
    Want("health.mental", 8, "any", "one"),
    Want("health.dental", 5, "any", "one"),
    Want("health.maternity", 3, "adults", "one", "female_provider"),
    Want("health.accompaniment", 5, "any", "hours"),
    Want("health", 2, "any", "one", "no_papers_needed"),
    Want("mentoring.family", 6, "parents", "one"),
    Want("mentoring.newcomer", 8, "adults", "one"),
    Want("mentoring.youth", 6, "youth", "one"),
    Want("mentoring.women", 4, "adults", "one"),
    Want("education.school_help", 16, "school", "pupils", "", "school", True),
    Want("education.enrolment", 4, "school", "one"),
    Want("education.university", 3, "adults", "one"),
    Want("education.adult", 3, "adults", "one"),
    Want("employment.search", 10, "adults", "hours"),
    Want("employment.internship", 4, "adults", "one"),
    Want("employment.training", 5, "adults", "one"),
    Want("employment.recognition", 3, "adults", "hours"),
    Want("food.parcel", 8, "any", "one", "halal_food"),
    Want("food.meal", 4, "any", "household"),
    Want("donations.clothes", 8, "any", "items", "free_of_charge"),
    Want("donations.furniture", 8, "any", "few", "delivery"),
    Want("donations.household", 4, "any", "few"),
    Want("donations.baby", 6, "babies", "few"),
    Want("donations.digital", 6, "any", "one"),
    Want("donations.school", 4, "school", "pupils"),
    Want("transport.lift", 3, "any", "hours"),
    Want("transport.moving", 3, "any", "hours"),
    Want("transport.bicycle", 4, "adults", "one"),
    Want("childcare.sitting", 4, "babies", "one"),
    Want("childcare.during_class", 5, "babies", "one"),
    Want("childcare.playgroup", 2, "babies", "one"),
    Want("community.outing", 3, "any", "household"),
    Want("community.sport", 4, "any", "one"),
    Want("community.arts", 2, "any", "one"),
    Want("administration.accompaniment", 6, "adults", "hours"),
    Want("administration.forms", 5, "adults", "hours"),
    Want("administration.online", 3, "adults", "hours"),
    Want("reception.first_days", 3, "any", "one"),
    Want("reception.day_centre", 2, "alone", "one"),
    Want("reception.luggage", 2, "any", "one"),
)

FREE_TIMES = (
    (),
    (),
    ((0, 9, 12), (1, 9, 12), (3, 9, 12), (4, 9, 12)),
    ((0, 14, 18), (1, 14, 18), (2, 14, 18), (3, 14, 18), (4, 14, 18)),
    ((0, 18, 21), (1, 18, 21), (2, 18, 21), (3, 18, 21)),
    ((2, 13, 19), (5, 9, 18)),
)

# how many cases have one, two and three needs: 128 cases, 258 needs, beside those of `stories`
NEEDS_PER_CASE = (1,) * 24 + (2,) * 78 + (3,) * 26


def cases_and_needs(random: Random, today: date, recorders: tuple[str, ...]) -> tuple[tuple[CaseSpec, ...], tuple[NeedSpec, ...]]:
    """All cases, and their needs in the same order; `recorders` are the keys of the coordinators, who share the cases between them."""
    cases: list[CaseSpec] = []
    needs: list[NeedSpec] = []
    for at, count in enumerate(random.sample(NEEDS_PER_CASE, len(NEEDS_PER_CASE))):
        case = CaseSpec(f"case-{at + 1:03}", recorders[at % len(recorders)], _case_body(random, today))
        cases.append(case)
        needs += _needs_of(case, count, len(needs), random, today)
    for at, story in enumerate(STORIES):
        case = CaseSpec(f"case-{len(cases) + 1:03}", recorders[at % len(recorders)], _story_case(story, today))
        cases.append(case)
        needs.append(_story_need(f"need-{len(needs) + 1:03}", case.key, story, today))
    return tuple(cases), tuple(needs)


def _case_body(random: Random, today: date) -> Body:
    adults, children, age, _ = random.choices(HOUSEHOLDS, [row[3] for row in HOUSEHOLDS])[0]
    spoken = random.choices(TONGUES, [row[1] for row in TONGUES])[0][0]
    where = random.choices((DISTRICTS, AROUND, FARTHER), (70, 26, 4))[0]
    tags = [tag for tag in ("smoke_free", "can_collect", "regular_attendance", "quiet") if random.random() < 0.7]
    tags += ["adults_only"] if not children else []
    tags += ["school_age"] if {"6-11", "12-17"} & set(children) else []
    return {
        "household": _household(adults, children, age),
        "languages": spoken.split(),
        "attributes": sorted(tags),
        "location": _coarse(where[random.choice(list(where))], random.uniform(-0.006, 0.006), random.uniform(-0.006, 0.006)),
        "consent": _consent(today, 180, share_contact=random.random() < 0.7),
    }


def _needs_of(case: CaseSpec, count: int, so_far: int, random: Random, today: date) -> list[NeedSpec]:
    """Different wants of one case; the second is sometimes wished from the provider of the first, child care always together with the class."""
    possible = [want for want in WANTS if _asks(want.who, case.body["household"])]
    wants: list[Want] = []
    while len(wants) < count:
        want = random.choices(possible, [each.weight for each in possible])[0]
        if want.category.split(".")[0] not in {each.category.split(".")[0] for each in wants}:
            wants.append(want)
    made: list[NeedSpec] = []
    for want in wants:
        links: tuple[tuple[str, str], ...] = ()
        if made and want.category == "childcare.during_class" and made[0].body["category"] == "language.class":
            links = ((made[0].key, "together"),)
        elif made and random.random() < 0.08:
            links = ((made[0].key, random.choice(("same_provider", "after"))),)
        made.append(NeedSpec(f"need-{so_far + len(made) + 1:03}", case.key, _need_body(want, case.body, random, today), links))
    return made


def _need_body(want: Want, case: Body, random: Random, today: date) -> Body:
    requires = want.requires.split()
    asked = [random.choice(requires)] if requires and random.random() < 0.3 else []
    begin = today + timedelta(days=random.choice((0, 0, 3, 7, 10)))
    return {
        "category": want.category,
        "size": _size(want.size, case["household"], random),
        "languages": [{"code": code, "required": False} for code in case["languages"]],
        "topics": _topics(want.topic, random),
        "max_travel_km": random.choice((2, 3, 4, 5, 8, 10)),
        "windows": windows(random.choice(FREE_TIMES)) if want.timed else [],
        "from": begin.isoformat(),
        "until": (begin + timedelta(days=random.choice((60, 90, 120, 180)))).isoformat(),
        "urgency": random.choices(("low", "normal", "high", "urgent"), (10, 50, 28, 12))[0],
        "requires": asked,
        "provides": [],
        "preferences": random.sample(("near_public_transport", "quiet", "small_group", "one_to_one", "female_provider"), random.choice((0, 0, 1, 2))),
    }


def _story_case(story: Story, today: date) -> Body:
    children = tuple(CHILD_BANDS[at % len(CHILD_BANDS)] for at in range(story.children)) if story.children != 1 else ("12-17",)
    tags = ["can_collect", "regular_attendance", "school_age" if children else "adults_only", "smoke_free"]
    return {
        "household": _household(story.adults, children, ADULT),
        "languages": story.languages.split(),
        "attributes": sorted(tags),
        "location": _coarse(PLACES[story.place]),
        "consent": _consent(today, 365, share_contact=True),
    }


def _story_need(key: str, case_key: str, story: Story, today: date) -> NeedSpec:
    spoken = story.languages.split()
    body: Body = {
        "category": story.category,
        "size": story.size,
        "languages": [{"code": code, "required": story.requires_language and code == spoken[0]} for code in spoken],
        "topics": [{"topic": story.topic[0], "level": story.topic[1], "required": True}] if story.topic else [],
        "max_travel_km": story.max_travel_km,
        "windows": windows(story.windows),
        "from": today.isoformat(),
        "until": (today + timedelta(days=180)).isoformat(),
        "urgency": story.urgency,
        "requires": story.requires.split(),
        "provides": [],
        "preferences": [],
    }
    return NeedSpec(key, case_key, body, expects=story.expects)


def _household(adults: int, children: Iterable[str], age: str) -> Body:
    ages = list(children)
    bands = {band: ages.count(band) for band in CHILD_BANDS if band in ages}
    return {"adults": adults, "children": len(ages), "age_bands": {**bands, **({age: adults} if adults else {})}}


def _coarse(place: Place, north: float = 0.0, east: float = 0.0) -> Body:
    """A point of two decimals, about a kilometre: enough to reckon distances, too little to find a door."""
    return {"lat": round(place.lat + north, 2), "lon": round(place.lon + east, 2)}


def _consent(today: date, days: int, *, share_contact: bool) -> Body:
    until = (today + timedelta(days=days)).isoformat()
    return {"match": True, "share_contact": share_contact, "purpose": "matching", "until": until, "text_version": CONSENT_TEXT}


def _asks(who: str, household: Body) -> bool:
    """Whether a household is one that asks for this kind of help."""
    bands, size = household["age_bands"], household["adults"] + household["children"]
    asks: dict[str, bool] = {
        "any": True,
        "adults": household["adults"] > 0,
        "alone": size == 1 and household["adults"] == 1,
        "small": size <= 2,
        "family": size >= 3,
        "parents": household["adults"] > 0 and household["children"] > 0,
        "babies": "0-2" in bands or "3-5" in bands,
        "school": "6-11" in bands or "12-17" in bands,
        "youth": "12-17" in bands,
    }
    return asks[who]


def _size(rule: str, household: Body, random: Random) -> int:
    """How many units of the category the need takes."""
    pupils = sum(count for band, count in household["age_bands"].items() if band in ("6-11", "12-17"))
    sizes: dict[str, int] = {
        "one": 1,
        "household": household["adults"] + household["children"],
        "adults": max(1, household["adults"]),
        "pupils": max(1, pupils),
        "hours": random.choice((1, 2, 2, 3, 4)),
        "pages": random.choice((1, 3, 5)),
        "few": random.choice((1, 1, 2, 3)),
        "items": random.choice((2, 4, 6, 8)),
    }
    return sizes[rule]


def _topics(topic: str, random: Random) -> list[Body]:
    if topic == "french":
        return [{"topic": "french", "level": random.choices(("a1", "a2", "b1", "b2"), (45, 30, 18, 7))[0], "required": True}]
    if topic == "school":
        subject = random.choice(("homework", "mathematics", "reading", "writing"))
        return [{"topic": subject, "level": str(random.randint(1, 10)), "required": random.random() < 0.6}]
    return []
