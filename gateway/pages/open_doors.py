"""Which doors are open to people without an account, and on which terms: the city may close asking without a name, and offering by mail."""

import time
from asyncio import gather
from dataclasses import dataclass, replace

from chassis.errors import HubError
from gateway.clients.asking import Record
from gateway.pages.door import Visit

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Doors:
    """What is open, where one can come and talk to somebody, and how many days what was asked or begun is kept (None: not known)."""

    ask: bool = False
    offer: bool = False
    place: str = ""
    ask_days: int | None = None
    need_days: int | None = None
    closed_case_days: int | None = None
    register_days: int | None = None

    @classmethod
    def read(cls, asks: Record, registrations: Record) -> "Doors":
        """From what the services say."""
        return cls(
            ask=bool(asks["allowed"]),
            offer=bool(registrations["allowed"]),
            place=str(asks.get("place") or ""),
            ask_days=asks.get("days"),
            need_days=asks.get("need_days"),
            closed_case_days=asks.get("closed_case_days"),
            register_days=registrations.get("days"),
        )


CHOSEN = {
    "ask": "ask_without_name",
    "offer": "offer_by_mail",
    "ask_days": "ask_days",
    "need_days": "need_days",
    "closed_case_days": "closed_case_days",
}
"""What of it a city chooses: its name here -> its name in `contracts.instance`."""
_known: dict[int, tuple[float, Doors]] = {}
"""Per hub."""


async def open_doors(visit: Visit) -> Doors:
    """What is open; while a service is away, what was open last. What the city has just chosen holds before the services were asked again."""
    doors = await _remembered(visit)
    chosen = visit.instance.chosen
    new = {name: chosen[setting] for name, setting in CHOSEN.items() if chosen.get(setting) is not None}
    return replace(doors, **new) if new else doors


async def _remembered(visit: Visit) -> Doors:
    key = id(visit.request.app.state.lines)
    known = _known.get(key)
    if known is not None and time.monotonic() - known[0] < SECONDS:
        return known[1]
    try:
        doors = Doors.read(*await gather(visit.ask.asks.terms(), visit.ask.registrations.terms()))
    except HubError:
        return known[1] if known else Doors()
    if len(_known) > 100:
        _known.clear()
    _known[key] = (time.monotonic(), doors)
    return doors
