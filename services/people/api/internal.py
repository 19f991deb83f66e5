"""What other processes of the hub ask: the gateway who is behind a token, notifications where a message goes."""

from fastapi import APIRouter, Request

from chassis.edge import HubRoute
from chassis.errors import Forbidden
from services.people.api.doors import SECRET, reading, settled
from services.people.schemas import sessions as schemas
from services.people.use_cases import addresses, sessions, suggesters

router = APIRouter(prefix="/internal/v1", route_class=HubRoute, include_in_schema=False)


class NotYourQuestion(Forbidden):
    """This question is another process's."""


def require_issuer(request: Request, issuer: str) -> None:
    """Raise unless that process of the hub asks in its own name."""
    if request.state.issuer != issuer or request.state.caller.kind != "service":
        raise NotYourQuestion("Only another part of the hub may ask this.")


@router.post("/introspect", openapi_extra=SECRET)
async def introspect(body: schemas.IntrospectAsk, request: Request) -> schemas.IntrospectRead:
    """Who is behind a token. Only reads, except that the use of a session is noted once a minute at most."""
    require_issuer(request, "gateway")
    found = await reading(request, lambda work: sessions.introspect(work, body.token))
    if found is None:
        return schemas.IntrospectRead(active=False)
    if found.touch and (session_id := found.session_id) is not None:
        await settled(request, lambda work: sessions.touch(work, session_id))
    return schemas.IntrospectRead.model_validate(
        {
            "active": True,
            "kind": found.kind,
            "id": found.id,
            "session_id": found.session_id,
            "role": found.role,
            "actor_id": found.actor_id,
            "scopes": list(found.scopes),
            "locale": found.locale,
            "second_factor_missing": found.second_factor_missing,
            "expires_at": found.expires_at,
        }
    )


@router.post("/addresses", openapi_extra=SECRET)
async def give_address(body: schemas.AddressAsk, request: Request) -> schemas.AddressRead:
    """Where one message about one event goes; each answer is written down."""
    require_issuer(request, "notifications")
    if body.recipient_kind == "suggestion":
        mine = await settled(request, lambda work: suggesters.give_address(work, body.recipient_id, body.event_id, body.purpose))
        return schemas.AddressRead(email=mine.email, locale=mine.locale, name=None, link_token=None)
    asked = addresses.Asked(body.recipient_kind, body.recipient_id, body.event_id, body.purpose, body.answer_match_id)
    found = await settled(request, lambda work: addresses.give_address(work, asked))
    return schemas.AddressRead(email=found.email, locale=found.locale, name=found.name, link_token=found.link_token)
