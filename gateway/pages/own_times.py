"""When somebody helps: the weekly times of their accepted requests and of their offers, week by week and as iCalendar (RFC 5545).

Nothing here says whom: a kind of help, days and hours; no code, no name, no place of a household.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from chassis.ids import derived_id
from gateway.clients.asking import Record
from gateway.pages.formats import instant, minutes_of, text_in

HELPING = ("accepted", "in_progress")
SHOWN_OFFERS = ("open", "full")


@dataclass(frozen=True, slots=True)
class Times:
    """Weekly windows (day, from, to in minutes) within a range of days. `kind` is help or offer; `subject` is the match's or offer's id."""

    kind: str
    subject: str
    name: str
    windows: tuple[tuple[int, int, int], ...]
    first: date | None
    last: date | None
    version: int = 1
    began: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One window on one day."""

    day: date
    start: int
    end: int
    times: Times


def windows_of(rows: Sequence[Record]) -> tuple[tuple[int, int, int], ...]:
    """Weekly windows as numbers, in order."""
    return tuple(sorted((int(row["day"]), minutes_of(row["from"]), minutes_of(row["to"])) for row in rows))


def common(one: tuple[tuple[int, int, int], ...], other: tuple[tuple[int, int, int], ...]) -> tuple[tuple[int, int, int], ...]:
    """What two sets of windows have in common; no windows means any time."""
    if not one or not other:
        return one or other
    both = ((day, max(start, begin), min(end, stop)) for day, start, end in one for also, begin, stop in other if day == also)
    return tuple(sorted((day, start, end) for day, start, end in both if start < end))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _later(*days: date | None) -> date | None:
    return max((each for each in days if each is not None), default=None)


def _earlier(*days: date | None) -> date | None:
    return min((each for each in days if each is not None), default=None)


def times_of_match(match: Record, offer: Record | None, name: str) -> Times:
    """When the help of a match may be: what suits both sides, within both ranges of days."""
    need = match.get("need") or {}
    windows = common(windows_of(need.get("windows") or []), windows_of((offer or {}).get("windows") or []))
    first = _later(_day(match.get("accepted_at")), _day(need.get("from")), _day((offer or {}).get("valid_from")))
    last = _earlier(_day(need.get("until")), _day((offer or {}).get("valid_until")))
    return Times("help", match["id"], name, windows, first, last, int(match.get("version", 1)), str(match.get("updated_at", "")))


def times_of_offer(offer: Record, name: str) -> Times:
    """When an offer is there."""
    first, last = _later(_day(offer.get("posted_at")), _day(offer.get("valid_from"))), _day(offer.get("valid_until"))
    return Times(
        "offer",
        offer["id"],
        name,
        windows_of(offer.get("windows") or []),
        first,
        last,
        int(offer.get("version", 1)),
        str(offer.get("updated_at", "")),
    )


def all_times(matches: Iterable[Record], offers: Iterable[Record], names: Mapping[str, str]) -> list[Times]:
    """Help that was accepted, and offers that take requests. `names` are those of categories."""
    by_id = {offer["id"]: offer for offer in offers}
    found = [
        times_of_match(match, by_id.get(match["offer_id"]), names.get(match["category"], match["category"]))
        for match in matches
        if match["state"] in HELPING
    ]
    shown = (offer for offer in by_id.values() if offer["state"] in SHOWN_OFFERS)
    return found + [times_of_offer(offer, text_in(offer["title"])) for offer in shown]


def slots_of(times: Iterable[Times], monday: date) -> list[Slot]:
    """What falls into one week, by day and hour; help first."""
    found = [
        Slot(day, start, end, each)
        for each in times
        for weekday, start, end in each.windows
        for day in (monday + timedelta(days=weekday),)
        if (each.first is None or day >= each.first) and (each.last is None or day <= each.last)
    ]
    return sorted(found, key=lambda slot: (slot.day, slot.start, slot.times.kind, slot.times.subject))


def ical_of(times: Iterable[Times], *, name: str, zone: str, address: str, today: date) -> bytes:
    """A calendar of these times, each window repeated every week until its last day. Names a kind of help and nothing about anybody."""
    # Loaded here: few readers ask for it, and a hub that is idle stays small.
    from chassis.weekly import add_zone, first_on, new_calendar, weekly_event

    calendar = new_calendar("my calendar", name, zone)
    add_zone(calendar, zone, today - timedelta(days=366))
    for each in times:
        for weekday, start, end in each.windows:
            day = first_on(each.first or today, weekday)
            if each.last is not None and day > each.last:
                continue
            event = weekly_event(day, start, end, zone, each.last)
            event.add("uid", str(derived_id("my-calendar", each.subject, str(weekday), str(start), str(end))))
            event.add("dtstamp", _stamp(each.began))
            event.add("sequence", each.version)
            event.add("summary", each.name)
            event.add("status", "CONFIRMED" if each.kind == "help" else "TENTATIVE")
            event.add("transp", "OPAQUE" if each.kind == "help" else "TRANSPARENT")
            event.add("class", "PRIVATE")
            event.add("url", f"{address}/{'matches' if each.kind == 'help' else 'offers'}/{UUID(each.subject)}")
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _stamp(text: str) -> datetime:
    try:
        return instant(text)
    except ValueError:
        return datetime(2026, 1, 1, tzinfo=UTC)
