"""Looks over an instance without changing it: settings, key files, disk, databases, broker. Each finding is one line."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from chassis.broker import BrokerMissing, find_executable
from hubctl.instance import Instance
from hubctl.parts import SERVICES, settings_of_service
from hubctl.prepare import database_url, is_current
from hubctl.supervised_state import read_state


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fault` says what to do, or is None."""

    what: str
    fault: str | None = None


def look(instance: Instance | None) -> Iterator[Finding]:
    """Everything, with the settings that stand in this process's environment; `instance` is None where they come from outside (the city shape)."""
    yield Finding(f"Python {sys.version_info[0]}.{sys.version_info[1]}")
    for name in (*SERVICES, "gateway"):
        yield _settings(name)
    yield from _broker()
    for name in SERVICES:
        yield _database(name)
    if instance is not None:
        yield from _data(instance)


def _settings(name: str) -> Finding:
    what = f"settings of {name}"
    try:
        if name == "gateway":
            from gateway.settings import GatewaySettings
            from gateway.transport_security import PlainHttpRefused, decide

            try:
                decide(GatewaySettings())
            except PlainHttpRefused as error:
                return Finding(what, str(error))
        else:
            settings_of_service(name)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False))
        return Finding(what, faults)
    except OSError as error:
        return Finding(what, f"a file named in the settings cannot be read ({os.strerror(error.errno or 0).lower()})")
    return Finding(what)


def _broker() -> Iterator[Finding]:
    try:
        find_executable()
        yield Finding("message broker installed")
    except BrokerMissing as error:
        yield Finding("message broker installed", str(error))


def _database(name: str) -> Finding:
    url = database_url(name, os.environ)
    if not url.startswith("sqlite"):
        return Finding(f"database of {name}: PostgreSQL (its revision is checked at the start)")
    what = f"database of {name}"
    if not Path(url.partition(":///")[2]).exists():
        return Finding(f"{what}: not made yet")
    return Finding(what, None if is_current(url, name) else "another version made it. Run: ./hub migrate")


def _data(instance: Instance) -> Iterator[Finding]:
    for folder in ("keys", "vault-keys"):
        for path in sorted((instance.data / folder).rglob("*")):
            if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
                yield Finding(f"key file {path.name}", "others may read it. Run: chmod 600 on it")
    free = shutil.disk_usage(instance.data).free
    yield Finding(f"free space: {free // 1024**2} MB", None if free > 500 * 1024**2 else "less than 500 MB; make room before the disk is full")
    running = read_state(instance.state_file)
    yield Finding(f"running: {', '.join(sorted(running))}" if running else "not running now")
