"""Searches that an account keeps: by whom, how many, told what is new, gone with the account."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from chassis.identity import SYSTEM
from chassis.testing import Bench, TestClock, account, anonymous, api_client
from contracts.actors import SearchFoundV1
from contracts.people import PersonErasedV1
from services.actors.tables import SavedSearchRow
from tests.actors.test_search_api import fill

SEARCH = {"name": "French cities", "query": {"kind": "municipality", "country": "FR"}, "digest": "daily"}


async def test_a_search_is_kept_changed_and_removed_by_its_account_alone(either_bench: Bench) -> None:
    mine, other = account("volunteer"), account("volunteer")
    kept = (await either_bench.post(mine, "/api/v1/searches", SEARCH)).json()
    path = f"/api/v1/searches/{kept['id']}"

    strangers = [
        (await either_bench.get(other, "/api/v1/searches")).json()["items"],
        (await either_bench.patch(other, path, {"name": "Mine"}, version=1)).status_code,
        (await either_bench.call(other, "DELETE", path, headers={"If-Match": '"1"'})).status_code,
    ]
    changed = await either_bench.patch(mine, path, {"digest": "weekly"}, version=1)
    late = await either_bench.patch(mine, path, {"digest": "never"}, version=1)
    listed = (await either_bench.get(mine, "/api/v1/searches")).json()["items"]
    gone = await either_bench.call(mine, "DELETE", path, headers={"If-Match": '"2"'})

    assert strangers == [[], 404, 404]
    assert (changed.status_code, changed.json()["digest"], late.status_code) == (200, "weekly", 412)
    assert [(row["name"], row["query"]["country"], row["version"]) for row in listed] == [("French cities", "FR", 2)]
    assert gone.status_code == 204 and (await either_bench.get(mine, "/api/v1/searches")).json()["items"] == []


async def test_searches_are_kept_for_accounts(bench: Bench) -> None:
    assert (await bench.get(anonymous(), "/api/v1/searches")).status_code == 401
    assert (await bench.post(anonymous(), "/api/v1/searches", SEARCH)).status_code == 401
    assert (await bench.post(api_client("registry"), "/api/v1/searches", SEARCH)).status_code == 401
    bad = [{**SEARCH, "digest": "hourly"}, {**SEARCH, "query": {"kind": "person"}}, {**SEARCH, "query": {"sql": "x"}}, {**SEARCH, "name": ""}]
    assert [(await bench.post(account("member"), "/api/v1/searches", body)).status_code for body in bad] == [422] * 4
    assert (await bench.post(account("member"), "/api/v1/searches", {**SEARCH, "query": {"network": "no-such"}})).status_code == 404


async def test_an_account_keeps_fifty_searches_at_most(bench: Bench) -> None:
    mine = account("member")

    answers = [(await bench.post(mine, "/api/v1/searches", SEARCH)).status_code for _ in range(51)]

    assert answers == [201] * 50 + [409]


async def told(bench: Bench) -> list[tuple[UUID, int]]:
    return [(event.account_id, event.count) for event in await bench.queued() if isinstance(event, SearchFoundV1)]


async def test_who_keeps_a_search_is_told_what_is_new_once_and_only_when_there_is_something(either_bench: Bench, clock: TestClock) -> None:
    await fill(either_bench)
    mine = account("volunteer")
    await either_bench.post(mine, "/api/v1/searches", SEARCH)
    await either_bench.post(mine, "/api/v1/searches", {**SEARCH, "digest": "never"})
    assert mine.id is not None

    clock.forward(days=1, minutes=6)
    await either_bench.run_timer("tell what is new")
    assert await told(either_bench) == []
    body = {"kind": "municipality", "name": "Nantes", "country": "FR", "source": "x"}
    await either_bench.post(account("admin"), "/api/v1/actors", body)
    await either_bench.post(account("admin"), "/api/v1/actors", {**body, "name": "Gent", "country": "BE"})
    clock.forward(days=1, minutes=6)
    await either_bench.run_timer("tell what is new")
    await either_bench.run_timer("tell what is new")

    assert await told(either_bench) == [(UUID(mine.id), 1)]


async def test_an_erased_account_leaves_no_search(either_bench: Bench) -> None:
    mine = account("volunteer")
    await either_bench.post(mine, "/api/v1/searches", SEARCH)

    await either_bench.hear(PersonErasedV1(subject_kind="account", subject_id=UUID(str(mine.id))))

    async with either_bench.service.open_work(SYSTEM, reading=True) as work:
        assert (await work.session.execute(select(col(SavedSearchRow.id)))).all() == []
