"""Kinds of help: which this city offers, under which names, in which order and with which picture."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gateway.clients.asking import Record, path_of
from gateway.pages.door import Here, PageRoute, Visit, refusal_page
from gateway.pages.forms import Form
from gateway.pages.vocabulary import forget_words
from gateway.pages.words import LANGUAGE_NAMES
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z_]+(\.[a-z_]+)*$")]


@router.get("/admin/categories")
async def list_categories(visit: Here) -> Response:
    """The tree of kinds of help."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    rows: list[Record] = await visit.ask.words.categories()
    tree = [(row, [below for below in rows if below["parent"] == row["code"]]) for row in rows if not row["parent"]]
    return visit.page("administration/categories.html", tree=tree)


@router.get("/admin/categories/{code}")
async def see_category(visit: Here, code: Code) -> Response:
    """One kind of help."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    return await _page(visit, code, Form())


@router.post("/admin/categories/{code}")
async def change_category(visit: Here, code: Code) -> Response:
    """Switch it off or on; names, place and picture of the city's own."""
    languages = visit.instance.languages
    pointers = {"/names": f"name-{languages[0]}", "/place": "place", "/icon": "icon", **{f"/names/{one}": f"name-{one}" for one in languages}}
    form = await visit.form(pointers)
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    row = await _row(visit, code)
    if row is None:
        return refusal_page(visit.request, 404)
    others = {language: name for language, name in row["own_names"].items() if language not in languages}
    names = {**others, **{language: form.text(f"name-{language}") for language in languages if form.text(f"name-{language}")}}
    body = {"offered": form.ticked("offered"), "names": names, "place": form.whole("place"), "icon": form.text("icon") or None}
    version = form.whole("version")
    changing = visit.asker.send("PATCH", path_of("/api/v1/categories/{}", code), body, version=version if isinstance(version, int) else 0)
    if await visit.try_(form, changing) is None:
        return await _page(visit, code, form, 422)
    forget_words()
    return visit.go("/admin/categories", "category-kept")


async def _row(visit: Visit, code: str) -> Record | None:
    rows: list[Record] = await visit.ask.words.categories()
    return next((row for row in rows if row["code"] == code), None)


async def _page(visit: Visit, code: str, form: Form, status: int = 200) -> Response:
    rows: list[Record] = await visit.ask.words.categories()
    row = next((row for row in rows if row["code"] == code), None)
    if row is None:
        return refusal_page(visit.request, 404)
    icons = [(each["code"], each["name"]) for each in rows if not each["parent"]]
    languages = [(one, LANGUAGE_NAMES[one]) for one in visit.instance.languages]
    own = _("Its own picture")
    return visit.page("administration/category.html", status, row=row, form=form, icons=icons, languages=languages, own_icon=own)
