"""Signing in and out."""

from uuid import UUID

from fastapi import APIRouter, Request

from chassis.edge import HubRoute
from chassis.paging import Page
from services.people.api.doors import SECRET, InOneTransaction, OwnSession, Source, reading, settled
from services.people.schemas import sessions as schemas
from services.people.use_cases import sessions, signing_in
from services.people.use_cases.signing_in import SignedIn
from services.people.work import Resources, check_password

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["sessions"])


def shape_session(request: Request, signed_in: SignedIn) -> schemas.SessionCreated:
    """A new session with its token."""
    lifetime = request.app.state.service.settings.session_limits().lifetime
    return schemas.SessionCreated.model_validate(
        {
            "access_token": signed_in.token,
            "expires_in": int(lifetime.total_seconds()),
            "second_factor": signed_in.second_factor,
            "session_id": signed_in.session.id,
        }
    )


@router.post("/sessions", status_code=201, openapi_extra=SECRET)
async def create_session(body: schemas.SignIn, request: Request, source: Source) -> schemas.SessionCreated:
    """Sign in. If a second factor is needed and `code` is missing, the answer is 401 with the code `second_factor_needed`: ask again with it.

    Wrong tries slow down further tries (429 with Retry-After), for known and unknown addresses alike.
    """
    resources: Resources = request.app.state.service.resources
    async with resources.desk.turn() as desk:
        tried = await reading(request, lambda work: signing_in.prepare(work, body.email, source))
        checked = await check_password(desk, body.password, tried.password_hash)
        signed_in = await settled(request, lambda work: signing_in.conclude(work, tried, checked, body.code))
    return shape_session(request, signed_in)


@router.get("/sessions", response_model=Page[schemas.SessionRead])
async def list_sessions(request: Request, work: InOneTransaction, current: OwnSession) -> Page[schemas.SessionRead]:
    """Your own sessions, newest first."""
    limits = work.settings.session_limits()
    items = [
        schemas.SessionRead(
            id=session.id,
            current=session.id == current,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            expires_at=session.ends_at(limits),
        )
        for session in await sessions.list_sessions(work)
    ]
    return Page[schemas.SessionRead](items=items, total=len(items))


@router.delete("/sessions/current", status_code=204)
async def end_current_session(work: InOneTransaction, current: OwnSession) -> None:
    """Sign out: the session that you ask with ends at once."""
    await sessions.end_session(work, current)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, work: InOneTransaction) -> None:
    """End one of your sessions, for example on a lost telephone."""
    await sessions.end_session(work, session_id)
