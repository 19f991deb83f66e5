"""Pages that change a need, an offer, or where a household is: the form as it is, and back to the page it came from."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import Conflict
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.filled import form_of_need, form_of_offer
from gateway.pages.forms import Form
from gateway.pages.offer_forms import NEED_POINTERS, OFFER_POINTERS, need_of, offer_of, place_of, rows_of
from gateway.pages.vocabulary import words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
T = TypeVar("T")
NOT_IN_THE_FORM = ("case_id", "links", "provides")
"""Of a need: what its form does not show stays as it is."""


class NotToBeChanged(Conflict):
    """What is no longer open cannot be changed."""


@router.get("/needs/{need_id}/change")
async def show_need(visit: Here, need_id: UUID) -> Response:
    """The need's form as it is."""
    visit.asker.require("PATCH", f"/api/v1/needs/{need_id}")
    need = await visit.ask.needs.need(str(need_id))
    if need["state"] != "open":
        raise NotToBeChanged("Only an open need can be changed.")
    return await _need_form(visit, need, form_of_need(need))


@router.post("/needs/{need_id}/change")
async def change_need(visit: Here, need_id: UUID) -> Response:
    """Change it; its proposals are looked for anew."""
    visit.asker.require("PATCH", f"/api/v1/needs/{need_id}")
    form = await visit.form(NEED_POINTERS)
    need = await visit.ask.needs.need(str(need_id))
    if form.text("more_rows"):
        return await _need_form(visit, need, form)
    body = {name: value for name, value in need_of(form, "").items() if name not in NOT_IN_THE_FORM}
    body["languages"] = _in_order(body["languages"], [wish["code"] for wish in need["languages"]], lambda wish: wish["code"])
    if await visit.try_(form, visit.ask.needs.change(str(need_id), body, _version(form))) is None:
        return await _need_form(visit, need, form, 422)
    return visit.go(f"/needs/{need_id}", "need-changed")


@router.get("/offers/{offer_id}/change")
async def show_offer(visit: Here, offer_id: UUID) -> Response:
    """The offer's form as it is."""
    visit.asker.require("PATCH", f"/api/v1/offers/{offer_id}")
    offer = await visit.ask.offers.offer(str(offer_id))
    if offer["state"] == "closed":
        raise NotToBeChanged("A closed offer cannot be changed.")
    return await _offer_form(visit, offer, form_of_offer(offer))


@router.post("/offers/{offer_id}/change")
async def change_offer(visit: Here, offer_id: UUID) -> Response:
    """Change it. Its texts in other languages stay."""
    visit.asker.require("PATCH", f"/api/v1/offers/{offer_id}")
    form = await visit.form(OFFER_POINTERS)
    offer = await visit.ask.offers.offer(str(offer_id))
    if form.text("more_rows"):
        return await _offer_form(visit, offer, form)
    body = offer_of(form, {"code": offer["category"], "unit": offer["unit"]}, visit.settings.places)
    del body["category"], body["unit"]
    body["languages"] = _in_order(body["languages"], offer["languages"], str)
    [language] = body["title"]
    body["title"] = offer["title"] | body["title"]
    body["description"] = {code: text for code, text in offer["description"].items() if code != language} | body["description"]
    body["household"] = {"min": form.whole("household_min"), "max": form.whole("household_max")}
    if await visit.try_(form, visit.ask.offers.change(str(offer_id), body, _version(form))) is None:
        return await _offer_form(visit, offer, form, 422)
    return visit.go(f"/offers/{offer_id}", "offer-changed")


@router.get("/cases/{case_id}/place")
async def show_place(visit: Here, case_id: UUID) -> Response:
    """Where the household is."""
    visit.asker.require("PATCH", f"/api/v1/cases/{case_id}")
    return visit.page("case_place.html", case=await visit.ask.cases.case(str(case_id)), form=Form())


@router.post("/cases/{case_id}/place")
async def change_place(visit: Here, case_id: UUID) -> Response:
    """Record where it is, coarsely: to about one kilometre."""
    visit.asker.require("PATCH", f"/api/v1/cases/{case_id}")
    form = await visit.form({"/location": "place", "/location/lat": "lat", "/location/lon": "lon"})
    case = await visit.ask.cases.case(str(case_id))
    place = place_of(form, visit.settings.places, 2)
    if place is None:
        form.wrong("place", _("Choose a place, or give both coordinates."))
    if await visit.try_(form, visit.ask.cases.change(str(case_id), {"location": place}, _version(form))) is None:
        return visit.page("case_place.html", 422, case=case, form=form)
    return visit.go(f"/cases/{case_id}", "saved")


def _in_order(chosen: list[T], before: list[str], code_of: Callable[[T], str]) -> list[T]:
    """What was chosen, in the order that it had before, what is new last: boxes are ticked, not ranked, and the first language counts most."""
    places = {code: place for place, code in enumerate(before)}
    return sorted(chosen, key=lambda one: places.get(code_of(one), len(places)))


def _version(form: Form) -> int:
    """The version that the reader saw; none that exists where the form was tampered with."""
    version = form.whole("version")
    return version if isinstance(version, int) else 0


async def _need_form(visit: Visit, need: Record, form: Form, status: int = 200) -> Response:
    case = await visit.ask.cases.case(need["case_id"])
    rows = rows_of(form, len(need["windows"]))
    return visit.page(
        "need_change.html",
        status,
        need=need,
        case=case,
        form=form,
        words=await words_of(visit),
        rows=rows,
        topic_rows=max(2, len(need["topics"])),
        version=form.text("version") or need["version"],
    )


async def _offer_form(visit: Visit, offer: Record, form: Form, status: int = 200) -> Response:
    return visit.page(
        "offer_change.html",
        status,
        offer=offer,
        row=offer,
        form=form,
        words=await words_of(visit),
        rows=rows_of(form, len(offer["windows"])),
        topic_rows=max(2, len(offer["topics"])),
        version=form.text("version") or offer["version"],
    )
