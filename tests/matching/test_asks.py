"""Asking for help without a name: what an asker may do with code and words, and what nobody else may."""

import re
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.testing import TestClock, account
from services.matching.model.secret_words import WORDS, WORDS_IN_A_SECRET, is_secret, new_secret, secret_from
from tests.matching.bench import World
from tests.matching.conftest import OpenWorld

NOBODY = Caller(locale="fr")
HERE = {"hub-source": "192.0.2.7"}
ELSEWHERE = {"hub-source": "198.51.100.9"}


def body_of(**more: Any) -> dict[str, Any]:
    return {
        "household": {"adults": 1, "children": 2},
        "languages": ["ar"],
        "location": {"lat": 45.187, "lon": 5.731},
        "needs": [{"category": "language.class", "max_travel_km": 5}, {"category": "donations.clothes", "size": 3}],
        "consent": {"match": True, "text_version": "2026-11"},
        **more,
    }


async def asked(world: World, headers: dict[str, str] = HERE, **more: Any) -> dict[str, Any]:
    response = await world.bench.post(NOBODY, "/api/v1/asks", body_of(**more), headers=headers)
    assert response.status_code == 201, response.text
    return {"code": response.json()["code"], "secret": response.json()["secret"]}


async def say(world: World, what: str, key: dict[str, Any], headers: Any = HERE, **more: Any) -> Any:
    return await world.bench.post(NOBODY, f"/api/v1/asks/{what}", {**key, **more}, headers=headers)


async def taken(world: World, who: Caller | None = None) -> dict[str, Any]:
    who = who or world.coordinator
    waiting = (await world.get(who, "/api/v1/asks"))["items"][0]
    return await world.make(who, f"/api/v1/asks/{waiting['id']}/take", {"urgency": "high"}, 200)


@pytest.fixture
async def city(open_world: OpenWorld) -> Any:
    async with open_world(ask_without_name=True, ask_place="Reception office, town hall, Monday to Friday from 9 to 12") as world:
        yield world


async def test_what_is_asked_without_a_name_becomes_a_case_of_the_coordinator_who_takes_it(open_world: OpenWorld, database_kind: str) -> None:
    async with open_world(database_kind, ask_without_name=True) as world:
        key = await asked(world)

        case = await taken(world)
        needs = (await world.get(world.coordinator, f"/api/v1/needs?case_id={case['id']}"))["items"]
        seen = (await say(world, "follow", key)).json()

        assert case["code"] == key["code"] and case["recorded_by"] == world.coordinator.id and case["consent"]["share_contact"] is False
        assert case["location"] == {"lat": 45.19, "lon": 5.73}
        assert {need["category"] for need in needs} == {"language.class", "donations.clothes"} and {need["urgency"] for need in needs} == {"high"}
        assert {need["id"] for need in seen["needs"]} == {need["id"] for need in needs} and seen["state"] == "taken"


async def test_the_asker_sees_in_plain_words_where_each_need_stands_and_nothing_of_who_helps(city: World) -> None:
    key = await asked(city, needs=[{"category": "language.class", "max_travel_km": 5}])
    offer = await city.an_offer()
    standings = [(await say(city, "follow", key)).json()["needs"][0]["standing"]]
    await taken(city)
    need = (await city.get(city.coordinator, "/api/v1/needs"))["items"][0]
    standings.append((await say(city, "follow", key)).json()["needs"][0]["standing"])

    match = await city.a_match(need, offer)
    for verb, body in (("", None), ("accept", None), ("start", None), ("fulfil", {"outcome": "helped"})):
        if verb:
            await city.do(city.volunteer if verb != "fulfil" else city.coordinator, match, "matches", verb, body)
        last = await say(city, "follow", key)
        standings.append(last.json()["needs"][0]["standing"])

    assert standings == ["waiting", "looking", "asking", "found", "going_on", "done"]
    for secret in (offer["id"], match["id"], str(city.volunteer.id), "Cours", "45.1"):
        assert secret not in last.text


async def test_asking_is_refused_where_the_city_does_not_allow_it(world: World) -> None:
    terms = await world.bench.get(NOBODY, "/api/v1/asks/terms")

    response = await world.bench.post(NOBODY, "/api/v1/asks", body_of(), headers=HERE)

    assert terms.json()["allowed"] is False
    assert response.status_code == 403 and response.json()["code"] == "not_offered"


