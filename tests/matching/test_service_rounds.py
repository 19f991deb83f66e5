"""Rounds through the door: pins, needs that belong together, what became impossible, and a solver that stops."""

from typing import Any

import pytest

from services.matching import timers
from services.matching.engine.assign import RoundNotSolved
from tests.matching.bench import World


async def solved(world: World, **body: Any) -> dict[str, Any]:
    made = await world.make(world.coordinator, "/api/v1/rounds", {"seconds": 3, **body}, 202)
    await world.bench.run_timer("solve rounds")
    return await world.get(world.coordinator, f"/api/v1/rounds/{made['id']}")


def pairs(plan: dict[str, Any]) -> list[tuple[str, str]]:
    return [(seat["need_id"], seat["offer_id"]) for seat in plan["seats"]]


async def test_a_plan_shows_each_pairs_score_and_parts_and_its_certificate(world: World) -> None:
    offer, need = await world.an_offer(), await world.a_need()

    plan = await solved(world)

    (seat,) = plan["seats"]
    assert (seat["need_id"], seat["offer_id"], seat["eligible"], len(seat["parts"])) == (need["id"], offer["id"], True, 10)
    assert seat["score"] == sum(part["points"] * part["weight"] for part in seat["parts"])
    assert all(part["reason"]["text"] for part in seat["parts"])
    assert {"value", "bound", "gap", "seconds", "proven", "levels"} <= plan["certificate"].keys()
    assert plan["greedy_value"] == plan["certificate"]["value"]


async def test_a_ban_is_solved_again_without_the_pair(world: World) -> None:
    offer, other, need = await world.an_offer(), await world.an_offer(world.member), await world.a_need()
    plan = await solved(world)
    best = plan["seats"][0]["offer_id"]

    edited = await world.bench.patch(
        world.coordinator, f"/api/v1/rounds/{plan['id']}", {"forbidden": [{"need_id": need["id"], "offer_id": best}]}, version=plan["version"]
    )
    await world.bench.run_timer("solve rounds")
    again = await world.get(world.coordinator, f"/api/v1/rounds/{plan['id']}")

    assert (edited.status_code, edited.json()["state"]) == (200, "solving")
    assert pairs(again) == [(need["id"], ({offer["id"], other["id"]} - {best}).pop())]


async def test_needs_that_belong_together_are_applied_all_or_not_at_all(world: World) -> None:
    first_offer = await world.an_offer(places=1)
    second_offer = await world.an_offer(world.member, places=1, category="legal.asylum", unit="hour", topics=[])
    case = await world.a_case()
    first = await world.a_need(case)
    second = await world.a_need(case, category="legal.asylum", topics=[], links=[{"kind": "together", "need_id": first["id"]}])
    plan = await solved(world)
    await world.do(world.member, second_offer, "offers", "close")

    applied = await world.do(world.coordinator, plan, "rounds", "apply")

    assert sorted(pairs(plan)) == sorted([(first["id"], first_offer["id"]), (second["id"], second_offer["id"])])
    assert applied["matches"] == []
    assert {each["need_id"]: each["reason"] for each in applied["not_applied"]} == {first["id"]: "together", second["id"]: "offer_not_open"}
    assert (await world.get(world.coordinator, f"/api/v1/needs/{first['id']}"))["state"] == "open"
    assert (await world.get(world.volunteer, f"/api/v1/offers/{first_offer['id']}"))["places_left"] == 1


async def test_what_was_taken_meanwhile_is_reported_and_the_rest_is_applied(either_world: World) -> None:
    world = either_world
    offer = await world.an_offer(places=2)
    taken, free = await world.a_need(), await world.a_need()
    plan = await solved(world)
    await world.a_match(taken, offer)

    applied = await world.do(world.coordinator, plan, "rounds", "apply")
    twice = await world.bench.post(world.coordinator, f"/api/v1/rounds/{plan['id']}/apply")

    assert [(each["need_id"], each["reason"]) for each in applied["not_applied"]] == [(taken["id"], "need_not_open")]
    assert len(applied["matches"]) == 1 and twice.status_code == 409
    assert (await world.get(world.coordinator, f"/api/v1/needs/{free['id']}"))["state"] == "matched"


async def test_a_round_plans_only_what_its_beginner_may_see(world: World) -> None:
    await world.an_offer(places=5)
    mine = await world.a_need()
    theirs = await world.a_case(world.stranger)
    await world.make(world.stranger, "/api/v1/needs", world.need_body(theirs["id"]))

    plan = await solved(world)

    assert [each[0] for each in pairs(plan)] == [mine["id"]] and plan["unplaced"] == []
    assert (await world.bench.get(world.stranger, f"/api/v1/rounds/{plan['id']}")).status_code == 404
    assert (await world.get(world.admin, f"/api/v1/rounds/{plan['id']}"))["id"] == plan["id"]


async def test_a_filter_narrows_a_round(world: World) -> None:
    await world.an_offer(places=5)
    urgent, usual = await world.a_need(urgency="urgent"), await world.a_need()

    by_urgency = await solved(world, needs={"urgencies": ["urgent"]})
    by_id = await solved(world, needs={"ids": [usual["id"]]})
    by_category = await solved(world, needs={"categories": ["legal"]})

    assert ([each[0] for each in pairs(by_urgency)], [each[0] for each in pairs(by_id)]) == ([urgent["id"]], [usual["id"]])
    assert (by_category["state"], by_category["failure"]) == ("failed", "nothing_to_plan")


async def test_a_solver_that_stops_leaves_a_round_that_can_be_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.an_offer()
    await world.a_need()

    async def stops(*_: Any, **__: Any) -> None:
        raise RoundNotSolved("The solver stopped.")

    with monkeypatch.context() as patch:
        patch.setattr(timers, "solve", stops)
        failed = await solved(world)
    refused = await world.bench.post(world.coordinator, f"/api/v1/rounds/{failed['id']}/apply")
    await world.bench.patch(world.coordinator, f"/api/v1/rounds/{failed['id']}", {"seconds": 2}, version=failed["version"])
    await world.bench.run_timer("solve rounds")

    assert (failed["state"], failed["failure"], refused.status_code) == ("failed", "solver_stopped", 409)
    assert (await world.get(world.coordinator, f"/api/v1/rounds/{failed['id']}"))["state"] == "ready"


async def test_a_round_that_was_interrupted_is_solved_by_the_next_start(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.an_offer()
    await world.a_need()

    async def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(timers, "solve", dies)
        await solved(world)
    (waiting,) = (await world.get(world.coordinator, "/api/v1/rounds"))["items"]
    await world.bench.run_timer("solve rounds")

    assert waiting["state"] == "solving"
    assert (await world.get(world.coordinator, f"/api/v1/rounds/{waiting['id']}"))["state"] == "ready"


async def test_seconds_and_pins_have_bounds(world: World) -> None:
    need = await world.a_need()
    pin = {"need_id": need["id"], "offer_id": need["id"]}

    long = await world.bench.post(world.coordinator, "/api/v1/rounds", {"seconds": 61})
    both = await world.bench.post(world.coordinator, "/api/v1/rounds", {"pinned": [pin], "forbidden": [pin]})

    assert (long.status_code, both.status_code) == (422, 422)
    assert both.json()["errors"][0]["pointer"] == "/forbidden"
