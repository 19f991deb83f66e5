"""Opening hours to weekly windows: OpenStreetMap's notation (as far as it speaks of weeks), and HSDS schedules (RFC 5545 words)."""

import re
from typing import Any

from services.actors.model.imports.forms import Window

MOST_WINDOWS = 20
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY, _SPAN = "(?:Mo|Tu|We|Th|Fr|Sa|Su)", r"\d{1,2}:\d{2}-\d{1,2}:\d{2}"
_RULE = re.compile(rf"(?P<days>{_DAY}(?:[-,]{_DAY})*)?\s*(?P<times>{_SPAN}(?:,{_SPAN})*)")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?")


def minute_of(text: Any) -> int | None:  # Any: a value of JSON
    """Minutes after midnight of a time of day, or None."""
    found = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or int(found[1]) > 24 or int(found[2]) > 59:
        return None
    minutes = int(found[1]) * 60 + int(found[2])
    return minutes if minutes <= 1440 else None


def windows_of_osm(text: str) -> tuple[tuple[Window, ...], bool]:
    """The weekly windows of opening hours such as `Mo-Fr 08:30-12:30,14:00-17:00; PH off`, and whether all of it was understood."""
    found: list[Window] = []
    whole = True
    for rule in text[:1000].split(";"):
        part = rule.strip()
        if not part or re.fullmatch(r"(PH|SH)\s+(off|closed)", part):
            continue
        if part == "24/7":
            found += [(day, 0, 1440) for day in range(7)]
            continue
        read = _RULE.fullmatch(part)
        if read is None:
            whole = False
            continue
        days = _days(read["days"]) if read["days"] else range(7)
        for times in read["times"].split(","):
            first, _, last = times.partition("-")
            begin, end = minute_of(first), minute_of(last)
            if begin is None or end is None or begin >= end:
                whole = False
                continue
            found += [(day, begin, end) for day in days]
    return _some(found, whole)


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, *rest = part.split("-")
        begin, end = DAYS.index(first), DAYS.index(rest[-1] if rest else first)
        days += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return days


def windows_of_schedules(schedules: list[Any]) -> tuple[tuple[Window, ...], bool]:  # Any: objects of JSON
    """The weekly windows of HSDS schedules, and whether all of them were understood."""
    found: list[Window] = []
    whole = True
    for schedule in schedules[:100]:
        if not isinstance(schedule, dict) or not any(schedule.get(name) for name in ("opens_at", "closes_at", "byday")):
            continue
        begin, end = minute_of(schedule.get("opens_at")), minute_of(schedule.get("closes_at"))
        days = re.findall(r"MO|TU|WE|TH|FR|SA|SU", str(schedule.get("byday") or "").upper())
        if schedule.get("freq") not in (None, "", "WEEKLY", "DAILY") or begin is None or end is None or begin >= end:
            whole = False
            continue
        if not days and schedule.get("freq") != "DAILY":
            whole = False
            continue
        found += [(BYDAY.index(day), begin, end) for day in days] if days else [(day, begin, end) for day in range(7)]
    return _some(found, whole)


def _some(found: list[Window], whole: bool) -> tuple[tuple[Window, ...], bool]:
    windows = sorted(set(found))
    return tuple(windows[:MOST_WINDOWS]), whole and len(windows) <= MOST_WINDOWS
