"""Needs of cases, and the proposals of a need."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.ids import new_id
from chassis.paging import Page, Paging, listed
from services.matching import schemas
from services.matching.api.changes import changes_read
from services.matching.api.common import InOneTransaction, Version, Who, reason_read, stored_reason, windows_read
from services.matching.api.offers import offer_read
from services.matching.engine.explain import Told
from services.matching.engine.types import Reason, Urgency
from services.matching.model.need import Need, NeedChanges, NeedState
from services.matching.schemas import NeedRead, PairRead, ProposalList, ProposalRead
from services.matching.use_cases import cases as do
from services.matching.use_cases import proposals
from services.matching.use_cases.changes import changes_for_need
from services.matching.use_cases.proposals import PairExplained

router = APIRouter(prefix="/api/v1", route_class=HubRoute)
CodeQuery = Annotated[str | None, Query(max_length=120, pattern=r"^[a-z][a-z0-9_.-]*$")]


def need_read(need: Need) -> NeedRead:
    """A need as answered."""
    return NeedRead(
        id=need.id,
        case_id=need.case_id,
        version=need.version,
        state=need.state.value,
        category=need.category,
        size=need.size,
        languages=[{"code": wish.code, "required": wish.required} for wish in need.languages],
        topics=[{"topic": wish.topic, "level": wish.level, "required": wish.required} for wish in need.topics],
        max_travel_km=need.max_travel_km,
        windows=windows_read(need.windows),
        from_=need.from_date,
        until=need.until_date,
        urgency=need.urgency.value,
        requires=sorted(need.requires),
        provides=sorted(need.provides),
        preferences=sorted(need.preferences),
        links=[{"kind": link.kind.value, "need_id": str(link.need_id)} for link in need.links],
        posted_at=need.posted_at,
        created_at=need.created_at,
        updated_at=need.updated_at,
    )


@router.post("/needs", status_code=201)
async def post_need(body: schemas.NeedCreate, work: InOneTransaction) -> NeedRead:
    """Add a need to an open case. Its proposals arrive within a moment."""
    need = Need(
        id=new_id(),
        case_id=body.case_id,
        category=body.category,
        size=body.size,
        posted_at=work.now,
        created_at=work.now,
        updated_at=work.now,
        languages=schemas.wishes_of(body.languages),
        topics=schemas.topics_of(body.topics),
        max_travel_km=body.max_travel_km,
        windows=schemas.windows_of(body.windows),
        from_date=body.from_,
        until_date=body.until,
        urgency=body.urgency,
        requires=frozenset(body.requires),
        provides=frozenset(body.provides),
        preferences=frozenset(body.preferences),
        links=schemas.links_of(body.links),
    )
    return need_read(await do.post_need(work, need))


@router.get("/needs", response_model=Page[NeedRead])
async def list_needs(
    request: Request,
    response: Response,
    work: InOneTransaction,
    who: Who,
    page: Paging,
    case_id: UUID | None = None,
    state: NeedState | None = None,
    category: CodeQuery = None,
    urgency: Urgency | None = None,
    mine: Annotated[bool, Query(description="Only of cases that the caller recorded.")] = False,
    without_proposals: bool = False,
) -> dict[str, Any]:
    """Needs of cases that the caller may see, newest first."""
    found = await work.needs.listed(
        who,
        page,
        case_id=case_id,
        state=state.value if state else None,
        category=category,
        urgency=urgency.value if urgency else None,
        mine=mine,
        without_proposals=without_proposals,
    )
    return listed(request, response, found.map(need_read))


@router.get("/needs/{need_id}")
async def read_need(need_id: UUID, work: InOneTransaction, who: Who) -> NeedRead:
    """One need."""
    return need_read(await work.needs.seen(need_id, who))


@router.patch("/needs/{need_id}")
async def change_need(need_id: UUID, body: schemas.NeedUpdate, version: Version, work: InOneTransaction) -> NeedRead:
    """Change an open need; it is proposed anew."""
    return need_read(await do.change_need(work, need_id, version, _changes(body)))


@router.post("/needs/{need_id}/withdraw")
async def withdraw_need(need_id: UUID, work: InOneTransaction) -> NeedRead:
    """The case no longer asks for this."""
    return need_read(await do.withdraw_need(work, need_id))


@router.get("/needs/{need_id}/proposals")
async def list_proposals(need_id: UUID, work: InOneTransaction, who: Who) -> ProposalList:
    """The best offers for a need, with score, parts and reasons; at most 20. For coordinators of its case and API clients; administrators read."""
    found = await proposals.read_proposals(work, need_id)
    items = []
    for row in found.rows:
        advice = found.advice[row.offer_id]
        parts = [{**part, "reason": reason_read(stored_reason(part["reason"]))} for part in row.parts]
        speaking = sorted((part for part in parts if part["points"] * part["weight"] > 0), key=lambda part: -part["points"] * part["weight"])
        items.append(
            ProposalRead(
                need_id=need_id,
                offer_id=row.offer_id,
                rank=row.rank + 1,
                score=row.score,
                parts=[schemas.PartRead.model_validate(part) for part in parts],
                reasons=[part["reason"]["text"] for part in speaking],
                weights=row.weights,
                advice=schemas.AdviceRead(advice=advice.move, value=advice.value, price=advice.price, reason=reason_read(advice.reason)["text"]),
                offer=offer_read(found.offers[row.offer_id], who),
            )
        )
    missing = [] if items or not found.fresh else changes_read(await changes_for_need(work, need_id))
    return ProposalList(items=items, total=len(items), fresh=found.fresh, computed_at=found.computed_at, smallest_changes=missing)


@router.get("/needs/{need_id}/proposals/{offer_id}")
async def explain_pair(need_id: UUID, offer_id: UUID, work: InOneTransaction) -> PairRead:
    """Why this pair, or why not: every rule that fails, hints, and the parts of the score. Works for any pair."""
    return _pair_read(await proposals.explain_pair(work, need_id, offer_id))


def _pair_read(pair: PairExplained) -> PairRead:
    found = pair.explanation
    return PairRead(
        need_id=pair.need.id,
        offer_id=pair.offer.id,
        eligible=found.eligible,
        score=found.score,
        weights=found.weights,
        why_not=[_told(reason) for reason in found.reasons],
        hints=[_told(reason) for reason in found.hints],
        parts=[schemas.PartRead(name=part.name, points=part.points, weight=part.weight, reason=_told(part.told)) for part in found.parts],
        match_state=pair.last_match.state.value if pair.last_match else None,
        match_id=pair.last_match.id if pair.last_match else None,
    )


def _told(told: Told) -> schemas.ReasonRead:
    return schemas.ReasonRead.model_validate(reason_read(Reason(told.code, told.params)))


def _changes(body: schemas.NeedUpdate) -> NeedChanges:
    """The fields that were sent, as the model has them."""
    sent, changes = body.model_fields_set, NeedChanges()
    plain: Any = changes  # Any: filled by name below
    for name in ("category", "size", "max_travel_km", "urgency"):
        if name in sent and getattr(body, name) is not None:
            plain[name] = getattr(body, name)
    for name, field in (("from_date", "from_"), ("until_date", "until")):
        if field in sent:
            plain[name] = getattr(body, field)
    for name in ("requires", "provides", "preferences"):
        if name in sent and getattr(body, name) is not None:
            plain[name] = frozenset(getattr(body, name))
    if body.languages is not None:
        changes["languages"] = schemas.wishes_of(body.languages)
    if body.topics is not None:
        changes["topics"] = schemas.topics_of(body.topics)
    if body.windows is not None:
        changes["windows"] = schemas.windows_of(body.windows)
    if body.links is not None:
        changes["links"] = schemas.links_of(body.links)
    return changes
