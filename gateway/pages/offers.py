"""Pages of those who give: my offers, posting one, and the page of an offer, where moderators decide too."""

import asyncio
from collections import Counter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError, NotFound
from gateway.clients.asking import Listing, Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.filled import form_of_call
from gateway.pages.forms import Form
from gateway.pages.offer_forms import OFFER_POINTERS, offer_of, rows_of
from gateway.pages.spans import ago, is_soon
from gateway.pages.vocabulary import Words, naming, words_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
OWN_VERBS = ("pause", "resume", "close", "confirm_review", "copy", "post", "hand_over")
MODERATOR_VERBS = ("approve", "refuse")
FIRST_STATES = ("draft", "awaiting_moderation", "open", "full", "paused", "closed")
"""My offers in this order: first what wants something of me."""
Text = Annotated[str, Query(max_length=500)]


class NoSuchStep(NotFound):
    """Nothing of that name can be done here."""


async def live_requests(visit: Visit) -> list[Record]:
    """The matches in which the visitor gives and that have not ended, newest first."""
    found = await visit.ask.matches.matches([("side", "provider"), ("state", "live"), ("limit", "200")])
    return found.items


async def colleagues(visit: Visit) -> dict[str, str]:
    """Names of the people in the visitor's organisation, by account; empty for who has none, or while `people` is away."""
    if not visit.is_one_of("member", "coordinator") or visit.visitor.caller.actor_id is None:
        return {}
    try:
        found = await visit.ask.accounts.accounts([("actor_id", str(visit.visitor.caller.actor_id)), ("limit", "200")])
    except HubError:
        return {}
    return {row["id"]: row["name"] for row in found.items if row.get("name")}


@router.get("/my/offers")
async def list_my_offers(visit: Here, cursor: Text = "") -> Response:
    """The caller's own offers, or those of their organisation, with who asks for them."""
    visit.asker.require("POST", "/api/v1/offers")
    query = [("mine", "true"), ("limit", "100"), *([("cursor", cursor)] if cursor else [])]
    words, listing, requests, names = await asyncio.gather(words_of(visit), visit.ask.offers.offers(query), live_requests(visit), colleagues(visit))
    return visit.page(
        "my_offers.html",
        listing=_sorted(listing),
        waiting=Counter(match["offer_id"] for match in requests if match["state"] == "confirmed"),
        going_on=Counter(match["offer_id"] for match in requests if match["state"] != "confirmed"),
        names=names,
        once=Form().once,
        ago=ago,
        is_soon=is_soon,
        **naming(visit, words),
    )


def _sorted(listing: Listing) -> Listing:
    rank = {state: place for place, state in enumerate(FIRST_STATES)}
    newest = sorted(listing.items, key=lambda offer: str(offer.get("created_at")), reverse=True)
    return Listing(sorted(newest, key=lambda offer: rank.get(offer["state"], 9)), listing.total, listing.more)


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


@router.get("/offers/{offer_id}/end")
async def ask_how_it_ended(visit: Here, offer_id: UUID) -> Response:
    """Close an offer: why, and what becomes of its requests."""
    visit.asker.require("POST", f"/api/v1/offers/{offer_id}/close")
    return await _end_page(visit, str(offer_id), Form())


@router.post("/offers/{offer_id}/end")
async def close_offer(visit: Here, offer_id: UUID) -> Response:
    """Close it for good."""
    form = await visit.form({"/because": "because"})
    body = {"because": form.text("because") or None}
    if await visit.try_(form, visit.ask.offers.act(str(offer_id), "close", body)) is None:
        return await _end_page(visit, str(offer_id), form, 422)
    return visit.go("/my/offers", "offer-close")


@router.post("/offers/{offer_id}/{verb}")
async def change_offer_state(visit: Here, offer_id: UUID, verb: str) -> Response:
    """Pause, resume, close, confirm that it still holds, copy, post a draft, hand over; approve or refuse."""
    if verb not in (*OWN_VERBS, *MODERATOR_VERBS):
        raise NoSuchStep("There is nothing of that name to do here.")
    form = await visit.form()
    body = {"reason": form.text("reason")} if verb == "refuse" and form.text("reason") else None
    if await visit.try_(form, visit.ask.offers.act(str(offer_id), verb, body, form.text("once") or None)) is None:
        return await _offer_page(visit, await visit.ask.offers.offer(str(offer_id)), form, 409)
    back = visit.local(form.text("next"), "/my/offers" if verb == "copy" else f"/offers/{offer_id}")
    return visit.go(back, f"offer-{verb}")


def _is_own(visit: Visit, offer: Record) -> bool:
    caller, provider = visit.visitor.caller, offer.get("provider") or {}
    by_account = caller.id is not None and provider.get("account_id") == caller.id
    return by_account or (caller.actor_id is not None and provider.get("actor_id") == str(caller.actor_id))


async def _offer_page(visit: Visit, offer: Record, form: Form, status: int = 200) -> Response:
    own = _is_own(visit, offer)
    words, requests, names = await asyncio.gather(words_of(visit), _requests_of(visit, offer, own), colleagues(visit))
    return visit.page(
        "offer.html",
        status,
        offer=offer,
        form=form,
        own=own or visit.is_one_of("coordinator", "admin"),
        mine=own,
        requests=requests,
        names=names,
        moderates=visit.may("POST", f"/api/v1/offers/{offer['id']}/approve"),
        may_hand_over=own and (offer.get("provider") or {}).get("account_id") and visit.is_one_of("member"),
        ago=ago,
        is_soon=is_soon,
        **naming(visit, words),
    )


async def _requests_of(visit: Visit, offer: Record, own: bool) -> list[Record]:
    """Who asks for an offer of the visitor's own, newest first."""
    if not own:
        return []
    found = await visit.ask.matches.matches([("side", "provider"), ("offer_id", str(offer["id"])), ("limit", "50")])
    return found.items


async def _end_page(visit: Visit, offer_id: str, form: Form, status: int = 200) -> Response:
    offer = await visit.ask.offers.offer(offer_id)
    words, requests = await asyncio.gather(words_of(visit), _requests_of(visit, offer, _is_own(visit, offer)))
    live = [match for match in requests if match["state"] in ("confirmed", "accepted", "in_progress")]
    return visit.page("own/end.html", status, offer=offer, live=live, form=form, **naming(visit, words))


def _offer_form(visit: Visit, words: Words, category: Record, form: Form, status: int = 200) -> Response:
    return visit.page("offer_form.html", status, form=form, row=category, words=words, rows=rows_of(form))
