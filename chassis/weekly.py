"""Times that repeat every week, as iCalendar (RFC 5545): the beginning of a calendar, and one event a weekly window."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vRecur

BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def new_calendar(kind: str, name: str, zone: str) -> Calendar:
    """An empty calendar to publish. `kind` names it for programs, `name` for people."""
    calendar = Calendar()
    for key, value in (("prodid", f"-//Hospitium//{kind}//EN"), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        calendar.add(key, value)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    return calendar


def add_zone(calendar: Calendar, zone: str, first: date) -> None:
    """Say how this time zone's clocks change, for ten years from a day on."""
    calendar.add_component(Timezone.from_tzid(zone, first_date=first, last_date=first + timedelta(days=3660)))


def first_on(begins: date, weekday: int) -> date:
    """The first such day of the week (Monday is 0) from a day on."""
    return begins + timedelta(days=(weekday - begins.weekday()) % 7)


def weekly_event(first: date, start: int, end: int, zone: str, until: date | None) -> Event:
    """Every week from a day on, between two minutes of the day (1440: its end), until a last day in that time zone."""
    place = ZoneInfo(zone)
    event = Event()
    event.add("dtstart", _moment(first, start, place))
    event.add("dtend", _moment(first, end, place))
    rule: dict[str, Any] = {"freq": "weekly", "byday": BYDAY[first.weekday()]}  # Any: parts of a recurrence rule
    if until is not None:
        rule["until"] = datetime.combine(until, time(23, 59, 59), place).astimezone(UTC)
    event.add("rrule", vRecur(rule))
    return event


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    # 24:00 is the next day's first minute.
    return datetime.combine(day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), zone)
