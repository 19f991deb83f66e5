"""The coordinator's desk: what needs me now in one list, each line with its reason and one next step; and the matches to follow up."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from babel.dates import format_timedelta
from fastapi import APIRouter, Query, Response

from chassis.context import locale
from gateway.clients.asking import Listing, Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.quietly import quietly
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import WORDS, say

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]
Word = Annotated[str, Query(max_length=40)]
KINDS = tuple(kind for kind in WORDS["desk"] if kind != "suggestions")
SCOPES = tuple(WORDS["desk_scope"])
OF_NEEDS = ("answer_missed", "declined", "nothing_fits", "to_confirm")
OF_MATCHES = ("answer_due", "not_begun", "no_outcome")
A_DAY = timedelta(hours=24)
TO_UNDO = timedelta(minutes=15)
"""So long after it was confirmed a match can be taken back with one press."""
FOLLOWED = ("confirmed", "accepted", "in_progress")


@router.get("/desk")
async def see_desk(visit: Here, scope: Word = "all", kind: Word = "", cursor: Text = "", confirmed: Word = "") -> Response:
    """What needs a coordinator now; `confirmed` is a match that was just made, to take back."""
    visit.asker.require("GET", "/api/v1/desk")
    scope, kind = scope if scope in SCOPES else "all", kind if kind in KINDS else ""
    query = [("limit", "30"), ("scope", scope), *([("kind", kind)] if kind else []), *([("cursor", cursor)] if cursor else [])]
    words, (listing, counts), suggested, undo = await asyncio.gather(
        words_of(visit), visit.ask.desk.desk(query), _suggested(visit, scope, kind), _to_undo(visit, confirmed)
    )
    lines = [_line(visit, line) for line in listing.items]
    return visit.page(
        "desk.html",
        listing=listing,
        lines=lines,
        counts=[(code, counts[code]) for code in KINDS if counts.get(code)],
        total=sum(counts.values()),
        ticking=any(line["ticks"] for line in lines),
        verbs=_verbs(visit, lines),
        scope=scope,
        scopes=SCOPES if visit.is_one_of("coordinator") else (),
        kind=kind,
        suggested=suggested,
        undo=undo,
        form=Form(),
        records=visit.may("POST", "/api/v1/cases"),
        why=_why,
        here_again=_address(scope, kind),
        **naming(visit, words),
    )


@router.get("/follow-up")
async def follow_up(visit: Here, state: Word = "", cursor: Text = "") -> Response:
    """Matches under way, each with what can be said of it in one press."""
    visit.asker.require("POST", "/api/v1/matches")
    wanted = state if state in FOLLOWED else "live"
    query = [("side", "case"), ("state", wanted), ("limit", "30"), *([("cursor", cursor)] if cursor else [])]
    words, listing = await asyncio.gather(words_of(visit), visit.ask.matches.matches(query))
    return visit.page(
        "follow_up.html", listing=listing, state=wanted, states=FOLLOWED, form=Form(), age=age, verbs=["remind", "extend"], **naming(visit, words)
    )


def age(moment: str) -> str:
    """How long ago a moment was, in the reader's words."""
    return str(format_timedelta(-_since(moment), add_direction=True, locale=locale(), threshold=1.2))


def may_undo(match: Record) -> bool:
    """Whether a match was confirmed just now, so that it can be taken back with one press."""
    return match["state"] == "confirmed" and _since(match["created_at"]) < TO_UNDO


def reminded_lately(match: Record) -> bool:
    """Whether its provider was reminded within a day."""
    return bool(match.get("reminded_at")) and _since(match["reminded_at"]) < A_DAY


def _why(code: str, **params: object) -> str:
    """Why a line is there."""
    return say(WORDS["desk_why"][code], **params)


def _since(moment: str) -> timedelta:
    at = datetime.fromisoformat(moment)
    return datetime.now(UTC) - (at if at.tzinfo else at.replace(tzinfo=UTC))


def _address(scope: str, kind: str) -> str:
    return f"/desk?scope={scope}" + (f"&kind={kind}" if kind else "")


async def _suggested(visit: Visit, scope: str, kind: str) -> int:
    """How many suggestions for the registry wait, where the whole desk is shown."""
    if scope != "all" or kind or not visit.may("GET", "/api/v1/suggestions"):
        return 0
    return len((await quietly(visit.ask.suggestions.queue([("limit", "50")]), Listing([]))).items)


async def _to_undo(visit: Visit, confirmed: str) -> Record | None:
    try:
        match_id = str(UUID(confirmed))
    except ValueError:
        return None
    match = await quietly(visit.ask.matches.match(match_id), Record())
    return match if match and may_undo(match) else None


def _line(visit: Visit, line: Record) -> Record:
    """A line with its next step: a form's word for /bulk (`act`), or an address (`to`); and what ticking it would do (`ticks`)."""
    kind, key = line["kind"], line["id"]
    confirms, records = visit.may("POST", "/api/v1/matches"), visit.may("POST", "/api/v1/cases")
    found: Record = {**line, "act": "", "to": "", "ticks": [], "value": "", "late": False, "age": age(line["at"])}
    if kind in OF_NEEDS:
        best = line["offer"]["id"] if line["offer"] and line["score"] is not None else ""
        found |= {"to": f"/needs/{key}", "value": f"need:{key}:{best}", "best": best}
        found["act"] = "confirm" if best and confirms else ""
        found["ticks"] = [*(["confirm"] if found["act"] else []), *(["withdraw"] if records else [])]
    elif kind in OF_MATCHES:
        lately = not confirms or reminded_lately(line["match"])
        found |= {"to": f"/matches/{key}", "value": f"match:{key}", "act": "remind" if kind != "no_outcome" and not lately else ""}
        found["late"] = kind == "answer_due" and _since(line["match"]["answer_by"]) > timedelta(0)
        found["ticks"] = [*(["remind"] if not lately else []), *(["extend"] if confirms and line["match"]["state"] == "confirmed" else [])]
    elif kind in ("consent_missing", "quiet"):
        found |= {"to": f"/cases/{key}" + ("#consent-title" if kind == "consent_missing" else ""), "value": f"case:{key}"}
        found["ticks"] = ["close"] if kind == "quiet" and records else []
    elif kind == "asked":
        found["to"] = f"/asks/{key}"
    elif kind == "to_approve":
        found |= {"to": f"/moderation?offer={key}", "value": f"offer:{key}", "ticks": ["approve"]}
    else:
        found |= {"to": f"/offers/{key}"}
    return found


def _verbs(visit: Visit, lines: list[Record]) -> list[str]:
    """What can be done with several ticked lines of this page."""
    there = {verb for line in lines for verb in line["ticks"]}
    return [verb for verb in WORDS["bulk"] if verb in there]
