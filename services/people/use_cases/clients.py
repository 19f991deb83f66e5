"""API clients of partner systems: register, change, rotate secrets, revoke, and the tokens they buy."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import PreconditionFailed, invalid_field
from chassis.ids import new_id
from chassis.paging import Listed, PageRequest
from contracts.roles import Role, Scope
from services.people.model.accounts import Account
from services.people.model.clients import SECRET_LIFETIME, ApiClient, ClientRefused, issue_access_token, register_client
from services.people.use_cases.callers import require_actor, signed_in
from services.people.work import Work


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A client with the secret that is known only now."""

    client: ApiClient
    secret: str = field(repr=False)


async def create_client(work: Work, name: str, scopes: Iterable[str], actor_id: UUID | None, expires_at: datetime | None = None) -> WithSecret:
    """A new client with its first secret. For the operator's hand too: it does not ask who calls. Raises Invalid."""
    client, token = register_client(new_id(), name, scopes, actor_id, work.now, _lifetime(expires_at, work.now))
    await work.clients.add(client)
    await work.audit.record("client.created", "client", client.id, scopes=",".join(sorted(client.scopes)))
    return WithSecret(client, token.text)


async def register(work: Work, name: str, scopes: Iterable[str], actor_id: UUID | None, expires_at: datetime | None) -> WithSecret:
    """The same, for administrators; the actor must be in the registry. Raises Invalid, NotForYourRole."""
    await _admin(work)
    await require_actor(work, actor_id)
    return await create_client(work, name, scopes, actor_id, expires_at)


async def list_clients(work: Work, page: PageRequest) -> Listed[ApiClient]:
    """All clients, for administrators."""
    await _admin(work)
    return await work.clients.page(page)


async def see_client(work: Work, client_id: UUID) -> ApiClient:
    """One client, for administrators. Raises ClientNotFound."""
    await _admin(work)
    return await work.clients.get(client_id)


async def change_client(work: Work, client_id: UUID, version: int, name: str | None, scopes: Iterable[str] | None) -> ApiClient:
    """Another name or other scopes. Raises ClientNotFound, PreconditionFailed, ClientRevoked, Invalid."""
    await _admin(work)
    before = await work.clients.get(client_id)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this client in the meantime; read it again.")
    after = before.changed(name or before.label, scopes if scopes is not None else before.scopes, work.now)
    await work.clients.save(before, after)
    await work.audit.record("client.changed", "client", client_id, scopes=",".join(sorted(after.scopes)))
    return after


async def rotate_secret(work: Work, client_id: UUID, expires_at: datetime | None) -> WithSecret:
    """One more secret beside the live one. Raises ClientNotFound, TwoSecretsLive, ClientRevoked, Invalid."""
    await _admin(work)
    before = await work.clients.get(client_id)
    after, token = before.rotated(work.now, _lifetime(expires_at, work.now))
    await work.clients.save(before, after)
    await work.audit.record("client.secret_added", "client", client_id)
    return WithSecret(after, token.text)


async def withdraw_secret(work: Work, client_id: UUID, prefix: str) -> ApiClient:
    """Withdraw the secret of that prefix, and all tokens of the client. Raises ClientNotFound."""
    await _admin(work)
    before = await work.clients.get(client_id)
    after = before.without_secret(prefix, work.now)
    await work.clients.save(before, after)
    await work.clients.end_tokens(client_id)
    await work.audit.record("client.secret_withdrawn", "client", client_id)
    return after


async def revoke_client(work: Work, client_id: UUID) -> None:
    """Shut a client out for good, with its tokens. Raises ClientNotFound."""
    await _admin(work)
    before = await work.clients.get(client_id)
    await work.clients.save(before, before.revoked(work.now))
    await work.clients.end_tokens(client_id)
    await work.audit.record("client.revoked", "client", client_id)


@dataclass(frozen=True, slots=True)
class Bought:
    """An access token, known only now, with its seconds and scopes."""

    token: str = field(repr=False)
    seconds: int
    scopes: frozenset[Scope]


async def buy_token(work: Work, client_id: str, secret: str, scopes: Iterable[str]) -> Bought:
    """An access token for a client that shows a live secret. Raises ClientRefused, ScopeNotGranted."""
    try:
        known = await work.clients.find(UUID(client_id))
    except ValueError:
        known = None
    if known is None:
        raise ClientRefused
    client = known.authenticated(secret, work.now)
    lifetime = timedelta(minutes=work.settings.client_token_minutes)
    access, token = issue_access_token(client, scopes, work.now, lifetime)
    await work.clients.note_use(client)
    await work.clients.add_token(access)
    return Bought(token.text, int((access.expires_at - work.now).total_seconds()), access.scopes)


def _lifetime(expires_at: datetime | None, now: datetime) -> timedelta:
    if expires_at is None:
        return SECRET_LIFETIME
    if not timedelta(0) < expires_at - now <= SECRET_LIFETIME:
        raise invalid_field("/expires_at", "bad_lifetime", "Choose a moment within the next 365 days.")
    return expires_at - now


async def _admin(work: Work) -> Account:
    return await signed_in(work, Role.ADMIN)
