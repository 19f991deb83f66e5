"""The dashboard: figures over time for coordinators and administrators, exact; for observers what is published."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from chassis.errors import Forbidden, Unauthenticated
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.clients.statistics import StatisticsClient
from gateway.pages.dashboard_figures import figures_of, tiles_of
from gateway.pages.dashboard_parts import Told
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.figures import csv_of, period_name
from gateway.pages.formats import language_name
from gateway.pages.forms import Form
from gateway.pages.vocabulary import Words, naming, words_of
from gateway.pages.words import label

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=120)]
SERIES = "/api/v1/statistics/series"
PERIODS = ("day", "week", "month", "quarter")
BY = ("category", "area", "language")
NAMES = ("period", "from", "to", "category", "area", "language")
POINTERS = {f"/query/{name}": name for name in NAMES}
NOTHING: Record = {
    "period": "month",
    "starts": [],
    "as_of": None,
    "values": {},
    "total": {},
    "before": {},
    "times": {},
    "times_total": {},
    "items": [],
}
IN_REPORT = ("needs", "waiting", "categories", "lacking", "times", "offers", "answers", "outcomes")


class NotYourFigures(Forbidden):
    """The dashboard is for coordinators, administrators and observers."""


@router.get("/dashboard")
async def see_dashboard(visit: Here) -> Response:
    """What happened over time, by kind of help, area and language."""
    if visit.role == "observer":
        return visit.go("/statistics")
    form, told, words = await _told(visit)
    return visit.page("dashboard.html", 422 if form.faults else 200, **_context(form, told, words))


@router.get("/dashboard.csv")
async def take_figure(visit: Here, figure: Text = "") -> Response:
    """One figure of the dashboard as a file, with the same filters."""
    form, told, words = await _told(visit)
    found = next((each for each in figures_of(told) if each.key == figure), None) if told is not None else None
    if found is None:
        return visit.page("dashboard.html", 422 if form.faults else 404, **_context(form, told, words))
    return csv_of(found)


@router.get("/dashboard/report")
async def print_report(visit: Here) -> Response:
    """The main figures in one document, to be printed for the council."""
    if visit.role == "observer":
        return visit.go("/statistics")
    form, told, words = await _told(visit)
    context = _context(form, told, words)
    context["figures"] = [each for each in context["figures"] if each.key in IN_REPORT]
    return visit.page("dashboard_report.html", 422 if form.faults else 200, **context)


async def _told(visit: Visit) -> tuple[Form, Told | None, Words]:
    """What the filters ask for; None where they cannot be answered, which the form then says."""
    if not visit.visitor.signed_in:
        raise Unauthenticated("Please sign in first.")
    if not visit.may("GET", SERIES):
        raise NotYourFigures(
            "The dashboard is for coordinators, administrators and observers. Everybody reads the published figures on the page Statistics."
        )
    form = Form({name: [visit.request.query_params[name][:120]] for name in NAMES if name in visit.request.query_params}, POINTERS)
    chosen = {name: form.text(name) for name in NAMES}
    if chosen["period"] not in PERIODS:
        chosen["period"] = "month"
    query = pairs(**chosen)
    ask = StatisticsClient(visit.asker)
    words, measures = await asyncio.gather(words_of(visit), ask.measures())
    try:
        answers = await _asked(visit, ask, list(query))
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        form.refused(refusal)
        return form, None, words
    names = naming(visit, words)

    def place(key: str) -> str:
        lat, lon = key.split(",")
        return str(names["place_name"](float(lat), float(lon)))

    by = {name: answers.get(name, NOTHING) for name in BY}
    told = Told(answers["series"], by, answers["lacking"], answers["keys"], measures, query, words.category, place)
    return form, told, words


async def _asked(visit: Visit, ask: StatisticsClient, query: list[tuple[str, str]]) -> dict[str, Record]:
    """All that the page needs, asked side by side. What would be broken too finely is left out."""
    chosen = dict(query)
    wanted: dict[str, Coroutine[Any, Any, Record]] = {"series": ask.series(query)}
    for name in BY:
        dimensions = {each for each in BY if chosen.get(each)} | {name}
        if len(dimensions) > 2 or {"area", "language"} <= dimensions or (len(dimensions) > 1 and chosen["period"] in ("day", "week")):
            continue
        wanted[name] = ask.parts([("by", name), *query])
    wanted["lacking"] = visit.ask.scarcity.lacking([*pairs(category=chosen.get("category"), language=chosen.get("language")), ("limit", "20")])
    wanted["keys"] = ask.keys()
    found = await asyncio.gather(*wanted.values(), return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return dict(zip(wanted, found, strict=True))  # type: ignore[arg-type]


def _context(form: Form, told: Told | None, words: Words) -> dict[str, Any]:  # Any: what the template shows
    series = told.series if told is not None else NOTHING
    starts = series["starts"]
    period = series["period"]
    since, until = (period_name(period, starts[0]), period_name(period, starts[-1])) if starts else ("", "")
    query = list(told.query) if told is not None else []
    narrowed = [
        words.category(form.text("category")) if form.text("category") else "",
        told.key_name("area", form.text("area")) if told is not None and form.text("area") else "",
        language_name(form.text("language")) if form.text("language") else "",
    ]
    return {
        "form": form,
        "words": words,
        "told": told,
        "figures": figures_of(told) if told is not None and starts else [],
        "tiles": tiles_of(told) if told is not None and starts else [],
        "as_of": series["as_of"],
        "since": since,
        "until": until,
        "narrowed": " · ".join(filter(None, narrowed)),
        "query": query,
        "periods": [(name, label("period", name)) for name in PERIODS],
        "areas": [(key, told.key_name("area", key)) for key in told.keys["areas"]] if told is not None else [],
        "languages": sorted(((key, told.key_name("language", key)) for key in told.keys["languages"]), key=lambda pair: pair[1])
        if told is not None
        else [],
    }
