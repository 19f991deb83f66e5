"""The bus against a real broker that is killed, frozen, cut off and filled up."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from chassis.broker import load_keys
from chassis.bus import Bus, BusRefused, BusUnavailable, Delivery, PullConsumer
from chassis.free_ports import free_ports
from chassis.testing_broker import RunningBroker, provisioned_broker

MakeBus = Callable[..., Awaitable[Bus]]


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[RunningBroker]:
    running = await provisioned_broker(tmp_path)
    yield running
    running.stop()


@pytest.fixture
async def a_bus(broker: RunningBroker) -> AsyncIterator[MakeBus]:
    made: list[Bus] = []

    async def make(service: str, *, url: str | None = None, stall_seconds: float = 15.0, wait: bool = True) -> Bus:
        bus = Bus(url=url or broker.url, seed=broker.seeds[service], service=service, stall_seconds=stall_seconds)
        made.append(bus)
        await bus.start()
        if wait:
            await until(lambda: bus.connected)
        return bus

    yield make
    async with asyncio.timeout(5):
        for bus in made:
            await bus.close()


class Proxy:
    """A wire that a test can cut without either side being told: it stays open and carries nothing."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.connections = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        (port,) = free_ports(1)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        return f"nats://127.0.0.1:{port}"

    def cut(self) -> None:
        """Everything that is connected now falls silent for good; new connections work."""
        self._flowing.clear()
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._server is not None:
            self._server.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        flowing = self._flowing
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._copy(source, sink, flowing))
            self._tasks.add(task)

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, flowing: asyncio.Event) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await flowing.wait()
                sink.write(data)
            sink.close()


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


async def fetch_until(pull: PullConsumer, seconds: float = 8.0) -> list[Delivery]:
    async with asyncio.timeout(seconds):
        while not (found := await pull.fetch(10, 0.5)):
            pass
        return found


async def publish_until(bus: Bus, event_id: str, seconds: float = 8.0) -> int:
    async with asyncio.timeout(seconds):
        while True:
            with suppress(BusUnavailable):
                return await bus.publish("hub.actors.thing.done.v1", b"{}", event_id=event_id)
            await asyncio.sleep(0.02)


async def test_a_message_published_twice_is_stored_once(a_bus: MakeBus) -> None:
    bus = await a_bus("actors")
    before = await bus.own_stream()

    first = await bus.publish("hub.actors.thing.done.v1", b"{}", event_id="e1", headers={"Trace": "t"})
    again = await bus.publish("hub.actors.thing.done.v1", b"{}", event_id="e1")

    after = await bus.own_stream()
    assert (before.last_seq, first, again, after.last_seq) == (0, 1, 1, 1)
    assert after.created == before.created
    assert after.created.tzinfo is not None


async def test_a_delivery_carries_what_was_published_and_an_ack_ends_it(a_bus: MakeBus) -> None:
    pull = (await a_bus("matching")).pull("HUB_ACTORS")
    source = await a_bus("actors")
    await source.publish("hub.actors.thing.done.v1", b"hello", event_id="e1", headers={"Trace": "t"})

    (delivery,) = await pull.fetch(10, 1.0)
    await delivery.ack()

    assert (delivery.subject, delivery.data, delivery.delivered, delivery.stream_seq) == ("hub.actors.thing.done.v1", b"hello", 1, 1)
    assert delivery.headers == {"Trace": "t", "Nats-Msg-Id": "e1"}
    assert await pull.fetch(10, 2.5) == []


async def test_a_waiting_fetch_answers_the_moment_news_comes(a_bus: MakeBus) -> None:
    pull = (await a_bus("matching")).pull("HUB_ACTORS")
    source = await a_bus("actors")
    waiting = asyncio.create_task(pull.fetch(10, 5.0))
    await asyncio.sleep(0.3)

    sent = time.monotonic()
    await source.publish("hub.actors.thing.done.v1", b"{}", event_id="e1")
    found = await waiting

    assert len(found) == 1
    assert time.monotonic() - sent < 0.2


