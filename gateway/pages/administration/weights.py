"""The page of weights: which presets there are, one more, and which is used. For administrators."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.words import WORDS
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PARTS = tuple(WORDS["part"])
POINTERS = {"/version": "version", "/note": "note", "/parts": f"part-{PARTS[0]}", **{f"/parts/{name}": f"part-{name}" for name in PARTS}}
Name = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]


@router.get("/admin/weights")
async def list_weights(visit: Here) -> Response:
    """All presets, and the form for a new one."""
    visit.asker.require("POST", "/api/v1/weights")
    return await _page(visit, Form(pointers=POINTERS))


@router.post("/admin/weights")
async def make_weights(visit: Here) -> Response:
    """Name a new preset; nothing is ranked by it before it is used."""
    form = await visit.form(POINTERS)
    form.require("version", _("Give the weights a name."))
    parts = {name: _whole(form, name) for name in PARTS}
    body = {"version": form.text("version"), "parts": parts, "note": form.text("note")}
    total = sum(parts.values())
    if not form.faults and total != 100:
        form.wrong(f"part-{PARTS[0]}", _("The weights must sum to 100; these sum to {total}.", total=total))
    if await visit.try_(form, visit.ask.weights.make(body, form.text("once"))) is None:
        return await _page(visit, form, 422)
    return visit.go("/admin/weights", "weights-made")


@router.get("/admin/weights/{version}/use")
async def ask_before_using(visit: Here, version: Name) -> Response:
    """What will happen when it is used, before it does."""
    visit.asker.require("POST", f"/api/v1/weights/{version}/use")
    return visit.page("administration/weights_use.html", version=version)


@router.post("/admin/weights/{version}/use")
async def use_weights(visit: Here, version: Name) -> Response:
    """Rank by it from now on."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.weights.use(version)) is None:
        return await _page(visit, form, 409)
    return visit.go("/admin/weights", "weights-used")


def _whole(form: Form, name: str) -> int:
    """A part's weight; a fault, and 0, where it is no whole number from 0 to 100."""
    value = form.whole(f"part-{name}") or 0
    if isinstance(value, int) and 0 <= value <= 100:
        return value
    form.wrong(f"part-{name}", _("Give a whole number from 0 to 100."))
    return 0


async def _page(visit: Visit, form: Form, status: int = 200) -> Response:
    found: Record = await visit.ask.weights.presets()
    in_use = next((row for row in found["items"] if row["in_use"]), None)
    return visit.page(
        "administration/weights.html",
        status,
        presets=sorted(found["items"], key=lambda row: not row["in_use"]),
        parts=PARTS,
        values=in_use["parts"] if in_use else {},
        form=form,
    )
