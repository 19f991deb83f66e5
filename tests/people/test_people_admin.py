"""What administrators do with others' accounts, and in how many questions to the database."""

import pytest
from sqlalchemy import event as events

from chassis.testing import anonymous
from tests.people.conftest import PASSWORD, Town

ACTIONS = ("sessions/end", "second-factor/reset")


async def test_an_account_is_found_by_its_address_or_a_part_of_its_name(both: Town) -> None:
    admin = await both.person("admin")
    ana = await both.person("volunteer", email="ana@town.example", name="Ana Petrović")
    await both.person("volunteer", name="Somebody else")

    by_name = (await both.bench.post(admin, "/api/v1/accounts/search", {"words": "PETROV"})).json()
    by_address = (await both.bench.post(admin, "/api/v1/accounts/search", {"words": "Ana@town.example"})).json()
    nobody = (await both.bench.post(admin, "/api/v1/accounts/search", {"words": "nobody@town.example"})).json()

    assert [row["id"] for row in by_name["items"]] == [row["id"] for row in by_address["items"]] == [ana.id]
    assert nobody == {"items": [], "total": 0}


async def test_the_list_takes_the_same_questions_however_long_it_is(town: Town) -> None:
    admin = await town.person("admin")
    asked: list[str] = []
    engine = town.service.database.engine.sync_engine
    events.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    await town.bench.get(admin, "/api/v1/accounts")
    few = len(asked)
    for _ in range(8):
        await town.person("volunteer")
    asked.clear()

    await town.bench.get(admin, "/api/v1/accounts")

    assert len(asked) == few


async def test_the_day_of_the_last_sign_in_is_kept_and_only_administrators_see_it(town: Town) -> None:
    admin, coordinator = await town.person("admin"), await town.person("coordinator")
    ana = await town.person("volunteer", email="ana@town.example", password=PASSWORD)
    await town.sign_in("ana@town.example")

    seen = (await town.bench.get(admin, f"/api/v1/accounts/{ana.id}")).json()
    less = (await town.bench.get(coordinator, f"/api/v1/accounts/{ana.id}")).json()

    assert seen["last_seen_on"] == "2026-11-21" and seen["version"] == 2 and less["last_seen_on"] is None
    assert (await town.bench.get(admin, "/api/v1/accounts?state=disabled")).json()["total"] == 0


async def test_sessions_of_another_are_ended_at_once(town: Town) -> None:
    admin = await town.person("admin")
    ana = await town.person("volunteer", email="ana@town.example", password=PASSWORD)
    token = (await town.sign_in("ana@town.example")).json()["access_token"]

    answer = await town.bench.post(admin, f"/api/v1/accounts/{ana.id}/sessions/end")

    assert answer.json() == {"ended": 1} and (await town.introspect(token))["active"] is False
    assert "sessions.ended" in await town.bench.audit_actions()


async def test_a_lost_second_factor_is_taken_away(town: Town) -> None:
    admin = await town.person("admin")
    ana = await town.person("coordinator", email="ana@town.example", password=PASSWORD)

    answer = await town.bench.post(admin, f"/api/v1/accounts/{ana.id}/second-factor/reset")

    assert answer.status_code == 200 and answer.json()["second_factor"] is False
    assert (await town.sign_in("ana@town.example")).status_code == 201
    assert "second_factor.reset" in await town.bench.audit_actions()


@pytest.mark.parametrize("role", ["volunteer", "member", "coordinator", "observer"])
async def test_nobody_else_may(town: Town, role: str) -> None:
    other, ana = await town.person(role), await town.person("volunteer")

    refused = [(await town.bench.post(other, f"/api/v1/accounts/{ana.id}/{act}")).status_code for act in ACTIONS]
    searched = await town.bench.post(other, "/api/v1/accounts/search", {"words": "ana"})
    unknown = await town.bench.post(anonymous(), f"/api/v1/accounts/{ana.id}/sessions/end")

    assert refused == [403, 403] and searched.status_code == 403 and unknown.status_code == 401
