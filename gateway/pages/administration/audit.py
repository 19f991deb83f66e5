"""The audit trail: what was done, found by person, kind, record and day; its summary for observers; and whether it is whole."""

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.call import ServiceAway
from gateway.clients.asking import Record
from gateway.news import read_audit
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.files import csv_file
from gateway.pages.words import WORDS, choices

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=80)]
AT_ONCE = 100
SUMMARY_DAYS = 31


@router.get("/admin/audit")
async def see_audit(
    visit: Here, person: Text = "", action: Text = "", subject: Text = "", record: Text = "", day: Text = "", before: Text = "", before_id: Text = ""
) -> Response:
    """The audit trail of all services, newest first. A filter that cannot be read is left out, and said so."""
    visit.asker.require("GET", "/api/v1/audit")
    on, who = _day(day), _uuid(person)
    unclear = bool((day and on is None) or (person and who is None) or not _code(action) or not _id(record))
    subject = subject if subject in WORDS["subject"] else ""
    start = datetime.combine(on, datetime.min.time(), UTC) if on else None
    end = _moment(before) or (start + timedelta(days=1) if start else None)
    answer = await read_audit(
        visit.request,
        end,
        None,
        AT_ONCE,
        _uuid(before_id),
        start,
        action.lower() if action and _code(action) else None,
        subject or None,
        record if record and _id(record) else None,
        who,
    )
    entries: list[Record] = json.loads(bytes(answer.body))["items"]
    kept = {"person": person, "action": action, "subject": subject, "record": record, "day": day}
    last = entries[-1] if len(entries) == AT_ONCE else None
    more = urlencode(pairs(**kept, before=last["at"], before_id=last["id"])) if last else None
    return visit.page(
        "administration/audit.html",
        entries=entries,
        kept=kept,
        more=more,
        unclear=unclear,
        subjects=choices("subject"),
        is_admin=visit.is_one_of("admin"),
        verdicts=None,
    )


@router.post("/admin/audit")
async def verify_audit(visit: Here) -> Response:
    """Walk the trail of every service, and say whether it is whole."""
    await visit.form()
    found = await visit.ask.upkeep.all("/audit/verify", "POST")
    return visit.page("administration/audit_verified.html", verdicts=found)


@router.get("/admin/audit/summary")
async def see_summary(visit: Here, until: Text = "") -> Response:
    """What was done, counted by day and kind, a month at a time."""
    last = _day(until) or datetime.now(UTC).date()
    rows = await _summary(visit, last)
    earlier = (last - timedelta(days=SUMMARY_DAYS)).isoformat()
    return visit.page("administration/audit_summary.html", rows=rows, last=last.isoformat(), first=_first(last).isoformat(), earlier=earlier)


@router.get("/admin/audit/summary.csv")
async def export_summary(visit: Here, until: Text = "") -> Response:
    """The same as a table for a spreadsheet: codes and counts, nothing else."""
    last = _day(until) or datetime.now(UTC).date()
    head = ("day", "action", "subject_kind", "count")
    rows = [[row[column] for column in head] for row in await _summary(visit, last)]
    return csv_file(f"audit-{last.isoformat()}.csv", head, rows)


def _first(last: date) -> date:
    return last - timedelta(days=SUMMARY_DAYS - 1)


async def _summary(visit: Visit, last: date) -> list[Record]:
    """Counts of all services together. Raises ServiceAway: a sum without a part would be wrong."""
    visit.asker.require("GET", "/api/v1/audit")
    since, until = (datetime.combine(day, datetime.min.time(), UTC).isoformat() for day in (_first(last), last + timedelta(days=1)))
    path = "/internal/v1/audit/summary?" + urlencode({"since": since, "until": until})
    caller = visit.visitor.caller
    answers = await asyncio.gather(*(line.ask(caller, "GET", path) for line in visit.asker.lines.values()))
    if any(answer.status != 200 for answer in answers):
        raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.")
    counts: Counter[tuple[str, str, str]] = Counter()
    for answer in answers:
        for row in answer.json():
            counts[row["day"], row["action"], row["subject_kind"]] += row["count"]
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], item[1]), reverse=True)
    return [{"day": day, "action": action, "subject_kind": kind, "count": count} for (day, action, kind), count in ordered]


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and 2000 <= found.year <= 2200 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _code(text: str) -> bool:
    return all(char.isascii() and (char.isalnum() or char in "_.") for char in text)


def _id(text: str) -> bool:
    return all(char.isascii() and (char.isalnum() or char == "-") for char in text)
