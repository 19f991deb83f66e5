"""Pages of a need: what fits it and why, what would have to change where nothing does, and why not this offer."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.clients import ProblemFromService
from gateway.clients.asking import Json, Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.need_view import body_of, lines_of, parts_beside, points_of, read_body, side_by_side
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]
Several = Annotated[list[str] | None, Query(max_length=20)]
ON_NEED_ALONE = frozenset(f"change.{word}" for word in ("accept_language", "distance", "level", "topic", "need_tag", "place", "consent"))
"""Steps of a smallest change that the offer has no part in."""
ON_NEED = (ON_NEED_ALONE - {"change.place", "change.consent"}) | {f"change.{word}" for word in ("hours", "weekday", "begin", "end")}
"""Steps that are done on the need's page; those in time may concern the offer as well."""


@router.get("/needs/{need_id}")
async def see_need(visit: Here, need_id: UUID, q: Text = "", offer: Text = "", compare: Several = None) -> Response:
    """A need with its proposals; `q` searches offers to ask "why not?", `offer` answers it; `compare` puts proposals side by side."""
    return await _need_page(visit, str(need_id), Form({"q": [q]} if q else {}), q=q.strip(), offer_id=offer, compare=compare or [])


@router.post("/needs/{need_id}/confirm")
async def confirm_match(visit: Here, need_id: UUID) -> Response:
    """Pair the need with an offer; the page of the match offers to take it back."""
    form = await visit.form({"": "proposals"})
    match = await visit.try_(form, visit.ask.matches.confirm(str(need_id), form.text("offer_id"), form.text("once")))
    if match is None:
        return await _need_page(visit, str(need_id), form, status=409)
    return visit.go(f"/matches/{match['id']}", "match-confirmed")


@router.post("/needs/{need_id}/adopt")
async def adopt_change(visit: Here, need_id: UUID) -> Response:
    """Make one of the smallest changes that would give an offer."""
    visit.asker.require("PATCH", f"/api/v1/needs/{need_id}")
    form = await visit.form({"": "proposals"})
    body, version = read_body(form.text("body")), form.whole("version")
    if body is None:
        form.wrong("proposals", _("This cannot be done with it."))
    if await visit.try_(form, visit.ask.needs.change(str(need_id), body, version if isinstance(version, int) else 0)) is None:
        return await _need_page(visit, str(need_id), form, status=422)
    return visit.go(f"/needs/{need_id}", "need-changed")


@router.post("/needs/{need_id}/withdraw")
async def withdraw_need(visit: Here, need_id: UUID) -> Response:
    """The case no longer asks for this."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.needs.withdraw(str(need_id))) is None:
        return await _need_page(visit, str(need_id), form, status=409)
    return visit.go(f"/needs/{need_id}", "need-withdrawn")


async def _need_page(
    visit: Visit, need_id: str, form: Form, status: int = 200, q: str = "", offer_id: str = "", compare: Sequence[str] = ()
) -> Response:
    sees = visit.may("GET", f"/api/v1/needs/{need_id}/proposals")
    words, need, listed = await asyncio.gather(
        words_of(visit), visit.ask.needs.need(need_id), visit.ask.matches.matches([("need_id", need_id), ("limit", "20")])
    )
    case, proposals, found, (why, asked) = await asyncio.gather(
        visit.ask.cases.case(need["case_id"]),
        visit.ask.needs.proposals(need_id) if sees and need["state"] == "open" else _nothing(),
        _search_offers(visit, need, q) if sees and q else _nothing(),
        _why_not(visit, need_id, offer_id if sees else "", form),
    )
    items = proposals.items if proposals else []
    compared = side_by_side(items, list(compare))
    points = points_of(need, case, items, words.category(need["category"]))
    edits = visit.may("PATCH", f"/api/v1/needs/{need_id}")
    return visit.page(
        "need.html",
        status,
        need=need,
        case=case,
        proposals=proposals,
        sees=sees,
        changes=[
            {**change, "links": _links_of(need, change), "body": body_of(change, need, case) if edits else ""}
            for change in (proposals.changes if proposals else [])
        ],
        edits=edits,
        confirms=visit.may("POST", "/api/v1/matches"),
        matches=listed.items,
        found=found or [],
        why=why,
        asked=asked,
        q=q,
        compared=compared,
        compared_parts=parts_beside(compared),
        points=points if len(points) > 1 else [],
        lines=lines_of(points),
        form=form,
        **naming(visit, words),
    )


async def _nothing() -> None:
    """Stands for a question that is not asked."""


async def _why_not(visit: Visit, need_id: str, offer_id: str, form: Form) -> tuple[Record | None, Record | None]:
    """Why an offer fits or not, and the offer."""
    if not offer_id:
        return None, None
    try:
        asked, why = await asyncio.gather(visit.ask.offers.offer(offer_id), visit.ask.needs.why(need_id, offer_id))
    except ProblemFromService as refusal:
        if refusal.problem_status not in (404, 422):
            raise
        form.wrong("q", _("There is no such offer."))
        return None, None
    return why, asked


def _links_of(need: Record, change: Record) -> list[tuple[str, str]]:
    """Where the steps of a change are done: address and words; both sides for what either or both may have to move."""
    codes = {step["code"] for step in change["steps"]}
    links: list[tuple[str, str]] = []
    if codes & ON_NEED:
        links.append((f"/needs/{need['id']}/change", _("Change the need")))
    if codes & {"change.consent"}:
        links.append((f"/cases/{need['case_id']}", _("To the case")))
    if codes & {"change.place"}:
        links.append((f"/cases/{need['case_id']}/place", _("Record the place")))
    if codes & {"change.find"}:
        links.append((f"/my/offers/new?category={need['category']}", _("Post such an offer")))
    elif change["offer_id"] and codes - ON_NEED_ALONE:
        links.append((f"/offers/{change['offer_id']}", _("To the offer")))
    return links


async def _search_offers(visit: Visit, need: Record, q: str) -> list[Json]:
    """Offers whose title or category holds the words: those of the need's top category first, then the directory's."""
    root = need["category"].split(".")[0]
    known = {row["id"]: row for row in (await visit.ask.offers.offers([("category", root), ("limit", "200")])).items}
    wanted = q.casefold()
    found = [row for row in known.values() if any(wanted in text.casefold() for text in [*row["title"].values(), row["category"]])]
    if len(found) < 10:
        more = await visit.ask.directory.search([("q", q[:100]), ("limit", "20")])
        found += [row for row in more.items if row["id"] not in known]
    return found[:20]
