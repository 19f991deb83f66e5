"""Pages of imports: a file up, its columns, the preview by outcome, the confirmation, the progress, the report."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from starlette.datastructures import UploadFile

from chassis.errors import HubError
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.files import csv_file
from gateway.pages.forms import Form
from gateway.pages.registry.import_words import IMPORT_WORDS
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]
Outcome = Annotated[str, Query(pattern="^(new|changed|unchanged|refused|unmapped|gone)?$")]
OUTCOMES = ("new", "changed", "refused", "unmapped", "gone", "unchanged")
UNDER_WAY = ("checking", "writing", "waiting")
FORMATS = tuple(IMPORT_WORDS["import_format"])
POINTERS = {"/file": "file", "/source": "source", "/format": "format", "/path/key": "source"}
ORGANISATION_FIELDS = (
    "key", "slug", "name", "kind", "local_name", "country", "lat", "lon", "population", "website", "source", "siren", "siret", "wikidata", "networks",
)  # fmt: skip
SERVICE_FIELDS = (
    "service_key", "service_name", "organisation", "description", "category", "languages", "lat", "lon", "places", "hours", "remote", "free",
    "valid_from", "valid_until",
)  # fmt: skip
PRACTICE_FIELDS = ("organisation", "practice", "since", "note", "source")
CAPACITY_FIELDS = ("organisation", "purpose", "begins_on", "ends_on", "places", "source")
FIELDS = {
    "organisations": ORGANISATION_FIELDS, "services": SERVICE_FIELDS, "practices": PRACTICE_FIELDS, "capacities": CAPACITY_FIELDS,
}  # fmt: skip
"""What the columns of a table can feed, by what its rows are."""
MOST_TERMS = 50
TEMPLATE_COLUMNS = (
    "service id", "service name", "organisation", "description", "category", "languages", "lat", "lon", "places", "hours", "remote", "valid from",
    "valid until",
)  # fmt: skip
"""Headers that every reading of a table knows by itself."""
TEMPLATE_LINE = {
    "service id": "class-1", "service name": "French class for beginners", "category": "language.class", "languages": "fr;en", "places": "10",
    "hours": "Tu 18:00-20:00", "remote": "no",
}  # fmt: skip


@router.get("/imports")
async def list_imports(visit: Here, cursor: Text = "") -> Response:
    """Earlier imports, and the start of a new one."""
    return await _list_page(visit, Form(), cursor=cursor)


@router.post("/imports")
async def begin_import(visit: Here) -> Response:
    """Hand files over; they are checked, and nothing is written yet."""
    form = await visit.form(POINTERS)
    sent = [each for each in (await visit.request.form()).getlist("file") if isinstance(each, UploadFile) and each.filename]
    files = [(each.filename or "", await each.read()) for each in sent]
    if not files:
        form.wrong("file", _("Choose a file."))
    form.require("source", _("Give the source a short name, for example data-inclusion."))
    asked = visit.ask.imports.upload(files, form.text("source").lower().replace(" ", "-"), form.text("format"), form.text("language"))
    made = await visit.try_(form, asked)
    if made is None:
        return await _list_page(visit, form, 422)
    return visit.go(f"/imports/{made['id']}", "import-begun")


@router.get("/imports/template.csv")
async def give_template(visit: Here) -> Response:
    """An empty list of offers with the columns that are read without asking, and one line to overwrite, with the reader's own organisation."""
    visit.asker.require("POST", "/api/v1/imports")
    actor_id = visit.visitor.caller.actor_id
    try:
        own = (await visit.ask.registry.actor(str(actor_id)))["slug"] if actor_id else ""
    except HubError:
        own = ""
    line = [own if column == "organisation" else TEMPLATE_LINE.get(column, "") for column in TEMPLATE_COLUMNS]
    return csv_file("offers.csv", TEMPLATE_COLUMNS, [line])


@router.get("/imports/{import_id}")
async def see_import(visit: Here, import_id: UUID, outcome: Outcome = "", cursor: Text = "", still: Text = "") -> Response:
    """An import: its progress, its preview or its report."""
    return await _page(visit, str(import_id), Form(), outcome=outcome, cursor=cursor, still=still == "yes")


@router.post("/imports/{import_id}/mapping")
async def choose_columns(visit: Here, import_id: UUID) -> Response:
    """Say what the columns mean; the source remembers it, and the preview is made anew."""
    form = await visit.form({"/mapping": "mapping"})
    job = await visit.ask.imports.one(str(import_id))
    mapping = {name: _mapping_of(form, place, table) for place, (name, table) in enumerate(job["tables"].items())}
    if await visit.try_(form, visit.ask.imports.put_source(job["source_key"], {"mapping": mapping})) is None:
        return await _page(visit, str(import_id), form, 422)
    return await _again(visit, str(import_id), form)


