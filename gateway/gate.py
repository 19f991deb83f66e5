"""The gate: one ASGI middleware in front of everything. Headers, correlation, who asks, how often, how much, may they; then forward or let in.

API requests are decided by the permission table and forwarded to their owner; what is left (pages, live news, the audit trail) goes to the
gateway's own application with the visitor in `scope["state"]`.
"""

import ipaddress
import time
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import problems
from chassis.call import Line
from chassis.context import LOCALES, correlation_id, follow
from chassis.errors import Forbidden, HubError
from chassis.identity import Signer
from chassis.telemetry import Metrics, log_for, where
from chassis.web import header_of
from gateway.forward import Forward, Headers
from gateway.limits import Allowance, Limits
from gateway.permissions import Permissions, Rule, SecondFactorMissing
from gateway.session import OWN_AUTHORIZATION, Sessions, Visitor
from gateway.settings import GatewaySettings
from gateway.transport_security import Security, is_loopback

API = ("/api/", "/oauth2/")
MAX_BODY = 1_000_000
MAX_UPLOAD = 20_000_000
UPLOADS = frozenset({"/api/v1/imports"})
MAX_HEADERS = 32_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
JSON_TYPES = ("application/json", "application/merge-patch+json")
FORMS = frozenset({"/oauth2/token"})


class BodyTooLarge(HubError):
    """More than this address takes."""

    status = 413


class WrongBodyType(HubError):
    """Not a type that this address reads."""

    status = 415


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


def security_headers(secure: bool) -> Headers:
    """Sent with every answer."""
    policy = (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), interest-cohort=()"),
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
        self._fixed = security_headers(keeper.security.secure)
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
                added = [*self._fixed, *extra, (b"hub-correlation-id", str(correlation_id()).encode())]
                message["headers"] = [*message.get("headers", []), *(pair for pair in added if pair[0] not in present)]
            await send(message)

        try:
            await self._enter(scope, receive, watched, extra)
        except HubError as error:
            await _refusal(scope, error)(scope, receive, watched)
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
        if path == "/metrics":
            self._require_metrics(scope)
        address = self.client_address(scope)
        state["address"] = address
        visitor = await self._keeper.sessions.visitor(scope)
        state["visitor"] = visitor
        follow(correlation_id(), visitor.caller.locale if visitor.caller.locale in LOCALES else "en")
        receive = _bounded(scope, receive, MAX_UPLOAD if path in UPLOADS else MAX_BODY)
        if path.startswith(API):
            await self._api(scope, receive, send, extra, visitor)
        else:
            if scope["method"] not in SAFE:
                self._keeper.sessions.require_own_origin(scope)
            extra.extend((await self._count("page", scope["method"], visitor, address)).headers())
            await self._app(scope, receive, send)

    async def _api(self, scope: Scope, receive: Receive, send: Send, extra: Headers, visitor: Visitor) -> None:
        keeper, state = self._keeper, scope["state"]
        rule = keeper.permissions.rule(scope["method"], scope["path"])
        state["rule_path"] = rule.path
        extra.extend((await self._count(rule.limit, scope["method"], visitor, state["address"])).headers())
        rule.require(visitor.caller)
        if visitor.second_factor_missing and not rule.before_second_factor and not rule.public:
            raise SecondFactorMissing("Please set up your second factor first.")
        if scope["method"] not in SAFE:
            if visitor.by_cookie:
                keeper.sessions.require_own_page(scope, visitor, header_of(scope, b"x-csrf-token"))
            _require_type(scope)
        if rule.service == "gateway":
            await self._app(scope, receive, send)
            return
        await keeper.forward(rule.service, scope, receive, send, self.identity(rule, visitor, state["address"], header_of(scope, b"authorization")))
        if rule.method == "DELETE" and rule.path.startswith("/api/v1/sessions") and visitor.token:
            keeper.sessions.forget(visitor.token)

    def identity(self, rule: Rule, visitor: Visitor, address: str, authorization: str | None = None) -> Headers:
        """The signed identity and what else the service may know."""
        token = self._keeper.signer.token_for(visitor.caller, rule.service)
        headers: Headers = [(b"hub-identity", token.encode()), (b"hub-correlation-id", str(correlation_id()).encode())]
        if rule.service == "people":
            headers.append((b"hub-source", address.encode()))
            if visitor.session_id:
                headers.append((b"hub-session", visitor.session_id.encode()))
            if rule.path in OWN_AUTHORIZATION and authorization is not None:
                headers.append((b"authorization", authorization.encode("latin-1")))
        return headers

    async def _count(self, limit: str, method: str, visitor: Visitor, address: str) -> Allowance:
        if limit == "sign-in":
            return await self._keeper.limits.take("sign-in", address)
        if not visitor.signed_in:
            return await self._keeper.limits.take("anonymous", address)
        return await self._keeper.limits.take("reads" if method in SAFE else "writes", visitor.caller.principal)

    def client_address(self, scope: Scope) -> str:
        """Who connects: the peer, or what a trusted proxy says of it (the last address that is no proxy of ours)."""
        peer = (scope.get("client") or ("unknown", 0))[0]
        if peer not in self._keeper.settings.trusted_proxies:
            return str(peer)
        for hop in reversed((header_of(scope, b"x-forwarded-for") or "").split(",")):
            try:
                address = str(ipaddress.ip_address(hop.strip()))
            except ValueError:
                break
            if address not in self._keeper.settings.trusted_proxies:
                return address
        return str(peer)

    def _require_metrics(self, scope: Scope) -> None:
        token = self._keeper.settings.metrics_token
        if token is not None and header_of(scope, b"authorization") == f"Bearer {token.get_secret_value()}":
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
            return
        if not is_loopback(self.client_address(scope)):
            raise MetricsClosed("Metrics are not for you.")


def _refusal(scope: Scope, error: HubError) -> Response:
    """A problem for programs, a page for readers."""
    if scope["path"].startswith(API) or "text/html" not in (header_of(scope, b"accept") or ""):
        return problems.from_error(error)
    shown: Response = scope["app"].state.refusal_page(Request(scope), error)
    return shown


def _bounded(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Refuse a body over the limit: by its declared length at once, otherwise while it comes in."""
    declared = header_of(scope, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge("The request is too large: at most {bytes} bytes.", bytes=limit)
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise BodyTooLarge("The request is too large: at most {bytes} bytes.", bytes=limit)
        return message

    return bounded


def _require_type(scope: Scope) -> None:
    """JSON, except where a form or files are read; no body needs no type."""
    kind = (header_of(scope, b"content-type") or "").split(";")[0].strip().lower()
    length = header_of(scope, b"content-length")
    if kind == "" and length in (None, "0") and header_of(scope, b"transfer-encoding") is None:
        return
    wanted: tuple[str, ...] = JSON_TYPES
    if scope["path"] in FORMS:
        wanted = ("application/x-www-form-urlencoded",)
    elif scope["path"] in UPLOADS:
        wanted = ("multipart/form-data",)
    if kind not in wanted:
        raise WrongBodyType("Send the body as {type}.", type=wanted[0])


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
