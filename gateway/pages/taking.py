"""Pages of coordinators about what is asked without a name: read it, take it, say that it cannot be done, write to the asker."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/asks")
async def list_asks(visit: Here) -> Response:
    """All that wait, oldest first."""
    words = await words_of(visit)
    return visit.page("asking/waiting.html", listing=await visit.ask.asks.waiting(), **naming(visit, words))


@router.get("/asks/{ask_id}")
async def see_ask(visit: Here, ask_id: UUID) -> Response:
    """One of them, or what was written to the asker of a case."""
    return await _page(visit, ask_id, Form())


@router.post("/asks/{ask_id}/take")
async def take_ask(visit: Here, ask_id: UUID) -> Response:
    """It becomes a case of the reader's team."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.asks.take(str(ask_id), form.text("urgency", "normal"))) is None:
        return await _page(visit, ask_id, form, 409)
    return visit.go(f"/cases/{ask_id}", "ask-taken")


@router.post("/asks/{ask_id}/decline")
async def decline_ask(visit: Here, ask_id: UUID) -> Response:
    """It cannot be done here."""
    form = await visit.form({"/why_not": "why_not"})
    form.require("why_not", _("Say why."))
    if await visit.try_(form, visit.ask.asks.decline(str(ask_id), form.text("why_not"))) is None:
        return await _page(visit, ask_id, form, 422)
    return visit.go("/asks", "ask-declined")


@router.post("/asks/{ask_id}/messages")
async def write_to_asker(visit: Here, ask_id: UUID) -> Response:
    """Write to the asker."""
    form = await visit.form({"/sentence": "sentence", "/text": "text", "/need_id": "need"})
    form.require("sentence", _("Choose a sentence."))
    body = {"sentence": form.text("sentence"), "text": form.text("text"), "need_id": form.text("need") or None}
    if await visit.try_(form, visit.ask.asks.write(str(ask_id), body, form.text("once"))) is None:
        return await _page(visit, ask_id, form, 422)
    return visit.go(f"/asks/{ask_id}", "ask-written")


async def _page(visit: Visit, ask_id: UUID, form: Form, status: int = 200) -> Response:
    words = await words_of(visit)
    asked = await visit.ask.asks.one(str(ask_id))
    needs = asked["needs"]
    if asked["state"] == "taken":
        needs = (await visit.ask.needs.needs([("case_id", str(ask_id)), ("limit", "50")])).items
    return visit.page("asking/ask.html", status, asked=asked, needs=needs, form=form, words=words, **naming(visit, words))
