"""Brings streams and databases to the shape that this version needs; runs once before a hub serves, with settings from the environment.

`python -m hubctl.prepare`: the broker must run. Doing it twice changes nothing.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from chassis import topology
from chassis.broker import Broker, check_broker, load_keys, provision, wait_until_healthy
from chassis.errors import HubError
from chassis.topology import BrokerSettings
from hubctl.instance import ROOT
from hubctl.parts import SERVICES
from hubctl.refusals import BadSettings

OnDone = Callable[[str], None]


def database_url(name: str, environment: Mapping[str, str]) -> str:
    """The address of a service's database, given plainly or by file. Raises BadSettings."""
    variable = f"{name.upper()}_DATABASE_URL"
    if environment.get(variable):
        return environment[variable]
    path = environment.get(f"{variable}_FILE")
    if not path:
        raise BadSettings("{variable} is not set.", variable=variable)
    return Path(path).read_text(encoding="utf-8").strip()


def is_current(url: str, name: str) -> bool:
    """Whether a SQLite database is at this version's revision already: asking takes a millisecond, loading Alembic a second."""
    if not url.startswith("sqlite"):
        return False
    path = url.partition(":///")[2]
    if not Path(path).is_file():
        return False
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return False
    # Not chassis.service.head_of: loading all that a service needs takes a second, and this runs at each start.
    head = (ROOT / "services" / name / "migrations" / "head.txt").read_text(encoding="utf-8").strip()
    return found is not None and found[0] == head


async def migrate(environment: Mapping[str, str], done: OnDone = lambda name: None) -> list[str]:
    """Bring the services' databases to the newest revision; the names of those that had to move."""
    moved = []
    for name in SERVICES:
        url = database_url(name, environment)
        if not is_current(url, name):
            from chassis.migrate import upgrade

            await upgrade(url, name)
            moved.append(name)
        done(name)
    return moved


def broker_from(environment: Mapping[str, str]) -> Broker:
    """The broker that runs where the environment says, with the provisioning keys in `HUB_BROKER_KEYS`. Raises BadSettings."""
    folder, monitor = environment.get("HUB_BROKER_KEYS"), environment.get("HUB_BROKER_MONITOR")
    url = environment.get(f"{SERVICES[0].upper()}_NATS_URL")
    if not folder or not monitor or not url:
        raise BadSettings("HUB_BROKER_KEYS, HUB_BROKER_MONITOR and the services' NATS_URL must be set.")
    host, _, port = url.removeprefix("nats://").rpartition(":")
    settings = BrokerSettings(store_dir="", host=host, port=int(port), monitor_port=int(monitor.rpartition(":")[2]))
    keys = load_keys(Path(folder), topology.services_of(topology.CONSUMERS))
    return Broker(executable=Path("nats-server"), config=Path(), settings=settings, consumers=topology.CONSUMERS, keys=keys)


async def set_up_streams(broker: Broker, wait_seconds: float = 15.0) -> list[str]:
    """Wait for the broker, refuse an unsafe one, and make or correct its streams and durables."""
    await wait_until_healthy(broker, wait_seconds)
    await check_broker(broker)
    return await provision(broker)


async def _both(environment: Mapping[str, str]) -> None:
    steps: tuple[Awaitable[object], ...] = (set_up_streams(broker_from(environment), 60.0), migrate(environment))
    await asyncio.gather(*steps)


def main() -> None:
    """Prepare what the environment names."""
    try:
        asyncio.run(_both(os.environ))
    except HubError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