async def test_a_fetch_takes_a_whole_batch_at_once(a_bus: MakeBus) -> None:
    pull = (await a_bus("matching")).pull("HUB_ACTORS")
    source = await a_bus("actors")
    for number in range(25):
        await source.publish("hub.actors.thing.done.v1", b"{}", event_id=str(number))

    batches = [[delivery.stream_seq for delivery in await pull.fetch(10, 1.0)] for _ in range(3)]

    assert batches == [list(range(1, 11)), list(range(11, 21)), list(range(21, 26))]


async def test_a_nak_brings_the_message_back_after_its_delay_and_a_term_never(a_bus: MakeBus) -> None:
    pull = (await a_bus("matching")).pull("HUB_MATCHING")
    await (await a_bus("matching")).publish("hub.matching.thing.done.v1", b"{}", event_id="e1")
    (first,) = await pull.fetch(10, 1.0)

    nacked = time.monotonic()
    await first.nak(0.3)
    (second,) = await pull.fetch(10, 2.0)
    await second.term()

    assert second.delivered == 2
    assert 0.25 < time.monotonic() - nacked < 1.0
    assert await pull.fetch(10, 2.5) == []


async def test_an_in_progress_mark_holds_a_message_back_beyond_its_ack_wait(a_bus: MakeBus) -> None:
    pull = (await a_bus("matching")).pull("HUB_ACTORS")
    await (await a_bus("actors")).publish("hub.actors.thing.done.v1", b"{}", event_id="e1")
    (delivery,) = await pull.fetch(10, 1.0)

    await asyncio.sleep(1.5)
    await delivery.in_progress()
    meanwhile = await pull.fetch(10, 1.2)
    (again,) = await pull.fetch(10, 2.0)

    assert meanwhile == []
    assert again.delivered == 2


async def test_a_full_stream_refuses_with_its_own_error(tmp_path: Path) -> None:
    running = await provisioned_broker(tmp_path, stream_bytes=40_000)
    bus = Bus(url=running.url, seed=running.seeds["actors"], service="actors")
    await bus.start()
    await until(lambda: bus.connected)

    with pytest.raises(BusRefused):
        for number in range(10):
            await bus.publish("hub.actors.thing.done.v1", b"x" * 10_000, event_id=str(number))

    await bus.close()
    running.stop()


async def test_without_a_broker_the_bus_starts_and_refuses_at_once(a_bus: MakeBus, broker: RunningBroker) -> None:
    broker.kill()
    began = time.monotonic()
    bus = await a_bus("actors", wait=False)

    with pytest.raises(BusUnavailable):
        await bus.publish("hub.actors.thing.done.v1", b"{}", event_id="e1")
    with pytest.raises(BusUnavailable):
        await bus.own_stream()

    assert not bus.connected
    assert time.monotonic() - began < 0.5
    assert await bus.pull("HUB_PEOPLE").fetch(10, 0.2) == []


async def test_after_kill_9_of_the_broker_publishing_and_pulling_go_on(a_bus: MakeBus, broker: RunningBroker) -> None:
    source, sink = await a_bus("actors"), await a_bus("matching")
    arrivals: list[str] = []
    source.on_connect.append(lambda: arrivals.append("again"))
    pull = sink.pull("HUB_ACTORS")
    await source.publish("hub.actors.thing.done.v1", b"{}", event_id="e1")
    for delivery in await pull.fetch(10, 1.0):
        await delivery.ack()
    await asyncio.sleep(0.1)

    broker.kill()
    await until(lambda: not source.connected and not sink.connected, 1.0)
    began = time.monotonic()
    await broker.restart()
    sequence = await publish_until(source, "e2")
    found = await fetch_until(pull)

    assert sequence == 2
    assert [delivery.stream_seq for delivery in found] == [2]
    assert arrivals == ["again"]
    assert time.monotonic() - began < 4.0


