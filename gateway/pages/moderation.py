"""Pages of moderators: the offers that wait, one after the other beside the rules, with a reason for the person where one is not approved."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import WORDS
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]


@router.get("/moderation")
async def moderate_offers(visit: Here, offer: Text = "", cursor: Text = "") -> Response:
    """Offers that wait for approval; the chosen one, or the first, is open beside the rules."""
    return await _page(visit, Form(), offer, cursor)


@router.post("/moderation/{offer_id}/{decision}")
async def decide_offer(visit: Here, offer_id: UUID, decision: str) -> Response:
    """Approve it, or say why not; the next one opens."""
    form = await visit.form({"/reason": "reason"})
    body = None
    if decision != "approve":
        if form.text("reason") not in WORDS["refusal"]:
            form.wrong("reason", _("Choose why, so that the person knows what to do."))
        body = {"reason": form.text("reason")}
    verb = "approve" if decision == "approve" else "refuse"
    if await visit.try_(form, visit.ask.offers.act(str(offer_id), verb, body)) is None:
        return await _page(visit, form, str(offer_id), status=422)
    return visit.go("/moderation", f"offer-{verb}")


async def _page(visit: Visit, form: Form, chosen: str, cursor: str = "", status: int = 200) -> Response:
    visit.asker.require("POST", "/api/v1/offers/x/approve")
    query = [("state", "awaiting_moderation"), ("limit", "20"), *([("cursor", cursor)] if cursor else [])]
    words, listing = await asyncio.gather(words_of(visit), visit.ask.offers.offers(query))
    offer: Record | None = next((row for row in listing.items if row["id"] == chosen), None)
    if offer is None and listing.items:
        offer = listing.items[0]
    return visit.page("moderation.html", status, listing=listing, offer=offer, form=form, **naming(visit, words))
