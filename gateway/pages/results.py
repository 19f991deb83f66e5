"""Pages of what one's help came to: figures for oneself and for one's organisation, and a thank-you that can be printed or shown."""

import asyncio
from datetime import date
from typing import Annotated, Literal

from babel.dates import format_skeleton
from fastapi import APIRouter, Query, Response

from chassis.context import locale
from gateway.clients.asking import Record
from gateway.pages.charts import bars_of
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.vocabulary import Words, naming, words_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Whose = Annotated[Literal["me", "actor"], Query(alias="of")]


def month_name(month: str) -> str:
    """A month such as 2026-11 as the reader writes it."""
    day = date.fromisoformat(f"{month}-01")
    return str(format_skeleton("yMMMM", day, locale=locale()))


def _has_actor(visit: Visit) -> bool:
    return visit.visitor.caller.actor_id is not None and visit.is_one_of("member", "coordinator")


@router.get("/my/results")
async def see_results(visit: Here) -> Response:
    """What the visitor's help came to, and that of their organisation."""
    visit.asker.require("GET", "/api/v1/results")
    whose = ["me", "actor"] if _has_actor(visit) else ["me"]
    found = await asyncio.gather(*(visit.ask.own.results(each) for each in whose))
    words = await words_of(visit)
    shown = [_shown(of, figures, words) for of, figures in zip(whose, found, strict=True)]
    # Members give in the name of their organisation: their own figures are shown only where there are any.
    kept = [part for part in shown if part["of"] == "actor" or part["matches"] or part["running"] or len(shown) == 1]
    return visit.page("own/results.html", parts=kept, **naming(visit, words))


@router.get("/my/results/thanks")
async def see_thanks(visit: Here, whose: Whose = "me") -> Response:
    """A thank-you without any personal data, to print or to show."""
    visit.asker.require("GET", "/api/v1/results")
    figures = await visit.ask.own.results(whose if _has_actor(visit) else "me")
    return visit.page("own/thanks.html", figures=figures, today=date.today().isoformat(), whose=whose)


def _shown(of: str, figures: Record, words: Words) -> Record:
    kinds = [(words.category(row["category"]), row["matches"]) for row in figures["by_category"]]
    months = [(month_name(row["month"]), row["matches"]) for row in figures["by_month"]]
    return {
        **figures,
        "of": of,
        "kinds": kinds,
        "months": months,
        "kinds_chart": bars_of([(name, [count]) for name, count in kinds]),
        "months_chart": bars_of([(name, [count]) for name, count in months]),
    }
