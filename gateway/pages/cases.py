"""Pages of cases: the list, recording a case with contact and first need on one path, and the whole case side by side."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.offer_forms import CASE_POINTERS, CONTACT_POINTERS, NEED_POINTERS, case_of, contact_of, need_of, rows_of
from gateway.pages.signing_in import CONSENT_TEXT
from gateway.pages.vocabulary import Words, naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]


@router.get("/cases")
async def list_cases(visit: Here, state: Text = "open", cursor: Text = "") -> Response:
    """Cases that the visitor may see."""
    wanted = state if state in ("open", "closed") else "open"
    query = [("state", wanted), ("limit", "50"), *([("cursor", cursor)] if cursor else [])]
    words = await words_of(visit)
    return visit.page("cases.html", listing=await visit.ask.cases.cases(query), state=wanted, **naming(visit, words))


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


@router.get("/cases/{case_id}")
async def see_case(visit: Here, case_id: UUID) -> Response:
    """The whole case: needs side by side, consent, contact on the press of a button."""
    return await _case_page(visit, str(case_id), Form(pointers=CONTACT_POINTERS))


@router.post("/cases/{case_id}/contact")
async def show_contact(visit: Here, case_id: UUID) -> Response:
    """The contact behind the case; the look is written down."""
    form = await visit.form()
    case = await visit.ask.cases.case(str(case_id))
    contact: Record = {}
    try:
        contact = await visit.ask.contacts.contact(case["code"])
    except ProblemFromService as refusal:
        if refusal.problem_status != 404:
            raise
        form.wrong("contact_name", _("There is no contact yet. You can add one below."))
    return await _case_page(visit, str(case_id), form, contact)


@router.post("/cases/{case_id}/contact/keep")
async def keep_contact(visit: Here, case_id: UUID) -> Response:
    """Keep a contact in place of the one before."""
    form = await visit.form(CONTACT_POINTERS)
    case = await visit.ask.cases.case(str(case_id))
    if await visit.try_(form, visit.ask.contacts.keep(case["code"], contact_of(form))) is None:
        return await _case_page(visit, str(case_id), form, None, 422)
    return visit.go(f"/cases/{case_id}", "contact-kept")


@router.post("/cases/{case_id}/contact/delete")
async def delete_contact(visit: Here, case_id: UUID) -> Response:
    """Delete the contact for good."""
    await visit.form()
    case = await visit.ask.cases.case(str(case_id))
    await visit.ask.contacts.delete(case["code"])
    return visit.go(f"/cases/{case_id}", "contact-deleted")


@router.post("/cases/{case_id}/consent")
async def record_consent(visit: Here, case_id: UUID) -> Response:
    """Record what the person allows now."""
    form = await visit.form({"": "consent_match"})
    case = await visit.ask.cases.case(str(case_id))
    body: Record = {
        "match": form.ticked("consent_match"),
        "share_contact": form.ticked("consent_share"),
        "text_version": CONSENT_TEXT,
    }
    if form.text("consent_until"):
        body["until"] = f"{form.text('consent_until')}T23:59:59Z"
    if await visit.try_(form, visit.ask.contacts.record_consent(case["code"], body)) is None:
        return await _case_page(visit, str(case_id), form, None, 422)
    return visit.go(f"/cases/{case_id}", "consent")


@router.post("/cases/{case_id}/close")
async def close_case(visit: Here, case_id: UUID) -> Response:
    """End the case."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.cases.close(str(case_id))) is None:
        return await _case_page(visit, str(case_id), form, None, 409)
    return visit.go(f"/cases/{case_id}", "case-closed")


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


async def _case_page(visit: Visit, case_id: str, form: Form, contact: Record | None = None, status: int = 200) -> Response:
    words = await words_of(visit)
    case = await visit.ask.cases.case(case_id)
    needs = await visit.ask.needs.needs([("case_id", case_id), ("limit", "100")])
    matches = await visit.ask.matches.matches([("case_id", case_id), ("limit", "100")])
    try:
        consents = (await visit.ask.contacts.consents(case["code"])).items
    except HubError:
        # The vault hears of a new case by event; until then there is nothing to show.
        consents = []
    return visit.page(
        "case.html",
        status,
        case=case,
        asked=await _asked_by_the_person(visit, case_id),
        needs=needs.items,
        matches=matches.items,
        consents=consents,
        form=form,
        contact=contact,
        **naming(visit, words),
    )


async def _asked_by_the_person(visit: Visit, case_id: str) -> bool:
    """Whether the case was asked for without a name, so that its coordinator may write to the asker."""
    if not visit.may("GET", "/api/v1/asks"):
        return False
    try:
        await visit.ask.asks.one(case_id)
    except HubError:
        return False
    return True


def _case_form(visit: Visit, words: Words, form: Form, status: int = 200) -> Response:
    return visit.page("case_form.html", status, form=form, words=words, rows=rows_of(form))


def _need_form(visit: Visit, words: Words, case: Record, form: Form, status: int = 200) -> Response:
    return visit.page("need_form.html", status, form=form, words=words, case=case, rows=rows_of(form))
