"""Matches: confirming, answering, following to the end."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Listed, Page, Paging, listed
from services.matching import schemas
from services.matching.api.common import InOneTransaction, Who, windows_read
from services.matching.model.match import Match
from services.matching.schemas import MatchRead
from services.matching.store.matches import LIVE
from services.matching.use_cases import matches as do
from services.matching.use_cases.matches import MatchSeen, Standing
from services.matching.work import Work

router = APIRouter(prefix="/api/v1/matches", route_class=HubRoute)
States = Literal["live", "confirmed", "accepted", "declined", "expired", "in_progress", "fulfilled", "not_fulfilled", "cancelled"]


def match_read(seen: MatchSeen) -> MatchRead:
    """A match as answered to its parties."""
    row, need, case = seen.row, seen.need, seen.case
    knows_code = seen.side is not Standing.PROVIDER or row.accepted_at is not None
    return MatchRead(
        id=row.id,
        version=row.version,
        state=row.state,
        need_id=row.need_id,
        offer_id=row.offer_id,
        case_id=row.case_id,
        case_code=case.code if knows_code else None,
        consent=schemas.MatchConsent(match=case.consent.allows_match(seen.at), share_contact=case.consent.allows_contact(seen.at)),
        need=schemas.MatchNeed(
            urgency=need.urgency.value,
            languages=[wish.code for wish in need.languages] or list(case.languages),
            topics=[{"topic": wish.topic, "level": wish.level, "required": wish.required} for wish in need.topics],
            windows=windows_read(need.windows),
            household=case.household.size if row.state in LIVE else None,
            from_=need.from_date,
            until=need.until_date,
        ),
        side=seen.side.value,
        category=row.category,
        provider={
            "actor_id": str(row.provider_id) if row.provider_kind == "actor" else None,
            "account_id": str(row.provider_id) if row.provider_kind == "account" else None,
        },
        size=row.size,
        score=row.score,
        weights=row.weights,
        confirmed_by=row.confirmed_by,
        answered_by=row.answered_by,
        on_behalf=row.on_behalf,
        answer_by=row.answer_by,
        round_id=row.round_id,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        reason=row.decline_reason or row.cancel_reason,
        outcome=row.outcome,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _answer(work: Work, match: Match) -> MatchRead:
    return match_read(await do.read_match(work, match.id))


@router.post("", status_code=201)
async def confirm_match(body: schemas.MatchCreate, work: InOneTransaction) -> MatchRead:
    """Confirm a pairing: the places are held at once, and the provider is asked. 409 when the pair does not fit or the places are gone."""
    return await _answer(work, await do.confirm_match(work, body.need_id, body.offer_id))


@router.get("", response_model=Page[MatchRead])
async def list_matches(
    request: Request,
    response: Response,
    work: InOneTransaction,
    who: Who,
    page: Paging,
    side: Annotated[Literal["provider", "case"] | None, Query(description="Only where the caller stands on this side.")] = None,
    state: Annotated[States | None, Query(description="Only in this state; `live`: not ended.")] = None,
    need_id: UUID | None = None,
    offer_id: UUID | None = None,
    case_id: UUID | None = None,
) -> dict[str, Any]:
    """Matches of which the caller is a party, newest first."""
    found = await work.matches.listed(who, page, side=side, state=state, need_id=need_id, offer_id=offer_id, case_id=case_id)
    seen = await do.with_sides(work, found.items)
    return listed(request, response, Listed([match_read(each) for each in seen], found.more_after, found.total))


@router.get("/{match_id}")
async def read_match(match_id: UUID, work: InOneTransaction) -> MatchRead:
    """One match, for its two sides and administrators."""
    return match_read(await do.read_match(work, match_id))


@router.post("/{match_id}/accept")
async def accept_match(match_id: UUID, work: InOneTransaction) -> MatchRead:
    """Say yes (the provider, or a coordinator of the case on the provider's behalf)."""
    return await _answer(work, await do.accept_match(work, match_id))


@router.post("/{match_id}/decline")
async def decline_match(match_id: UUID, work: InOneTransaction, body: schemas.DeclineBody | None = None) -> MatchRead:
    """Say no; the need looks on and is not proposed this offer again."""
    return await _answer(work, await do.decline_match(work, match_id, (body or schemas.DeclineBody()).reason))


@router.post("/{match_id}/start")
async def start_match(match_id: UUID, work: InOneTransaction) -> MatchRead:
    """The help has begun."""
    return await _answer(work, await do.start_match(work, match_id))


@router.post("/{match_id}/fulfil")
async def fulfil_match(match_id: UUID, work: InOneTransaction, body: schemas.FulfilBody | None = None) -> MatchRead:
    """The help was given."""
    return await _answer(work, await do.fulfil_match(work, match_id, (body or schemas.FulfilBody()).outcome))


@router.post("/{match_id}/fail")
async def fail_match(match_id: UUID, work: InOneTransaction, body: schemas.FailBody | None = None) -> MatchRead:
    """The help was not given in the end; the need looks on."""
    return await _answer(work, await do.fail_match(work, match_id, (body or schemas.FailBody()).outcome))


@router.post("/{match_id}/cancel")
async def cancel_match(match_id: UUID, work: InOneTransaction, body: schemas.CancelBody | None = None) -> MatchRead:
    """Call it off, from either side, at any time before the end."""
    return await _answer(work, await do.cancel_match(work, match_id, (body or schemas.CancelBody()).reason))
