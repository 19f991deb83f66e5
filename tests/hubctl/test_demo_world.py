"""The demo world is the same each time, of the published scale, free of anything that looks like a person, and shows every kind of answer."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from uuid import NAMESPACE_URL, uuid5

import pytest

from hubctl.demo import CaseSpec, NeedSpec, OfferSpec, Role, demo_accounts, demo_clients, grenoble
from hubctl.demo.places import CENTRE, km_between
from hubctl.demo.specs import Body
from services.matching.engine.index import Index
from services.matching.engine.scarcity.ask import find_lacking
from services.matching.engine.scarcity.profiles import Profile
from services.matching.engine.score import reference
from services.matching.engine.types import (
    INTERPRETER,
    Audience,
    Circumstances,
    LanguageWish,
    LevelRange,
    NeedFacts,
    OfferFacts,
    Place,
    TimeWindow,
    TopicWish,
    Verdict,
)
from services.matching.use_cases.scarcity import Gathered, pose
from services.matching.vocabulary import LANGUAGES, children_of, levels, load

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORLD = grenoble(TODAY)
CONTACT = re.compile(r"[\w.]+@[\w.]+|https?://|www\.|\+?\d[\d ./-]{7,}\d|\b\d{1,3} (?:rue|avenue|boulevard|cours|place)\b", re.IGNORECASE)
WHY = {
    "language": {"language.none_shared", "language.required"},
    "distance": {"place.too_far"},
    "size": {"places.too_few", "household.too_large"},
    "requirement": {"need.requires"},
    "time": {"times.apart"},
}


def test_the_same_day_gives_the_same_world_and_another_day_only_other_dates() -> None:
    later = grenoble(date(2027, 2, 1))

    again = grenoble(TODAY)

    assert again == WORLD
    assert [offer.body["title"] for offer in later.offers] == [offer.body["title"] for offer in WORLD.offers]
    assert later.offers[0].body["valid_from"] != WORLD.offers[0].body["valid_from"]


def test_the_scale_is_the_published_one_of_grenoble() -> None:
    by_residents = [offer for offer in WORLD.offers if offer.account_key]

    roles = Counter(account.role for account in WORLD.accounts)

    assert (len(WORLD.offers), len(by_residents), len(WORLD.cases), len(WORLD.needs)) == (400, 240, 170, 300)
    assert (roles[Role.VOLUNTEER], roles[Role.COORDINATOR], len(WORLD.actors)) == (60, 6, 12)


def test_every_category_is_offered_and_every_root_is_needed() -> None:
    leaves = {leaf.code for root in children_of(None) for leaf in children_of(root.code)}

    offered = {offer.body["category"] for offer in WORLD.offers}
    needed = {need.body["category"].split(".")[0] for need in WORLD.needs}

    assert offered == leaves
    assert needed == {root.code for root in children_of(None)}


def test_keys_are_unique_and_point_to_what_exists() -> None:
    accounts, actors = {each.key: each for each in WORLD.accounts}, {each.key for each in WORLD.actors}
    cases, needs = {each.key for each in WORLD.cases}, [each.key for each in WORLD.needs]

    givers = [(offer.account_key, offer.actor_key) for offer in WORLD.offers]

    assert len({offer.key for offer in WORLD.offers}) == 400 and len(set(needs)) == 300 and len(cases) == 170
    assert len({account.email for account in WORLD.accounts}) == len(WORLD.accounts) == len(accounts)
    assert all((account is None) != (actor is None) for account, actor in givers)
    assert all(accounts[account].role is Role.VOLUNTEER if account else actor in actors for account, actor in givers)
    assert all(accounts[case.recorded_by].role is Role.COORDINATOR for case in WORLD.cases)
    assert {need.case_key for need in WORLD.needs} == cases
    for at, need in enumerate(WORLD.needs):
        assert all(key in needs[:at] and kind in ("same_provider", "together", "after") for key, kind in need.links)


def test_everything_synthetic_says_so_and_no_address_is_real() -> None:
    names = [account.display_name for account in WORLD.accounts] + [actor.body["name"] for actor in WORLD.actors]

    emails = [account.email for account in WORLD.accounts]

    assert WORLD.synthetic
    assert all(name.endswith("(demo)") for name in [*names, *(client.name for client in WORLD.clients)])
    assert all(email.endswith("@demo.example") for email in emails)
    assert all(actor.body["website"].endswith(".example.org/") for actor in WORLD.actors)


def test_no_text_holds_a_way_to_reach_somebody() -> None:
    texts = [text for offer in WORLD.offers for field in ("title", "description") for text in offer.body[field].values()]

    found = [text for text in texts if CONTACT.search(text)]

    assert found == []
    assert CONTACT.search("call 06 12 34 56 78") and CONTACT.search("a@b.example") and CONTACT.search("12 rue")


def test_offers_are_written_in_french_and_english_and_a_third_also_in_another_language() -> None:
    titles = [offer.body["title"] for offer in WORLD.offers]

    third = Counter(locale for title in titles for locale in title if locale not in ("fr", "en"))

    assert all(title["fr"] and title["en"] for title in titles)
    assert all(offer.body["title"].keys() == offer.body["description"].keys() for offer in WORLD.offers)
    assert set(third) == {"ar", "uk", "es"}
    assert 110 <= third.total() <= 150
    assert len({title["fr"] for title in titles}) > 300


def test_every_place_is_near_grenoble_and_a_case_is_only_coarsely_placed() -> None:
    offered = [offer.body["location"] for offer in WORLD.offers if "lat" in offer.body["location"]]
    cases = [case.body["location"] for case in WORLD.cases]

    away = [km_between(CENTRE.lat, CENTRE.lon, place["lat"], place["lon"]) for place in [*offered, *cases]]

    assert max(away) < 60
    assert all(place[axis] == round(place[axis], 2) for place in cases for axis in ("lat", "lon"))
    assert any(offer.body["location"] == {"remote": True} for offer in WORLD.offers)


def test_tags_topics_levels_and_languages_come_from_the_vocabulary() -> None:
    words = load()
    given = {tag for offer in WORLD.offers for tag in offer.body["provides"]} | {tag for need in WORLD.needs for tag in need.body["requires"]}
    asked = {tag for offer in WORLD.offers for tag in offer.body["requires"]} | {tag for case in WORLD.cases for tag in case.body["attributes"]}
    wished = {tag for need in WORLD.needs for tag in need.body["preferences"]}

    topics = [(topic["topic"], topic[end]) for offer in WORLD.offers for topic in offer.body["topics"] for end in ("from", "to")]
    topics += [(topic["topic"], topic["level"]) for need in WORLD.needs for topic in need.body["topics"]]
    spoken = {code for each in (*WORLD.offers, *WORLD.cases) for code in each.body["languages"]}

    assert all(words.tags[tag].may_be_provided for tag in given | wished)
    assert all(words.tags[tag].may_be_required for tag in asked)
    assert all(level in levels(words.topics[topic].scale) for topic, level in topics)
    assert spoken <= set(LANGUAGES)
    assert INTERPRETER in words.tags


def test_the_world_is_json_and_holds_no_field_about_who_a_person_is() -> None:
    bodies = [each.body for each in (*WORLD.cases, *WORLD.needs)]

    fields = {field for body in bodies for field in body} | {field for case in WORLD.cases for field in case.body["household"]}

    assert json.loads(json.dumps(bodies)) == bodies
    assert not fields & {"name", "nationality", "religion", "gender", "legal_status", "document", "email", "phone"}
    assert all(case.body["consent"].keys() == {"match", "share_contact", "purpose", "until", "text_version"} for case in WORLD.cases)
    assert {case.body["consent"]["share_contact"] for case in WORLD.cases} == {True, False}
    assert {need.body["urgency"] for need in WORLD.needs} == {"low", "normal", "high", "urgent"}


def test_every_role_has_an_account_to_sign_in_with() -> None:
    accounts = demo_accounts()

    roles = [account.role for account in accounts]
    associations = {account.actor_key for account in accounts if account.role is Role.MEMBER}

    assert sorted(roles) == sorted([*Role, Role.MEMBER])
    assert len(associations) == 2 and associations <= {actor.key for actor in WORLD.actors}
    assert [client.actor_key in associations for client in demo_clients()] == [True]
    assert any(offer.account_key in {account.key for account in accounts} for offer in WORLD.offers)
    assert associations <= {offer.actor_key for offer in WORLD.offers}


@pytest.mark.parametrize("expected", ["one", *WHY])
def test_each_hand_written_need_finds_what_it_was_written_for(expected: str) -> None:
    needs = [need for need in WORLD.needs if need.expects == expected]

    found = {need.key: verdicts(need) for need in needs}

    assert len(needs) >= 3
    for need in needs:
        suitable = [verdict for verdict in found[need.key] if verdict.eligible]
        assert len(suitable) == (1 if expected == "one" else 0), need
        if expected != "one":
            failing = [{reason.code for reason in verdict.reasons} for verdict in found[need.key]]
            assert all(WHY[expected] & codes for codes in failing) and any(codes <= WHY[expected] for codes in failing), need


def test_a_good_share_of_the_needs_has_several_offers_some_one_and_some_none() -> None:
    eligible = [sum(verdict.eligible for verdict in verdicts(need)) for need in WORLD.needs]

    several, one, none = (sum(test(count) for count in eligible) for test in (lambda n: n >= 2, lambda n: n == 1, lambda n: n == 0))

    assert several >= 100
    assert one >= 20
    assert none >= 40


async def test_the_city_lacks_something_that_may_be_told_in_public() -> None:
    index = Index()
    for offer in WORLD.offers:
        index.put_offer(offer_facts(offer.key))
    cases = {case.key: case for case in WORLD.cases}
    needs = [need_facts(need, cases[need.case_key]) for need in WORLD.needs]

    posed = await pose(Gathered(needs, index, NOW))
    found = await find_lacking(posed.question, 20)

    assert [figure.profile for figure in found.published.figures] == [Profile("mentoring.newcomer", ("ti",))]


def verdicts(need: NeedSpec) -> list[Verdict]:
    """What the definition of matching says of a need and each offer in its category."""
    facts = need_facts(need, next(case for case in WORLD.cases if case.key == need.case_key))
    near = [offer for offer in WORLD.offers if (offer.body["category"] + ".").startswith(need.body["category"] + ".")]
    return [reference(facts, offer_facts(offer.key), Circumstances(NOW)) for offer in near]


def need_facts(need: NeedSpec, case: CaseSpec) -> NeedFacts:
    body, home = need.body, case.body
    return NeedFacts(
        id=uuid5(NAMESPACE_URL, need.key),
        case_id=uuid5(NAMESPACE_URL, case.key),
        category=body["category"],
        size=body["size"],
        is_open=True,
        posted_at=NOW,
        household=home["household"]["adults"] + home["household"]["children"],
        attributes=frozenset(home["attributes"]),
        languages=tuple(LanguageWish(wish["code"], wish["required"]) for wish in body["languages"]),
        topics=tuple(TopicWish(wish["topic"], wish["level"], wish["required"]) for wish in body["topics"]),
        place=Place(home["location"]["lat"], home["location"]["lon"]),
        max_travel_m=body["max_travel_km"] * 1000,
        windows=tuple(time_windows(body)),
        from_date=date.fromisoformat(body["from"]),
        until_date=date.fromisoformat(body["until"]),
        requires=frozenset(body["requires"]),
        provides=frozenset(body["provides"]),
        preferences=frozenset(body["preferences"]),
        consent_match=True,
    )


@cache
def offer_facts(key: str) -> OfferFacts:
    offer: OfferSpec = next(each for each in WORLD.offers if each.key == key)
    body, location = offer.body, offer.body["location"]
    return OfferFacts(
        id=uuid5(NAMESPACE_URL, key),
        category=body["category"],
        provider_id=offer.account_key or offer.actor_key or "",
        places=body["places"],
        places_used=0,
        is_open=True,
        posted_at=NOW,
        languages=frozenset(body["languages"]),
        place=Place(location["lat"], location["lon"]) if "lat" in location else None,
        radius_m=location.get("radius_km", 0) * 1000,
        remote=location.get("remote", False),
        topics=tuple(LevelRange(topic["topic"], topic["from"], topic["to"]) for topic in body["topics"]),
        windows=tuple(time_windows(body)),
        valid_from=date.fromisoformat(body["valid_from"]),
        valid_until=date.fromisoformat(body["valid_until"]) if body["valid_until"] else None,
        provides=frozenset(body["provides"]),
        requires=frozenset(body["requires"]),
        household_min=body.get("household", {}).get("min"),
        household_max=body.get("household", {}).get("max"),
        audience=Audience(body["audience"]),
    )


def time_windows(body: Body) -> Iterator[TimeWindow]:
    for window in body["windows"]:
        first, last = (int(hour) * 60 + int(minute) for hour, minute in (window[end].split(":") for end in ("from", "to")))
        yield TimeWindow(window["day"], first, last)