@pytest.mark.parametrize(
    "wrong",
    [
        {"needs": []},
        {"needs": [{"category": "no.such.kind"}]},
        {"needs": [{"category": "language.class"}] * 6},
        {"needs": [{"category": "language.class", "urgency": "urgent"}]},
        {"needs": [{"category": "language.class", "from": "2026-12-02", "until": "2026-12-01"}]},
        {"household": {"adults": 0}},
        {"consent": {"match": False, "text_version": "2026-11"}},
        {"name": "Amina"},
        {"location": {"lat": 91, "lon": 0}},
    ],
)
async def test_bad_input_is_refused_field_by_field(city: World, wrong: dict[str, Any]) -> None:
    response = await city.bench.post(NOBODY, "/api/v1/asks", body_of(**wrong), headers=HERE)

    assert response.status_code == 422
    assert response.json()["errors"]


async def test_wrong_words_and_unknown_codes_answer_the_same_and_are_soon_not_looked_at_any_more(city: World) -> None:
    key = await asked(city)

    wrong = await say(city, "follow", {**key, "secret": "bado kimu lefa sori nute gavi"})
    unknown = await say(city, "follow", {**key, "code": "0000-0000-0000-0000"})
    malformed = await say(city, "follow", {**key, "code": "x"})
    for _ in range(20):
        await say(city, "follow", {"code": "0000-0000-0000-0000", "secret": "x"}, ELSEWHERE)
    stopped = await say(city, "follow", {"code": "1111-1111-1111-1111", "secret": "x"}, ELSEWHERE)

    assert [each.status_code for each in (wrong, unknown, malformed)] == [404, 404, 404]
    assert wrong.json()["detail"] == unknown.json()["detail"] == malformed.json()["detail"]
    assert (await say(city, "follow", {"code": "0000-0000-0000-0000", "secret": "x"}, HERE)).status_code == 429
    assert stopped.status_code in (404, 429)
    assert (await say(city, "follow", key)).status_code == 200


async def test_one_network_that_guesses_many_codes_is_stopped_and_may_try_again_after_an_hour(city: World, clock: TestClock) -> None:
    key = await asked(city)

    codes = [f"{number:04d}-0000-0000-0000" for number in range(25)]
    statuses = [(await say(city, "follow", {"code": code, "secret": "x"}, ELSEWHERE)).status_code for code in codes]
    owner_there = (await say(city, "follow", key, ELSEWHERE)).status_code
    owner_at_home = (await say(city, "follow", key, HERE)).status_code
    clock.forward(minutes=61)

    assert statuses.count(404) == 20 and statuses[-5:] == [429] * 5
    assert (owner_there, owner_at_home) == (429, 200)
    assert (await say(city, "follow", key, ELSEWHERE)).status_code == 200


async def test_a_network_asks_a_few_times_a_day_and_the_hub_keeps_a_bounded_number_waiting(open_world: OpenWorld, clock: TestClock) -> None:
    async with open_world(ask_without_name=True, asks_per_day=2, asks_waiting=3) as world:
        for headers in (HERE, HERE, ELSEWHERE):
            await asked(world, headers)

        again = await world.bench.post(NOBODY, "/api/v1/asks", body_of(), headers=HERE)
        full = await world.bench.post(NOBODY, "/api/v1/asks", body_of(), headers={"hub-source": "203.0.113.4"})
        await taken(world)
        clock.forward(hours=25)

        assert again.status_code == 429 and again.json()["code"] == "asked_often"
        assert full.status_code == 503 and full.json()["code"] == "asks_are_full"
        await asked(world, HERE)


async def test_the_same_request_sent_twice_gets_the_same_words_and_makes_one_ask(city: World, clock: TestClock) -> None:
    once = "a-long-random-word-of-the-sender"

    first, second = await asked(city, once=once), await asked(city, once=once)
    waiting = (await city.get(city.coordinator, "/api/v1/asks"))["items"]
    clock.forward(minutes=16)
    late = await city.bench.post(NOBODY, "/api/v1/asks", body_of(once=once), headers=HERE)

    assert first == second and len(waiting) == 1
    assert late.status_code == 409 and first["secret"] not in late.text
    assert (await say(city, "follow", first)).status_code == 200


async def test_secret_words_are_stored_nowhere(city: World) -> None:
    key = await asked(city, once="a-long-random-word-of-the-sender")

    async with city.bench.service.database.reading() as session:
        rows = [str(row) for table in ("ask", "outbox", "audit", "idempotency", "ask_try") for row in await _rows(session, table)]

    assert rows and not any(key["secret"] in row or HERE["hub-source"] in row or "a-long-random-word" in row for row in rows)


async def _rows(session: Any, table: str) -> list[Any]:
    from services.matching.tables import Base

    return list((await session.execute(Base.metadata.tables[table].select())).all())


