"""Which kinds of help a city offers, and what it chose for its hub, as matching obeys it."""

from typing import Any

import pytest

from chassis.identity import Caller
from chassis.ids import new_id
from chassis.testing import account, anonymous
from contracts.people import InstanceChangedV1
from tests.matching.bench import World

ADMIN = account("admin")


async def rows_of(world: World) -> dict[str, Any]:
    """The kinds of help by their codes."""
    return {row["code"]: row for row in (await world.bench.get(anonymous(), "/api/v1/categories")).json()}


async def change(world: World, code: str, version: int = 0, who: Caller = ADMIN, **body: Any) -> Any:
    """Choose something for one kind of help."""
    return await world.bench.patch(who, f"/api/v1/categories/{code}", body, version=version)


async def test_a_kind_of_help_has_the_citys_name_place_and_picture(world: World) -> None:
    answer = await change(world, "legal", names={"fr": "Aide juridique"}, place=1, icon="health")

    rows = await rows_of(world)
    assert answer.status_code == 200 and answer.json()["version"] == 1
    assert next(iter(rows)) == "legal" and rows["legal"]["names"]["fr"] == "Aide juridique" and rows["legal"]["icon"] == "health"
    assert "category.changed" in await world.bench.audit_actions()


async def test_what_is_switched_off_cannot_be_chosen_for_anything_new(world: World) -> None:
    volunteer = world.volunteer
    before = await world.bench.post(volunteer, "/api/v1/offers", world.offer_body())

    await change(world, "language", offered=False)

    refused = await world.bench.post(volunteer, "/api/v1/offers", world.offer_body())
    rows = await rows_of(world)
    assert before.status_code == 201
    assert refused.status_code == 422 and refused.json()["errors"][0]["pointer"] == "/category"
    assert rows["language.class"]["offered"] is False and rows["language.class"]["switched_off"] is False
    paused = await world.bench.post(volunteer, f"/api/v1/offers/{before.json()['id']}/close")
    assert paused.status_code == 200


@pytest.mark.parametrize(
    ("code", "body", "status"),
    [
        ("legal", {"icon": "zeppelin"}, 422),
        ("legal", {"place": 0}, 422),
        ("legal", {"names": {"xx": "?"}}, 422),
        ("legal", {"names": {"fr": ""}}, 422),
        ("zeppelins", {"offered": False}, 404),
        ("Legal", {"offered": False}, 422),
    ],
)
async def test_what_cannot_be_is_refused(world: World, code: str, body: dict[str, Any], status: int) -> None:
    answer = await change(world, code, **body)

    assert answer.status_code == status
    assert (await rows_of(world))["legal"]["version"] == 0


@pytest.mark.parametrize("role", ["volunteer", "member", "coordinator", "observer"])
async def test_only_administrators_choose(world: World, role: str) -> None:
    refused = await change(world, "legal", who=account(role), offered=False)
    first, second = await change(world, "legal", place=2), await change(world, "legal", place=3)

    assert refused.status_code == 403
    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize(
    ("chosen", "again", "states"),
    [
        ({}, {}, ["awaiting_moderation", "awaiting_moderation"]),
        ({"moderation": "none"}, {}, ["open", "open"]),
        ({"moderation": "new"}, {"moderation": "none"}, ["awaiting_moderation", "open"]),
        ({"moderation": "none", "held_words": ["class"]}, {}, ["awaiting_moderation", "awaiting_moderation"]),
    ],
)
async def test_whose_offers_wait_is_what_the_city_chose(world: World, chosen: Any, again: Any, states: list[str]) -> None:
    volunteer = world.volunteer
    await world.bench.hear(InstanceChangedV1(version=1, **chosen))
    first = (await world.bench.post(volunteer, "/api/v1/offers", world.offer_body(title={"en": "A class"}))).json()["state"]

    await world.bench.hear(InstanceChangedV1(version=2, **{**chosen, **again}))

    second = (await world.bench.post(volunteer, "/api/v1/offers", world.offer_body(title={"en": "A class"}))).json()["state"]
    assert [first, second] == states


async def test_older_news_of_the_settings_does_not_bring_them_back(world: World) -> None:
    await world.bench.hear(InstanceChangedV1(version=3, ask_without_name=True, ask_days=20))
    await world.bench.hear(InstanceChangedV1(version=2, ask_without_name=False), event_id=new_id())

    terms = (await world.bench.get(anonymous(), "/api/v1/asks/terms")).json()

    assert terms["allowed"] is True and terms["days"] == 20
