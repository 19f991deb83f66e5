"""Which doors are open to people without an account: the city may close asking without a name, and offering by mail."""

import time
from dataclasses import dataclass

from chassis.errors import HubError
from gateway.pages.door import Visit

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Doors:
    """What is open."""

    ask: bool = False
    offer: bool = False


_known: dict[int, tuple[float, Doors]] = {}
"""Per hub."""


async def open_doors(visit: Visit) -> Doors:
    """What is open; while a service is away, what was open last."""
    key = id(visit.request.app.state.lines)
    known = _known.get(key)
    if known is not None and time.monotonic() - known[0] < SECONDS:
        return known[1]
    try:
        doors = Doors(bool((await visit.ask.asks.terms())["allowed"]), bool((await visit.ask.registrations.terms())["allowed"]))
    except HubError:
        return known[1] if known else Doors()
    if len(_known) > 100:
        _known.clear()
    _known[key] = (time.monotonic(), doors)
    return doors
