"""Routes of suggestions and claims."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from chassis.edge import HubRoute
from chassis.errors import invalid_field
from chassis.paging import Page, Paging, listed
from services.actors.api.common import InOneTransaction, Key
from services.actors.api.listing import lists_fixed
from services.actors.model.records import Actor
from services.actors.model.suggestions import STAMP_HOURS, AnswerState, Claim, Stamps, Suggestion, SuggestionKind
from services.actors.schemas import suggestions as schemas
from services.actors.schemas.actors import ActorRead
from services.actors.use_cases import claims, suggestions
from services.actors.work import Work

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["suggestions"])
SECRET: dict[str, Any] = {"x-no-idempotency": True}  # Any: OpenAPI
SuggestionId = Annotated[UUID, Path(description="The suggestion's id.")]
ClaimId = Annotated[UUID, Path(description="The claim's id.")]
InState = Annotated[AnswerState, Query(description="open, accepted or refused.")]


def stamps_of(request: Request) -> Stamps:
    """What stamps forms are signed and checked with."""
    service = request.app.state.service
    return Stamps(service.cursor_secret, service.settings.stamp_wait_seconds)


@router.get("/suggestion-stamp", response_model=schemas.StampRead)
async def get_suggestion_stamp(request: Request, work: InOneTransaction, response: Response) -> dict[str, Any]:
    """A stamp for one suggestion: it keeps machines from sending many at once, without a riddle for anybody. Nothing is kept about you."""
    response.headers["Cache-Control"] = "no-store"
    stamps = stamps_of(request)
    return {"stamp": stamps.issue(work.now), "wait_seconds": stamps.wait_seconds, "hours": STAMP_HOURS}


@router.post("/suggestions", status_code=201, response_model=schemas.SuggestionSent, openapi_extra=SECRET)
async def create_suggestion(body: schemas.SuggestionCreate, request: Request, work: InOneTransaction) -> suggestions.Sent:
    """Suggest what is missing or wrong, with its source. For everybody; who has no account fetches a stamp first."""
    if body.homepage:
        raise invalid_field("/homepage", "leave_empty", "Leave this field empty.")
    stamp = stamps_of(request).check(body.stamp, work.now) if work.caller.kind == "anonymous" else None
    record = (body.record.kind, body.record.id) if body.record is not None else None
    checked = schemas.proposed(body.kind, record[0] if record else None, body.values, body.source)
    values = checked.model_dump(mode="json", exclude_unset=True)
    settings = request.app.state.service.settings
    bounds = suggestions.Bounds(settings.suggestions_open, settings.suggestions_per_day)
    proposal = suggestions.Proposal(body.kind, record, values, body.source, body.note)
    return await suggestions.suggest(work, proposal, stamp, bounds)


@router.post("/suggestion-states", response_model=schemas.SuggestionState, openapi_extra=SECRET)
async def read_suggestion_state(body: schemas.SuggestionAsk, work: InOneTransaction) -> dict[str, Any]:
    """What became of a suggestion, for who holds its secret. The secret travels in the body, which is written into no log."""
    found = await suggestions.outcome(work, body.id, body.secret)
    fields = {name: getattr(found, name) for name in schemas.SuggestionState.model_fields}
    return {**fields, "id": body.id}


@router.get("/suggestions", response_model=Page[schemas.SuggestionRead])
async def list_suggestions(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    state: InState = AnswerState.OPEN,
    kind: Annotated[SuggestionKind | None, Query(description="Only of this kind.")] = None,
) -> dict[str, Any]:
    """Suggestions, oldest first: all for the registry's editors, corrections of one's own organisation for members."""
    found = await work.suggestions.page(paging, state, kind, suggestions.moderated_by(work.caller))
    return listed(request, response, found.map(_plain))


@router.get("/suggestions/{suggestion_id}", response_model=schemas.SuggestionRead)
async def read_suggestion(suggestion_id: SuggestionId, work: InOneTransaction) -> dict[str, Any]:
    """One suggestion, with what it would change in the registry as it is now."""
    return await _compared(work, await suggestions.to_decide(work, suggestion_id))


@router.post("/suggestions/{suggestion_id}/accept", response_model=schemas.SuggestionRead)
async def accept_suggestion(suggestion_id: SuggestionId, body: schemas.SuggestionAccept, work: InOneTransaction) -> dict[str, Any]:
    """Let a suggestion into the registry, as it is or with other values. 409 when the record was changed since it was compared."""
    found = await suggestions.to_decide(work, suggestion_id)
    values = {name: value for name, value in {**found.values, **body.values}.items() if name not in body.leave_out}
    checked = schemas.proposed(found.kind, found.record_kind, values, found.source)
    given = checked.model_dump(exclude_unset=found.record_kind is not None)
    return _plain(await suggestions.accept(work, found, lists_fixed(given), body.record_version))


@router.post("/suggestions/{suggestion_id}/refuse", response_model=schemas.SuggestionRead)
async def refuse_suggestion(suggestion_id: SuggestionId, body: schemas.RefuseAsk, work: InOneTransaction) -> dict[str, Any]:
    """Refuse a suggestion and say why."""
    return _plain(await suggestions.refuse(work, suggestion_id, body.reason))


@router.post("/actors/{actor}/claims", status_code=201, response_model=schemas.ClaimRead)
async def claim_actor(actor: Key, body: schemas.ClaimCreate, work: InOneTransaction) -> Claim:
    """Say that you are of this organisation and want to keep its record. For volunteers and members; coordinators decide."""
    return await claims.claim(work, actor, body.text)


@router.post("/actors/{actor}/claims/end", response_model=ActorRead)
async def end_claims(actor: Key, work: InOneTransaction) -> Actor:
    """End that the organisation keeps its own record. For administrators, and for members of the organisation. 409 where it does not."""
    return await claims.end(work, actor)


@router.get("/claims", response_model=Page[schemas.ClaimRead])
async def list_claims(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    state: Annotated[AnswerState | None, Query(description="open, accepted, refused or ended.")] = None,
) -> dict[str, Any]:
    """Claims, oldest first: all for coordinators and administrators, one's own otherwise."""
    return listed(request, response, await work.claims.page(paging, state, claims.seen_by(work.caller)))


@router.post("/claims/{claim_id}/accept", response_model=schemas.ClaimRead)
async def accept_claim(claim_id: ClaimId, work: InOneTransaction) -> Claim:
    """Agree: the account becomes a member of the organisation."""
    return await claims.accept(work, claim_id)


@router.post("/claims/{claim_id}/refuse", response_model=schemas.ClaimRead)
async def refuse_claim(claim_id: ClaimId, body: schemas.RefuseAsk, work: InOneTransaction) -> Claim:
    """Do not agree."""
    return await claims.refuse(work, claim_id, body.reason)


def _plain(found: Suggestion) -> dict[str, Any]:
    own = {name: getattr(found, name) for name in schemas.SuggestionRead.model_fields if hasattr(found, name)}
    return {**own, "record_version_now": None, "changes": []}


async def _compared(work: Work, found: Suggestion) -> dict[str, Any]:
    version, changes = await suggestions.compared(work, found)
    shown = [{"field": change.field, "now": change.before, "proposed": change.after} for change in changes]
    return {**_plain(found), "record_version_now": version, "changes": shown}
