"""Rounds through the door, reviewed: compared with today, edited, solved again from where they stood, watched, stopped, and by two replicas."""

import asyncio
from dataclasses import asdict
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import SYSTEM
from contracts.people import ConsentWithdrawnV1
from services.matching import timers
from services.matching.engine.assign import solve
from services.matching.engine.plan import Progress
from services.matching.use_cases import rounds
from tests.matching.bench import World
from tests.matching.conftest import OpenWorld
from tests.matching.test_service_rounds import pairs, solved


async def edited(world: World, plan: dict[str, Any], **body: Any) -> dict[str, Any]:
    """The round after an edit and another solving."""
    answer = await world.bench.patch(world.coordinator, f"/api/v1/rounds/{plan['id']}", body, version=plan["version"])
    assert answer.status_code == 200, answer.text
    await world.bench.run_timer("solve rounds")
    return await world.get(world.coordinator, f"/api/v1/rounds/{plan['id']}")


async def begun(world: World) -> dict[str, Any]:
    """A round that waits for its solver."""
    return await world.make(world.coordinator, "/api/v1/rounds", {"seconds": 3}, 202)


async def test_a_plan_is_compared_with_the_best_single_proposals_and_with_confirming_one_by_one(world: World) -> None:
    await world.an_offer(places=2)
    await world.an_offer(world.member, places=1)
    for _ in range(3):
        await world.a_need()
    await world.a_need(urgency="urgent")

    plan = await solved(world)

    compared = plan["compared"]
    assert [compared[way]["placed"] for way in ("plan", "proposals", "one_by_one")] == [3, 3, 3]
    assert compared["plan"]["value"] == plan["certificate"]["value"]
    assert compared["one_by_one"]["value"] == plan["greedy_value"]
    assert [(level["urgency"], level["placed"]) for level in compared["plan"]["levels"]] == [("urgent", 1), ("high", 0), ("normal", 2), ("low", 0)]
    # Who posted last gets nothing where each takes the best for itself, however urgent.
    assert compared["proposals"]["levels"][0]["placed"] == 0
    assert (compared["plan"]["providers"], compared["plan"]["most_asked"]) == (2, 2)
    assert compared["plan"]["mean_metres"] > 0 and compared["plan"]["mean_days_waited"] == 0
    assert plan["weights"] and plan["changed"] is None


async def test_an_edit_goes_on_from_the_plan_and_shows_what_it_changed(world: World) -> None:
    offer, other = await world.an_offer(places=1), await world.an_offer(world.member, places=1)
    first, second = await world.a_need(), await world.a_need()
    plan = await solved(world)
    at = dict(pairs(plan))
    elsewhere = {offer["id"]: other["id"], other["id"]: offer["id"]}

    pinned = await edited(world, plan, pinned=[{"need_id": first["id"], "offer_id": elsewhere[at[first["id"]]]}])
    without = await edited(world, pinned, excluded_needs=[second["id"]])
    neither = await edited(world, without, pinned=[], excluded_needs=[], excluded_offers=[offer["id"], other["id"]])

    moves = [(row["need_id"], row["from_offer_id"], row["to_offer_id"]) for row in pinned["changed"]["moved"]]
    assert moves == sorted((need, at[need], elsewhere[at[need]]) for need in at)
    assert (pinned["changed"]["added"], pinned["changed"]["removed"]) == ([], [])
    assert [row["need_id"] for row in without["changed"]["removed"]] == [second["id"]]
    assert [(row["code"], bool(row["why"])) for row in without["unplaced"]] == [("unplaced.left_out", True)]
    assert without["pinned"] == pinned["pinned"]
    assert (neither["seats"], {row["code"] for row in neither["unplaced"]}) == ([], {"unplaced.forbidden"})
    assert neither["excluded_offers"] == sorted([offer["id"], other["id"]])


async def test_an_edit_of_what_somebody_else_edited_is_refused(world: World) -> None:
    await world.an_offer()
    need = await world.a_need()
    plan = await solved(world)
    await edited(world, plan, seconds=2)

    late = await world.bench.patch(world.coordinator, f"/api/v1/rounds/{plan['id']}", {"excluded_needs": [need["id"]]}, version=plan["version"])

    assert late.status_code == 412


