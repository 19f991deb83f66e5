"""A replica's news wakes the relay of another (PostgreSQL), and a too large event is refused before it can block the stream."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import toy

from chassis.database import Database
from chassis.outbox import TextTooLong
from chassis.testing import Bench, Databases, account, bench_for, settings_for_tests


@pytest.fixture
async def replica(databases: Databases) -> AsyncIterator[Bench]:
    if databases.postgres is None:
        pytest.skip("the PostgreSQL wheel does not run on this machine")
    url = await databases.empty("postgresql")
    async with bench_for(lambda: toy.build("matching", settings_for_tests(url))) as bench:
        await toy.make_tables(bench.service)
        yield bench


async def test_news_of_one_replica_wakes_the_relay_of_another(replica: Bench) -> None:
    heard = asyncio.Event()
    other = Database(replica.service.database.url)

    async with other.listening("hub_outbox_matching", heard.set):
        await replica.post(account("admin"), "/bells", {"name": "Emma"})
        await asyncio.wait_for(heard.wait(), 5)
    await other.close()

    assert heard.is_set()


class HugeV1(toy.BellHungV1):
    type_name = "hub.actors.bell.huge.v1"
    text: str


async def test_an_event_that_the_stream_would_refuse_is_refused_at_once(bench: Bench) -> None:
    with pytest.raises(TextTooLong):
        async with bench.service.open_work() as work:
            await work.outbox.add(HugeV1(bell_id="01890000-0000-7000-8000-000000000001", version=1, text="x" * 40_000))

    assert await bench.queued() == []
