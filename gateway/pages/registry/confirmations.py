"""Pages of a member for their organisation: what waits for its confirmation, places of reception, practices."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.registry.actor import Cursor, Key, looked_after_by
from gateway.pages.words import choices
from gateway.permissions.rules import NotForYourRole

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Actor = Annotated[str, Query(max_length=80)]
CAPACITY_POINTERS = {
    "/purpose": "purpose", "/begins_on": "begins_on", "/ends_on": "ends_on", "/places": "places", "/source": "source", "/read_on": "read_on",
}  # fmt: skip
PRACTICE_POINTERS = {"/practice": "practice", "/since": "since", "/note": "note", "/source": "source", "/read_on": "read_on"}


@router.get("/my/confirmations")
async def show_waiting(visit: Here, actor: Actor = "", cursor: Cursor = "") -> Response:
    """Memberships and partnerships that an organisation has said nothing of yet: one's own, or for editors the one named."""
    visit.asker.require("POST", "/api/v1/memberships/x/confirm")
    key = actor.strip() if visit.is_one_of("coordinator", "admin") else str(visit.visitor.caller.actor_id or "")
    if not key:
        return visit.page("registry/confirmations.html", actor=None, memberships=None, partnerships=[])
    side = await visit.ask.registry.actor(key)
    provenance = visit.ask.provenance
    memberships = await provenance.listed("memberships", pairs(unconfirmed_by=side["id"], limit=50, cursor=cursor))
    initiatives = await provenance.listed("initiatives", pairs(unconfirmed_by=side["id"], limit=50))
    rows = [row for initiative in initiatives.items for row in _partnerships(initiative, side)]
    return visit.page("registry/confirmations.html", actor=side, memberships=memberships, partnerships=rows)


def _partnerships(initiative: Record, side: Record) -> list[Record]:
    """The partnerships of an initiative that a side may speak of: all, if it runs it; else its own."""
    runs = initiative["actor"]["id"] == side["id"]
    return [{"initiative": initiative, "partner": partner} for partner in initiative["partners"] if runs or partner["id"] == side["id"]]


@router.post("/my/confirmations")
async def say(visit: Here) -> Response:
    """Confirm or refuse one of them."""
    visit.asker.require("POST", "/api/v1/memberships/x/confirm")
    form = await visit.form()
    word = "refuse" if form.text("said") == "refuse" else "confirm"
    body = {"on_behalf_of": form.text("side") or None}
    if form.text("membership"):
        act = visit.ask.provenance.say_of_membership(form.text("membership"), word, body)
    else:
        act = visit.ask.provenance.say_of_partnership(form.text("initiative"), form.text("partner"), word, body)
    await act
    actor = f"?actor={form.text('side')}" if visit.is_one_of("coordinator", "admin") and form.text("side").replace("-", "").isalnum() else ""
    return visit.go(f"/my/confirmations{actor}", "side-refused" if word == "refuse" else "side-confirmed")


async def _own(visit: Visit, key: str) -> Record:
    actor = await visit.ask.registry.actor(key)
    if not looked_after_by(visit, actor["id"]):
        raise NotForYourRole("Only the organisation itself and the registry's editors change this record.")
    return actor


@router.get("/actors/{key}/places/new")
async def show_places_form(visit: Here, key: Key) -> Response:
    """The form for places of reception."""
    visit.asker.require("POST", "/api/v1/capacities")
    return _places_form(visit, await _own(visit, key), Form())


@router.post("/actors/{key}/places/new")
async def record_places(visit: Here, key: Key) -> Response:
    """Record places of reception."""
    visit.asker.require("POST", "/api/v1/capacities")
    actor, form = await _own(visit, key), await visit.form(CAPACITY_POINTERS)
    body = {
        "municipality_id": actor["id"], "purpose": form.text("purpose"), "begins_on": form.text("begins_on") or None,
        "ends_on": form.text("ends_on") or None, "places": form.whole("places"), "source": form.text("source"),
        "read_on": form.text("read_on") or None,
    }  # fmt: skip
    if await visit.try_(form, visit.ask.provenance.record("capacities", body, form.text("once"))) is None:
        return _places_form(visit, actor, form, 422)
    return visit.go(f"/actors/{actor['slug']}", "places-recorded")


def _places_form(visit: Visit, actor: Record, form: Form, status: int = 200) -> Response:
    return visit.page("registry/places_form.html", status, actor=actor, form=form, purposes=choices("purpose"))


@router.get("/actors/{key}/practices/new")
async def show_practice_form(visit: Here, key: Key) -> Response:
    """The form for a practice."""
    visit.asker.require("POST", "/api/v1/practices")
    return await _practice_form(visit, await _own(visit, key), Form())


@router.post("/actors/{key}/practices/new")
async def record_practice(visit: Here, key: Key) -> Response:
    """Record a practice."""
    visit.asker.require("POST", "/api/v1/practices")
    actor, form = await _own(visit, key), await visit.form(PRACTICE_POINTERS)
    body = {
        "actor_id": actor["id"], "practice": form.text("practice"), "since": form.whole("since"), "note": form.text("note") or None,
        "source": form.text("source"), "read_on": form.text("read_on") or None,
    }  # fmt: skip
    if await visit.try_(form, visit.ask.provenance.record("practices", body, form.text("once"))) is None:
        return await _practice_form(visit, actor, form, 422)
    return visit.go(f"/actors/{actor['slug']}", "practice-recorded")


async def _practice_form(visit: Visit, actor: Record, form: Form, status: int = 200) -> Response:
    kinds = [(kind["code"], kind["name"]) for kind in await visit.ask.provenance.practice_kinds()]
    return visit.page("registry/practice_form.html", status, actor=actor, form=form, kinds=kinds)
