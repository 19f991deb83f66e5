"""Starts an instance: the demo city, or an empty hub for real use; sets up what is missing, then becomes the supervisor."""

import asyncio
import gc
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from chassis.broker import Broker, prepare_broker
from hubctl import plan, ports
from hubctl.contracts import made_meanwhile
from hubctl.instance import ROOT, Environment, Instance, Kind
from hubctl.parts import SERVICES
from hubctl.ports import Ports
from hubctl.refusals import Refusal
from hubctl.supervised import one_sentence_for
from hubctl.telling import Steps

NEEDED_BYTES = 200 * 1024 * 1024
REGISTRY = ROOT / "data" / "welcoming-europe"


class NoAdministrator(Refusal):
    """The hub is new and nobody was named as its first administrator."""


class DiskFull(Refusal):
    """There is no room for a hub."""


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """Who runs a new hub."""

    email: str
    name: str


@contextmanager
def settings_of(environments: Mapping[str, Environment]) -> Iterator[None]:
    """The settings of all processes as this process's environment, for the length of a setting-up step."""
    before = dict(os.environ)
    for name, variables in environments.items():
        # What is told here is told to the operator, in plain words, not to a log.
        os.environ.update(variables | {f"{name.upper()}_LOG_LEVEL": "ERROR"})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def demo(instance: Instance, port: int, *, apart: bool, reset: bool, steps: Steps) -> None:
    """Run the demo city; the first time, and after `reset`, it is built first. Does not return."""
    _check_machine(instance)
    lock = instance.lock()
    instance.require(Kind.DEMO)
    if reset or not instance.facts().get("ready"):
        # A first start that was interrupted leaves half a city, which is built anew.
        instance.empty()
    chosen, broker, environments = _set_up(instance, Kind.DEMO, port, mail=True)
    if not instance.facts().get("ready"):
        instance.be(Kind.DEMO, ready=False)
        import uvloop

        steps.say("Building the demo city, a synthetic Grenoble (once).")
        gc.disable()  # this process becomes the supervisor in a minute
        with settings_of(environments), made_meanwhile():
            uvloop.run(_build_city(instance, chosen, environments["gateway"]["GATEWAY_PUBLIC_URL"], steps))
        instance.be(Kind.DEMO, ready=True)
        # Other programs may have taken ports in the meantime.
        chosen, broker, environments = _set_up(instance, Kind.DEMO, port, mail=True)
    instance.note_address(environments["gateway"]["GATEWAY_PUBLIC_URL"])
    _hand_over(instance, Kind.DEMO, chosen, broker, environments, apart=apart, lock=lock)


def up(instance: Instance, port: int, *, apart: bool, admin: FirstAdmin | None, steps: Steps) -> None:
    """Run a hub for real use; the first time, its first administrator is asked for. Does not return."""
    _check_machine(instance)
    lock = instance.lock()
    instance.require(Kind.LIVE)
    chosen, broker, environments = _set_up(instance, Kind.LIVE, port, mail=False)
    instance.be(Kind.LIVE, ready=bool(instance.facts().get("ready")))
    if not instance.facts().get("ready"):
        with settings_of(environments), made_meanwhile():
            asyncio.run(_first_administrator(admin, steps))
        instance.be(Kind.LIVE, ready=True)
    if "NOTIFICATIONS_SMTP_HOST" not in environments["notifications"]:
        steps.say(
            f"No mail server is set, so messages stay in the hub. To send mail, write NOTIFICATIONS_SMTP_HOST=... into {instance.settings_file}."
        )
    _hand_over(instance, Kind.LIVE, chosen, broker, environments, apart=apart, lock=lock)


def _check_machine(instance: Instance) -> None:
    try:
        instance.prepare()
        disk = os.statvfs(instance.data)
    except OSError as error:
        raise Refusal(one_sentence_for(error).replace("{", "(").replace("}", ")")) from error
    if disk.f_bavail * disk.f_frsize < NEEDED_BYTES:
        raise DiskFull("The disk is full: a hub needs 200 MB of free space. Free some, then start again.")


def _set_up(instance: Instance, kind: Kind, port: int, *, mail: bool) -> tuple[Ports, Broker, dict[str, Environment]]:
    chosen = ports.choose(port)
    broker = prepare_broker(instance.data, port=chosen.broker, monitor_port=chosen.monitor)
    return chosen, broker, instance.environment(kind, chosen, mail=mail)


def _hand_over(
    instance: Instance, kind: Kind, chosen: Ports, broker: Broker, environments: Mapping[str, Environment], *, apart: bool, lock: int
) -> None:
    plan.write_plan(instance, kind, chosen, broker, environments, apart=apart)
    # The lock's descriptor stays open over exec, so the directory stays ours.
    os.set_inheritable(lock, True)
    plan.supervise(instance)


async def _build_city(instance: Instance, chosen: Ports, url: str, steps: Steps) -> None:
    from hubctl.broker_process import broker_running
    from hubctl.building import build_all
    from hubctl.demo.courier import Courier
    from hubctl.demo.load import Loader
    from hubctl.demo.world import grenoble
    from hubctl.prepare import migrate

    with steps.step("Making the databases", len(SERVICES)) as advance:
        await migrate(os.environ, lambda name: advance(1))
    built = build_all()
    for each in built.values():
        await each.service.check()
    courier = Courier({name: each.service for name, each in built.items()})
    key = instance.signing_key("gateway").read_text(encoding="utf-8").strip()
    world = grenoble(datetime.now(UTC).date())
    await Loader(built, key, courier, steps).load(world, REGISTRY, url, instance.accounts_file)
    with steps.step("Setting up the message broker"):
        chosen = ports.choose(chosen.gateway)
        broker = prepare_broker(instance.data, port=chosen.broker, monitor_port=chosen.monitor)
        async with broker_running(broker, instance.logs / "broker.log"):
            await courier.settle(broker)
    for each in built.values():
        await each.service.database.close()


async def _first_administrator(admin: FirstAdmin | None, steps: Steps) -> None:
    from contracts.roles import Role
    from hubctl.people import administrators, create
    from hubctl.prepare import migrate

    with steps.step("Making the databases"):
        await migrate(os.environ)
    if await administrators():
        return
    if admin is None:
        admin = _ask_for_admin(steps)
    password = new_password()
    await create(admin.email, admin.name, Role.ADMIN, None, "en", password)
    steps.say(
        f"\nThe first administrator is {admin.email}.\nFirst password, shown only now: {password}\n"
        "Sign in with it, set up the second factor that the hub then asks for, and change the password.\n"
    )


def _ask_for_admin(steps: Steps) -> FirstAdmin:
    if not sys.stdin.isatty():
        raise NoAdministrator("This hub is new and has no administrator yet. Name the first one: ./hub up --admin-email ADDRESS")
    import typer

    steps.say("This hub is new. Who shall be its first administrator?")
    return FirstAdmin(typer.prompt("E-mail address"), typer.prompt("Name"))


def new_password() -> str:
    """A password that nobody guesses: 16 characters, about 96 bits."""
    return secrets.token_urlsafe(12)
