"""Prepares nats-server for a data directory (keys, configuration, streams) and tells whether it runs as it must."""

import asyncio
import http.client
import json
import os
import secrets
import shutil
import sysconfig
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import nkeys

from chassis import topology
from chassis.bus import ensure_streams
from chassis.errors import Unavailable
from chassis.topology import CONSUMERS, BrokerSettings, UserKeys

OLDEST_VERSION = (2, 15, 1)
"""Older brokers have known holes (restore API, MQTT permissions, client certificates) that this version closes."""


class BrokerMissing(Unavailable):
    """No nats-server executable was found."""


class BrokerUnhealthy(Unavailable):
    """The broker does not answer, or answers that it cannot store."""


class BrokerUnsafe(Unavailable):
    """The broker runs, but too old or without syncing each message to disk."""


@dataclass(frozen=True, slots=True)
class BrokerKeys:
    """The private halves: nkey seeds by service (running and provisioning), and the key that encrypts the stream files."""

    seeds: dict[str, str] = field(repr=False)
    provisioning: dict[str, str] = field(repr=False)
    store_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that is ready to be started: `argv` with `environment` runs it, `url` reaches it, `keys.seeds[service]` opens it."""

    executable: Path
    config: Path
    settings: BrokerSettings
    consumers: Mapping[str, tuple[str, ...]]
    keys: BrokerKeys

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line that runs the broker in the foreground."""
        return (str(self.executable), "-c", str(self.config))

    @property
    def environment(self) -> dict[str, str]:
        """What the broker needs in its environment besides the usual."""
        return {topology.STORE_KEY_VARIABLE: self.keys.store_key}

    @property
    def url(self) -> str:
        """Where the services connect."""
        return f"nats://{self.settings.host}:{self.settings.port}"

    @property
    def monitor_url(self) -> str:
        """Where the broker tells about itself, on this machine only."""
        return f"http://{self.settings.host}:{self.settings.monitor_port}"

    @property
    def health_url(self) -> str:
        """Answers 200 while the broker can store, 503 when it cannot (a full disk)."""
        return f"{self.monitor_url}/healthz"


def find_executable() -> Path:
    """The nats-server that was installed with our Python packages, else the one on the search path."""
    installed = Path(sysconfig.get_path("scripts")) / "nats-server"
    if installed.is_file():
        return installed
    elsewhere = shutil.which("nats-server")
    if elsewhere is None:
        raise BrokerMissing("The message broker (nats-server) is not installed. Install the packages of requirements.lock again.")
    return Path(elsewhere)


def prepare_broker(
    data: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 4222,
    monitor_port: int = 8222,
    stream_bytes: int = 256 * 1024 * 1024,
    consumers: Mapping[str, tuple[str, ...]] = CONSUMERS,
) -> Broker:
    """Create what the broker needs below `data` (once), and write its configuration (each time)."""
    executable = find_executable()
    keys = load_keys(data, topology.services_of(consumers))
    home = data / "nats"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = BrokerSettings(
        store_dir=str((home / "jetstream").absolute()), host=host, port=port, monitor_port=monitor_port, stream_bytes=stream_bytes
    )
    public = {name: UserKeys(public_key(keys.seeds[name]), public_key(keys.provisioning[name])) for name in keys.seeds}
    config = home / "nats-server.conf"
    _write_private(config, topology.render_config(consumers, public, settings))
    return Broker(executable=executable, config=config.absolute(), settings=settings, consumers=consumers, keys=keys)


def load_keys(data: Path, services: tuple[str, ...]) -> BrokerKeys:
    """The keys in `<data>/keys/nats`, each made on first need, readable by the owner only, and never changed afterwards."""
    folder = data / "keys" / "nats"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return BrokerKeys(
        seeds={name: _load_or_create(folder / f"{name}.seed", _new_seed) for name in services},
        provisioning={name: _load_or_create(folder / f"{name}.provision.seed", _new_seed) for name in services},
        # nats-server reads a variable like a value of its configuration: the leading letter keeps it from being taken for a number.
        store_key=_load_or_create(folder / "store.key", lambda: "k" + secrets.token_hex(32)),
    )


def public_key(seed: str) -> str:
    """The public half of an nkey seed."""
    pair = nkeys.from_seed(bytearray(seed.encode()))
    public = cast(bytes, pair.public_key).decode()
    pair.wipe()
    return public


async def provision(broker: Broker) -> list[str]:
    """Bring every stream and durable to the topology's shape; return what was created or changed, empty if all was right."""
    changes: list[str] = []
    for producer, readers in broker.consumers.items():
        stream = topology.stream_config(producer, broker.settings.stream_bytes)
        durables = [topology.durable_config(reader) for reader in readers]
        changes += await ensure_streams(broker.url, broker.keys.provisioning[producer], stream, durables)
    return changes


async def wait_until_healthy(broker: Broker, seconds: float = 15.0) -> None:
    """Return once the broker can store; then refuse it if it is too old or does not sync each message (R4)."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await is_healthy(broker):
        if asyncio.get_running_loop().time() >= deadline:
            raise BrokerUnhealthy("The message broker did not become ready within {seconds} seconds; see its log.", seconds=round(seconds))
        await asyncio.sleep(0.05)
    await check_broker(broker)


async def is_healthy(broker: Broker) -> bool:
    """Whether the broker answers and can store messages now."""
    try:
        await asyncio.to_thread(_get, broker.health_url)
    except (OSError, http.client.HTTPException):
        return False
    return True


async def check_broker(broker: Broker) -> str:
    """The broker's version; refuses one that is too old or that does not sync each message to disk."""
    try:
        facts = json.loads(await asyncio.to_thread(_get, f"{broker.monitor_url}/varz"))
    except (OSError, http.client.HTTPException) as error:
        raise BrokerUnhealthy("The message broker does not tell how it runs; see its log.") from error
    version = str(facts.get("version", "0"))
    if not is_recent(version):
        raise BrokerUnsafe("The message broker is older than {oldest}. Update it.", oldest=".".join(map(str, OLDEST_VERSION)))
    if facts.get("jetstream", {}).get("config", {}).get("sync_always") is not True:
        raise BrokerUnsafe("The message broker does not write each message to disk at once. Use the configuration that the hub writes.")
    return version


def is_recent(version: str) -> bool:
    """Whether a version like "2.15.1" or "2.16.0-beta.1" is at least OLDEST_VERSION."""
    numbers = version.removeprefix("v").partition("-")[0].split(".")
    return all(number.isdigit() for number in numbers) and tuple(int(number) for number in numbers) >= OLDEST_VERSION


def _get(url: str) -> bytes:
    # Only ever our own monitoring address on loopback, so no proxy may step in between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=2.0) as answer:
        return cast(bytes, answer.read())


def _new_seed() -> str:
    return cast(bytes, nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER)).decode()


def _load_or_create(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        _write_private(draft, make())
        try:
            # A link fails where a rename would overwrite: of two processes that start together, the first one's key stays.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def _write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by the owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
