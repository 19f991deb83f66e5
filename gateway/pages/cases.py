"""Pages of cases: the list, and recording a case with contact and first need on one path."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError
from contracts.codes import MalformedCode, normalise_case_code
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.offer_forms import CASE_POINTERS, NEED_POINTERS, case_of, contact_of, need_of, rows_of
from gateway.pages.signing_in import CONSENT_TEXT
from gateway.pages.vocabulary import Words, naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]


@router.get("/cases")
async def list_cases(visit: Here, state: Text = "open", cursor: Text = "", code: Text = "") -> Response:
    """Cases that the visitor may see; `code` leads to the one of that code."""
    form = Form({"code": [code]} if code else {})
    if code:
        case_id = await case_id_of(visit, code)
        if case_id is not None:
            return visit.go(f"/cases/{case_id}")
        form.wrong("code", _("You see no case with this code. Check it, or ask the team that recorded it to share it with yours."))
    wanted = state if state in ("open", "closed") else "open"
    query = [("state", wanted), ("limit", "50"), *([("cursor", cursor)] if cursor else [])]
    words, listing = await asyncio.gather(words_of(visit), visit.ask.cases.cases(query))
    return visit.page("cases.html", 404 if code else 200, listing=listing, state=wanted, form=form, **naming(visit, words))


@router.get("/cases/new")
async def new_case(visit: Here) -> Response:
    """One form: household, consent, contact if wanted, first need if wanted."""
    visit.asker.require("POST", "/api/v1/cases")
    return _case_form(visit, await words_of(visit), Form())


@router.post("/cases/new")
async def record_case(visit: Here) -> Response:
    """Record the case; then keep the contact and post the first need, each of which can be repeated on the case's page."""
    words = await words_of(visit)
    form = await visit.form({**NEED_POINTERS, **CASE_POINTERS})
    if form.text("more_rows"):
        return _case_form(visit, words, form)
    body = case_of(form, visit.settings.places, CONSENT_TEXT)
    wants_need = bool(form.text("category"))
    need = need_of(form, "") if wants_need else None
    case = await visit.try_(form, visit.ask.cases.record(body, form.text("once")))
    if case is None:
        return _case_form(visit, words, form, 422)
    done = "case-recorded"
    contact = contact_of(form)
    if contact and not await _keep(visit, case["code"], contact):
        done = "contact-later"
    if need is not None:
        need["case_id"] = case["id"]
        form.pointers = NEED_POINTERS
        posted = await visit.try_(form, visit.ask.needs.post(need, f"{form.text('once')}-need"))
        if posted is None:
            return _need_form(visit, words, case, form, 422)
        if done == "case-recorded":
            return visit.go(f"/needs/{posted['id']}", "need-posted")
    return visit.go(f"/cases/{case['id']}", done)


@router.get("/cases/{case_id}/needs/new")
async def new_need(visit: Here, case_id: UUID) -> Response:
    """One more need."""
    visit.asker.require("POST", "/api/v1/needs")
    return _need_form(visit, await words_of(visit), await visit.ask.cases.case(str(case_id)), Form(pointers=NEED_POINTERS))


@router.post("/cases/{case_id}/needs/new")
async def post_need(visit: Here, case_id: UUID) -> Response:
    """Post it."""
    words = await words_of(visit)
    form = await visit.form(NEED_POINTERS)
    if not form.text("more_rows"):
        body = need_of(form, str(case_id))
        need = await visit.try_(form, visit.ask.needs.post(body, form.text("once")))
        if need is not None:
            return visit.go(f"/needs/{need['id']}", "need-posted")
    return _need_form(visit, words, await visit.ask.cases.case(str(case_id)), form, 200 if form.text("more_rows") else 422)


async def case_id_of(visit: Visit, code: str) -> str | None:
    """The case under a code, however it was typed, if the visitor may see it."""
    try:
        found = await visit.ask.cases.cases([("code", normalise_case_code(code))])
    except MalformedCode:
        return None
    return str(found.items[0]["id"]) if found.items else None


async def _keep(visit: Visit, code: str, contact: Record) -> bool:
    """Whether the vault took the contact; it hears of a new case by event, which may take a moment."""
    for _attempt in range(20):
        try:
            await visit.ask.contacts.keep(code, contact)
            return True
        except ProblemFromService as refusal:
            if refusal.problem_status != 404:
                return False
            await asyncio.sleep(0.15)
        except HubError:
            return False
    return False


def _case_form(visit: Visit, words: Words, form: Form, status: int = 200) -> Response:
    return visit.page("case_form.html", status, form=form, words=words, rows=rows_of(form))


def _need_form(visit: Visit, words: Words, case: Record, form: Form, status: int = 200) -> Response:
    return visit.page("need_form.html", status, form=form, words=words, case=case, rows=rows_of(form))
