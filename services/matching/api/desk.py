"""The desk, and what is done from it: reminders, more time for an answer, cases that go on, and their history."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.identity import Caller
from chassis.paging import Listed, Page, Paging, listed
from services.matching.api.cases import case_read
from services.matching.api.common import InOneTransaction, Who
from services.matching.api.matches import match_read
from services.matching.model.desk import DeskKind, DeskScope
from services.matching.schemas import CaseRead, MatchRead
from services.matching.schemas import desk as bodies
from services.matching.store.case_history import Happened
from services.matching.use_cases import looking_after as do
from services.matching.use_cases import matches
from services.matching.use_cases.desk import OF_OFFERS, DeskLine, read_desk

router = APIRouter(prefix="/api/v1", route_class=HubRoute)


@router.get("/desk")
async def read_the_desk(
    request: Request,
    response: Response,
    work: InOneTransaction,
    page: Paging,
    scope: Annotated[
        DeskScope, Query(description="`mine`: cases that the caller recorded; `team`: of the caller's organisation; `all`.")
    ] = DeskScope.ALL,
    kind: Annotated[list[DeskKind] | None, Query(max_length=12, description="Only these kinds.")] = None,
) -> bodies.DeskRead:
    """What needs the caller now, each thing once, the most pressing first; pseudonymous. For coordinators and administrators."""
    found = await read_desk(work, page, scope, kind or [])
    counts = {kind.value: count for kind, count in found.counts.items()}
    answer = listed(request, response, Listed([_line(line) for line in found.lines], found.more_after, sum(found.counts.values())))
    return bodies.DeskRead.model_validate({**answer, "counts": counts})


@router.post("/matches/{match_id}/remind")
async def remind_provider(match_id: UUID, work: InOneTransaction) -> MatchRead:
    """Remind the provider to answer, or to say how the help goes; at most once a day (409). For coordinators of the case."""
    made = await do.remind_provider(work, match_id)
    return match_read(await matches.read_match(work, made.id))


@router.post("/matches/{match_id}/extend")
async def extend_match(match_id: UUID, work: InOneTransaction, body: bodies.ExtendBody | None = None) -> MatchRead:
    """Give the provider more time to answer. For coordinators of the case."""
    made = await do.extend_match(work, match_id, (body or bodies.ExtendBody()).days)
    return match_read(await matches.read_match(work, made.id))


@router.post("/cases/{case_id}/reopen")
async def reopen_case(case_id: UUID, work: InOneTransaction) -> CaseRead:
    """Go on with a case that was closed, while its household is still recorded (409 otherwise)."""
    return case_read(await do.reopen_case(work, case_id))


@router.get("/cases/{case_id}/history", response_model=Page[bodies.HistoryRead])
async def read_case_history(case_id: UUID, request: Request, response: Response, work: InOneTransaction, who: Who, page: Paging) -> dict[str, Any]:
    """What happened to the case, its needs and its matches, newest first: acts and times, no words of anybody."""
    found = await do.case_history(work, case_id, page)
    return listed(request, response, found.map(lambda each: _happened(each, who)))


def _happened(each: Happened, who: Caller) -> bodies.HistoryRead:
    people = {"account": "person", "client": "client"}
    by = "you" if each.caller_id is not None and each.caller_id == who.id else people.get(each.caller_kind, "system")
    return bodies.HistoryRead(at=each.at, action=each.action, subject_kind=each.subject_kind, subject_id=each.subject_id, by=by)


def _line(line: DeskLine) -> bodies.DeskLineRead:
    entry, need, match, case, offer = line.entry, line.need, line.match, line.case, line.offer
    return bodies.DeskLineRead(
        kind=entry.kind.value,
        id=entry.id,
        at=entry.at,
        need=bodies.DeskNeed(
            id=need.id,
            version=need.version,
            state=need.state.value,
            category=need.category,
            urgency=need.urgency.value,
            size=need.size,
            posted_at=need.posted_at,
        )
        if need
        else None,
        match=bodies.DeskMatch(
            id=match.id,
            version=match.version,
            state=match.state,
            answer_by=match.answer_by,
            accepted_at=match.accepted_at,
            reminded_at=match.reminded_at,
            updated_at=match.updated_at,
        )
        if match
        else None,
        case=bodies.DeskCase(id=case.id, code=case.code, updated_at=case.updated_at) if case else None,
        offer=bodies.DeskOffer(id=offer.id, state=offer.state.value, category=offer.category, title=dict(offer.title))
        if offer and (entry.kind in OF_OFFERS or need)
        else None,
        score=line.score,
        categories=[asked.category for asked in line.ask.needs] if line.ask else [],
    )
