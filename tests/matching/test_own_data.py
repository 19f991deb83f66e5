"""What matching keeps about the holder of an account: all of it for them, nothing of it for others, and of households no more than a code."""

import json
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.testing import account, anonymous, api_client
from tests.matching.bench import World

WORDS = "Is there a lift in the house?"
ANSWER = "Yes, behind the second door."


def path_of(who: Caller) -> str:
    return f"/internal/v1/accounts/{who.id}/data"


async def a_lived_world(world: World) -> dict[str, Any]:
    """An offer, a request with a question and its answer, accepted; answers the match."""
    match = await world.a_match()
    questions = f"/api/v1/matches/{match['id']}/questions"
    asked = await world.make(world.volunteer, questions, {"text": WORDS})
    await world.make(world.coordinator, f"{questions}/{asked['id']}/answer", {"text": ANSWER}, 200)
    return await world.do(world.volunteer, match, "matches", "accept")


async def test_a_provider_gets_offers_requests_and_questions_of_their_own(either_world: World) -> None:
    match = await a_lived_world(either_world)

    found = await either_world.get(either_world.volunteer, path_of(either_world.volunteer))

    kept = found["kept"]
    assert (found["service"], found["shortened"]) == ("matching", [])
    assert [(offer["category"], offer["yours"], offer["title"]) for offer in kept["offers"]] == [
        ("language.class", True, {"fr": "Cours de français"})
    ]
    assert [(row["id"], row["state"], row["answered_by_you"]) for row in kept["requests_and_matches"]] == [(match["id"], "accepted", True)]
    assert [row["text"] for row in kept["questions_asked"]] == [WORDS] and kept["account"][0]["role"] == "volunteer"
    assert {"match.accepted", "question.asked"} <= {line["action"] for line in found["trail"] if line["by_you"]}
    assert kept["cases_recorded"] == kept["questions_answered"] == []


async def test_a_coordinator_gets_codes_of_cases_and_nothing_of_the_household(world: World) -> None:
    case = await world.a_case(languages=["ps"], attributes=[], location={"lat": 45.1234, "lon": 5.4321})
    await a_lived_world(world)

    found = await world.get(world.coordinator, path_of(world.coordinator))

    kept = found["kept"]
    assert case["code"] in [row["code"] for row in kept["cases_recorded"]]
    assert all(set(row) == {"code", "state", "created_at"} for row in kept["cases_recorded"])
    assert [row["answer"] for row in kept["questions_answered"]] == [ANSWER] and len(kept["matches_confirmed"]) == 1
    text = json.dumps(found)
    assert not any(word in text for word in ("45.1234", '"ps"', WORDS, "age_bands", world.volunteer.id or ""))


async def test_nobody_gets_what_is_kept_about_another(world: World) -> None:
    await a_lived_world(world)
    path = path_of(world.volunteer)

    callers = (anonymous(), world.admin, world.coordinator, world.other_volunteer, api_client("read"), Caller(kind="service", id="gateway"))
    answers = [await world.bench.get(who, path) for who in callers]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert not any(WORDS in answer.text for answer in answers)


async def test_an_account_of_which_nothing_is_kept_gets_empty_lists(world: World) -> None:
    newcomer = account("volunteer")

    found = await world.get(newcomer, path_of(newcomer))

    assert set(map(len, found["kept"].values())) == {0} and found["trail"] == []


async def test_a_list_that_is_longer_than_an_answer_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.own_data.MOST", 2)
    for _each in range(3):
        await world.an_offer()

    found = await world.get(world.volunteer, path_of(world.volunteer))

    assert len(found["kept"]["offers"]) == 2 and found["shortened"] == ["offers", "trail"]
