"""Probes a real broker from each service's side: what is allowed works, everything else is refused or reaches nobody."""

import asyncio
import contextlib
import json
import os
import stat
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from chassis.broker import BrokerUnsafe, check_broker, find_executable, is_recent, load_keys, prepare_broker, provision
from chassis.bus import ensure_streams
from chassis.free_ports import free_ports
from chassis.testing_broker import RunningBroker, provisioned_broker
from chassis.topology import CONSUMERS, PROVISION_INBOX, inbox_of, services_of, stream_of


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    running = asyncio.run(provisioned_broker(tmp_path_factory.mktemp("broker")))
    yield running
    running.stop()


class Caller:
    """A raw client of one user, with the refusals that the broker told it."""

    def __init__(self, client: Client, denials: list[str]) -> None:
        self.client = client
        self.denials = denials

    async def is_denied(self, subject: str, payload: bytes = b"{}", reply: str = "") -> bool:
        before = len(self.denials)
        await self.client.publish(subject, payload, reply=reply)
        await self.client.flush()
        await asyncio.sleep(0.01)
        return len(self.denials) > before

    async def ask(self, subject: str, payload: bytes = b"") -> dict[str, object]:
        answer: dict[str, object] = json.loads((await self.client.request(subject, payload, timeout=1)).data)
        return answer


@asynccontextmanager
async def connected(broker: RunningBroker, seed: str, inbox: str) -> AsyncIterator[Caller]:
    denials: list[str] = []

    async def note(error: Exception) -> None:
        denials.append(str(error))

    client = await nats.connect(broker.url, nkeys_seed_str=seed, inbox_prefix=inbox, allow_reconnect=False, error_cb=note)
    try:
        yield Caller(client, denials)
    finally:
        await client.close()


def as_service(broker: RunningBroker, name: str) -> contextlib.AbstractAsyncContextManager[Caller]:
    return connected(broker, broker.seeds[name], inbox_of(name))


async def last_sequence(broker: RunningBroker, service: str) -> int:
    async with connected(broker, broker.provisioning[service], PROVISION_INBOX) as caller:
        state = (await caller.ask(f"$JS.API.STREAM.INFO.{stream_of(service)}"))["state"]
        assert isinstance(state, dict)
        return int(state["last_seq"])


@pytest.mark.parametrize("service", services_of(CONSUMERS))
async def test_each_service_publishes_its_own_news_once_and_sees_its_own_stream(broker: RunningBroker, service: str) -> None:
    async with as_service(broker, service) as caller:
        stream = caller.client.jetstream()

        first = await stream.publish(f"hub.{service}.probe.sent.v1", b"{}", headers={"Nats-Msg-Id": "same"})
        again = await stream.publish(f"hub.{service}.probe.sent.v1", b"{}", headers={"Nats-Msg-Id": "same"})

        assert (first.stream, again.duplicate, again.seq) == (stream_of(service), True, first.seq)
        assert "config" in await caller.ask(f"$JS.API.STREAM.INFO.{stream_of(service)}")


FOREIGN = [(producer, reader) for producer, readers in CONSUMERS.items() for reader in readers]


@pytest.mark.parametrize(("producer", "reader"), FOREIGN)
async def test_each_reader_of_the_table_pulls_and_acknowledges_across_the_border(broker: RunningBroker, producer: str, reader: str) -> None:
    subject = f"hub.{producer}.probe.read_by_{reader}.v1"
    async with as_service(broker, producer) as source, as_service(broker, reader) as sink:
        await source.client.jetstream().publish(subject, b"hello", headers={"Trace": "t1"})
        pull = await sink.client.jetstream().pull_subscribe_bind(reader, stream_of(producer), inbox_prefix=f"{inbox_of(reader)}.".encode())

        found = None
        while found is None:
            for message in await pull.fetch(1, timeout=1):
                found = message if message.subject == subject else None
                await message.ack_sync()

        assert (found.data, (found.headers or {})["Trace"]) == (b"hello", "t1")


