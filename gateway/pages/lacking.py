"""The page "what we need now": calls for help for everybody, rounded; exact figures for coordinators."""

from asyncio import gather
from textwrap import shorten
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Response

from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.charts import Chart, bars_of
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.formats import language_name
from gateway.pages.forms import Form
from gateway.pages.open_doors import Doors, open_doors
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import label

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=120)]
LISTED = 30
IN_CHART = 8
LONGEST_LABEL = 36
"""Letters of a bar's label: lines of a drawing do not wrap, and a small telephone has no more room; the table has all."""
NOTHING: Record = {"items": [], "total": 0, "computed_at": None, "rounded": True}


@router.get("/needed")
async def see_what_is_lacking(visit: Here, category: Text = "", language: Text = "") -> Response:
    """What is lacking, as sentences that ask for it, what serves most first."""
    wanted = {"category": category, "language": language}
    return await _page(visit, Form({name: [value] for name, value in wanted.items()}))


@router.get("/scarcity")
async def lead_to_what_is_lacking(visit: Here) -> Response:
    """The same page under the name that coordinators know from the API."""
    return visit.go("/needed")


@router.post("/needed/refresh")
async def look_again(visit: Here) -> Response:
    """Have it computed now."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.scarcity.refresh()) is None:
        return await _page(visit, form, 409)
    return visit.go("/needed", "lacking-refreshed")


def calls_of(visit: Visit, names: dict[str, Any], rows: list[Record], doors: Doors) -> list[Record]:  # Any: functions that name things
    """What is lacking as calls for help: in a few words, and with the way to offer it."""
    return [{**row, "words": _words_of(names, row), "offer_path": _offer_path(visit, row, doors)} for row in rows]


async def _page(visit: Visit, form: Form, status: int = 200) -> Response:
    words, doors = await gather(words_of(visit), open_doors(visit))
    found, unclear = NOTHING, False
    try:
        found = await visit.ask.scarcity.lacking(pairs(category=form.text("category"), language=form.text("language"), limit=LISTED))
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        unclear = True
    names = naming(visit, words)
    rows = calls_of(visit, names, found["items"], doors)
    return visit.page(
        "needed.html",
        status,
        form=form,
        found=found,
        rows=rows,
        unclear=unclear,
        chart=_chart(rows),
        doors=doors,
        refreshes=visit.may("POST", "/api/v1/scarcity/refresh"),
        words=words,
        **names,
    )


def _words_of(names: dict[str, Any], row: Record) -> str:  # Any: functions that name things
    """The lacking offer in a few words, for the chart and the table: what, in which languages, when, around where."""
    said = [names["category"](row["category"]), ", ".join(language_name(code) for code in row["languages"])]
    if row["weekday"] is not None:
        said.append(" ".join(filter(None, (label("weekday", row["weekday"]), label("day_part", row["part"]) if row["part"] else ""))))
    if row["area"]:
        said.append(names["place_name"](row["area"]["lat"], row["area"]["lon"]))
    return " · ".join(filter(None, said))


def _chart(rows: list[Record]) -> Chart | None:
    drawn = [
        (shorten(row["words"], LONGEST_LABEL, placeholder=" …"), [row["served_by_one_more"]]) for row in rows[:IN_CHART] if row["served_by_one_more"]
    ]
    return bars_of(drawn) if len(drawn) > 1 else None


def _offer_path(visit: Visit, row: Record, doors: Doors) -> str | None:
    """Where "I can help with this" leads: to the pages of offering, filled with what is asked; to signing in first where the city lets nobody
    offer without an account; nowhere for roles that do not offer."""
    area = row["area"]
    asked = pairs(
        category=row["category"],
        languages=",".join(row["languages"]),
        day="" if row["weekday"] is None else str(row["weekday"]),
        part=row["part"] or "",
        near=f"{area['lat']},{area['lon']}" if area else "",
    )
    path = f"/offer/what?{urlencode(asked)}"
    if not visit.visitor.signed_in:
        return path if doors.offer else f"/sign-in?next={quote(path, safe='')}"
    return path if visit.is_one_of("volunteer", "member", "coordinator") else None
