"""Who is at the door: an opaque token, from the Authorization header or the session cookie, checked in `people` and believed for at most 5 s."""

import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from uuid import UUID

from starlette.types import Scope

from chassis.call import Line
from chassis.context import LOCALES, best_locale
from chassis.errors import Forbidden, Unauthenticated
from chassis.identity import Caller
from chassis.web import header_of
from gateway.transport_security import Security

GATEWAY = Caller(kind="service", id="gateway")


OWN_AUTHORIZATION = frozenset({"/oauth2/token"})
"""Here the header carries the client's own credentials (RFC 6749, section 2.3.1), which `people` checks."""


class TokenRefused(Unauthenticated):
    """The token is unknown, ended or revoked."""


class FormRefused(Forbidden):
    """A browser's request that did not come from our own page."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and how they showed it. `token` is None for anonymous visitors; `by_cookie` marks browsers."""

    caller: Caller
    token: str | None = None
    by_cookie: bool = False
    session_id: str | None = None
    second_factor_missing: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether somebody is known."""
        return self.caller.kind != "anonymous"


def cookie_of(scope: Scope, name: str) -> str | None:
    """The value of a cookie."""
    try:
        found = SimpleCookie(header_of(scope, b"cookie") or "").get(name)
    except CookieError:
        return None
    return found.value if found else None


def form_token(session_token: str) -> str:
    """The CSRF token of a session: tied to it, worthless without it."""
    return hmac.digest(session_token.encode(), b"hospitium form", hashlib.sha256).hex()


class Sessions:
    """Checks tokens, and remembers what it learnt for a few seconds."""

    def __init__(self, people: Line, security: Security, *, token_seconds: float, default_locale: str, public_url: str) -> None:
        self._people = people
        self._security = security
        self._seconds = token_seconds
        self._default_locale = default_locale
        self._origin = public_url.rstrip("/")
        self._known: OrderedDict[bytes, tuple[float, Visitor]] = OrderedDict()

    async def visitor(self, scope: Scope) -> Visitor:
        """Who asks. A token that does not hold is an error in the API; a stale cookie is an anonymous visitor."""
        locale = best_locale(header_of(scope, b"accept-language"), self._default_locale)
        chosen = cookie_of(scope, "hub-language")
        if chosen in LOCALES:
            locale = chosen
        authorization = header_of(scope, b"authorization")
        if authorization is not None and scope["path"] not in OWN_AUTHORIZATION:
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise TokenRefused("Send the token as: Authorization: Bearer TOKEN.")
            found = await self._check(token.strip(), by_cookie=False)
            if found is None:
                raise TokenRefused("This token does not hold (any more); please sign in again.")
            return found
        cookie = cookie_of(scope, self._security.cookie)
        if cookie:
            found = await self._check(cookie, by_cookie=True)
            if found is not None:
                return found
        return Visitor(Caller(locale=locale))

    def forget(self, token: str) -> None:
        """Do not believe this token any more (sign-out)."""
        self._known.pop(hashlib.sha256(token.encode()).digest(), None)

    def require_own_page(self, scope: Scope, visitor: Visitor, given: str | None) -> None:
        """For unsafe requests by cookie: the Origin must be ours and the form's token must be the session's. Raises FormRefused."""
        self.require_own_origin(scope)
        if visitor.token is None or not hmac.compare_digest((given or "").encode(), form_token(visitor.token).encode()):
            raise FormRefused("This form is out of date. Please go back, load the page again and repeat.")

    def require_own_origin(self, scope: Scope) -> None:
        """The request comes from a page of this hub. Raises FormRefused."""
        origin = header_of(scope, b"origin")
        host = header_of(scope, b"host") or ""
        if origin is not None and origin not in (self._origin, f"http://{host}", f"https://{host}"):
            raise FormRefused("This request did not come from a page of this hub.")
        if origin is None and header_of(scope, b"sec-fetch-site") not in (None, "same-origin", "none"):
            raise FormRefused("This request did not come from a page of this hub.")

    async def _check(self, token: str, *, by_cookie: bool) -> Visitor | None:
        if len(token) > 500 or not token.isascii():
            return None
        key = hashlib.sha256(token.encode()).digest()
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and now - known[0] < self._seconds and known[1].by_cookie == by_cookie:
            return known[1]
        answer = await self._people.ask(GATEWAY, "POST", "/internal/v1/introspect", body={"token": token})
        found: dict[str, Any] = answer.json() if answer.status == 200 else {"active": False}  # Any: JSON
        if not found["active"]:
            self._known.pop(key, None)
            return None
        caller = Caller(
            kind=found["kind"],
            id=found["id"],
            role="client" if found["kind"] == "client" else found["role"],
            actor_id=UUID(found["actor_id"]) if found.get("actor_id") else None,
            scopes=frozenset(found.get("scopes") or ()),
            locale=found.get("locale") or self._default_locale,
        )
        visitor = Visitor(caller, token, by_cookie, found.get("session_id"), bool(found.get("second_factor_missing")))
        self._known[key] = (now, visitor)
        while len(self._known) > 5000:
            self._known.popitem(last=False)
        return visitor