async def test_a_publish_under_way_fails_at_once_when_the_broker_dies(a_bus: MakeBus, broker: RunningBroker) -> None:
    bus = await a_bus("actors")
    broker.freeze()
    await asyncio.sleep(0.1)
    under_way = asyncio.create_task(bus.publish("hub.actors.thing.done.v1", b"{}", event_id="e1"))
    await asyncio.sleep(0.1)

    broker.kill()
    began = time.monotonic()
    with pytest.raises(BusUnavailable):
        await under_way

    assert time.monotonic() - began < 1.0


async def test_an_ack_that_cannot_be_sent_is_no_error_and_the_message_comes_again(a_bus: MakeBus, broker: RunningBroker) -> None:
    source, sink = await a_bus("actors"), await a_bus("matching")
    pull = sink.pull("HUB_ACTORS")
    await source.publish("hub.actors.thing.done.v1", b"{}", event_id="e1")
    (delivery,) = await pull.fetch(10, 1.0)
    broker.kill()
    await until(lambda: not sink.connected)

    await delivery.ack()
    await broker.restart()
    (again,) = await fetch_until(pull)

    assert again.stream_seq == delivery.stream_seq


async def test_a_frozen_broker_is_noticed_and_comes_back_by_itself(a_bus: MakeBus, broker: RunningBroker) -> None:
    source, sink = await a_bus("actors", stall_seconds=0.6), await a_bus("matching", stall_seconds=0.6)
    pull = sink.pull("HUB_ACTORS")
    assert await pull.fetch(10, 0.1) == []

    broker.freeze()
    await until(lambda: not source.connected and not sink.connected, 2.0)
    broker.thaw()
    await publish_until(source, "e1")

    assert len(await fetch_until(pull)) == 1


async def test_a_line_that_fell_silent_with_unsent_messages_is_replaced(a_bus: MakeBus, broker: RunningBroker) -> None:
    proxy = Proxy(broker.broker.settings.port)
    bus = await a_bus("actors", url=await proxy.start(), stall_seconds=0.6)
    proxy.cut()
    stuck = [asyncio.create_task(bus.publish("hub.actors.thing.done.v1", b"x" * 15_000, event_id=str(n))) for n in range(400)]

    began = time.monotonic()
    outcomes = await asyncio.gather(*stuck, return_exceptions=True)
    await publish_until(bus, "after")

    assert all(isinstance(outcome, BusUnavailable) for outcome in outcomes)
    assert proxy.connections == 2
    assert time.monotonic() - began < 3.0
    await proxy.stop()


async def test_closing_ends_even_when_the_cancellation_meets_an_answer(broker: RunningBroker) -> None:
    for number in range(20):
        bus = Bus(url=broker.url, seed=broker.seeds["actors"], service="actors", stall_seconds=0.03)
        await bus.start()
        await until(lambda bus=bus: bus.connected)  # type: ignore[misc]
        await asyncio.sleep(0.01 + number / 5000)

        async with asyncio.timeout(2):
            await bus.close()

        assert not bus.connected


async def test_a_quiet_line_is_not_replaced(a_bus: MakeBus, broker: RunningBroker) -> None:
    proxy = Proxy(broker.broker.settings.port)
    bus = await a_bus("actors", url=await proxy.start(), stall_seconds=0.3)

    await asyncio.sleep(1.2)

    assert bus.connected
    assert proxy.connections == 1
    await proxy.stop()


async def test_a_wrong_key_never_connects_and_never_raises(broker: RunningBroker, tmp_path: Path) -> None:
    stranger = load_keys(tmp_path / "stranger", ("people",)).seeds["people"]
    bus = Bus(url=broker.url, seed=stranger, service="people")

    await bus.start()
    await asyncio.sleep(0.5)

    assert not bus.connected
    await bus.close()


async def test_a_reader_whose_durable_is_missing_waits_instead_of_hammering(a_bus: MakeBus) -> None:
    pull = (await a_bus("people")).pull("HUB_PEOPLE")

    began = time.monotonic()
    found = await pull.fetch(10, 0.4)

    assert found == []
    assert time.monotonic() - began >= 0.35
