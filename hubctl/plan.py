"""Writes what the supervisor runs, as JSON without secrets, and becomes that supervisor."""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from chassis.broker import Broker
from chassis.topology import STORE_KEY_VARIABLE
from hubctl.instance import Environment, Instance, Kind
from hubctl.parts import PROCESSES, SERVICES
from hubctl.ports import Ports
from hubctl.secret_files import write_private

Json = dict[str, Any]
"""A part of the plan (Any: JSON)."""


def module(name: str, *arguments: str) -> list[str]:
    """The command line of one of our modules; -P keeps the caller's folder from standing in for them."""
    return [sys.executable, "-P", "-m", name, *arguments]


def write_plan(instance: Instance, kind: Kind, ports: Ports, broker: Broker, environments: Mapping[str, Environment], *, apart: bool) -> None:
    """The broker, the step that prepares streams and databases, and the hub: as one process, or each part by itself."""
    everything: Environment = {name: value for variables in environments.values() for name, value in variables.items()}
    mail = "NOTIFICATIONS_CATCHER_FOLDER" in everything
    children = [
        _child(instance, "broker", list(broker.argv), {}, ready_url=broker.health_url, ports=[ports.broker, ports.monitor])
        | {"env_files": {STORE_KEY_VARIABLE: str(instance.data / "keys" / "nats" / "store.key")}},
        _child(instance, "prepare", module("hubctl.prepare"), everything | prepare_environment(instance, ports)) | {"once": True},
    ]
    if apart:
        if mail:
            catch = module("services.notifications.catcher", "--port", str(ports.mail), "--folder", str(instance.mail_folder))
            children.append(_child(instance, "mail", catch, {}, ports=[ports.mail]))
        for name in SERVICES:
            children.append(_served(instance, name, ports.services[name], environments[name]))
        children.append(_served(instance, "gateway", ports.gateway, environments["gateway"]))
    else:
        if mail:
            everything["HUB_MAIL_CATCHER"] = str(ports.mail)
        inner = [ports.mail] if mail else []
        children.append(_served(instance, "all", ports.gateway, everything, *inner) | {"name": "hub"})
    plan = {
        "kind": kind.value,
        "url": everything["GATEWAY_PUBLIC_URL"],
        "accounts": str(instance.accounts_file) if kind is Kind.DEMO else None,
        "mail": str(instance.mail_folder) if mail else None,
        "logs": str(instance.logs),
        "state": str(instance.state_file),
        "children": children,
    }
    write_private(instance.plan_file, json.dumps(plan, indent=1))


def prepare_environment(instance: Instance, ports: Ports) -> Environment:
    """Where the preparing step finds the broker and its keys."""
    return {"HUB_BROKER_KEYS": str(instance.data), "HUB_BROKER_MONITOR": f"http://127.0.0.1:{ports.monitor}"}


def supervise(instance: Instance) -> NoReturn:
    """Become the supervisor: this process's memory is given back, and Ctrl-C reaches it at once."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, module("hubctl.run", str(instance.plan_file)))  # noqa: S606  # our own program


def _served(instance: Instance, name: str, port: int, environment: Environment, *more_ports: int) -> Json:
    assert name == "all" or name in PROCESSES
    own_tls = bool(environment.get("GATEWAY_TLS_CERTIFICATE"))
    elsewhere = environment.get("GATEWAY_HOST", "127.0.0.1") not in ("127.0.0.1", "0.0.0.0", "localhost")  # noqa: S104
    ready = None if own_tls or elsewhere else f"http://127.0.0.1:{port}/healthz"
    return _child(instance, name, module("hubctl.serve", name), environment, ready_url=ready, ports=[port, *more_ports])


def _child(
    instance: Instance, name: str, argv: list[str], environment: Environment, *, ready_url: str | None = None, ports: list[int] | None = None
) -> Json:
    log = instance.logs / f"{'hub' if name == 'all' else name}.log"
    return {"name": name, "argv": argv, "log": str(log), "env": environment, "ready_url": ready_url, "ports": ports or []}
