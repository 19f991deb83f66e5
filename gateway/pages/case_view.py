"""The page of a case: the whole person with all their needs side by side, what is missing, what happened, who sees it, and the contact."""

import asyncio
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import NotFound
from gateway.clients import ProblemFromService
from gateway.clients.asking import Listing, Record
from gateway.clients.matching import Proposals
from gateway.pages.cases import case_id_of
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.offer_forms import CONTACT_POINTERS, contact_of
from gateway.pages.quietly import quietly
from gateway.pages.signing_in import CONSENT_TEXT
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]
LOOKED_AT = 8
"""Open needs whose proposals the page of a case shows."""
TEAMS = 10
"""Teams that are named."""


class NoSuchCase(NotFound):
    """No case of that code, or none that the visitor may see."""


@router.get("/cases/{key}")
async def see_case(visit: Here, key: str, cursor: Text = "") -> Response:
    """The whole case, by its id or its code."""
    case_id = await id_of(visit, key)
    if case_id != key:
        return visit.go(f"/cases/{case_id}")
    return await _case_page(visit, case_id, Form(pointers=CONTACT_POINTERS), cursor=cursor)


async def id_of(visit: Visit, key: str) -> str:
    """The id of a case given by its id or its code. Raises NoSuchCase."""
    try:
        return str(UUID(key))
    except ValueError:
        found = await case_id_of(visit, key)
    if found is None:
        raise NoSuchCase("There is no such case, or none that you may see.")
    return found


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
    return await _step(visit, str(case_id), "close", "case-closed")


@router.post("/cases/{case_id}/reopen")
async def reopen_case(visit: Here, case_id: UUID) -> Response:
    """Go on with it."""
    return await _step(visit, str(case_id), "reopen", "case-reopened")


@router.post("/cases/{case_id}/share")
async def share_case(visit: Here, case_id: UUID) -> Response:
    """Let the team of another organisation see it."""
    form = await visit.form({"/actor_id": "team", "": "team"})
    team = await _organisation(visit, form.text("team"))
    if team is None:
        form.wrong("team", _("Write the name of one organisation as it stands in the registry."))
    asked = visit.ask.desk.on_case(str(case_id), "share", {"actor_id": team["id"] if team else ""})
    if await visit.try_(form, asked) is None:
        return await _case_page(visit, str(case_id), form, None, 422)
    return visit.go(f"/cases/{case_id}", "case-shared")


@router.post("/cases/{case_id}/unshare")
async def unshare_case(visit: Here, case_id: UUID) -> Response:
    """Let a team see it no longer."""
    form = await visit.form({"": "team"})
    if await visit.try_(form, visit.ask.desk.on_case(str(case_id), "unshare", {"actor_id": form.text("actor_id")})) is None:
        return await _case_page(visit, str(case_id), form, None, 409)
    return visit.go(f"/cases/{case_id}", "case-unshared")


async def _step(visit: Visit, case_id: str, verb: str, done: str) -> Response:
    form = await visit.form()
    if await visit.try_(form, visit.ask.desk.on_case(case_id, verb)) is None:
        return await _case_page(visit, case_id, form, None, 409)
    return visit.go(f"/cases/{case_id}", done)


async def _organisation(visit: Visit, name: str) -> Record | None:
    """The organisation of that name, if it is one."""
    if not name:
        return None
    rows = (await visit.ask.registry.actors([("q", name[:100]), ("limit", "10")])).items
    exact = [row for row in rows if name.casefold() in (row["name"].casefold(), (row.get("local_name") or "").casefold(), row["slug"])]
    found = exact if len(exact) == 1 else rows
    return found[0] if len(found) == 1 else None


async def _case_page(visit: Visit, case_id: str, form: Form, contact: Record | None = None, status: int = 200, cursor: str = "") -> Response:
    words, case, needs, matches, asked, trail = await asyncio.gather(
        words_of(visit),
        visit.ask.cases.case(case_id),
        visit.ask.needs.needs([("case_id", case_id), ("limit", "100")]),
        visit.ask.matches.matches([("case_id", case_id), ("limit", "100")]),
        asked_by_the_person(visit, case_id),
        quietly(visit.ask.desk.history(case_id, [("limit", "20"), *([("cursor", cursor)] if cursor else [])]), Listing([])),
    )
    opened = [need["id"] for need in needs.items if need["state"] == "open"]
    # The vault hears of a new case by event; until then there is no consent to show.
    consents, fits, teams = await asyncio.gather(
        quietly(visit.ask.contacts.consents(case["code"]), Listing([])), _fits(visit, opened[:LOOKED_AT]), _teams(visit, case["shared_with"])
    )
    return visit.page(
        "case.html",
        status,
        case=case,
        asked=asked,
        needs=sorted(needs.items, key=_first_open),
        fits=fits,
        matches=matches.items,
        missing=missing_of(case, needs.items, fits),
        trail=trail,
        about={row["id"]: row["category"] for row in [*needs.items, *matches.items]},
        teams=teams,
        consents=consents.items,
        confirms=visit.may("POST", "/api/v1/matches"),
        form=form,
        contact=contact,
        **naming(visit, words),
    )


def _first_open(need: Record) -> tuple[bool, int]:
    """Open and running needs first, the most pressing of them first."""
    order = ("urgent", "high", "normal", "low")
    return need["state"] in ("closed", "withdrawn"), order.index(need["urgency"]) if need["urgency"] in order else len(order)


def missing_of(case: Record, needs: Iterable[Record], fits: dict[str, Proposals]) -> list[str]:
    """What is missing before this person can be helped."""
    if case["state"] != "open":
        return []
    live = [need for need in needs if need["state"] in ("open", "matched", "in_progress")]
    found = ["need"] if not live else []
    found += ["consent"] if not case["consent"]["match"] else []
    found += ["place"] if not case["location"] else []
    found += ["languages"] if not case["languages"] else []
    return found + (["proposals"] if any(each.fresh and not each.items for each in fits.values()) else [])


async def _fits(visit: Visit, need_ids: list[str]) -> dict[str, Proposals]:
    """What fits each of these needs, where the visitor may see proposals."""
    shown = [need_id for need_id in need_ids if visit.may("GET", f"/api/v1/needs/{need_id}/proposals")]
    found = await asyncio.gather(*(quietly(visit.ask.needs.proposals(need_id), None) for need_id in shown))
    return {need_id: each for need_id, each in zip(shown, found, strict=True) if each is not None}


async def _teams(visit: Visit, actor_ids: list[str]) -> list[Record]:
    """The teams that see the case too, by name."""
    found = await asyncio.gather(*(quietly(visit.ask.registry.actor(actor_id), None) for actor_id in actor_ids[:TEAMS]))
    return [{"id": actor_id, "name": row["name"] if row else ""} for actor_id, row in zip(actor_ids, found, strict=False)]


async def asked_by_the_person(visit: Visit, case_id: str) -> bool:
    """Whether the case was asked for without a name, so that its coordinator may write to the asker."""
    return visit.may("GET", "/api/v1/asks") and await quietly(visit.ask.asks.one(case_id), None) is not None
