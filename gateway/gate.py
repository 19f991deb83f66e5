"""The gate: one ASGI middleware in front of everything. Headers, correlation, who asks, how often, how much, may they; then forward or let in.

API requests are decided by the permission table and forwarded to their owner; what is left (pages, live news, the audit trail) goes to the
gateway's own application with the visitor in `scope["state"]`.
"""

import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import problems
from chassis.call import Line
from chassis.context import LOCALES, best_locale, correlation_id, follow
from chassis.errors import Forbidden, HubError
from chassis.identity import Caller, Signer
from chassis.telemetry import Metrics, log_for, where
from chassis.web import header_of
from gateway.bodies import MAX_BODY, MAX_UPLOAD, UPLOADS, Bounded, checked, require_type
from gateway.forward import Forward, Headers, without_body
from gateway.instance import Reader
from gateway.limits import BY_ADDRESS, Allowance, Limits, QuotaExceeded, quota_problem
from gateway.other_sites import PREFLIGHT, READABLE, readable
from gateway.permissions import OtherMethod, Permissions, Rule, SecondFactorMissing
from gateway.session import OWN_AUTHORIZATION, Sessions, Visitor
from gateway.settings import GatewaySettings
from gateway.transport_security import Proxies, Security, is_loopback, require_protected

API = ("/api/", "/oauth2/", "/hsds/", "/catalog.")
FOR_ANYBODY = ("/static/", "/healthz", "/readyz", "/version", "/.well-known/")
"""The same for everybody: nobody is asked who they are."""
UNCOUNTED = ("/static/", "/healthz")
MAX_HEADERS = 32_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class HeadersTooLarge(HubError):
    """The request's headers are too large."""

    status = 413


class InternalError(HubError):
    """A bug of ours; nothing was changed."""


class MetricsClosed(Forbidden):
    """Metrics are for loopback or for those with the token."""


@dataclass(slots=True)
class Gatekeeper:
    """What the gate works with."""

    settings: GatewaySettings
    security: Security
    permissions: Permissions
    sessions: Sessions
    limits: Limits
    forward: Forward
    signer: Signer
    metrics: Metrics
    lines: dict[str, Line]
    instance: Reader


