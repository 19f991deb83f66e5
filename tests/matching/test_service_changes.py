"""The smallest change for a need over HTTP: in the reader's language, only for those who may see its proposals."""

import pytest

from chassis.testing import account, anonymous, api_client
from tests.matching.bench import CITY, World


async def test_a_need_without_proposals_is_told_what_would_give_it_one(world: World):
    offer = await world.an_offer(languages=["fr"])
    need = await world.a_need()
    await world.settled()

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")

    assert found["items"] == []
    change = found["smallest_changes"][0]
    assert change["steps"][0]["code"] == "change.interpreter"
    assert change["text"] == "Add an interpreter for Arabic. Offers that would then fit: 1."
    assert (change["offer_id"], change["offers"]) == (offer["id"], 1)


async def test_a_need_with_proposals_has_no_changes_beside_them(world: World):
    await world.an_offer()
    need = await world.a_need()
    await world.settled()

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")

    assert (len(found["items"]), found["smallest_changes"]) == (1, [])


async def test_changes_are_told_in_the_readers_language_and_say_how_much_was_looked_at(world: World):
    await world.an_offer(windows=[{"day": 3, "from": "18:00", "to": "20:00"}])
    paused = await world.an_offer()
    await world.do(world.volunteer, paused, "offers", "pause")
    need = await world.a_need()

    found = await world.get(account("coordinator", actor=CITY, locale="fr"), f"/api/v1/needs/{need['id']}/changes")

    assert (found["looked_at"], found["exact"], found["total"]) == (2, True, len(found["items"]))
    assert {item["steps"][0]["code"] for item in found["items"]} == {"change.open", "change.weekday"}
    weekday = next(item for item in found["items"] if item["steps"][0]["params"].get("day") == 3)
    assert "jeudi" in weekday["text"] and "{" not in weekday["text"]


async def test_a_category_without_offers_says_so(either_world: World):
    need = await either_world.a_need(category="language.conversation")

    found = await either_world.get(either_world.coordinator, f"/api/v1/needs/{need['id']}/changes")

    assert [item["text"] for item in found["items"]] == ["No offer of Conversation practice is known. Find one."]
    assert found["items"][0]["offer_id"] is None


async def test_a_need_that_is_not_open_asks_for_nothing(world: World):
    need = await world.a_need()
    await world.do(world.coordinator, need, "needs", "withdraw")

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/changes")

    assert found["items"] == []


@pytest.mark.parametrize(("who", "status"), [("volunteer", 403), ("member", 403), ("observer", 403), ("stranger", 404), ("admin", 200)])
async def test_changes_are_for_those_who_may_see_proposals(world: World, who, status):
    need = await world.a_need()

    response = await world.bench.get(getattr(world, who), f"/api/v1/needs/{need['id']}/changes")

    assert response.status_code == status


async def test_changes_need_a_sign_in_or_the_scope_and_an_id(world: World):
    need = await world.a_need()
    path = f"/api/v1/needs/{need['id']}/changes"

    answers = [
        await world.bench.get(anonymous(), path),
        await world.bench.get(api_client("offers", actor=CITY), path),
        await world.bench.get(api_client("matches", actor=CITY), path),
        await world.bench.get(world.coordinator, "/api/v1/needs/nonsense/changes"),
    ]

    assert [answer.status_code for answer in answers] == [401, 403, 200, 422]
