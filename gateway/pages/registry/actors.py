"""Pages of searching: organisations, the archive of resources, and the searches that a reader keeps."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError, NotFound
from gateway.clients import Listing, ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.formats import language_name, number
from gateway.pages.forms import Form
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
Cursor = Annotated[str, Query(max_length=500)]
KEPT = ("q", "kind", "country", "network", "theme", "practice", "has_declaration", "confirmed")
"""What a saved search can hold."""
FACETS = ("kind", "country", "network", "theme")
UNTOLD = "und"
"""The language that nobody told (BCP 47)."""
NARROWED = 12
"""Values of one kind that are shown to narrow a search."""


class NoSuchSearch(NotFound):
    """The reader keeps no such search."""


@router.get("/actors")
async def find_organisations(
    visit: Here,
    q: Text = "",
    kind: Text = "",
    country: Text = "",
    network: Text = "",
    theme: Text = "",
    practice: Text = "",
    has_declaration: Text = "",
    confirmed: Text = "",
    near: Text = "",
    within_km: Text = "",
    bbox: Text = "",
    entered_since: Text = "",
    cursor: Cursor = "",
) -> Response:
    """Search the organisations of the registry."""
    wanted = {
        "q": q.strip(), "kind": kind, "country": country.strip().upper(), "network": network, "theme": theme, "practice": practice,
        "has_declaration": has_declaration, "confirmed": confirmed, "near": near, "within_km": within_km if near else "", "bbox": bbox,
        "entered_since": entered_since,
    }  # fmt: skip
    facets: Record | None = None
    unclear = False
    try:
        listing = await visit.ask.search.actors(pairs(**wanted, cursor=cursor, limit=50))
        facets = await _facets(visit, wanted)
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        listing, unclear = Listing([]), True
    meant = await visit.ask.search.suggestions(wanted["q"]) if not listing.items and len(wanted["q"]) > 1 and not unclear else []
    return visit.page(
        "registry/actors.html",
        form=Form({name: [value] for name, value in wanted.items()}),
        wanted={name: value for name, value in wanted.items() if value},
        listing=listing,
        facets=facets,
        narrowed=_narrowed(wanted, facets),
        meant=meant,
        unclear=unclear,
        filtered=any(value for name, value in wanted.items() if name != "q"),
        may_keep=any(wanted[name] for name in KEPT),
    )


async def _facets(visit: Visit, wanted: Mapping[str, str]) -> Record | None:
    try:
        return await visit.ask.search.facets(pairs(**wanted))
    except HubError:
        # The list is worth more than its counts.
        return None


def _narrowed(wanted: Mapping[str, str], facets: Record | None) -> dict[str, list[Record]]:
    """For each way to narrow the search: values with their counts and the address that asks for them."""
    found: dict[str, list[Record]] = {}
    for name in FACETS if facets else ():
        rows = [row for row in (facets or {}).get(name, []) if not wanted[name]][:NARROWED]
        for row in rows:
            value = row.get("slug") or row["value"]
            row["link"] = "/actors?" + urlencode([(key, text) for key, text in {**wanted, name: value}.items() if text])
        if len(rows) > 1 or (rows and name == "network"):
            found[name] = rows
    return found


@router.get("/archive")
async def find_resources(
    visit: Here, q: Text = "", theme: Text = "", year: Text = "", kind: Text = "", language: Text = "", actor: Text = "", cursor: Cursor = ""
) -> Response:
    """Search the archive of reports, articles, books and pages; the city or organisation by its name or key."""
    wanted = {"q": q.strip(), "theme": theme, "year": year.strip(), "kind": kind, "language": language, "actor": actor.strip()}
    unclear = False
    try:
        about = await _key_of(visit, wanted["actor"])
        listing = await visit.ask.search.resources(pairs(**{**wanted, "actor": about}, cursor=cursor, limit=50))
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        listing, unclear = Listing([]), True
    form = Form({name: [value] for name, value in wanted.items()})
    return visit.page(
        "registry/archive.html", form=form, listing=listing, unclear=unclear, languages=await _languages(visit),
        wanted={name: value for name, value in wanted.items() if value},
    )  # fmt: skip


async def _languages(visit: Visit) -> list[tuple[str, str]]:
    """The languages of the archive by name, with how many resources come in each; last those of which nobody told one."""
    try:
        rows = await visit.ask.search.archive_languages()
    except HubError:
        return []  # the list is worth more than this way to narrow it
    named = sorted((row for row in rows if row["language"] != UNTOLD), key=lambda row: language_name(row["language"]).casefold())
    choices = [(row["language"], f"{language_name(row['language'])} ({number(row['count'])})") for row in named]
    return choices + [(UNTOLD, f"{_('Not known')} ({number(row['count'])})") for row in rows if row["language"] == UNTOLD]


async def _key_of(visit: Visit, named: str) -> str:
    """The key of an organisation that was named; what looks like a key is one."""
    if not named or (named == named.lower() and named.isascii() and named.replace("-", "").isalnum() and "-" in named):
        return named
    found = await visit.ask.search.suggestions(named[:100]) if len(named) > 1 else []
    same = [row for row in found if row["name"].casefold() == named.casefold()] or found
    return str(same[0]["slug"]) if same else named


@router.get("/me/searches")
async def see_searches(visit: Here) -> Response:
    """The searches that the reader keeps."""
    return await _searches_page(visit, Form())


@router.post("/me/searches")
async def keep_search(visit: Here) -> Response:
    """Keep the search that was shown."""
    form = await visit.form({"/name": "name", "/digest": "digest"})
    query: Record = {name: form.text(name) for name in KEPT if form.text(name)}
    query |= {name: query[name] == "true" for name in ("has_declaration", "confirmed") if name in query}
    body = {
        "name": (form.text("name") or form.text("q") or _("My search"))[:80], "query": query, "digest": form.text("digest", "never"),
        "language": visit.visitor.caller.locale,
    }  # fmt: skip
    if await visit.try_(form, visit.ask.search.keep(body, form.text("once") or None)) is None:
        return await _searches_page(visit, form, 422)
    return visit.go("/me/searches", "saved")


@router.get("/me/searches/{search_id}")
async def follow_search(visit: Here, search_id: UUID) -> Response:
    """On to what a search finds."""
    search = await _one(visit, search_id)
    return visit.go(f"/actors?{urlencode(_parameters(search))}")


@router.post("/me/searches/{search_id}")
async def change_search(visit: Here, search_id: UUID) -> Response:
    """Change the name of a search, or how often to be told what is new."""
    form = await visit.form({"/name": "name", "/digest": "digest"})
    body = {name: form.text(name) for name in ("name", "digest") if form.text(name)}
    version = form.whole("version")
    if await visit.try_(form, visit.ask.search.change(str(search_id), body, version if isinstance(version, int) else 0)) is None:
        return await _searches_page(visit, form, 422)
    return visit.go("/me/searches", "saved")


@router.post("/me/searches/{search_id}/remove")
async def drop_search(visit: Here, search_id: UUID) -> Response:
    """Keep a search no longer."""
    form = await visit.form()
    version = form.whole("version")
    if await visit.try_(form, visit.ask.search.drop(str(search_id), version if isinstance(version, int) else 0)) is None:
        return await _searches_page(visit, form, 422)
    return visit.go("/me/searches", "saved")


async def _one(visit: Visit, search_id: UUID) -> Record:
    found = next((row for row in (await visit.ask.search.kept()).items if row["id"] == str(search_id)), None)
    if found is None:
        raise NoSuchSearch("You keep no such search.")
    return found


def _parameters(search: Record) -> list[tuple[str, str]]:
    return [(name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in search["query"].items() if value is not None]


async def _searches_page(visit: Visit, form: Form, status: int = 200) -> Response:
    rows = (await visit.ask.search.kept()).items
    for row in rows:
        row["link"] = f"/actors?{urlencode(_parameters(row))}"
    return visit.page("registry/searches.html", status, rows=rows, form=form)