def security_headers(secure: bool, map_tiles_url: str = "") -> Headers:
    """Sent with every answer. Pictures come from here, and map tiles from the one origin that the city chose."""
    tiles = urlsplit(map_tiles_url)
    pictures = f"'self' data: https://{tiles.netloc}" if tiles.netloc else "'self' data:"
    policy = (
        f"default-src 'self'; script-src 'self'; style-src 'self'; img-src {pictures}; connect-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self), interest-cohort=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if secure:
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers


class Gate:
    """The middleware."""

    def __init__(self, app: ASGIApp, *, keeper: Gatekeeper) -> None:
        self._app = app
        self._keeper = keeper
        self._fixed = security_headers(keeper.security.secure, keeper.settings.map_tiles_url)
        self._proxies = Proxies(keeper.settings.trusted_proxies)
        self._log = log_for("gateway")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, extra = time.perf_counter(), 0, Headers()
        given = header_of(scope, b"hub-correlation-id")
        follow(_uuid(given), "en")

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {key for key, _ in message.get("headers", [])}
                own = {key for key, _ in extra}
                fixed = [pair for pair in self._fixed if pair[0] not in own]
                added = [*fixed, *extra, (b"hub-correlation-id", str(correlation_id()).encode())]
                message["headers"] = [*message.get("headers", []), *(pair for pair in added if pair[0] not in present)]
            await send(message)

        try:
            await self._enter(scope, receive, watched, extra)
        except HubError as error:
            if status == 0:
                await _refusal(scope, error)(scope, receive, watched)
            else:
                # The answer had begun: it stays unfinished, so that the reader's side sees that it is not whole.
                self._log.warning("an answer broke off", error=type(error).__name__, method=scope["method"])
        except Exception as error:  # the last resort; each of these is a bug to find
            self._log.error("request failed", error=type(error).__name__, where=where(error), method=scope["method"])
            if status == 0:
                broken = InternalError("Something went wrong on our side; nothing was changed.")
                await _refusal(scope, broken)(scope, receive, watched)
        seconds = time.perf_counter() - started
        label = scope.get("state", {}).get("rule_path") or getattr(scope.get("route"), "path", "page")
        self._keeper.metrics.requests.labels("gateway", label, scope["method"], str(status)).inc()
        self._keeper.metrics.seconds.labels("gateway", label).observe(seconds)

    async def _enter(self, scope: Scope, receive: Receive, send: Send, extra: Headers) -> None:
        state = scope.setdefault("state", {})
        path: str = scope["path"]
        if sum(len(key) + len(value) for key, value in scope["headers"]) > MAX_HEADERS:
            raise HeadersTooLarge("The request's headers are too large.")
        address = self.client_address(scope)
        state["address"] = address
        require_protected(scope, self._keeper.security, self._proxies)
        if path == "/metrics":
            self._require_metrics(scope, address)
        if path.startswith(FOR_ANYBODY):
            visitor = Visitor(Caller(locale=best_locale(header_of(scope, b"accept-language"), self._keeper.instance.now.default_language)))
        else:
            if not path.startswith(API):
                await self._keeper.instance.fresh()
            visitor = await self._keeper.sessions.visitor(scope)
        state["visitor"] = visitor
        follow(correlation_id(), visitor.caller.locale if visitor.caller.locale in LOCALES else "en")
        body = Bounded(scope, receive, send, MAX_UPLOAD if path in UPLOADS else MAX_BODY)
        try:
            await self._let_in(scope, body.receive, body.send, extra, visitor)
        except Exception:
            if not body.exceeded:
                raise
        if body.exceeded:
            raise body.refusal()

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, extra: Headers, visitor: Visitor) -> None:
        if scope["path"].startswith(API):
            await self._api(scope, receive, send, extra, visitor)
            return
        if scope["method"] not in SAFE:
            self._keeper.sessions.require_own_origin(scope)
        if not scope["path"].startswith(UNCOUNTED):
            extra.extend((await self._count("page", scope["method"], visitor, scope["state"]["address"])).headers())
        await self._app(scope, receive, send)

    async def _api(self, scope: Scope, receive: Receive, send: Send, extra: Headers, visitor: Visitor) -> None:
        keeper, state = self._keeper, scope["state"]
        asks_first = scope["method"] == "OPTIONS" and header_of(scope, b"access-control-request-method") in ("GET", "HEAD")
        rule = keeper.permissions.rule("GET" if asks_first else scope["method"], scope["path"])
        state["rule_path"] = rule.path
        if readable(rule):
            extra.extend(PREFLIGHT if asks_first else READABLE)
        extra.extend((await self._count(rule.limit, scope["method"], visitor, state["address"])).headers())
        if asks_first:
            if not readable(rule):
                raise OtherMethod("This address does not take that method.", (rule.method, "HEAD"))
            await Response(status_code=204)(scope, receive, send)
            return
        rule.require(visitor.caller)
        if visitor.second_factor_missing and not rule.before_second_factor and not rule.public:
            raise SecondFactorMissing("Please set up your second factor first.")
        if scope["method"] not in SAFE:
            if visitor.by_cookie:
                keeper.sessions.require_own_page(scope, visitor, header_of(scope, b"x-csrf-token"))
            require_type(scope)
            receive = await checked(scope, receive)
        if rule.service == "gateway":
            await self._app(scope, receive, send)
            return
        identity = self.identity(rule, visitor, state["address"], header_of(scope, b"authorization"))
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, without_body(send)
        await keeper.forward(rule.service, scope, receive, send, identity)
        if rule.method == "DELETE" and rule.path.startswith("/api/v1/sessions") and visitor.token:
            keeper.sessions.forget(visitor.token)

    def identity(self, rule: Rule, visitor: Visitor, address: str, authorization: str | None = None) -> Headers:
        """The signed identity and what else the service may know."""
        token = self._keeper.signer.token_for(visitor.caller, rule.service)
        headers: Headers = [(b"hub-identity", token.encode()), (b"hub-correlation-id", str(correlation_id()).encode())]
        if rule.tells_source:
            headers.append((b"hub-source", address.encode()))
        if rule.service == "people":
            if visitor.session_id:
                headers.append((b"hub-session", visitor.session_id.encode()))
            if rule.path in OWN_AUTHORIZATION and authorization is not None:
                headers.append((b"authorization", authorization.encode("latin-1")))
        return headers

    async def _count(self, limit: str, method: str, visitor: Visitor, address: str) -> Allowance:
        if limit in BY_ADDRESS:
            return await self._keeper.limits.take(limit, address)
        if not visitor.signed_in:
            return await self._keeper.limits.take("anonymous", address)
        return await self._keeper.limits.take("reads" if method in SAFE else "writes", visitor.caller.principal)

    def client_address(self, scope: Scope) -> str:
        """Who connects: the peer, or what a trusted proxy says of it (the last address that is no proxy of ours)."""
        peer = str((scope.get("client") or ("unknown", 0))[0])
        return self._proxies.client_of(peer, header_of(scope, b"x-forwarded-for"))

    def _require_metrics(self, scope: Scope, address: str) -> None:
        """With the token, or from this machine itself: not through a proxy that nobody named."""
        token, given = self._keeper.settings.metrics_token, header_of(scope, b"authorization") or ""
        if token is not None and hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode()):
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
            return
        proxied = any(header_of(scope, name) is not None for name in (b"x-forwarded-for", b"forwarded"))
        if proxied or not is_loopback(address):
            raise MetricsClosed("Metrics are not for you.")


def _refusal(scope: Scope, error: HubError) -> Response:
    """A problem for programs, a page for readers."""
    if scope["path"].startswith(API) or "text/html" not in (header_of(scope, b"accept") or ""):
        response: Response = quota_problem(error) if isinstance(error, QuotaExceeded) else problems.from_error(error)
    else:
        response = scope["app"].state.refusal_page(Request(scope), error)
    if isinstance(error, QuotaExceeded):
        response.headers.update({key.decode(): value.decode() for key, value in error.allowance.headers()})
    if isinstance(error, OtherMethod):
        response.headers["Allow"] = ", ".join(error.allowed)
    return response


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