DENIED = [
    "hub.people.forged.sent.v1",
    "hub.matching.forged.sent.v1",
    "$JS.API.CONSUMER.MSG.NEXT.HUB_PEOPLE.matching",
    "$JS.API.CONSUMER.MSG.NEXT.HUB_ACTORS.matching",
    "$JS.API.CONSUMER.MSG.NEXT.HUB_NOTIFICATIONS.people",
    "$JS.ACK.HUB_PEOPLE.matching.1.1.1.1.0",
    "$JS.ACK.HUB_ACTORS.matching.1.1.1.1.0",
    "$JS.API.CONSUMER.CREATE.HUB_ACTORS",
    "$JS.API.CONSUMER.CREATE.HUB_ACTORS.mine",
    "$JS.API.CONSUMER.DURABLE.CREATE.HUB_ACTORS.mine",
    "$JS.API.CONSUMER.DELETE.HUB_ACTORS.matching",
    "$JS.API.CONSUMER.INFO.HUB_ACTORS.matching",
    "$JS.API.CONSUMER.LIST.HUB_ACTORS",
    "$JS.API.STREAM.CREATE.MINE",
    "$JS.API.STREAM.UPDATE.HUB_ACTORS",
    "$JS.API.STREAM.PURGE.HUB_ACTORS",
    "$JS.API.STREAM.DELETE.HUB_ACTORS",
    "$JS.API.STREAM.MSG.GET.HUB_ACTORS",
    "$JS.API.STREAM.MSG.DELETE.HUB_ACTORS",
    "$JS.API.STREAM.SNAPSHOT.HUB_ACTORS",
    "$JS.API.STREAM.RESTORE.HUB_ACTORS",
    "$JS.API.STREAM.INFO.HUB_PEOPLE",
    "$JS.API.STREAM.INFO.HUB_MATCHING",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.NAMES",
    "$JS.API.INFO",
    "$JS.API.DIRECT.GET.HUB_ACTORS",
    "$SYS.REQ.SERVER.PING",
    "$SYS.REQ.USER.INFO",
    "_INBOX_people.anything",
]


@pytest.mark.parametrize("subject", DENIED)
async def test_a_running_service_is_denied(broker: RunningBroker, subject: str) -> None:
    async with as_service(broker, "actors") as caller:
        denied = await caller.is_denied(subject)

    assert denied


@pytest.mark.parametrize(
    "subject", [">", "hub.>", "hub.people.>", "$SYS.>", "$JS.>", "$JS.API.>", "$JS.EVENT.>", "_INBOX_people.>", "_INBOX_prov.>", "_INBOX.>"]
)
async def test_a_running_service_may_not_listen(broker: RunningBroker, subject: str) -> None:
    async with as_service(broker, "actors") as caller:
        await caller.client.subscribe(subject)
        await caller.client.flush()
        await asyncio.sleep(0.01)

        assert caller.denials


@pytest.mark.parametrize("target", ["people", "notifications", "actors"])
async def test_a_pull_with_a_forged_reply_puts_nothing_into_another_stream(broker: RunningBroker, target: str) -> None:
    async with as_service(broker, "actors") as source:
        await source.client.jetstream().publish("hub.actors.probe.bait.v1", b"{}")
    before = await last_sequence(broker, target)

    async with as_service(broker, "matching") as caller:
        for subject in ("$JS.API.CONSUMER.MSG.NEXT.HUB_ACTORS.matching", "$JS.API.STREAM.INFO.HUB_MATCHING", "hub.matching.probe.sent.v1"):
            for _ in range(4):
                await caller.client.publish(subject, b'{"batch":5,"no_wait":true}', reply=f"hub.{target}.forged.sent.v1")
        await caller.client.flush()
        await asyncio.sleep(0.1)

    assert await last_sequence(broker, target) == before


async def test_an_inbox_with_the_same_name_in_another_account_hears_nothing(broker: RunningBroker) -> None:
    async with connected(broker, broker.provisioning["people"], PROVISION_INBOX) as listener:
        heard = await listener.client.subscribe("_INBOX_prov.>")
        await listener.client.flush()

        async with connected(broker, broker.provisioning["actors"], PROVISION_INBOX) as speaker:
            await speaker.ask("$JS.API.STREAM.INFO.HUB_ACTORS")

        with pytest.raises(asyncio.TimeoutError):
            await heard.next_msg(timeout=0.1)


async def test_provisioning_reaches_no_other_account(broker: RunningBroker) -> None:
    async with connected(broker, broker.provisioning["actors"], PROVISION_INBOX) as caller:
        with contextlib.suppress(NoRespondersError):
            assert "error" in await caller.ask("$JS.API.STREAM.INFO.HUB_PEOPLE")

        assert await caller.is_denied("hub.actors.forged.sent.v1")


