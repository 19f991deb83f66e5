"""API clients, and the tokens they buy (RFC 6749, client credentials)."""

import base64
import binascii
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote_plus
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.responses import JSONResponse

from chassis.edge import HubRoute, if_match
from chassis.errors import Forbidden, Unauthenticated
from chassis.paging import Page, Paging, listed
from services.people.api.doors import SECRET, InOneTransaction, settled
from services.people.model.clients import ApiClient
from services.people.schemas import clients as schemas
from services.people.use_cases import clients
from services.people.use_cases.clients import WithSecret

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["clients"])
oauth = APIRouter(route_class=HubRoute, tags=["clients"])
FORM = "application/x-www-form-urlencoded"
TOKEN_FORM: dict[str, Any] = {  # Any: OpenAPI
    "x-no-idempotency": True,
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "scope": {"type": "string", "description": "Some of the client's scopes, with spaces; all of them by default."},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string", "description": "Unless sent as HTTP Basic authentication."},
                    },
                }
            }
        },
    },
}


def _read(client: ApiClient) -> dict[str, Any]:
    return {
        "id": client.id,
        "version": client.version,
        "name": client.label,
        "scopes": sorted(scope.value for scope in client.scopes),
        "actor_id": client.actor_id,
        "secrets": [
            schemas.SecretRead(
                prefix=held.prefix,
                created_at=held.created_at,
                expires_at=held.expires_at,
                last_used_at=held.last_used_at,
                revoked_at=held.revoked_at,
            )
            for held in client.secrets
        ],
        "created_at": client.created_at,
        "updated_at": client.updated_at,
        "revoked_at": client.revoked_at,
    }


def _client(client: ApiClient) -> schemas.ClientRead:
    return schemas.ClientRead(**_read(client))


def _with_secret(made: WithSecret) -> schemas.ClientWithSecret:
    return schemas.ClientWithSecret(**_read(made.client), client_id=made.client.id, client_secret=made.secret)


@router.post("/clients", status_code=201, openapi_extra=SECRET)
async def create_client(body: schemas.ClientCreate, work: InOneTransaction) -> schemas.ClientWithSecret:
    """Register a partner's system: for administrators. The secret is shown once."""
    return _with_secret(await clients.register(work, body.name, body.scopes, body.actor_id, body.expires_at))


@router.get("/clients", response_model=Page[schemas.ClientRead])
async def list_clients(request: Request, response: Response, work: InOneTransaction, page: Paging) -> dict[str, Any]:
    """All clients, oldest first: for administrators."""
    return listed(request, response, (await clients.list_clients(work, page)).map(_client))


@router.get("/clients/{client_id}")
async def get_client(client_id: UUID, work: InOneTransaction) -> schemas.ClientRead:
    """One client: for administrators."""
    return _client(await clients.see_client(work, client_id))


@router.patch("/clients/{client_id}")
async def change_client(
    client_id: UUID, body: schemas.ClientUpdate, version: Annotated[int, Depends(if_match)], work: InOneTransaction
) -> schemas.ClientRead:
    """Another name or other scopes. Tokens lose at once what the client lost."""
    return _client(await clients.change_client(work, client_id, version, body.name, body.scopes))


@router.delete("/clients/{client_id}", status_code=204)
async def revoke_client(client_id: UUID, work: InOneTransaction) -> None:
    """Shut a client out for good; its tokens end at once."""
    await clients.revoke_client(work, client_id)


@router.post("/clients/{client_id}/secrets", status_code=201, openapi_extra=SECRET)
async def rotate_client_secret(client_id: UUID, body: schemas.SecretCreate, work: InOneTransaction) -> schemas.ClientWithSecret:
    """One more secret beside the live one (two at most), shown once."""
    return _with_secret(await clients.rotate_secret(work, client_id, body.expires_at))


@router.delete("/clients/{client_id}/secrets/{prefix}", status_code=204)
async def withdraw_client_secret(
    client_id: UUID, prefix: Annotated[str, Path(max_length=40, description="The secret's public prefix.")], work: InOneTransaction
) -> None:
    """Withdraw a secret; all tokens of the client end at once."""
    await clients.withdraw_secret(work, client_id, prefix)


class Malformed(Exception):
    """The token request breaks a rule of form; the word is RFC 6749's."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(error)
        self.error, self.words = error, words


def _refuse(status: int, error: str, words: str) -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="hospitium"'
    return JSONResponse({"error": error, "error_description": words}, status, headers)


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Malformed("invalid_request", "Send the parameters as a form.")
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=False, max_num_fields=20)
    except (ValueError, UnicodeError):
        raise Malformed("invalid_request", "The form cannot be read.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Malformed("invalid_request", "A parameter is there twice.")
    if any(not value.isprintable() for value in form.values()):
        raise Malformed("invalid_request", "The form cannot be read.")
    return form


def _credentials(authorization: str | None, form: dict[str, str]) -> tuple[str, str]:
    """Client id and secret, from the header or the form, never both (RFC 6749, section 2.3)."""
    if authorization is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, word = authorization.partition(" ")
    if "client_secret" in form:
        raise Malformed("invalid_request", "Authenticate in one way, not in two.")
    try:
        name, colon, secret = base64.b64decode(word.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        name, colon, secret = "", "", ""
    if scheme.lower() != "basic" or not colon:
        raise Malformed("invalid_client", "The authentication cannot be read.")
    return unquote_plus(name), unquote_plus(secret)


@oauth.post(
    "/oauth2/token",
    response_model=schemas.TokenRead,
    openapi_extra=TOKEN_FORM,
    responses={400: {"model": schemas.TokenError}, 401: {"model": schemas.TokenError}},
)
async def buy_access_token(request: Request) -> JSONResponse:
    """An access token for an API client (RFC 6749, section 4.4). Refusals are in the form of its section 5.2."""
    try:
        form = await _form(request)
        client_id, secret = _credentials(request.headers.get("authorization"), form)
        if "grant_type" not in form:
            raise Malformed("invalid_request", "grant_type is missing.")
        if form["grant_type"] != "client_credentials":
            raise Malformed("unsupported_grant_type", "Only client_credentials is known here.")
        wanted = form.get("scope", "").split()
        bought = await settled(request, lambda work: clients.buy_token(work, client_id[:100], secret[:200], wanted))
    except Malformed as refusal:
        return _refuse(401 if refusal.error == "invalid_client" else 400, refusal.error, refusal.words)
    except Unauthenticated:
        return _refuse(401, "invalid_client", "The client is not known or its secret does not hold.")
    except Forbidden:
        return _refuse(400, "invalid_scope", "The client does not have all of these scopes.")
    body = {
        "access_token": bought.token,
        "token_type": "Bearer",
        "expires_in": bought.seconds,
        "scope": " ".join(sorted(scope.value for scope in bought.scopes)),
    }
    return JSONResponse(body, 200, {"Cache-Control": "no-store"})