async def test_one_more_thing_can_be_asked_for_before_and_after_a_coordinator_took_it(city: World) -> None:
    key = await asked(city)
    await say(city, "needs", key, need={"category": "donations.clothes"})
    case = await taken(city)

    after = await say(city, "needs", key, need={"category": "housing.room"})
    sixth = [await say(city, "needs", key, need={"category": "donations.clothes"}) for _ in range(2)][-1]
    needs = (await city.get(city.coordinator, f"/api/v1/needs?case_id={case['id']}"))["items"]

    assert after.status_code == 200 and [need["standing"] for need in after.json()["needs"]] == ["looking"] * 4
    assert sixth.status_code == 409 and sixth.json()["code"] == "too_many_needs"
    assert len(needs) == 5


async def test_the_asker_withdraws_one_thing_and_then_everything_and_matches_are_called_off(city: World) -> None:
    key = await asked(city)
    case = await taken(city)
    need = next(each for each in (await city.get(city.coordinator, "/api/v1/needs"))["items"] if each["category"] == "language.class")
    match = await city.a_match(need)

    one = (await say(city, "withdraw", key, need_id=need["id"])).json()
    everything = (await say(city, "withdraw", key)).json()
    closed = await city.get(city.coordinator, f"/api/v1/cases/{case['id']}")

    assert {each["standing"] for each in one["needs"] if each["id"] == need["id"]} == {"withdrawn"}
    assert (await city.get(city.volunteer, f"/api/v1/matches/{match['id']}"))["state"] == "cancelled"
    assert everything["state"] == "withdrawn" and closed["state"] == "closed" and closed["household"]["adults"] == 1 and closed["languages"] == []


async def test_withdrawing_while_it_waits_deletes_what_describes_the_household(city: World) -> None:
    key = await asked(city)

    response = await say(city, "withdraw", key)
    repeated = await say(city, "withdraw", key)

    assert response.json()["state"] == "withdrawn" and repeated.status_code == 200
    assert (await city.get(city.coordinator, "/api/v1/asks"))["items"] == []


async def test_somebody_elses_need_is_neither_withdrawn_nor_judged_with_ones_own_words(city: World) -> None:
    await asked(city, ELSEWHERE)
    await taken(city)
    foreign = (await city.get(city.coordinator, "/api/v1/needs"))["items"][0]
    own = await asked(city)

    acts: tuple[tuple[str, dict[str, Any]], ...] = (("withdraw", {}), ("feedback", {"helped": True}))
    before = [await say(city, what, own, need_id=foreign["id"], **more) for what, more in acts]
    await taken(city)
    after = [await say(city, what, own, need_id=foreign["id"], **more) for what, more in acts]

    assert [each.status_code for each in (*before, *after)] == [404] * 4
    assert (await city.get(city.coordinator, f"/api/v1/needs/{foreign['id']}"))["state"] == "open"


async def test_the_asker_says_whether_it_helped_once_something_was_found(city: World) -> None:
    key = await asked(city, needs=[{"category": "language.class"}])
    await taken(city)
    need = (await city.get(city.coordinator, "/api/v1/needs"))["items"][0]
    early = await say(city, "feedback", key, need_id=need["id"], helped=True)
    await city.a_match(need)

    said = [(await say(city, "feedback", key, need_id=need["id"], helped=helped)).json()["needs"][0]["helped"] for helped in (True, False)]

    assert early.status_code == 409
    assert said == [True, False]


async def test_only_coordinators_read_take_decline_and_write(city: World) -> None:
    await asked(city)
    waiting = (await city.get(city.coordinator, "/api/v1/asks"))["items"][0]
    callers = (NOBODY, city.volunteer, city.member, city.observer, city.admin)
    one = f"/api/v1/asks/{waiting['id']}"

    reads = [(await city.bench.get(who, path)).status_code for who in callers for path in ("/api/v1/asks", one)]
    acts = [
        (await city.bench.post(who, f"{one}/{verb}", body)).status_code
        for who in callers
        for verb, body in (("take", {}), ("decline", {"why_not": "abuse"}), ("messages", {"sentence": "we_are_looking"}))
    ]

    assert reads == [401, 401] + [403, 403] * 4
    assert acts == [401] * 3 + [403] * 12


async def test_two_coordinators_cannot_take_the_same_ask(city: World) -> None:
    await asked(city)
    waiting = (await city.get(city.coordinator, "/api/v1/asks"))["items"][0]
    await city.make(city.coordinator, f"/api/v1/asks/{waiting['id']}/take", None, 200)

    second = await city.bench.post(city.stranger, f"/api/v1/asks/{waiting['id']}/take", None)
    read = await city.bench.get(city.stranger, f"/api/v1/asks/{waiting['id']}")

    assert (second.status_code, read.status_code) == (404, 404)


