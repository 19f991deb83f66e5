"""The history of a record replays to the record, from its first line on, also where a record is older than the history."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.migrate import upgrade
from chassis.tables import UTCDateTime
from chassis.testing import Bench, Databases, TestClock, bench_for, settings_for_tests
from services.actors.app import build
from services.actors.model.provenance import Act, EnteredBy, Entry, RecordKind
from services.actors.model.records import Practice, actor_id_of, changed, practice_id_of
from services.actors.model.states import replay, state_of
from services.actors.model.vocabulary import Practice as Tag
from services.actors.settings import Settings
from services.actors.use_cases import recording
from tests.actors.test_provenance_history import NOW, city


async def test_what_was_recorded_before_there_was_a_history_gets_its_first_line(databases: Databases, database_kind: str) -> None:
    url = await databases.empty(database_kind)
    await upgrade(url, "actors", "0001")
    ids = {name: new_id() for name in ("net", "ngo", "membership", "initiative")}
    await _fill_as_before(url, ids)

    await upgrade(url, "actors")

    async with bench_for(lambda: build(Settings(**settings_for_tests(url)))) as bench, bench.service.open_work(SYSTEM) as work:
        for kind, key in ((RecordKind.ACTOR, "net"), (RecordKind.MEMBERSHIP, "membership"), (RecordKind.INITIATIVE, "initiative")):
            stored = await recording.store_of(work, kind).get(ids[key])
            lines = await work.history.of(kind, ids[key])
            assert [(line.version, line.act) for line in lines] == [(3, Act.ENTERED)]
            assert replay(lines) == stored
            assert await work.quality.score_old(kind, NOW.date(), 10) > 0


async def _fill_as_before(url: str, ids: dict[str, UUID]) -> None:
    """Rows as version 0001 wrote them."""
    engine = create_async_engine(url)
    uuid, moment = sa.Uuid(), UTCDateTime()

    def common() -> list[Any]:
        return [sa.column("id", uuid), *map(sa.column, ("version", "source")), sa.column("created_at", moment), sa.column("updated_at", moment)]

    rest: dict[str, list[Any]] = {
        "actor": [sa.column(name) for name in ("slug", "kind", "name", "archived", "folded")],
        "membership": [sa.column("network_id", uuid), sa.column("member_id", uuid), sa.column("role"), sa.column("since")],
        "initiative": [sa.column("actor_id", uuid), sa.column("partners"), *map(sa.column, ("slug", "title", "themes", "folded"))],
    }
    base = {"version": 3, "source": "x", "created_at": NOW, "updated_at": NOW}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("actor", {"id": ids[key], "slug": key, "kind": kind, "name": key, "archived": False, "folded": key})
        for key, kind in (("net", "network"), ("ngo", "civil_society"))
    ]
    rows.append(("membership", {"id": ids["membership"], "network_id": ids["net"], "member_id": ids["ngo"], "role": "member", "since": 2018}))
    initiative = {"id": ids["initiative"], "actor_id": ids["net"], "partners": f";{ids['ngo']};", "slug": "rooms", "title": "Rooms"}
    rows.append(("initiative", {**initiative, "themes": ";housing;food;", "folded": "rooms"}))
    async with engine.begin() as connection:
        for table, values in rows:
            await connection.execute(
                sa.insert(sa.table(table, *common(), *(sa.column(one.name, one.type) for one in rest[table]))).values(**base, **values)
            )
    await engine.dispose()


STEPS = st.lists(
    st.tuples(st.sampled_from(["enter", "alter", "alter_many", "take_out"]), st.integers(0, 2), st.integers(1800, 2100), st.text("aé ", max_size=3)),
    max_size=14,
)


@pytest.fixture
async def one_bench(databases: Databases, database_kind: str, clock: TestClock) -> Any:
    """One registry for all the examples of a property."""
    url = await databases.fresh(database_kind, "actors")
    async with bench_for(lambda: build(Settings(**settings_for_tests(url)), clock)) as bench:
        yield bench


async def test_any_sequence_of_acts_replays_to_what_is_stored(one_bench: Bench) -> None:
    """Run by hypothesis inside one event loop: each example has an actor of its own."""
    loop = asyncio.get_running_loop()

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def check(steps: list[tuple[str, int, int, str]]) -> None:
        asyncio.run_coroutine_threadsafe(_acts_replay(one_bench, steps), loop).result()

    with ThreadPoolExecutor(1) as pool:
        await loop.run_in_executor(pool, check)


async def _acts_replay(bench: Bench, steps: list[tuple[str, int, int, str]]) -> None:
    async with bench.service.open_work(SYSTEM) as work:
        owner = await recording.enter(work, city(f"c-{new_id().hex}"))
    tags = list(Tag)[:3]
    acts = dict.fromkeys(tags, 0)
    for step, which, year, note in steps:
        tag = tags[which]
        record_id = practice_id_of(owner.id, tag)
        async with bench.service.open_work(SYSTEM) as work:
            stored: Practice | None = (await work.practices.known([record_id])).get(record_id)
            if step == "enter" and stored is None:
                practice = Practice(
                    id=record_id, actor_id=owner.id, practice=tag, since=year, note=note or None, source="x", created_at=work.now, updated_at=work.now
                )
                await recording.enter(work, practice)
            elif step == "alter" and stored is not None:
                await recording.alter(work, changed(stored, {"since": year, "note": note or None}, work.now), stored)
            elif step == "alter_many" and stored is not None:
                await recording.alter_many(work, [(changed(stored, {"since": year}, work.now), stored)], by=EnteredBy.IMPORT)
            elif step == "take_out" and stored is not None:
                await recording.take_out(work, stored)
            else:
                continue
            acts[tag] += 1
    async with bench.service.open_work(SYSTEM) as work:
        for tag in tags:
            record_id = practice_id_of(owner.id, tag)
            lines = await work.history.of(RecordKind.PRACTICE, record_id)
            stored = (await work.practices.known([record_id])).get(record_id)
            assert replay(lines) == stored
            assert [line.version for line in lines] == list(range(1, acts[tag] + 1))
            stone = await work.tombstones.get(record_id)
            assert (stone is not None) == (stored is None and bool(lines))


def test_a_history_with_a_gap_is_not_replayed() -> None:
    def line(version: int) -> Entry:
        return Entry(
            id=new_id(), kind=RecordKind.ACTOR, record_id=actor_id_of("ghent-be"), version=version, act=Act.CHANGED, entered_by=EnteredBy.SYSTEM,
            author=None, source="x", read_on=None, state=json.loads(json.dumps(state_of(city("ghent-be")))), at=NOW,
        )  # fmt: skip

    assert replay([line(1), line(2)]) == city("ghent-be")
    with pytest.raises(ValueError, match="gap"):
        replay([line(1), line(3)])
