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

from chassis.call import Line, ServiceAway
from chassis.context import best_locale
from chassis.errors import Forbidden, Unauthenticated
from chassis.identity import Caller
from chassis.web import header_of
from gateway.instance import Reader
from gateway.limits import UNKNOWN_TOKENS, Limits
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

    def __init__(self, people: Line, security: Security, limits: Limits, *, token_seconds: float, instance: Reader, public_url: str) -> None:
        self._people = people
        self._security = security
        self._limits = limits
        self._seconds = token_seconds
        self._instance = instance
        self._origin = public_url.rstrip("/")
        self._known: OrderedDict[tuple[bytes, bool], tuple[float, Visitor | None]] = OrderedDict()

    async def visitor(self, scope: Scope) -> Visitor:
        """Who asks. A token that does not hold is an error in the API; a stale cookie is an anonymous visitor."""
        hub = self._instance.now
        locale = best_locale(header_of(scope, b"accept-language"), hub.default_language, hub.languages)
        chosen = cookie_of(scope, "hub-language")
        if chosen in hub.languages:
            locale = chosen
        address = str(scope.get("state", {}).get("address", "-"))
        authorization = header_of(scope, b"authorization")
        if authorization is not None and scope["path"] not in OWN_AUTHORIZATION:
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise TokenRefused("Send the token as: Authorization: Bearer TOKEN.")
            found = await self._check(token.strip(), address, by_cookie=False)
            if found is None:
                raise TokenRefused("This token does not hold (any more); please sign in again.")
            return found
        cookie = cookie_of(scope, self._security.cookie)
        if cookie:
            found = await self._check(cookie, address, by_cookie=True)
            if found is not None:
                return found
        return Visitor(Caller(locale=locale))

    async def still_holds(self, visitor: Visitor) -> bool:
        """Whether the visitor's token holds at this moment, with the same rights: asked afresh. Raises ServiceAway."""
        if visitor.token is None:
            return False
        found = await self._ask(visitor.token, by_cookie=visitor.by_cookie)
        return found == visitor

    def forget(self, token: str) -> None:
        """Do not believe this token any more (sign-out)."""
        for by_cookie in (False, True):
            self._known.pop((_digest(token), by_cookie), None)

    def require_own_page(self, scope: Scope, visitor: Visitor, given: str | None) -> None:
        """For unsafe requests by cookie: the Origin must be ours and the form's token must be the session's. Raises FormRefused."""
        self.require_own_origin(scope)
        if visitor.token is None or not hmac.compare_digest((given or "").encode(), form_token(visitor.token).encode()):
            raise FormRefused("This form is out of date. Please go back, load the page again and repeat.")

    def require_own_origin(self, scope: Scope) -> None:
        """The request comes from a page of this hub. Raises FormRefused."""
        origin = header_of(scope, b"origin")
        host = header_of(scope, b"host") or ""
        site = header_of(scope, b"sec-fetch-site")
        # Browsers write "null" for a form of our own page that tells nobody where it stands (no-referrer, as pages behind mailed links do).
        own = (self._origin, f"http://{host}", f"https://{host}", *(("null",) if site == "same-origin" else ()))
        if origin is not None and origin not in own:
            raise FormRefused("This request did not come from a page of this hub.")
        if origin is None and site not in (None, "same-origin", "none"):
            raise FormRefused("This request did not come from a page of this hub.")

    async def _check(self, token: str, address: str, *, by_cookie: bool) -> Visitor | None:
        """Who that is; what `people` did not know is remembered as long as what it knew, and counted."""
        if len(token) > 500 or not token.isascii():
            return None
        key, now = (_digest(token), by_cookie), time.monotonic()
        known = self._known.get(key)
        if known is not None and now - known[0] < self._seconds:
            return known[1]
        await self._limits.require_left(UNKNOWN_TOKENS, address)
        visitor = await self._ask(token, by_cookie=by_cookie)
        if visitor is None:
            await self._limits.take(UNKNOWN_TOKENS, address)
        self._known[key] = (now, visitor)
        self._known.move_to_end(key)
        while len(self._known) > 5000:
            self._known.popitem(last=False)
        return visitor

    def _spoken(self, locale: str | None) -> str:
        """An account's language, if it is offered here."""
        hub = self._instance.now
        return locale if locale in hub.languages else hub.default_language

    async def _ask(self, token: str, *, by_cookie: bool) -> Visitor | None:
        answer = await self._people.ask(GATEWAY, "POST", "/internal/v1/introspect", body={"token": token})
        if answer.status not in (200, 422):
            # Not an answer about the token: nobody is told that they are signed out.
            raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.")
        found: dict[str, Any] = answer.json() if answer.status == 200 else {"active": False}  # Any: JSON
        if not found["active"]:
            return None
        caller = Caller(
            kind=found["kind"],
            id=found["id"],
            role="client" if found["kind"] == "client" else found["role"],
            actor_id=UUID(found["actor_id"]) if found.get("actor_id") else None,
            scopes=frozenset(found.get("scopes") or ()),
            locale=self._spoken(found.get("locale")),
        )
        return Visitor(caller, token, by_cookie, found.get("session_id"), bool(found.get("second_factor_missing")))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
