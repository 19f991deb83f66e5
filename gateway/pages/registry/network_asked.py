"""Pages that answer a question about the network: the way from one to another, who connects cities, how it grew."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.charts import Chart, bars_of
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.registry.chain_picture import Chain, draw_connection, draw_ways
from gateway.pages.registry.shapes import legend_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
Start = Annotated[str, Query(alias="from", max_length=200)]
Goal = Annotated[str, Query(alias="to", max_length=200)]
OFFERED = 8
MOST = 10
ROWS = 4
"""Empty fields at first, of the most that can be connected."""
IN_CHART = 30


@dataclass(slots=True)
class Choice:
    """What somebody typed to name an actor: the actor, or those that may be meant."""

    typed: str
    actor: Record | None = None
    offered: list[Record] = field(default_factory=list)


async def _choose(visit: Visit, typed: str) -> Choice:
    """The actor with this key or this very name, the only one that is found, or those that are."""
    choice = Choice(typed.strip())
    if not choice.typed:
        return choice
    try:
        choice.actor = await visit.ask.registry.actor(choice.typed)
        return choice
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
    found = (await visit.ask.registry.actors(pairs(q=choice.typed[:100], limit=OFFERED))).items
    exact = [one for one in found if choice.typed.casefold() in (one["name"].casefold(), (one.get("local_name") or "").casefold())]
    if len(exact) == 1 or len(found) == 1:
        choice.actor = (exact or found)[0]
    else:
        choice.offered = found
    return choice


def _offers(path: str, name: str, keep: list[tuple[str, str]], choice: Choice) -> list[Record]:
    """Links that take one of those that may be meant."""
    return [{**one, "path": f"{path}?{urlencode([*keep, (name, one['slug'])])}"} for one in choice.offered]


@router.get("/network/path")
async def see_paths(visit: Here, start: Start = "", goal: Goal = "") -> Response:
    """The shortest ways from one actor to another, with the networks between."""
    one, two = await asyncio.gather(_choose(visit, start), _choose(visit, goal))
    found, waiting = None, False
    if one.actor and two.actor:
        found, waiting = await _asked(visit.ask.network.paths(one.actor["id"], two.actor["id"]))
    names = [("from", one.actor["slug"] if one.actor else one.typed), ("to", two.actor["slug"] if two.actor else two.typed)]
    asks = [
        {"words": one, "offers": _offers("/network/path", "from", names[1:], one)},
        {"words": two, "offers": _offers("/network/path", "to", names[:1], two)},
    ]
    form = Form({"from": [one.actor["name"] if one.actor else one.typed], "to": [two.actor["name"] if two.actor else two.typed]})
    picture = draw_ways(found["paths"]) if found else None
    return visit.page(
        "registry/network_path.html",
        form=form,
        one=one.actor,
        two=two.actor,
        asks=asks,
        found=found,
        waiting=waiting,
        picture=picture,
        legend=_legend(picture),
    )


@router.get("/network/connect")
async def see_connection(visit: Here, actor: Annotated[list[str] | None, Query(max_length=20)] = None, more: Text = "") -> Response:
    """Who connects several cities or organisations."""
    typed = list(dict.fromkeys(word.strip()[:200] for word in actor or [] if word.strip()))[:MOST]
    choices = await asyncio.gather(*(_choose(visit, word) for word in typed))
    chosen = {choice.actor["id"]: choice.actor for choice in choices if choice.actor}
    found, waiting = None, False
    if len(chosen) > 1:
        found, waiting = await _asked(visit.ask.network.connect(list(chosen)))
    keep = [("actor", each["slug"]) for each in chosen.values()]
    asks = [{"words": choice, "offers": _offers("/network/connect", "actor", keep, choice)} for choice in choices]
    rows = [choice.actor["name"] if choice.actor else choice.typed for choice in choices]
    keys = [choice.actor["slug"] if choice.actor else choice.typed for choice in choices]
    empty = max(1, (ROWS + (3 if more else 0)) - len(rows)) if len(rows) < MOST else 0
    names = {each["id"]: each for each in (found or {}).get("actors", [])} | chosen
    picture = draw_connection(list(chosen), found, names) if found else None
    return visit.page(
        "registry/network_connect.html",
        fields=[*zip(keys, rows, strict=True), *(("", "") for _ in range(min(empty, MOST - len(rows))))],
        asks=asks,
        chosen=chosen,
        found=found,
        names=names,
        waiting=waiting,
        form=Form(),
        picture=picture,
        legend=_legend(picture),
    )


def _legend(picture: Chain | None) -> list[Record]:
    """The kinds in the picture, each with its shape."""
    return legend_of({stop.kind for stop in picture.stops}) if picture else []


async def _asked(question: Coroutine[object, object, Record]) -> tuple[Record | None, bool]:
    """The answer; none, and a word that the network is not drawn yet."""
    try:
        return await question, False
    except ProblemFromService as refusal:
        if refusal.problem_code != "not_drawn":
            raise
        return None, True


@router.get("/network/years")
async def see_growth(visit: Here, network: Text = "", country: Text = "", kind: Text = "") -> Response:
    """How the network grew, by the year in which memberships began."""
    wanted = {"network": network.strip(), "country": country.strip().upper(), "kind": kind}
    form = Form({name: [value] for name, value in wanted.items()})
    unclear = False
    found: Record = {"years": [], "undated": 0, "total": 0, "networks": []}
    try:
        found = await visit.ask.network.years(pairs(**wanted, limit=100))
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        unclear = True
    about = await visit.ask.registry.actor(wanted["network"]) if wanted["network"] and not unclear else None
    return visit.page("registry/network_years.html", form=form, found=found, about=about, unclear=unclear, chart=_chart(found["years"]))


def _chart(years: list[Record]) -> Chart | None:
    shown = years[-IN_CHART:]
    return bars_of([(str(row["year"]), [row["joined"], row["total"]]) for row in shown]) if len(shown) > 1 else None
