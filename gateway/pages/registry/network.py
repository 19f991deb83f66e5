"""The page of the network: a picture of who belongs where, and the same as tables."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.registry.picture import KINDS, Window, draw
from gateway.pages.registry.shapes import legend_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
Place = Annotated[int | None, Query(ge=-(2**31), le=2**31 - 1)]
MOST_DOTS = 1_000
"""Dots in one picture; of a larger network those with most memberships are shown."""
IN_TABLE = 300
DECIDED_THERE = ("year", "undated")
"""Filters that a live picture applies by itself, without asking again."""
FOUND = 12


@router.get("/networks")
async def lead_to_the_network(visit: Here, network: Text = "") -> Response:
    """The page under its old address."""
    return visit.go(f"/network?{urlencode({'network': network})}" if network else "/network")


@router.get("/network")
async def see_network(
    visit: Here,
    network: Text = "",
    actor: Text = "",
    depth: Text = "",
    kind: Text = "",
    country: Text = "",
    year: Text = "",
    undated: Text = "",
    theme: Text = "",
    community: Text = "",
    focus: Text = "",
    q: Text = "",
    near: Annotated[int, Query(ge=0, le=6)] = 0,
    x: Place = None,
    y: Place = None,
    part: Text = "",
) -> Response:
    """Who belongs to which network: all of it, one network with its members, or what is around one actor. `focus`: who is chosen in the picture;
    `part=tables`: only what stands below it."""
    typed = {
        "network": network, "actor": actor, "depth": depth, "kind": kind, "country": country, "year": year, "undated": undated, "theme": theme,
    }  # fmt: skip
    wanted = {**{name: value.strip() for name, value in typed.items()}, "community": community.strip()}
    wanted["country"] = wanted["country"].upper()
    if wanted["actor"] and not wanted["depth"]:
        wanted["depth"] = "1"
    form = Form({name: [value] for name, value in {**wanted, "q": q.strip()}.items()})
    asked = pairs(**{**wanted, "undated": "true" if wanted["undated"] else ""})
    drawing, years, countries, found = await asyncio.gather(_drawing(visit), _years(visit), _countries(visit), _found(visit, q.strip()))
    graph, unclear = await _graph(visit, asked, (drawing or {}).get("actors", 0))
    about = await _about(visit, wanted["network"] or wanted["actor"]) if not unclear else None
    if about and wanted["network"] and about["kind"] != "network":
        return visit.go(f"/network?{urlencode({'actor': about['slug']})}")
    networks, rows = _tables(graph, about)
    central, alike, overlap = await _beside(visit, about, bool(wanted["network"]))
    chosen = focus.strip() if focus.strip() in graph["nodes"].get("slug", ()) else about["slug"] if about else ""
    return visit.page(
        "registry/network_tables.html" if part == "tables" else "registry/network.html",
        form=form,
        unclear=unclear,
        about=about,
        chosen=chosen,
        chosen_network=bool(about and wanted["network"]),
        found=found,
        picture=draw(graph, Window(near, x, y), wanted, chosen) if part != "tables" else None,
        legend=legend_of({KINDS.index(graph["kinds"][kind]) for kind in graph["nodes"].get("kind", [])}),
        years=years,
        countries=countries,
        alike=alike,
        overlap=overlap,
        central=central,
        is_part="top" in graph,
        drawing=drawing,
        wanted=wanted,
        live=f"/api/v1/network?{urlencode([('format', 'picture'), *((name, value) for name, value in asked if name not in DECIDED_THERE)])}",
        narrowed=any(wanted[name] for name in ("kind", "country", "theme")),
        networks=networks[:IN_TABLE],
        rows=rows,
    )


async def _graph(visit: Visit, asked: Sequence[tuple[str, str]], actors: int) -> tuple[Record, bool]:
    """The graph, or its largest part (then it says so under `top`) where it is too large for a picture; and whether the question was unclear."""
    narrowed = bool({"network", "actor", "community"} & dict(asked).keys())
    top = [] if narrowed or actors <= MOST_DOTS else [("top", str(MOST_DOTS))]
    try:
        try:
            graph = await visit.ask.network.graph([*asked, *top])
        except ProblemFromService as refusal:
            if refusal.problem_code != "too_many_memberships":
                raise
            top = [("top", str(MOST_DOTS))]
            graph = await visit.ask.network.graph([*asked, *top])
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        return {"nodes": {"x": []}, "edges": {"member": [], "network": []}, "kinds": []}, True
    if top:
        graph["top"] = MOST_DOTS
    return graph, False


async def _found(visit: Visit, words: str) -> list[Record] | None:
    """Who may be meant by these words; None where nothing was asked."""
    return (await visit.ask.registry.actors(pairs(q=words, limit=FOUND))).items if words else None


async def _countries(visit: Visit) -> list[str]:
    """The countries to choose from; none where they cannot be counted now."""
    try:
        return sorted(row["value"] for row in (await visit.ask.map.counts([]))["country"])
    except HubError:
        return []


async def _beside(visit: Visit, about: Record | None, is_network: bool) -> tuple[list[Record], list[Record], list[Record]]:
    """Tables beside the picture: who bridges most where nobody is chosen; else who is like the chosen one, and which networks share its members."""
    if about is None:
        return await _central(visit), [], []
    if is_network:
        return [], [], (await visit.ask.network.overlap(pairs(network=about["id"], limit=10)))["items"]
    return [], (await visit.ask.network.alike(about["id"]))["items"], []


async def _about(visit: Visit, key: str) -> Record | None:
    return await visit.ask.registry.actor(key) if key else None


async def _drawing(visit: Visit) -> Record | None:
    """The newest drawing; none before the first."""
    try:
        return await visit.ask.network.drawing()
    except HubError:
        return None


async def _central(visit: Visit) -> list[Record]:
    """Who bridges most, apart from the networks themselves; nobody before the first drawing."""
    try:
        return (await visit.ask.network.central([("by", "bridging"), ("kind", "municipality"), ("limit", "10")])).items
    except HubError:
        return []


async def _years(visit: Visit) -> list[int]:
    return [row["year"] for row in (await visit.ask.network.years([("limit", "1")]))["years"]]


def _tables(graph: Record, about: Record | None) -> tuple[list[Record], list[Record]]:
    """The graph as tables: networks with how many of their members are seen, and members with their networks."""
    nodes, edges = graph["nodes"], graph["edges"]
    members = Counter(edges["network"])
    networks = [{**_row(graph, place), "count": count} for place, count in members.items()]
    networks.sort(key=lambda row: (-row["count"], row["name"]))
    rows: list[Record] = []
    if about is not None and about["id"] in nodes["id"]:
        own = nodes["id"].index(about["id"])
        for member, network, role, since in zip(edges["member"], edges["network"], edges["role"], edges["since"], strict=True):
            if own in (member, network):
                rows.append({**_row(graph, network if member == own else member), "role": graph["roles"][role], "since": since, "of": member == own})
        rows.sort(key=lambda row: (not row["of"], row["name"]))
    return networks, rows


def _row(graph: Record, place: int) -> Record:
    nodes = graph["nodes"]
    country = nodes["country"][place]
    return {
        "name": nodes["name"][place],
        "slug": nodes["slug"][place],
        "kind": graph["kinds"][nodes["kind"][place]],
        "country": graph["countries"][country] if country is not None else None,
    }
