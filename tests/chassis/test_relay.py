"""The relay against a real broker: order, reconciliation after a loss, patience while the broker is away."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
import toy
from sqlalchemy import func, select

from chassis.broker import provision, wait_until_healthy
from chassis.bus import BusUnavailable, Message
from chassis.outbox import Outbox
from chassis.relay import _filled
from chassis.testing import Bench, Databases, account, bench_for, settings_for_tests
from chassis.testing_broker import RunningBroker, provisioned_broker


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[RunningBroker]:
    running = await provisioned_broker(tmp_path / "broker")
    yield running
    running.stop()


@pytest.fixture
async def publisher(databases: Databases, database_kind: str, broker: RunningBroker) -> AsyncIterator[Bench]:
    settings = settings_for_tests(await databases.empty(database_kind), nats_url=broker.url, nats_seed=broker.seeds["actors"])
    async with bench_for(lambda: toy.build("actors", settings)) as bench:
        await toy.make_tables(bench.service)
        await bench.service.bus.start()
        yield bench
        await bench.service.bus.close()


async def until_connected(bench: Bench) -> None:
    for _ in range(200):
        if bench.service.bus.connected:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("no connection")


async def test_what_is_written_is_published_in_order_once(publisher: Bench) -> None:
    await until_connected(publisher)
    for name in ("a", "b", "c"):
        await publisher.post(account("admin"), "/bells", {"name": name})

    published = [await publisher.service.relay.publish_waiting() for _ in range(2)]

    assert published == [3, 0]
    assert (await publisher.service.bus.own_stream()).last_seq == 3


async def test_what_was_published_and_not_noted_by_a_process_that_died_is_stored_once(publisher: Bench) -> None:
    await until_connected(publisher)
    for name in ("a", "b", "c"):
        await publisher.post(account("admin"), "/bells", {"name": name})
    await publisher.service.relay._publish()

    publisher.service.relay._reconnected()  # forgets what it had in memory, as a new process would
    again = await publisher.service.relay.publish_waiting()

    assert again == 3
    assert (await publisher.service.bus.own_stream()).last_seq == 3


async def test_what_was_published_is_noted_within_a_moment(publisher: Bench) -> None:
    await until_connected(publisher)
    running = asyncio.create_task(publisher.service.relay.run())

    await publisher.post(account("admin"), "/bells", {"name": "a"})
    for _ in range(200):
        if await unsent(publisher) == 0:
            break
        await asyncio.sleep(0.02)
    running.cancel()

    assert await unsent(publisher) == 0
    assert (await publisher.service.bus.own_stream()).last_seq == 1


async def test_what_nobody_handed_over_is_found_while_other_news_comes_and_goes(publisher: Bench) -> None:
    await until_connected(publisher)
    service = publisher.service
    running = asyncio.create_task(service.relay.run())
    await publisher.post(account("admin"), "/bells", {"name": "a"})

    async with service.database.writing() as session:
        await Outbox(session, service.ledger, service.clock(), "nobody listens").add(toy.BellHungV1(bell_id=UUID(int=7), version=1))
    for number in range(60):
        await publisher.post(account("admin"), "/bells", {"name": f"b{number}"})
        if await unsent(publisher) == 0 and number > 20:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    running.cancel()

    assert await unsent(publisher) == 0
    assert (await service.bus.own_stream()).last_seq == len(await publisher.queued())


async def test_other_replicas_are_told_of_news_only_while_this_one_does_not_publish_itself(publisher: Bench) -> None:
    await until_connected(publisher)
    service = publisher.service

    async def channel() -> str:
        async with service.open_work() as work:
            return work.outbox.channel

    before = await channel()
    running = asyncio.create_task(service.relay.run())
    while not service.relay.publishes:
        await asyncio.sleep(0.01)
    meanwhile = await channel()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert (before, meanwhile, await channel()) == ("hub_outbox_actors", "", "hub_outbox_actors")


@pytest.mark.parametrize(("count", "asked"), [(1, 1), (2, 2), (3, 4), (5, 8), (128, 128)])
def test_what_is_left_out_of_a_look_comes_in_few_lengths(count: int, asked: int) -> None:
    ids = [f"id-{number}" for number in range(count)]

    found = _filled(ids)

    assert len(found) == asked and set(found) == set(ids)


async def test_news_of_many_writers_at_once_is_published_in_the_order_of_their_commits(publisher: Bench, broker: RunningBroker) -> None:
    await until_connected(publisher)
    running = asyncio.create_task(publisher.service.relay.run())

    await asyncio.gather(*(publisher.post(account("admin"), "/bells", {"name": f"b{number}"}) for number in range(40)))
    for _ in range(200):
        if await unsent(publisher) == 0:
            break
        await asyncio.sleep(0.02)
    running.cancel()

    outbox = publisher.service.ledger.outbox
    async with publisher.service.database.reading() as session:
        places = (await session.execute(select(outbox.c.stream_seq).order_by(outbox.c.seq))).scalars().all()
    # PostgreSQL numbers rows when they are written, and they may be committed in another order.
    assert (list(places) if publisher.service.database.is_sqlite else sorted(places)) == list(range(1, 41))


async def unsent(bench: Bench) -> int:
    outbox = bench.service.ledger.outbox
    async with bench.service.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None)))).scalar_one()


async def test_one_message_that_the_broker_refuses_does_not_keep_the_others(publisher: Bench) -> None:
    await until_connected(publisher)
    good = [Message("hub.actors.bell.hung.v1", b"{}", event_id=f"a-{number}") for number in range(2)]

    places = await publisher.service.bus.publish_many([good[0], Message("hub.actors.bell.hung.v1", b"x" * 60_000, event_id="b"), good[1]])

    assert places == [1, None, 2]


async def test_a_broker_that_lost_its_store_gets_everything_again(publisher: Bench, broker: RunningBroker) -> None:
    await until_connected(publisher)
    for name in ("a", "b", "c"):
        await publisher.post(account("admin"), "/bells", {"name": name})
    await publisher.service.relay.publish_waiting()

    await wipe_and_provision(broker)
    publisher.service.relay._reconnected()
    await until_connected(publisher)
    again = await publish_with_patience(publisher)

    assert again == 3
    assert (await publisher.service.bus.own_stream()).last_seq == 3


async def publish_with_patience(bench: Bench) -> int:
    for _ in range(100):
        try:
            if count := await bench.service.relay.publish_waiting():
                return count
        except BusUnavailable:
            pass
        await asyncio.sleep(0.1)
    return 0


async def wipe_and_provision(broker: RunningBroker) -> None:
    broker.kill()
    for store in broker.log.parent.rglob("jetstream"):
        shutil.rmtree(store)
    broker.start()
    await wait_until_healthy(broker.broker)
    await provision(broker.broker)


async def test_writing_goes_on_while_the_broker_is_away(publisher: Bench, broker: RunningBroker) -> None:
    await until_connected(publisher)
    broker.kill()

    response = await publisher.post(account("admin"), "/bells", {"name": "a"})

    assert response.status_code == 201
    await broker.restart()
    assert await publish_with_patience(publisher) == 1
