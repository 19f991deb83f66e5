"""Offers through the door: moderation, texts, reviews, and who sees what."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.testing import TestClock, anonymous
from contracts.actors import ActorArchivedV1
from contracts.people import AccountDisabledV1, PersonErasedV1
from tests.matching.bench import CLUB, OTHER, World


async def state_of(world: World, offer: dict[str, Any]) -> str:
    return str((await world.get(world.coordinator, f"/api/v1/offers/{offer['id']}"))["state"])


async def test_a_volunteers_public_offer_waits_and_is_seen_once_approved(world: World) -> None:
    offer = await world.make(world.volunteer, "/api/v1/offers", world.offer_body())
    hidden = await world.bench.get(anonymous(), f"/api/v1/offers/{offer['id']}")
    queue = await world.get(world.coordinator, "/api/v1/offers?state=awaiting_moderation")

    await world.do(world.coordinator, offer, "offers", "approve")

    shown = await world.get(anonymous(), f"/api/v1/offers/{offer['id']}")
    assert (offer["state"], hidden.status_code) == ("awaiting_moderation", 404)
    assert [each["id"] for each in queue["items"]] == [offer["id"]]
    assert shown["provider"] == {"actor_id": None, "account_id": None}


async def test_a_provider_does_not_moderate_their_own_offer(world: World) -> None:
    offer = await world.make(world.volunteer, "/api/v1/offers", world.offer_body())

    answer = await world.bench.post(world.volunteer, f"/api/v1/offers/{offer['id']}/approve")

    assert answer.status_code == 403
    assert await state_of(world, offer) == "awaiting_moderation"


async def test_a_refused_offer_is_closed(world: World) -> None:
    offer = await world.make(world.volunteer, "/api/v1/offers", world.offer_body())

    refused = await world.do(world.coordinator, offer, "offers", "refuse")
    again = await world.bench.post(world.coordinator, f"/api/v1/offers/{offer['id']}/approve")

    assert (refused["state"], again.status_code) == ("closed", 409)
    assert "offer.refused" in await world.bench.audit_actions()


async def test_without_moderation_a_volunteers_offer_opens_at_once(open_world: Any) -> None:
    async with open_world(moderate_volunteers=False) as world:
        offer = await world.make(world.volunteer, "/api/v1/offers", world.offer_body())

        assert offer["state"] == "open"


async def test_new_words_of_a_volunteer_go_before_the_moderator_again_and_new_places_do_not(world: World) -> None:
    offer = await world.an_offer()

    more = await world.bench.patch(world.volunteer, f"/api/v1/offers/{offer['id']}", {"places": 4}, version=offer["version"])
    words = await world.bench.patch(world.volunteer, f"/api/v1/offers/{offer['id']}", {"title": {"fr": "Autre"}}, version=more.json()["version"])

    assert (more.json()["state"], words.json()["state"]) == ("open", "awaiting_moderation")


async def test_a_change_needs_the_version_that_was_read(world: World) -> None:
    offer = await world.an_offer(world.member)
    path = f"/api/v1/offers/{offer['id']}"

    stale = await world.bench.patch(world.member, path, {"places": 4}, version=offer["version"] - 1 or 99)
    without = await world.bench.patch(world.member, path, {"places": 4}, version=None)

    assert (stale.status_code, without.status_code) == (412, 428)


async def test_strangers_see_a_place_coarsely(world: World) -> None:
    offer = await world.an_offer(location={"lat": 45.18765, "lon": 5.72345, "radius_km": 3})

    stranger = await world.get(anonymous(), f"/api/v1/offers/{offer['id']}")
    owner = await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}")

    assert (stranger["location"]["lat"], stranger["location"]["lon"]) == (45.19, 5.72)
    assert (owner["location"]["lat"], owner["location"]["lon"]) == (45.18765, 5.72345)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"description": {"fr": "Appelez 06 12 34 56 78"}}, "/description/fr", "contains_phone_number"),
        ({"title": {"fr": "a@example.org"}}, "/title/fr", "contains_email_address"),
        ({"description": {"fr": "x" * 601}}, "/description/fr", "string_too_long"),
        ({"description": {code: "ж" * 600 for code in ("fr", "en", "de", "es", "it", "uk", "ar", "pl")}}, "/description", "too_long_together"),
        ({"provider": {"actor_id": str(OTHER)}}, "", ""),
        ({"category": "no.such"}, "/category", "unknown_category"),
        ({"unit": "item"}, "/unit", "other_unit"),
        ({"provides": ["nationality"]}, "/provides", "unknown_tag"),
        ({"valid_from": "2026-12-24", "valid_until": "2026-12-01"}, "/valid_until", "ends_before_it_begins"),
        ({"location": {"lat": 45.1}}, "/location", "half_a_place"),
        ({"location": {}}, "/location", "missing"),
        ({"household": {"min": 5, "max": 2}}, "/household/max", "below_the_least"),
    ],
)
async def test_an_offer_that_breaks_a_rule_is_refused_by_field(world: World, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = await world.bench.post(world.member, "/api/v1/offers", world.offer_body(**change))

    if not pointer:
        assert answer.status_code == 403
        return
    assert answer.status_code == 422
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


async def test_a_coordinator_posts_for_a_known_account_only(world: World) -> None:
    known = await world.bench.post(world.coordinator, "/api/v1/offers", world.offer_body(provider={"account_id": world.volunteer.id}))
    unknown = await world.bench.post(world.coordinator, "/api/v1/offers", world.offer_body(provider={"account_id": str(CLUB)}))

    assert (known.status_code, known.json()["state"]) == (201, "open")
    assert known.json()["provider"]["account_id"] == world.volunteer.id
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/provider/account_id")


async def test_places_in_use_cannot_be_taken_away(world: World) -> None:
    offer = await world.an_offer(places=2)
    await world.a_match(offer=offer)
    await world.a_match(offer=offer)
    now = await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}")

    answer = await world.bench.patch(world.volunteer, f"/api/v1/offers/{offer['id']}", {"places": 1}, version=now["version"])

    assert (now["state"], now["places_left"]) == ("full", 0)
    assert (answer.status_code, answer.json()["code"]) == (409, "places_in_use")


async def test_an_unconfirmed_offer_is_asked_about_then_paused_and_resumed(world: World, clock: TestClock) -> None:
    offer = await world.an_offer(valid_until=None)
    clock.forward(days=91)
    await world.bench.run_timer("look after offers")
    await world.bench.run_timer("look after offers")
    asked = [event.type_name for event in await world.bench.queued()].count("hub.matching.offer.review_due.v1")

    clock.forward(days=14)
    await world.bench.run_timer("look after offers")

    assert asked == 1
    assert await state_of(world, offer) == "paused"
    assert (await world.do(world.volunteer, offer, "offers", "resume"))["state"] == "open"


async def test_a_confirmed_review_begins_a_new_term(world: World, clock: TestClock) -> None:
    offer = await world.an_offer(valid_until=None)
    clock.forward(days=91)
    await world.bench.run_timer("look after offers")

    confirmed = await world.do(world.volunteer, offer, "offers", "confirm_review")
    clock.forward(days=15)
    await world.bench.run_timer("look after offers")

    assert confirmed["review_on"] == (clock().date() + timedelta(days=75)).isoformat()
    assert await state_of(world, offer) == "open"


async def test_an_offer_ends_after_its_last_day(world: World, clock: TestClock) -> None:
    offer = await world.an_offer(valid_until=clock().date().isoformat())

    clock.forward(days=1)
    await world.bench.run_timer("look after offers")

    assert await state_of(world, offer) == "closed"


async def test_offers_of_a_disabled_account_or_an_archived_organisation_take_no_new_requests(world: World) -> None:
    volunteers, clubs = await world.an_offer(), await world.an_offer(world.member)

    gone = AccountDisabledV1(account_id=world.volunteer.id, version=2, role="volunteer", locale="en", active=False)
    await world.bench.hear(gone, times=2)
    await world.bench.hear(ActorArchivedV1(actor_id=CLUB, version=2, slug="club", kind="civil_society", name="A", archived=True))

    assert [await state_of(world, each) for each in (volunteers, clubs)] == ["paused", "paused"]


async def test_an_older_word_about_an_account_changes_nothing(world: World) -> None:
    offer = await world.an_offer()
    await world.bench.hear(AccountDisabledV1(account_id=world.volunteer.id, version=1, role="volunteer", locale="en", active=False))

    assert await state_of(world, offer) == "open"


async def test_an_erased_volunteers_words_go_and_their_requests_end(world: World) -> None:
    offer = await world.an_offer()
    match = await world.a_match(offer=offer)

    await world.bench.hear(PersonErasedV1(subject_kind="account", subject_id=world.volunteer.id), times=2)

    left = await world.get(world.admin, f"/api/v1/offers/{offer['id']}")
    assert (left["state"], left["title"], left["description"]) == ("closed", {"en": "-"}, {})
    assert (left["location"]["lat"], left["places_left"]) == (None, offer["places"])
    assert (await world.get(world.coordinator, f"/api/v1/matches/{match['id']}"))["state"] == "cancelled"


async def test_lists_narrow_by_category_provider_and_owner(world: World) -> None:
    mine, club = await world.an_offer(), await world.an_offer(world.member, category="language.conversation", topics=[])

    below = await world.get(anonymous(), "/api/v1/offers?category=language")
    exact = await world.get(anonymous(), "/api/v1/offers?category=language.conversation")
    of_club = await world.get(anonymous(), f"/api/v1/offers?provider_id={CLUB}")
    own = await world.get(world.volunteer, "/api/v1/offers?mine=true")

    assert [each["id"] for each in below["items"]] == [mine["id"], club["id"]]
    assert [[each["id"] for each in found["items"]] for found in (exact, of_club, own)] == [[club["id"]], [club["id"]], [mine["id"]]]


async def test_an_event_of_the_longest_offer_stays_small(world: World) -> None:
    texts = {code: "ж" * 90 for code in ("fr", "en", "de", "es", "it", "uk", "ar")}
    await world.an_offer(world.member, title=texts, description={code: "ж" * 550 for code in texts})

    sizes = [len(envelope.model_dump_json().encode()) for envelope, _ in await world.bench.queued_with_envelopes()]

    assert max(sizes) < 16_000


async def test_what_a_provider_would_welcome_raises_a_need_and_excludes_none(world: World) -> None:
    offer = await world.an_offer(prefers=["with_children", "beginner"])
    family = await world.a_need(await world.a_case(attributes=["with_children"]))
    other = await world.a_need(await world.a_case())
    await world.settled()

    points = [await preferences_of(world, need, offer) for need in (family, other)]

    assert offer["prefers"] == ["beginner", "with_children"]
    assert points == [500, 0]
    assert await world.proposed(other) == [offer["id"]]


async def test_what_a_provider_would_welcome_is_changed_like_the_rest_and_is_told(world: World) -> None:
    offer = await world.an_offer()

    answer = await world.bench.patch(world.volunteer, f"/api/v1/offers/{offer['id']}", {"prefers": ["beginner"]}, version=offer["version"])

    told = [event for event in await world.bench.queued() if event.type_name == "hub.matching.offer.changed.v1"]
    assert answer.json()["prefers"] == ["beginner"]
    assert told[-1].prefers == ["beginner"]


@pytest.mark.parametrize("tag", ["female_provider", "lgbt_friendly", "nationality"])
async def test_a_provider_welcomes_only_what_a_case_can_state(world: World, tag: str) -> None:
    answer = await world.bench.post(world.member, "/api/v1/offers", world.offer_body(prefers=[tag]))

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/prefers", "not_of_a_case")]


async def preferences_of(world: World, need: dict[str, Any], offer: dict[str, Any]) -> int:
    pair = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals/{offer['id']}")
    return next(int(part["points"]) for part in pair["parts"] if part["name"] == "preferences")
