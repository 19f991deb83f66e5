"""API clients of partner systems: scopes, secrets that can be rotated without a gap, and the access tokens they buy."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import Conflict, Forbidden, Unauthenticated, invalid_field
from contracts.codes import encode
from contracts.roles import Scope
from services.people.model.tokens import NewToken, hash_token, is_token, new_token

PREFIX = "hub_"
SECRET_LIFETIME = timedelta(days=365)
ACCESS_LIFETIME = timedelta(hours=1)
LIVE_SECRETS = 2


class ClientRefused(Unauthenticated):
    """Client id and secret do not hold: unknown, wrong, expired or revoked are one answer."""

    def __init__(self) -> None:
        super().__init__("The client is not known or its secret does not hold.")


class ScopeNotGranted(Forbidden):
    """The client asked for a scope that it does not have."""


class TwoSecretsLive(Conflict):
    """A client has two live secrets at most."""


class ClientRevoked(Conflict):
    """The client was revoked for good."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """One secret of a client: its public prefix finds it, the SHA-256 of the whole proves it."""

    prefix: str
    hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether it still opens the door."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A partner's system. `label` names the system, never a person."""

    id: UUID
    version: int
    label: str
    actor_id: UUID | None
    scopes: frozenset[Scope]
    secrets: tuple[ClientSecret, ...]
    created_at: datetime
    updated_at: datetime
    revoked_at: datetime | None = None

    def authenticated(self, secret: str, now: datetime) -> "ApiClient":
        """The client after it showed a live secret; the use is noted. Raises ClientRefused."""
        matching = [held for held in self.secrets if is_token(secret, held.hash)]
        if self.revoked_at is not None or not matching or not matching[0].live(now):
            raise ClientRefused
        noted = tuple(replace(held, last_used_at=now) if held is matching[0] else held for held in self.secrets)
        return replace(self, secrets=noted)

    def rotated(self, now: datetime, lifetime: timedelta = SECRET_LIFETIME) -> tuple["ApiClient", NewToken]:
        """With one more secret beside the live one; dead secrets are dropped. Raises TwoSecretsLive, ClientRevoked, Invalid."""
        self._require_not_revoked()
        live = tuple(held for held in self.secrets if held.live(now))
        if len(live) >= LIVE_SECRETS:
            raise TwoSecretsLive("The client has two live secrets; withdraw one first.")
        held, token = _new_secret(now, lifetime)
        return replace(self, version=self.version + 1, secrets=(*live, held), updated_at=now), token

    def without_secret(self, prefix: str, now: datetime) -> "ApiClient":
        """With the secret of that prefix revoked; it fails from the next call on."""
        changed = tuple(replace(held, revoked_at=now) if held.prefix == prefix and held.live(now) else held for held in self.secrets)
        return self if changed == self.secrets else replace(self, version=self.version + 1, secrets=changed, updated_at=now)

    def changed(self, label: str, scopes: Iterable[str], now: datetime) -> "ApiClient":
        """With another label or other scopes; tokens lose what the client lost at once. Raises ClientRevoked, Invalid."""
        self._require_not_revoked()
        wanted = _checked(label, scopes, self.actor_id)
        return replace(self, version=self.version + 1, label=label.strip(), scopes=wanted, updated_at=now)

    def revoked(self, now: datetime) -> "ApiClient":
        """Shut out for good, with all its secrets and tokens."""
        return self if self.revoked_at is not None else replace(self, version=self.version + 1, revoked_at=now, updated_at=now)

    def grants(self, wanted: Iterable[str]) -> frozenset[Scope]:
        """The scopes of a token: those asked for, or all if none was named. Raises ScopeNotGranted."""
        named = set(wanted)
        if not named <= self.scopes:
            raise ScopeNotGranted("The client does not have all of these scopes.")
        return frozenset(Scope(name) for name in named) or self.scopes

    def _require_not_revoked(self) -> None:
        if self.revoked_at is not None:
            raise ClientRevoked("The client was revoked; register a new one.")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a client shows with each call. Check the client too: what was revoked there ends here."""

    client_id: UUID
    token_hash: bytes = field(repr=False)
    scopes: frozenset[Scope]
    expires_at: datetime

    def live(self, client: ApiClient, now: datetime) -> bool:
        """Whether it still counts: not too old, its client not revoked."""
        return client.id == self.client_id and client.revoked_at is None and now < self.expires_at

    def granted(self, client: ApiClient) -> frozenset[Scope]:
        """What it allows now: what was granted and the client still has."""
        return self.scopes & client.scopes


def register_client(
    client_id: UUID, label: str, scopes: Iterable[str], actor_id: UUID | None, now: datetime, lifetime: timedelta = SECRET_LIFETIME
) -> tuple[ApiClient, NewToken]:
    """A new client with its first secret. Scope `offers` works on an actor's offers, so it needs the actor. Raises Invalid."""
    wanted = _checked(label, scopes, actor_id)
    held, token = _new_secret(now, lifetime)
    return ApiClient(client_id, 1, label.strip(), actor_id, wanted, (held,), now, now), token


def _checked(label: str, scopes: Iterable[str], actor_id: UUID | None) -> frozenset[Scope]:
    wanted = set(scopes)
    if not label.strip() or len(label) > 80:
        raise invalid_field("/label", "bad_length", "Name the system in 1 to 80 letters.")
    if not wanted or not wanted <= set(Scope):
        raise invalid_field("/scopes", "unknown_scope", "Choose among these scopes: {scopes}.", scopes=", ".join(Scope))
    if Scope.OFFERS in wanted and actor_id is None:
        raise invalid_field("/actor_id", "actor_missing", "The scope offers needs an actor; choose one.")
    return frozenset(Scope(name) for name in wanted)


def issue_access_token(
    client: ApiClient, wanted: Iterable[str], now: datetime, lifetime: timedelta = ACCESS_LIFETIME
) -> tuple[AccessToken, NewToken]:
    """A token for an hour at most, for a client that has just authenticated. Raises ScopeNotGranted."""
    token = new_token()
    return AccessToken(client.id, token.hash, client.grants(wanted), now + min(lifetime, ACCESS_LIFETIME)), token


def secret_prefix(secret: str) -> str:
    """The public part of a secret, to find its row. Raises ClientRefused if the form is wrong."""
    prefix, dot, rest = secret.partition(".")
    if not dot or not rest or not prefix.startswith(PREFIX) or len(secret) > 100:
        raise ClientRefused
    return prefix


def _new_secret(now: datetime, lifetime: timedelta) -> tuple[ClientSecret, NewToken]:
    if not timedelta(0) < lifetime <= SECRET_LIFETIME:
        raise invalid_field("/lifetime", "bad_lifetime", "A secret lives for a year at most.")
    prefix = PREFIX + encode(secrets.token_bytes(5)).lower()
    text = f"{prefix}.{new_token().text}"
    return ClientSecret(prefix, hash_token(text), now, now + lifetime), NewToken(text, hash_token(text))