async def test_a_declined_ask_tells_why_and_keeps_nothing_of_the_household(city: World) -> None:
    key = await asked(city)
    waiting = (await city.get(city.coordinator, "/api/v1/asks"))["items"][0]

    declined = await city.make(city.coordinator, f"/api/v1/asks/{waiting['id']}/decline", {"why_not": "elsewhere"}, 200)
    seen = (await say(city, "follow", key)).json()

    assert declined["languages"] == [] and declined["location"] is None
    assert seen["state"] == "declined" and seen["why_not"] == "elsewhere" and {need["standing"] for need in seen["needs"]} == {"not_taken"}


async def test_a_coordinator_writes_in_fixed_sentences_and_no_contact_slips_into_the_text(city: World) -> None:
    key = await asked(city)
    case = await taken(city)
    path = f"/api/v1/asks/{case['id']}/messages"

    written = await city.bench.post(city.coordinator, path, {"sentence": "found_come", "text": "Ask for the desk upstairs."})
    contact = await city.bench.post(city.coordinator, path, {"sentence": "found_call", "text": "Call +33 4 76 12 34 56"})
    unknown = await city.bench.post(city.coordinator, path, {"sentence": "whatever"})
    stranger = await city.bench.post(city.stranger, path, {"sentence": "found_come"})
    seen = (await say(city, "follow", key)).json()

    assert [each.status_code for each in (written, contact, unknown, stranger)] == [201, 422, 422, 404]
    assert [message["text"] for message in seen["messages"]] == ["Ask for the desk upstairs."]
    assert seen["place"].startswith("Reception office")


async def test_everything_expires(open_world: OpenWorld, database_kind: str, clock: TestClock) -> None:
    async with open_world(database_kind, ask_without_name=True) as city:
        waits, was_taken = await asked(city), await asked(city, ELSEWHERE)
        first = (await city.get(city.coordinator, "/api/v1/asks"))["items"][1]
        await city.make(city.coordinator, f"/api/v1/asks/{first['id']}/take", None, 200)

        clock.forward(days=62)
        await city.bench.run_timer("keep retention")
        over = (await say(city, "follow", waits)).json()
        clock.forward(days=40)
        await city.bench.run_timer("keep retention")
        await city.bench.run_timer("keep retention")

        assert over["state"] == "expired" and {need["standing"] for need in over["needs"]} == {"over"}
        assert (await say(city, "follow", waits)).status_code == 404
        assert (await say(city, "follow", was_taken)).status_code == 404


async def test_coordinators_hear_of_an_ask_by_an_event_that_holds_nothing_of_it(city: World) -> None:
    await asked(city)
    await taken(city)

    events = [event for event in await city.bench.queued() if "Ask" in type(event).__name__]

    assert [type(event).__name__ for event in events] == ["AskReceivedV1", "AskSettledV1"]
    assert set(events[0].model_dump()) == {"ask_id", "version", "state"}


async def test_matched_like_any_other_need_once_it_is_taken(city: World) -> None:
    offer = await city.an_offer()
    await asked(city, needs=[{"category": "language.class", "max_travel_km": 8}])
    await city.settled()
    await taken(city)
    await city.settled()

    need = (await city.get(city.coordinator, "/api/v1/needs"))["items"][0]

    assert await city.proposed(need) == [offer["id"]]


def test_secret_words_are_many_invented_and_compared_by_their_letters_alone() -> None:
    words = new_secret()

    assert len(words.split()) == WORDS_IN_A_SECRET and len(set(WORDS)) ** WORDS_IN_A_SECRET > 2**72
    assert all(re.fullmatch("[a-z]{4}", word) for word in WORDS)
    assert secret_from(b"key", "a") == secret_from(b"key", "a") != secret_from(b"key", "b")
    from services.matching.model.secret_words import hash_secret

    stored = hash_secret("K7QX", words)
    assert is_secret("K7QX", words.upper().replace(" ", " - "), stored)
    assert not is_secret("K7QY", words, stored) and not is_secret("K7QX", words, None) and not is_secret("K7QX", "", None)


async def test_an_account_may_ask_without_a_name_too_and_leaves_no_trace_of_itself(city: World) -> None:
    volunteer = account("volunteer")

    response = await city.bench.post(volunteer, "/api/v1/asks", body_of(), headers=HERE)
    waiting = await city.get(city.coordinator, "/api/v1/asks")

    assert response.status_code == 201
    assert str(volunteer.id) not in str(waiting)
