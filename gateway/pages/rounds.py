"""Pages of rounds: begin one, watch it, read the plan beside today's, decide otherwise by hand, and apply it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.clients.asking import Record
from gateway.pages.decisions import Decisions
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.offer_forms import place_of
from gateway.pages.round_view import shown
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
BEGIN_POINTERS = {
    "/needs": "categories",
    "/needs/categories": "categories",
    "/needs/urgencies": "urgencies",
    "/needs/near": "place",
    "/needs/near/lat": "lat",
    "/needs/near/lon": "lon",
    "/needs/radius_km": "radius_km",
    "/seconds": "seconds",
}
EDIT_POINTERS = {"/seconds": "seconds", "/pinned": "pairs", "/forbidden": "pairs", "/excluded_needs": "pairs", "/excluded_offers": "pairs"}
UNDER_WAY = ("draft", "solving")


@router.get("/rounds")
async def list_rounds(visit: Here, cursor: Text = "") -> Response:
    """Rounds, newest first, and the start of a new one."""
    return await _rounds_page(visit, Form(), cursor=cursor)


@router.post("/rounds")
async def begin_round(visit: Here) -> Response:
    """Plan the open needs, or those of some kinds, of some urgency, near a place."""
    form = await visit.form(BEGIN_POINTERS)
    needs: Record = {"categories": form.many("categories"), "urgencies": form.many("urgencies")}
    near, radius = place_of(form, visit.settings.places, 4), form.decimal("radius_km")
    if near is not None:
        needs |= {"near": near, "radius_km": radius or 0}
        if not radius:
            form.wrong("radius_km", _("Say how many kilometres around the place."))
    elif radius:
        form.wrong("place", _("Choose the place that the kilometres are counted from."))
    made = await visit.try_(form, visit.ask.rounds.begin({"needs": needs, "seconds": _seconds(form)}, form.text("once")))
    if made is None:
        return await _rounds_page(visit, form, 422)
    return visit.go(f"/rounds/{made['id']}", "round-started")


@router.get("/rounds/{round_id}")
async def see_round(visit: Here, round_id: UUID, pairs: PageNumber = 1, without: PageNumber = 1, still: Text = "") -> Response:
    """A round. While it is planned, the page looks again by itself, unless `still` says not to."""
    return await _round_page(visit, str(round_id), Form(), pairs=pairs, without=without, still=still == "yes")


@router.post("/rounds/{round_id}/plan")
async def plan_again(visit: Here, round_id: UUID) -> Response:
    """Decide otherwise by hand, and plan again from where the plan stood."""
    form = await visit.form(EDIT_POINTERS)
    made = await visit.ask.rounds.round(str(round_id))
    decisions = Decisions.of(made)
    decisions.take(form)
    version = form.whole("version")
    body = {**decisions.body(), "seconds": _seconds(form)}
    if await visit.try_(form, visit.ask.rounds.edit(str(round_id), body, version if isinstance(version, int) else 0)) is None:
        return await _round_page(visit, str(round_id), form, 422)
    return visit.go(f"/rounds/{round_id}", "round-again")


@router.post("/rounds/{round_id}/stop")
async def stop_round(visit: Here, round_id: UUID) -> Response:
    """Take the best plan so far."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.rounds.stop(str(round_id))) is None:
        return await _round_page(visit, str(round_id), form, 409)
    return visit.go(f"/rounds/{round_id}", "round-stopped")


@router.get("/rounds/{round_id}/apply")
async def ask_before_applying(visit: Here, round_id: UUID) -> Response:
    """What will happen when the plan is applied, before it does."""
    visit.asker.require("POST", f"/api/v1/rounds/{round_id}/apply")
    made = await visit.ask.rounds.round(str(round_id))
    if made["state"] != "ready":
        return visit.go(f"/rounds/{round_id}")
    return visit.page("round_apply.html", round=made, providers=_providers(made))


@router.post("/rounds/{round_id}/apply")
async def apply_round(visit: Here, round_id: UUID) -> Response:
    """Make matches of the plan, if it is still the one that was read."""
    form = await visit.form()
    made = await visit.ask.rounds.round(str(round_id))
    if form.whole("version") != made["version"]:
        form.wrong("how", _("The plan has changed since you read it. Please read it again before you apply it."))
    if await visit.try_(form, visit.ask.rounds.apply(str(round_id))) is None:
        return await _round_page(visit, str(round_id), form, 409)
    return visit.go(f"/rounds/{round_id}", "round-applied")


def _seconds(form: Form) -> int | str:
    return form.whole("seconds") or 10


def _providers(made: Record) -> int:
    """How many providers would be asked, or at most how many where nothing was compared."""
    compared = made.get("compared")
    return int(compared["plan"]["providers"]) if compared else len({seat["offer_id"] for seat in made["seats"]})


async def _rounds_page(visit: Visit, form: Form, status: int = 200, cursor: str = "") -> Response:
    words = await words_of(visit)
    listing = await visit.ask.rounds.rounds([("limit", "20"), *([("cursor", cursor)] if cursor else [])])
    begins = visit.may("POST", "/api/v1/rounds")
    return visit.page("rounds.html", status, listing=listing, form=form, words=words, begins=begins, **naming(visit, words))


async def _round_page(
    visit: Visit, round_id: str, form: Form, status: int = 200, *, pairs: int = 1, without: int = 1, still: bool = False
) -> Response:
    words = await words_of(visit)
    made = await visit.ask.rounds.round(round_id)
    return visit.page(
        "round.html",
        status,
        form=form,
        under_way=made["state"] in UNDER_WAY,
        still=still,
        edits=visit.may("PATCH", f"/api/v1/rounds/{round_id}"),
        **await shown(visit, made, pairs, without),
        **naming(visit, words),
    )
