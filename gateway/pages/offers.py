"""Pages of those who give: my offers, posting one, and the page of an offer, where moderators decide too."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import NotFound
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.filled import form_of_call
from gateway.pages.forms import Form
from gateway.pages.offer_forms import OFFER_POINTERS, offer_of, rows_of
from gateway.pages.vocabulary import Words, naming, words_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
OWN_VERBS = ("pause", "resume", "close", "confirm_review")
MODERATOR_VERBS = ("approve", "refuse")
Text = Annotated[str, Query(max_length=500)]


class NoSuchStep(NotFound):
    """Nothing of that name can be done here."""


@router.get("/my/offers")
async def list_my_offers(visit: Here, cursor: Text = "") -> Response:
    """The caller's own offers."""
    visit.asker.require("POST", "/api/v1/offers")
    words = await words_of(visit)
    listing = await visit.ask.offers.offers([("mine", "true"), ("limit", "50"), *([("cursor", cursor)] if cursor else [])])
    return visit.page("my_offers.html", listing=listing, **naming(visit, words))


@router.get("/my/offers/new")
async def new_offer(visit: Here, category: Text = "", languages: Text = "", day: Text = "", part: Text = "") -> Response:
    """Choose a category first, then one form; a call for help fills in what it asks for."""
    visit.asker.require("POST", "/api/v1/offers")
    words = await words_of(visit)
    row = words.row(category)
    if row is None:
        return visit.page("offer_category.html", words=words)
    known = [code for code in languages.split(",") if code in words.languages]
    return _offer_form(visit, words, row, form_of_call(row, known, day, part))


@router.post("/my/offers/new")
async def post_offer(visit: Here, category: Text = "") -> Response:
    """Post it."""
    words = await words_of(visit)
    row = words.row(category)
    if row is None:
        return visit.go("/my/offers/new")
    form = await visit.form(OFFER_POINTERS)
    if form.text("more_rows"):
        return _offer_form(visit, words, row, form)
    offer = await visit.try_(form, visit.ask.offers.post(offer_of(form, row, visit.settings.places), form.text("once")))
    if offer is None:
        return _offer_form(visit, words, row, form, 422)
    return visit.go(f"/offers/{offer['id']}", "offer-posted")


@router.get("/offers/{offer_id}")
async def see_offer(visit: Here, offer_id: UUID) -> Response:
    """An offer, and what the visitor may do with it."""
    if not visit.visitor.signed_in:
        return visit.go(f"/help/{offer_id}")
    offer = await visit.ask.offers.offer(str(offer_id))
    return await _offer_page(visit, offer, Form())


@router.post("/offers/{offer_id}/{verb}")
async def change_offer_state(visit: Here, offer_id: UUID, verb: str) -> Response:
    """Pause, resume, close, confirm that it still holds; approve or refuse."""
    if verb not in (*OWN_VERBS, *MODERATOR_VERBS):
        raise NoSuchStep("There is nothing of that name to do here.")
    form = await visit.form()
    if await visit.try_(form, visit.ask.offers.act(str(offer_id), verb)) is None:
        return await _offer_page(visit, await visit.ask.offers.offer(str(offer_id)), form, 409)
    back = visit.local(form.text("next"), f"/offers/{offer_id}")
    return visit.go(back, f"offer-{verb}")


async def _offer_page(visit: Visit, offer: Record, form: Form, status: int = 200) -> Response:
    words = await words_of(visit)
    caller, provider = visit.visitor.caller, offer.get("provider") or {}
    own = caller.id is not None and provider.get("account_id") == caller.id
    own = own or (caller.actor_id is not None and provider.get("actor_id") == str(caller.actor_id))
    return visit.page(
        "offer.html",
        status,
        offer=offer,
        form=form,
        own=own or visit.is_one_of("coordinator", "admin"),
        moderates=visit.may("POST", f"/api/v1/offers/{offer['id']}/approve"),
        **naming(visit, words),
    )


def _offer_form(visit: Visit, words: Words, category: Record, form: Form, status: int = 200) -> Response:
    return visit.page("offer_form.html", status, form=form, row=category, words=words, rows=rows_of(form))