async def test_nobody_enters_without_a_known_key(broker: RunningBroker, tmp_path: Path) -> None:
    stranger = load_keys(tmp_path, ("actors",)).seeds["actors"]

    for key in ({}, {"nkeys_seed_str": stranger}, {"user": "actors", "password": "actors"}):
        with pytest.raises(NatsError):
            await nats.connect(broker.url, allow_reconnect=False, connect_timeout=1, error_cb=_silent, **key)  # type: ignore[arg-type]


async def test_the_broker_syncs_each_message_and_stores_no_plain_text(broker: RunningBroker) -> None:
    async with as_service(broker, "people") as caller:
        await caller.client.jetstream().publish("hub.people.probe.sent.v1", b"a-canary-in-the-stream")

    facts = reported(broker)
    stored = stored_bytes(broker)

    assert facts["jetstream"]["config"]["sync_always"] is True
    assert await check_broker(broker.broker) == facts["version"]
    assert len(stored) > 0
    assert b"a-canary-in-the-stream" not in stored


async def test_provisioning_twice_changes_nothing_and_a_new_size_is_applied(broker: RunningBroker) -> None:
    smaller = replace(broker.broker, settings=replace(broker.broker.settings, stream_bytes=broker.broker.settings.stream_bytes - 1024))

    assert await provision(broker.broker) == []
    assert await provision(smaller) == [f"changed {stream_of(name)}" for name in CONSUMERS]
    assert await provision(smaller) == []


async def test_a_durable_that_differs_is_corrected_and_keeps_its_position(broker: RunningBroker) -> None:
    from chassis.topology import durable_config, stream_config

    stream = stream_config("people", broker.broker.settings.stream_bytes)
    seed = broker.provisioning["people"]
    await ensure_streams(broker.url, seed, stream, [])

    changed = await ensure_streams(broker.url, seed, stream, [{**durable_config("actors"), "max_ack_pending": 7}])
    corrected = await ensure_streams(broker.url, seed, stream, [durable_config("actors")])

    assert (changed, corrected) == (["changed HUB_PEOPLE/actors"], ["changed HUB_PEOPLE/actors"])


async def test_a_broker_without_the_safe_configuration_is_refused(tmp_path: Path) -> None:
    port, monitor_port = free_ports(2)
    prepared = prepare_broker(tmp_path, port=port, monitor_port=monitor_port)
    prepared.config.write_text(prepared.config.read_text().replace("sync_interval: always", 'sync_interval: "2m"'))
    running = RunningBroker(broker=prepared, log=tmp_path / "log")

    try:
        with pytest.raises(BrokerUnsafe):
            await running.restart()
    finally:
        running.stop()


def test_keys_are_made_once_and_only_the_owner_may_read_them(tmp_path: Path) -> None:
    first = prepare_broker(tmp_path)

    again = prepare_broker(tmp_path)

    files = [path for path in (tmp_path / "keys" / "nats").iterdir()]
    assert first.keys == again.keys
    assert len(files) == 2 * len(services_of(CONSUMERS)) + 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(first.config.stat().st_mode) == 0o600
    assert not any(seed in first.config.read_text() for seed in [*first.keys.seeds.values(), first.keys.store_key])


def test_the_configuration_passes_the_brokers_own_check(tmp_path: Path) -> None:
    prepared = prepare_broker(tmp_path)

    result = subprocess.run(
        [str(find_executable()), "-t", "-c", str(prepared.config)], env={**os.environ, **prepared.environment}, capture_output=True
    )

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(("version", "recent"), [("2.15.1", True), ("2.16.0-beta.1", True), ("2.15.0", False), ("2.9.25", False), ("x", False)])
def test_the_version_floor(version: str, recent: bool) -> None:
    assert is_recent(version) is recent


def reported(broker: RunningBroker) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(urllib.request.urlopen(f"{broker.monitor_url}/varz", timeout=2).read())
    return answer


def stored_bytes(broker: RunningBroker) -> bytes:
    return b"".join(path.read_bytes() for path in Path(broker.broker.settings.store_dir).rglob("*") if path.is_file())


async def _silent(error: Exception) -> None:
    return None
