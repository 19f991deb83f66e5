"""The public statistics: published figures of quarters, the registry, and files of each; nobody can be recognised in them."""

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from starlette.responses import PlainTextResponse

from chassis.errors import HubError
from gateway.clients.asking import Record
from gateway.clients.statistics import StatisticsClient
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.figures import csv_of, period_name
from gateway.pages.formats import language_name
from gateway.pages.forms import Form
from gateway.pages.statistics_figures import FATES, Open, open_figures
from gateway.pages.vocabulary import Words, naming, words_of
from gateway.pages.words import say

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=120)]
NAMES = ("from", "to", "quarter", "category", "area", "language")
LISTS = ("category", "area", "language")


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


@router.get("/statistics")
async def see_statistics(visit: Here) -> Response:
    """What everybody may read about needs, requests, offers and the registry."""
    form, told, quarters, words = await _told(visit)
    return visit.page("statistics.html", 422 if form.faults else 200, **_context(form, told, quarters, words))


@router.get("/statistics.csv")
async def take_statistics(visit: Here, figure: Text = "") -> Response:
    """One published figure as a file."""
    form, told, quarters, words = await _told(visit)
    found = next((each for each in open_figures(told) if each.key == figure), None) if not form.faults else None
    if found is None:
        return visit.page("statistics.html", 422 if form.faults else 404, **_context(form, told, quarters, words))
    return csv_of(found)


@router.get("/statistics/readme.txt")
async def read_about_files(visit: Here) -> Response:
    """What the files of figures hold: each column, each measure, and the rules of what is left out."""
    measures = await StatisticsClient(visit.asker).measures()
    lines = [
        "Hospitium: files of figures",
        "",
        "Format: CSV (RFC 4180), UTF-8 with a byte order mark, comma, line ends CR LF; the first line holds the codes of the columns.",
        "Days end at midnight UTC, weeks begin on Monday; a period is named by its first day (ISO 8601).",
        'Areas are squares of about 5 by 5 kilometres, named by their middle as "latitude,longitude"; "-" is not known, "remote" is from afar.',
        "Text that a spreadsheet would run as a formula begins with an apostrophe. An empty cell is a figure that is left out or does not exist.",
        "Published figures (/statistics.csv): groups under ten are left out, with what would give them away; the rest is rounded to 5.",
        'A category that ends in ".general" holds what is counted at the upper kind itself.',
        "",
        "Measures:",
        *(f"{code}: {definition}" for code, definition in measures.items()),
        "",
        f"What became of needs (fate): {', '.join(FATES)}; how things stood when the quarter ended.",
        "Answers: accepted, declined, expired, called_off, waiting; accepted.fulfilled, accepted.not_fulfilled, accepted.going_on.",
    ]
    return PlainTextResponse("\n".join(lines) + "\n")


async def _told(visit: Visit) -> tuple[Form, Open, list[Record], Words]:
    """What is published of the quarters that the filters choose. A filter that makes no sense is said in the form."""
    form = Form({name: [visit.request.query_params[name][:120]] for name in NAMES if name in visit.request.query_params})
    ask = StatisticsClient(visit.asker)
    words, published, registry, measures = await asyncio.gather(words_of(visit), _published(ask), _registry(visit), _measures(ask))
    first, last = _day(form, "from"), _day(form, "to")
    quarters = [quarter for quarter in published if (first is None or quarter["start"] >= first) and (last is None or quarter["start"] <= last)]
    narrowed = [(name, form.text(name)) for name in LISTS if form.text(name)]
    if len(narrowed) > 1:
        form.wrong(narrowed[1][0], say(_("Choose one of kind of help, area and language. Together they would make groups too small to be told.")))
    chosen = next((quarter for quarter in quarters if quarter["start"] == form.text("quarter")), quarters[-1] if quarters else None)
    names = naming(visit, words)

    def place(key: str) -> str:
        lat, lon = key.split(",")
        return str(names["place_name"](float(lat), float(lon)))

    query = pairs(**{"from": first, "to": last})
    told = Open(quarters, chosen, registry, measures, query, words.category, place, narrowed[0] if narrowed else None)
    return form, told, published, words


def _day(form: Form, name: str) -> str | None:
    text = form.text(name)
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        form.wrong(name, say(_("Write a day as year, month and day, for example 2026-01-31.")))
        return None


async def _published(ask: StatisticsClient) -> list[Record]:
    try:
        return await ask.published()
    except HubError:
        # The page stands while a service is away.
        return []


async def _measures(ask: StatisticsClient) -> dict[str, str]:
    try:
        return await ask.measures()
    except HubError:
        return {}


async def _registry(visit: Visit) -> Record:
    try:
        return await visit.ask.registry.statistics()
    except HubError:
        return {}


def _context(form: Form, told: Open, published: list[Record], words: Words) -> dict[str, Any]:  # Any: what the template shows
    keys = {name: sorted({key for quarter in published for key in quarter["needs"][name]}) for name in LISTS}
    kept = pairs(**{name: form.text(name) for name in NAMES})
    narrowed = told.key_name(*told.narrowed) if told.narrowed and told.narrowed[1] in keys[told.narrowed[0]] else ""
    return {
        "form": form,
        "figures": open_figures(told) if not form.faults else [],
        "registry": told.registry,
        "quarters": [(quarter["start"], period_name("quarter", quarter["start"])) for quarter in reversed(told.quarters)],
        "since": period_name("quarter", told.quarters[0]["start"]) if told.quarters else "",
        "until": period_name("quarter", told.quarters[-1]["start"]) if told.quarters else "",
        "narrowed": narrowed,
        "query": list(kept),
        "categories": [(key, told.key_name("category", key)) for key in keys["category"]],
        "areas": [(key, told.key_name("area", key)) for key in keys["area"]],
        "languages": sorted(((key, language_name(key)) for key in keys["language"] if key != "-"), key=lambda pair: pair[1]),
        "words": words,
    }