@router.post("/imports/{import_id}/categories")
async def choose_categories(visit: Here, import_id: UUID) -> Response:
    """Say which of our kinds of help the source's words mean; the source remembers it, and the preview is made anew."""
    form = await visit.form({"/categories": "categories"})
    job = await visit.ask.imports.one(str(import_id))
    source = await visit.ask.imports.source(job["source_key"])
    chosen = {form.text(f"term{place}"): form.text(f"category{place}") for place in range(MOST_TERMS)}
    categories = {**source["categories"], **{term: code for term, code in chosen.items() if term and code}}
    if await visit.try_(form, visit.ask.imports.put_source(job["source_key"], {"categories": categories})) is None:
        return await _page(visit, str(import_id), form, 422)
    return await _again(visit, str(import_id), form)


@router.post("/imports/{import_id}/same")
async def same_organisation(visit: Here, import_id: UUID) -> Response:
    """Say that organisations of the file are organisations of the registry."""
    form = await visit.form()
    links = dict(choice.split("|", 1)[::-1] for choice in form.many("same") if "|" in choice)
    return await _again(visit, str(import_id), form, links)


@router.post("/imports/{import_id}/confirm")
async def confirm_import(visit: Here, import_id: UUID) -> Response:
    """Let the preview be written."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.imports.act(str(import_id), "confirm", {"remove_gone": form.ticked("remove_gone")})) is None:
        return await _page(visit, str(import_id), form, 409)
    return visit.go(f"/imports/{import_id}", "import-confirmed")


@router.post("/imports/{import_id}/cancel")
async def cancel_import(visit: Here, import_id: UUID) -> Response:
    """Give it up."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.imports.act(str(import_id), "cancel")) is None:
        return await _page(visit, str(import_id), form, 409)
    return visit.go(f"/imports/{import_id}", "import-cancelled")


def _mapping_of(form: Form, place: int, table: Record) -> Record:
    rows = form.text(f"rows{place}") or table["rows"]
    fields = FIELDS.get(rows, ())
    chosen = {header: form.text(f"column{place}-{number}") for number, header in enumerate(table["header"])}
    return {"rows": rows, "columns": {header: target for header, target in chosen.items() if target in fields}}


async def _again(visit: Visit, import_id: str, form: Form, links: dict[str, str] | None = None) -> Response:
    if await visit.try_(form, visit.ask.imports.act(import_id, "check", {"links": links or {}})) is None:
        return await _page(visit, import_id, form, 409)
    return visit.go(f"/imports/{import_id}", "import-again")


async def _list_page(visit: Visit, form: Form, status: int = 200, cursor: str = "") -> Response:
    listing = await visit.ask.imports.imports(pairs(limit="20", cursor=cursor))
    return visit.page(
        "registry/imports.html", status, listing=listing, form=form, formats=[(code, IMPORT_WORDS["import_format"][code]) for code in FORMATS]
    )


async def _page(visit: Visit, import_id: str, form: Form, status: int = 200, *, outcome: str = "", cursor: str = "", still: bool = False) -> Response:
    job = await visit.ask.imports.one(import_id)
    sums = _sums(job)
    if not outcome:
        outcome = next((one for one in OUTCOMES if sums.get(one)), "new")
    shown = job["state"] in ("checked", "writing", "waiting", "finished")
    listing = await visit.ask.imports.lines(import_id, pairs(outcome=outcome, limit="50", cursor=cursor)) if shown else None
    words = await words_of(visit)
    terms = await _terms(visit, import_id) if job["state"] == "checked" and sums.get("unmapped") else []
    return visit.page(
        "registry/import.html", status, job=job, form=form, listing=listing, sums=sums, outcome=outcome, outcomes=OUTCOMES, still=still,
        under_way=job["state"] in UNDER_WAY, terms=terms, words=words, problem=_problem(job),
        fields=FIELDS, sentence_of=_sentence, **naming(visit, words),
    )  # fmt: skip


async def _terms(visit: Visit, import_id: str) -> list[str]:
    """The words of the source that have no category yet, the first of them."""
    lines = (await visit.ask.imports.lines(import_id, pairs(outcome="unmapped", limit="200"))).items
    return list(dict.fromkeys(term for line in lines for term in (line["detail"] or {}).get("terms", [])))[:MOST_TERMS]


def _sums(job: Record) -> dict[str, int]:
    sums: dict[str, int] = {}
    for outcomes in job["counts"].get("lines", {}).values():
        for outcome, count in outcomes.items():
            sums[outcome] = sums.get(outcome, 0) + count
    return sums


def _sentence(message: Record | None) -> str:
    """Why a line is refused, in the reader's language."""
    return _(message["text"], **message.get("params", {})) if message else ""


def _problem(job: Record) -> str:
    problem: dict[str, Any] | None = job["problem"]  # Any: JSON
    return _(problem["text"], **problem.get("params", {})) if problem else ""
