"""Pages of confirmed pairings: requests to answer, and one match on its way to an outcome."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError, NotFound
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.spans import ago, is_soon, left
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
BODY_FIELDS = {"accept": "", "decline": "reason", "start": "", "fulfil": "outcome", "fail": "outcome", "cancel": "reason"}
"""Each step of a match, and the one field that it asks for."""
STEPS = ("confirmed", "accepted", "in_progress", "fulfilled")
LIVE = ("confirmed", "accepted", "in_progress")
Text = Annotated[str, Query(max_length=500)]


class NoSuchStep(NotFound):
    """A match has no step of that name."""


@router.get("/requests")
async def list_requests(visit: Here, cursor: Text = "") -> Response:
    """Matches in which the visitor gives: to answer first, then the others."""
    visit.asker.require("POST", "/api/v1/matches/x/accept")
    words, to_answer, others, titles = await asyncio.gather(
        words_of(visit),
        visit.ask.matches.matches([("side", "provider"), ("state", "confirmed"), ("limit", "100")]),
        visit.ask.matches.matches([("side", "provider"), ("limit", "50"), *([("cursor", cursor)] if cursor else [])]),
        _titles(visit),
    )
    return visit.page(
        "requests.html",
        to_answer=to_answer,
        others=others,
        titles=titles,
        once=Form().once,
        ago=ago,
        left=left,
        is_soon=is_soon,
        **naming(visit, words),
    )


async def _titles(visit: Visit) -> dict[str, Record]:
    """What the visitor's offers are called; empty while they cannot be read."""
    try:
        found = await visit.ask.offers.offers([("mine", "true"), ("limit", "200")])
    except HubError:
        return {}
    return {offer["id"]: offer["title"] for offer in found.items}


@router.get("/matches/{match_id}")
async def see_match(visit: Here, match_id: UUID) -> Response:
    """One match: where it stands and what can be done now."""
    return await _match_page(visit, str(match_id), Form())


@router.post("/matches/{match_id}/contact")
async def see_contact(visit: Here, match_id: UUID) -> Response:
    """The other side's contact, on the press of a button; the look is written down."""
    form = await visit.form()
    contact = None
    try:
        contact = await visit.ask.contacts.disclose(str(match_id))
    except HubError as refusal:
        if getattr(refusal, "problem_status", refusal.status) not in (403, 404, 409):
            raise
        form.wrong("contact", _("The contact cannot be shown: the request is not accepted, or consent to share it is missing."))
    return await _match_page(visit, str(match_id), form, contact, 200 if contact else 409)


@router.post("/matches/{match_id}/questions")
async def ask_question(visit: Here, match_id: UUID) -> Response:
    """Ask the coordinator something before answering."""
    form = await visit.form({"/text": "question"})
    form.require("question", _("Write what you would like to know."))
    if await visit.try_(form, visit.ask.own.ask(str(match_id), form.text("question"), form.text("once"))) is None:
        return await _match_page(visit, str(match_id), form, None, 422)
    return visit.go(f"/matches/{match_id}", "question-asked")


@router.post("/matches/{match_id}/questions/{question_id}/answer")
async def answer_question(visit: Here, match_id: UUID, question_id: UUID) -> Response:
    """Answer what the provider asked."""
    form = await visit.form({"/text": "answer"})
    form.require("answer", _("Write your answer."))
    if await visit.try_(form, visit.ask.own.answer(str(match_id), str(question_id), form.text("answer"), form.text("once"))) is None:
        return await _match_page(visit, str(match_id), form, None, 422)
    return visit.go(f"/matches/{match_id}", "question-answered")


@router.post("/matches/{match_id}/{verb}")
async def step_match(visit: Here, match_id: UUID, verb: str) -> Response:
    """Accept, decline, start, fulfil, fail or cancel."""
    if verb not in BODY_FIELDS:
        raise NoSuchStep("A match has no step of that name.")
    form = await visit.form({"/reason": f"{verb}_reason", "/outcome": f"{verb}_outcome"})
    name = BODY_FIELDS[verb]
    body = None
    if name:
        form.require(f"{verb}_{name}", _("Choose one."))
        body = {name: form.text(f"{verb}_{name}")}
    if await visit.try_(form, visit.ask.matches.act(str(match_id), verb, body, form.text("once"))) is None:
        return await _match_page(visit, str(match_id), form, None, 422)
    return visit.go(f"/matches/{match_id}", f"match-{verb}")


async def _match_page(visit: Visit, match_id: str, form: Form, contact: Record | None = None, status: int = 200) -> Response:
    words, match, questions = await asyncio.gather(words_of(visit), visit.ask.matches.match(match_id), _questions(visit, match_id))
    side, live = match.get("side"), match["state"] in LIVE
    return visit.page(
        "match.html",
        status,
        match=match,
        offer=await _optional(visit, match),
        form=form,
        contact=contact,
        steps=STEPS,
        questions=questions,
        may_ask=live and side in ("provider", "both") and visit.may("POST", f"/api/v1/matches/{match_id}/questions"),
        may_answer_questions=side in ("case", "both") and visit.may("POST", f"/api/v1/matches/{match_id}/questions/x/answer"),
        can_answer=visit.may("POST", f"/api/v1/matches/{match_id}/accept"),
        can_see_case=visit.may("GET", f"/api/v1/needs/{match['need_id']}") and side != "provider",
        can_disclose=visit.may("POST", "/api/v1/disclosures"),
        ago=ago,
        left=left,
        is_soon=is_soon,
        **naming(visit, words),
    )


async def _questions(visit: Visit, match_id: str) -> list[Record]:
    """What was asked about it; nothing where that cannot be read, for the match itself says why."""
    try:
        return (await visit.ask.own.questions(match_id)).items
    except HubError:
        return []


async def _optional(visit: Visit, match: Record) -> Record | None:
    """The offer, if the visitor may see it."""
    try:
        return await visit.ask.offers.offer(match["offer_id"])
    except HubError:
        return None
