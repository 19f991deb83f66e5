"""Presets of weights through the door: named once, chosen by an administrator, and followed by every index and every open need."""

from typing import Any
from uuid import UUID

import pytest

from chassis.identity import SYSTEM
from chassis.language import translate
from chassis.testing import anonymous, api_client
from services.matching.engine.types import PartName
from services.matching.engine.weights import BUILT_IN, PART_SENTENCES, PRESET_SENTENCES
from tests.matching.bench import CLUB, World

PARTS = dict.fromkeys([part.value for part in PartName], 10)
WEIGHTS = "/api/v1/weights"


def preset(version: str = "all-alike-1", **parts: Any) -> dict[str, Any]:
    return {"version": version, "parts": {**PARTS, **parts}, "note": "Every part counts the same."}


async def proposals_of(world: World, need: dict[str, Any]) -> list[dict[str, Any]]:
    return list((await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals"))["items"])


async def test_everybody_reads_which_weights_are_used_in_plain_words(world: World) -> None:
    found = await world.get(anonymous(), WEIGHTS)

    one = await world.get(anonymous(), f"{WEIGHTS}/default-1")

    assert (found["in_use"], found["total"]) == ("default-1", len(BUILT_IN))
    assert one in found["items"] and one["in_use"] and one["built_in"]
    assert (one["explained"][0]["name"], one["explained"][0]["weight"]) == ("distance", 20)
    assert sum(one["parts"].values()) == 100 and one["text"]


async def test_the_worked_example_is_the_real_definition_with_the_weights_of_the_preset(world: World) -> None:
    balanced, near = [await world.get(anonymous(), f"{WEIGHTS}/{name}/example") for name in ("default-1", "near-first-1")]

    points = {part["name"]: part["points"] for part in balanced["parts"]}
    assert points["distance"] == 700 and points["times"] == 500 and points["size_fit"] == 250 and points["answering"] == 750
    assert balanced["score"] == sum(part["points"] * part["weight"] for part in balanced["parts"]) != near["score"]
    assert all(part["reason"]["text"] for part in near["parts"]) and near["weights"] == "near-first-1"


@pytest.mark.parametrize("locale", ["fr", "de", "es", "it", "uk", "ar"])
def test_every_sentence_about_weights_is_translated(locale: str) -> None:
    sentences = [*PRESET_SENTENCES.values(), *PART_SENTENCES.values()]

    untranslated = [sentence for sentence in sentences if translate(sentence, locale) == sentence]

    assert untranslated == []
    assert set(PRESET_SENTENCES) == set(BUILT_IN) and set(PART_SENTENCES) == set(PartName)


async def test_new_weights_are_kept_but_not_used_before_they_are_chosen(world: World) -> None:
    made = await world.make(world.admin, WEIGHTS, preset())

    found = await world.get(world.observer, WEIGHTS)

    assert (made["version"], made["in_use"], made["built_in"], made["parts"]) == ("all-alike-1", False, False, PARTS)
    assert found["in_use"] == "default-1" and made in found["items"]
    assert "weights.made" in await world.bench.audit_actions()


@pytest.mark.parametrize("name", ["all-alike-1", "default-1", "near-first-1"])
async def test_a_name_is_given_once_for_ever(world: World, name: str) -> None:
    await world.make(world.admin, WEIGHTS, preset())

    answer = await world.bench.post(world.admin, WEIGHTS, preset(name, distance=0, waiting=20))

    assert (answer.status_code, answer.json()["code"]) == (409, "weights_name_taken")
    assert (await world.get(world.admin, f"{WEIGHTS}/all-alike-1"))["parts"] == PARTS


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (preset(distance=11), "/parts", "do_not_add_up"),
        (preset(distance=-10, waiting=30), "/parts/distance", "greater_than_equal"),
        (preset(distance=9.5), "/parts/distance", "int_from_float"),
        (preset(religion=0), "/parts/religion", "extra_forbidden"),
        ({"version": "short-1", "parts": {"distance": 100}}, "/parts/waiting", "missing"),
        (preset("Not A Slug"), "/version", "string_pattern_mismatch"),
        (preset("x" * 61), "/version", "string_too_long"),
        (preset() | {"note": "Call 06 12 34 56 78"}, "/note", "contains_phone_number"),
    ],
)
async def test_weights_that_break_a_rule_are_refused_by_field(world: World, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = await world.bench.post(world.admin, WEIGHTS, body)

    assert answer.status_code == 422
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize("who", ["anonymous", "volunteer", "member", "coordinator", "observer", "client"])
async def test_only_an_administrator_names_or_chooses_weights(world: World, who: str) -> None:
    outside = {"anonymous": anonymous(), "client": api_client("matches", actor=CLUB)}
    caller = outside.get(who) or getattr(world, who)

    answers = [await world.bench.post(caller, WEIGHTS, preset()), await world.bench.post(caller, f"{WEIGHTS}/near-first-1/use")]

    assert {answer.status_code for answer in answers} == {401 if who == "anonymous" else 403}
    assert (await world.get(world.admin, WEIGHTS))["in_use"] == "default-1"


async def test_unknown_weights_are_not_found(world: World) -> None:
    answers = [await world.bench.get(world.admin, f"{WEIGHTS}/no-such-1"), await world.bench.post(world.admin, f"{WEIGHTS}/no-such-1/use")]

    codes = [(answer.status_code, answer.json()["code"]) for answer in answers]

    assert codes == [(404, "weights_not_found")] * 2


async def test_chosen_weights_are_what_every_open_need_is_ranked_by_next(either_world: World) -> None:
    world = either_world
    near = await world.an_offer(location={"lat": 45.18, "lon": 5.73, "radius_km": 8}, languages=["fr", "ar"], places=10)
    fits = await world.an_offer(location={"lat": 45.21, "lon": 5.73, "radius_km": 8}, places=1)
    need = await world.a_need()
    await world.settled()
    before = await world.proposed(need)

    await world.make(world.admin, f"{WEIGHTS}/near-first-1/use", None, 200)
    await world.bench.run_timer("propose")

    assert before == [fits["id"], near["id"]]
    assert await world.proposed(need) == [near["id"], fits["id"]]
    assert {proposal["weights"] for proposal in await proposals_of(world, need)} == {"near-first-1"}
    assert (await world.get(world.admin, WEIGHTS))["in_use"] == "near-first-1"
    assert "weights.used" in await world.bench.audit_actions()


async def test_a_need_that_is_ranked_alike_still_records_the_weights_but_is_not_told_again(world: World) -> None:
    await world.an_offer(places=1)
    need = await world.a_need(max_travel_km=5)
    await world.settled()
    told = len([event for event in await world.bench.queued() if event.type_name.endswith("proposals_ready.v1")])
    same = dict((await world.get(world.admin, f"{WEIGHTS}/default-1"))["parts"])
    await world.make(world.admin, WEIGHTS, {"version": "default-again-1", "parts": same})

    await world.make(world.admin, f"{WEIGHTS}/default-again-1/use", None, 200)
    await world.bench.run_timer("propose")

    assert {proposal["weights"] for proposal in await proposals_of(world, need)} == {"default-again-1"}
    assert len([event for event in await world.bench.queued() if event.type_name.endswith("proposals_ready.v1")]) == told


async def test_every_replica_follows_the_choice(open_world: Any, database_kind: str) -> None:
    async with open_world(database_kind) as first, open_world(database_kind, url=first.url) as second:
        keeper = second.bench.service.resources.keeper
        async with second.bench.service.open_work(SYSTEM, reading=True) as work:
            await keeper.refresh(work)
        before = keeper.weights.version

        await first.make(first.admin, f"{WEIGHTS}/continuity-1/use", None, 200)

        match = await second.a_match()
        async with second.bench.service.open_work(SYSTEM, reading=True) as work:
            index = await keeper.refresh(work)
            kept = (await work.matches.seen(UUID(match["id"]), SYSTEM))[1].weights
        assert before == "default-1"
        assert (keeper.weights.version, index.weights.version, kept) == ("continuity-1",) * 3


async def test_choosing_again_what_is_in_use_changes_nothing_and_the_default_can_be_chosen_back(world: World) -> None:
    await world.make(world.admin, f"{WEIGHTS}/fair-load-1/use", None, 200)
    first = await world.get(world.admin, f"{WEIGHTS}/fair-load-1")

    again = await world.make(world.admin, f"{WEIGHTS}/fair-load-1/use", None, 200)
    await world.make(world.admin, f"{WEIGHTS}/default-1/use", None, 200)

    assert again == first and first["in_use"]
    assert [action for action in await world.bench.audit_actions() if action == "weights.used"] == ["weights.used"] * 2
    assert [each["version"] for each in (await world.get(world.admin, WEIGHTS))["items"] if each["in_use"]] == ["default-1"]
