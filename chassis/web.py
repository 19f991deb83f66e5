"""The HTTP side of a service: one middleware (identity, correlation, language, metrics, last resort) and the application factory."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, model_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import problems
from chassis.context import LOCALES, correlation_id, follow, locale
from chassis.contract import Contract
from chassis.identity import Caller, NotSigned, Verifier
from chassis.problems import Problem, Refused
from chassis.telemetry import Metrics, log_for, where

MAX_BODY = 1_000_000
"""Bytes of a request body; an upload route of its own may allow more."""
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Answered without identity, on the service's own (internal) address."""

PROBLEM_STATUSES = {
    400: "The request cannot be read.",
    401: "No valid identity.",
    403: "Known, but not allowed.",
    404: "No such record, or none that the caller may see.",
    405: "This address does not take that method.",
    409: "Does not fit the present state.",
    412: "The record was changed meanwhile.",
    413: "Too large.",
    415: "Not JSON.",
    422: "Some fields need another value.",
    428: "If-Match is missing.",
    429: "Too many requests.",
    500: "A fault on our side; nothing is echoed, the trace id finds it.",
    503: "Busy; nothing was changed.",
}


def clean_text(value: Any) -> Any:  # Any: a parsed JSON value of any shape
    """Refuse characters that no text needs and that databases refuse: NUL and lone surrogates."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise Refused("string_characters", "This text holds characters that cannot be stored.")
    elif isinstance(value, dict):
        for key, item in value.items():
            clean_text(key)
            clean_text(item)
    elif isinstance(value, list):
        for item in value:
            clean_text(item)
    return value


class Body(BaseModel):
    """Base of every request body: closed, trimmed, without unstorable characters (R24)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, value: Any) -> Any:  # Any: pydantic's raw input
        return clean_text(value)


def header_of(scope: Scope, name: bytes) -> str | None:
    """The first header of that (lower-case) name."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


class Door:
    """The one middleware: who calls, which correlation id and language, how long it took; and a clear answer when all else failed."""

    def __init__(self, app: ASGIApp, *, service: str, verifier: Verifier, metrics: Metrics) -> None:
        self._app = app
        self._service = service
        self._verifier = verifier
        self._metrics = metrics
        self._log = log_for(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"hub-correlation-id", str(correlation_id()).encode()))
            await send(message)

        follow(_uuid(header_of(scope, b"hub-correlation-id")), "en")
        try:
            await self._guarded(scope, receive, watched)
        except Exception as error:  # the last resort: no input may cause a 500, so each of these is a bug to find
            self._log.error("request failed", error=type(error).__name__, where=where(error), method=scope["method"])
            if status == 0:
                await problems.problem(500, "internal_error", "Something went wrong on our side; nothing was changed.")(scope, receive, watched)
        route = getattr(scope.get("route"), "path", "-")
        self._metrics.requests.labels(self._service, route, scope["method"], str(status)).inc()
        self._metrics.seconds.labels(self._service, route).observe(time.perf_counter() - started)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})
        state["caller"], state["issuer"] = Caller(), None
        if scope["path"] not in OPEN_PATHS:
            try:
                state["issuer"], state["caller"] = self._verifier.caller(header_of(scope, b"hub-identity") or "")
            except NotSigned as refusal:
                await problems.from_error(refusal)(scope, receive, send)
                return
            spoken = state["caller"].locale
            follow(correlation_id(), spoken if spoken in LOCALES else "en")
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await problems.problem(422, "string_characters", "This text holds characters that cannot be stored.")(scope, receive, send)
            return

        async def with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).append((b"content-language", locale().encode()))
            await send(message)

        await self._app(scope, receive, with_language)


def add_routes(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Let the application serve the routers' routes as their modules built them. (`include_router` would build each route with all its models
    once more, for every application, when it is first asked: half a second of work, and the memory for it.)"""
    for router in routers:
        app.router.routes.extend(router.routes)


def service_app(
    *,
    name: str,
    title: str,
    description: str,
    version: str,
    service: Any,  # Any: chassis.service.Service, which imports this module
    routers: Sequence[APIRouter],
    run: Callable[[], Any],  # Any: an async context manager that runs the background work
) -> FastAPI:
    """The application of one service, with its doors and its OpenAPI document."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with run():
            yield

    app = FastAPI(
        title=title,
        description=description,
        version=version,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry=None,
        max_body_size=MAX_BODY,
        exception_handlers=problems.HANDLERS,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.contract = Contract(app, name)
    add_routes(app, routers)
    app.add_middleware(Door, service=name, verifier=service.verifier, metrics=service.metrics)
    plain_openapi = app.openapi
    app.openapi = lambda: declare_problems(plain_openapi())  # type: ignore[method-assign]
    return app


def declare_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Declare every error that an operation can answer, as RFC 9457 problems (Any: an OpenAPI document)."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    definition = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(definition.pop("$defs", {}))
    schemas["Problem"] = definition
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for methods in document.get("paths", {}).values():
        for method, operation in methods.items():
            for status, meaning in PROBLEM_STATUSES.items():
                if status in (412, 428) and method not in ("put", "patch", "delete"):
                    continue
                declared = operation["responses"].get(str(status), {}).get("content", {})
                own = {kind: content for kind, content in declared.items() if "HTTPValidationError" not in str(content)}
                problem = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                operation["responses"][str(status)] = {"description": meaning, "content": {**own, **problem}}
            operation.pop("x-no-idempotency", None)
    return document
