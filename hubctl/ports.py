"""Chooses the ports of an instance: the public one as asked, the inner ones as usual or, where those are taken, any free ones."""

import errno
from dataclasses import dataclass, field

from chassis.free_ports import bind, free_ports, is_free
from hubctl.refusals import Refusal

USUAL = {"actors": 8101, "people": 8102, "matching": 8103, "notifications": 8104}


class PortTaken(Refusal):
    """The public port is used by another program, or needs rights that we do not have."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens on this machine."""

    gateway: int = 8080
    broker: int = 4222
    monitor: int = 8222
    mail: int = 1025
    services: dict[str, int] = field(default_factory=lambda: dict(USUAL))


def choose(gateway: int) -> Ports:
    """Ports that are free now. Raises PortTaken for the public one.

    Only a hub on the usual public port takes the usual inner ones, so that two hubs that start together on one machine never want the same.
    """
    require_free(gateway)
    taken = {gateway}

    def inner(usual: int) -> int:
        port = usual if gateway == Ports().gateway and is_free(usual) else free_ports(1, but=taken)[0]
        taken.add(port)
        return port

    usual = Ports()
    return Ports(gateway, inner(usual.broker), inner(usual.monitor), inner(usual.mail), {name: inner(port) for name, port in USUAL.items()})


def require_free(port: int) -> None:
    """Raise PortTaken with what to do."""
    try:
        bind(port)
    except OSError as error:
        if error.errno == errno.EACCES:
            raise PortTaken("Port {port} needs administrator rights. Choose one above 1023 with --port.", port=port) from None
        raise PortTaken("Port {port} is used by another program. Stop that program, or choose another port with --port.", port=port) from None
