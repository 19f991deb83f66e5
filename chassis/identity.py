"""Who is calling: each process signs its calls with its own key and believes only keys it was given (JWT, Ed25519, RFC 9864, at most 60 s).

The gateway signs for the person or client that it has checked; a service signs for itself. There is no shared secret (R27).
"""

import base64
import time
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.errors import Unauthenticated
from chassis.ids import new_id

LIFETIME = 60
"""Seconds that an identity token holds."""
REUSE = 30
"""Seconds that a token may be reused for the same caller and audience."""


class NotSigned(Unauthenticated):
    """The call carries no identity that this service believes."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts: `kind` is anonymous, account, client, service or system; `role` and `scopes` say what for; `actor_id` where they belong."""

    kind: str = "anonymous"
    id: str | None = None
    role: str | None = None
    actor_id: UUID | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    locale: str = "en"

    @property
    def principal(self) -> str:
        """A stable name for limits and idempotency keys."""
        return f"{self.kind}:{self.id or '-'}"


SYSTEM = Caller(kind="system")
"""The hub itself: event handlers and timers."""


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_signing_key() -> str:
    """A fresh Ed25519 private key, 32 bytes in base64url."""
    return _b64(Ed25519PrivateKey.generate().private_bytes_raw())


def public_key_of(signing_key: str) -> str:
    """The public half, base64url; this is what others are given."""
    return _b64(Ed25519PrivateKey.from_private_bytes(_raw(signing_key)).public_key().public_bytes_raw())


def verify_signature(public_key: str, message: bytes, signature: str) -> bool:
    """Whether an Ed25519 signature (base64url) holds."""
    try:
        Ed25519PublicKey.from_public_bytes(_raw(public_key)).verify(_raw(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Signer:
    """Signs this process's calls and its audit heads."""

    def __init__(self, name: str, signing_key: str) -> None:
        self.name = name
        self._private = Ed25519PrivateKey.from_private_bytes(_raw(signing_key))
        self.public_key = public_key_of(signing_key)
        self._jwk = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": signing_key, "x": self.public_key})
        self._tokens: dict[tuple[Caller, str], tuple[float, str]] = {}

    def sign(self, message: bytes) -> str:
        """An Ed25519 signature, base64url."""
        return _b64(self._private.sign(message))

    def token_for(self, caller: Caller, audience: str) -> str:
        """An identity token that tells `audience` who calls; reused for up to REUSE seconds."""
        now = time.time()
        cached = self._tokens.get((caller, audience))
        if cached is not None and now - cached[0] < REUSE:
            return cached[1]
        claims = {
            "iss": self.name,
            "aud": audience,
            "iat": int(now),
            "exp": int(now) + LIFETIME,
            "jti": str(new_id()),
            "sub": caller.id or "-",
            "kind": caller.kind,
            "role": caller.role,
            "actor": str(caller.actor_id) if caller.actor_id else None,
            "scopes": sorted(caller.scopes),
            "locale": caller.locale,
        }
        token = jwt.encode({"alg": "Ed25519", "typ": "JWT"}, claims, self._jwk, algorithms=["Ed25519"])
        if len(self._tokens) > 2000:
            self._tokens.clear()
        self._tokens[caller, audience] = (now, token)
        return token


class Verifier:
    """Believes identity tokens of named processes, each by its own public key."""

    def __init__(self, audience: str, trusted: dict[str, str]) -> None:
        self.audience = audience
        self._keys = {name: OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": key}) for name, key in trusted.items()}
        self._seen: dict[str, tuple[int, str, Caller]] = {}

    def caller(self, token: str) -> tuple[str, Caller]:
        """The issuing process and the caller it speaks for; raises NotSigned. Checks signature, issuer, audience and expiry (60 s of skew)."""
        now = int(time.time())
        known = self._seen.get(token)
        if known is not None and now < known[0]:
            return known[1], known[2]
        issuer, expiry, caller = self._read(token, now)
        if len(self._seen) > 5000:
            self._seen.clear()
        self._seen[token] = (expiry, issuer, caller)
        return issuer, caller

    def _read(self, token: str, now: int) -> tuple[str, int, Caller]:
        refusal = NotSigned("This service answers only calls that the hub has signed.")
        for name, key in self._keys.items():
            try:
                claims = jwt.decode(token, key, algorithms=["Ed25519"]).claims
            except (JoseError, ValueError, UnicodeError):
                continue
            try:
                issued, expiry = int(claims["iat"]), int(claims["exp"])
                if claims["iss"] != name or claims["aud"] != self.audience:
                    raise refusal
                if expiry - issued > LIFETIME or now > expiry + 60 or issued > now + 60:
                    raise refusal
                return name, min(expiry, now + LIFETIME), _caller_of(claims)
            except (KeyError, TypeError, ValueError) as error:
                raise refusal from error
        raise refusal


def _caller_of(claims: dict[str, object]) -> Caller:
    actor = claims.get("actor")
    scopes = claims.get("scopes")
    role = claims.get("role")
    return Caller(
        kind=str(claims["kind"]),
        id=None if claims["sub"] == "-" else str(claims["sub"]),
        role=str(role) if role else None,
        actor_id=UUID(str(actor)) if actor else None,
        scopes=frozenset(str(scope) for scope in scopes) if isinstance(scopes, list) else frozenset(),
        locale=str(claims.get("locale") or "en"),
    )