async def test_progress_shows_while_solving_and_a_coordinator_takes_the_best_so_far(either_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = either_world
    await world.an_offer()
    await world.a_need()
    made = await begun(world)
    path = f"/api/v1/rounds/{made['id']}"
    seen: list[dict[str, Any]] = []

    async def slowly(problem: Any, seconds: float, tell: Any, stop: asyncio.Event) -> Any:
        await tell(Progress(5, 10, 0.5, 1.0))
        seen.append(await world.get(world.coordinator, path))
        stopped = await world.bench.post(world.coordinator, f"{path}/stop")
        assert (stopped.status_code, stopped.json()["stopping"]) == (200, True)
        await tell(Progress(6, 10, 0.4, 2.5))
        seen.append(await world.get(world.coordinator, path))
        assert stop.is_set()
        return await solve(problem, seconds, tell=tell, stop=stop)

    with monkeypatch.context() as patch:
        patch.setattr(timers, "solve", slowly)
        await world.bench.run_timer("solve rounds")
    ready = await world.get(world.coordinator, path)

    assert seen[0]["progress"] == asdict(Progress(5, 10, 0.5, 1.0)) and not seen[0]["stopping"]
    assert (seen[1]["progress"]["value"], seen[1]["stopping"], seen[1]["version"]) == (6, True, made["version"])
    assert (ready["state"], ready["progress"], ready["stopping"], len(ready["seats"])) == ("ready", None, False, 1)
    assert (await world.bench.post(world.coordinator, f"{path}/stop")).status_code == 409


async def test_only_who_may_see_a_round_stops_it(world: World) -> None:
    made = await begun(world)
    path = f"/api/v1/rounds/{made['id']}/stop"

    answers = [(await world.bench.post(who, path)).status_code for who in (world.stranger, world.volunteer, world.observer)]

    assert answers == [404, 403, 403]


async def test_of_two_replicas_that_solved_one_round_the_second_changes_nothing(open_world: OpenWorld, database_kind: str) -> None:
    async with open_world(database_kind) as world, open_world(database_kind, url=world.url) as other:
        await world.an_offer()
        await world.a_need()
        made = await begun(world)
        await world.bench.run_timer("solve rounds")
        once = await world.get(world.coordinator, f"/api/v1/rounds/{made['id']}")
        async with other.bench.service.open_work(SYSTEM) as work:
            going_on = not await rounds.note_progress(work, UUID(made["id"]), made["version"], Progress(1, 1, 0.0, 1.0))
            await rounds.finish_round(work, UUID(made["id"]), made["version"], None)

        twice = await world.get(world.coordinator, f"/api/v1/rounds/{made['id']}")

        assert (once["state"], twice, going_on) == ("ready", once, False)
        assert (await world.bench.audit_actions()).count("round.solved") == 1


async def test_each_thing_that_became_impossible_is_reported_with_its_reason(world: World) -> None:
    taken, paused, open_one = await world.an_offer(places=1), await world.an_offer(world.member, places=1), await world.an_offer(places=3)
    needs = [await world.a_need() for _ in range(4)]
    plan = await solved(world)
    at = dict(pairs(plan))
    by_offer = {offer: need for need, offer in at.items() if offer != open_one["id"]}
    at_open = [need for need, offer in at.items() if offer == open_one["id"]]
    withdrawn, without_consent = at_open[:2]
    await world.a_match(await world.a_need(), taken)
    await world.do(world.member, paused, "offers", "pause")
    await world.do(world.coordinator, {"id": withdrawn}, "needs", "withdraw")
    case_id = next(need["case_id"] for need in needs if need["id"] == without_consent)
    await world.bench.hear(ConsentWithdrawnV1(subject_kind="case", subject_id=case_id, version=2, match=False, share_contact=False))

    applied = await world.do(world.coordinator, plan, "rounds", "apply")

    reasons = {row["need_id"]: row["reason"] for row in applied["not_applied"]}
    assert reasons == {
        by_offer[taken["id"]]: "offer_full",
        by_offer[paused["id"]]: "offer_not_open",
        withdrawn: "need_not_open",
        without_consent: "not_eligible",
    }
    assert applied["matches"] == []
