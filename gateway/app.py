"""Builds the gateway: the gate in front, the pages and the hub's own routes behind it. Nothing else builds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse

from chassis import problems
from chassis.call import HttpTransport, Line, ServiceAway, Transport
from chassis.identity import Caller, Signer
from chassis.service import VERSION
from chassis.telemetry import Metrics, log_for, set_up_logging
from chassis.web import add_routes
from gateway import news, openapi, own_data
from gateway.contract import Contract
from gateway.forward import Forward
from gateway.gate import Gate, Gatekeeper
from gateway.instance import Reader
from gateway.limits import Limits
from gateway.pages import ROUTERS
from gateway.pages.door import page_of_error
from gateway.permissions import Permissions, uncovered
from gateway.session import Sessions
from gateway.settings import GatewaySettings
from gateway.statics import Statics
from gateway.transport_security import decide

SERVICES = ("actors", "people", "matching", "notifications")
STATIC = Path(__file__).parent / "static"
ASKER = Caller(kind="service", id="gateway")

router = APIRouter()


class RoutesNotReviewed(RuntimeError):
    """A service serves a public route that the permission table does not name, or the reverse."""


@router.get("/healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    """The gateway runs."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> Response:
    """Whether all parts can work, part by part."""
    lines: dict[str, Line] = request.app.state.lines

    async def ask(name: str, line: Line) -> tuple[str, object, bool]:
        try:
            answer = await line.ask(ASKER, "GET", "/readyz")
        except ServiceAway:
            return name, "away", False
        return name, answer.json(), answer.status == 200

    found = await asyncio.gather(*(ask(name, line) for name, line in lines.items()))
    ready = all(well for _, _, well in found)
    body = {"status": "ok" if ready else "not ready", "services": {name: state for name, state, _ in found}}
    return JSONResponse(body, 200 if ready else 503)


@router.get("/version", include_in_schema=False)
async def version() -> dict[str, str]:
    """Which release this is."""
    return {"name": "hospitium", "version": VERSION}


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus metrics of the gateway; the services have their own."""
    own: Metrics = request.app.state.metrics
    return Response(own.text(), media_type="text/plain; version=0.0.4")


@router.get("/openapi.json", include_in_schema=False)
async def openapi_document(request: Request) -> Response:
    """The merged contract."""
    contract: Contract = request.app.state.contract
    merged = await contract.read()
    headers = {"ETag": merged.etag, "Cache-Control": "no-cache"}
    if merged.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(merged.text, media_type="application/json", headers=headers)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """The operations as a plain list, for people; `/openapi.json` is for programs."""
    contract: Contract = request.app.state.contract
    rows = [
        f"<tr><td><code>{escape(each.method.upper())}</code></td><td><code>{escape(each.path)}</code></td><td>{escape(each.summary)}</td>"
        f"<td>{escape(each.action)}</td></tr>"
        for each in (await contract.read()).operations
    ]
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<title>Hospitium API</title><link rel="stylesheet" href="/static/hub.css"></head><body><main><h1>API</h1>'
        '<p>The contract for programs is <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>'
        '<table><thead><tr><th scope="col">Method</th><th scope="col">Address</th><th scope="col">What it does</th>'
        '<th scope="col">Permission</th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table></main></body></html>"
    )


@router.get("/.well-known/security.txt", include_in_schema=False)
async def security_txt(request: Request) -> Response:
    """Where to report a weakness (RFC 9116)."""
    settings: GatewaySettings = request.app.state.settings
    expires = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    text = f"Contact: {settings.security_contact}\nExpires: {expires}\nCanonical: {settings.public_url}/.well-known/security.txt\n"
    return PlainTextResponse(text)


async def check_routes(lines: dict[str, Line]) -> None:
    """Raise RoutesNotReviewed unless the table and the services name the same routes."""
    wrong = uncovered(dict(await openapi.fetch(lines, "/internal/v1/routes")))
    if wrong:
        raise RoutesNotReviewed("; ".join(wrong))


async def _checked(lines: dict[str, Line]) -> None:
    try:
        await check_routes(lines)
    except RoutesNotReviewed as error:
        log_for("gateway").error("gateway cannot start", reason=str(error))
        raise


def build(
    settings: GatewaySettings,
    transports: dict[str, Transport],
    services_run: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    *,
    check: bool = True,
) -> FastAPI:
    """The gateway. `services_run` runs the services that share this process; `check` compares the permission table with what they serve
    (only where they are in this process: apart, they may still be starting)."""
    security = decide(settings)
    signer = Signer("gateway", settings.signing_key.get_secret_value())
    lines = {name: Line(name, transports[name], signer) for name in SERVICES}
    limits = Limits(settings)
    instance = Reader(lines["people"], settings)
    sessions = Sessions(
        lines["people"],
        security,
        limits,
        token_seconds=settings.token_seconds,
        instance=instance,
        public_url=settings.public_url,
    )
    own_metrics = Metrics("gateway")
    keeper = Gatekeeper(
        settings=settings,
        security=security,
        permissions=Permissions(),
        sessions=sessions,
        limits=limits,
        forward=Forward(transports),
        signer=signer,
        metrics=own_metrics,
        lines=lines,
        instance=instance,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        set_up_logging(settings.log_level)
        async with services_run():
            if check and not any(isinstance(transport, HttpTransport) for transport in transports.values()):
                await _checked(lines)
            yield
        await keeper.forward.close()

    app = FastAPI(
        title="Hospitium",
        version=VERSION,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry=None,
        redirect_slashes=False,
        exception_handlers=problems.HANDLERS,
    )
    app.state.settings = settings
    app.state.security = security
    app.state.lines = lines
    app.state.sessions = sessions
    app.state.keeper = keeper
    app.state.metrics = own_metrics
    app.state.streams = news.Streams(settings.streams_per_caller)
    app.state.contract = Contract(lines, settings.public_url)
    app.state.refusal_page = page_of_error
    app.state.pages = ROUTERS
    add_routes(app, (router, news.router, own_data.router, *ROUTERS))
    app.mount("/static", Statics(STATIC), name="static")
    app.add_middleware(Gate, keeper=keeper)
    return app


def transports_of(settings: GatewaySettings) -> dict[str, Transport]:
    """The services at their addresses, when they run apart."""
    return {name: HttpTransport(getattr(settings, f"{name}_url")) for name in SERVICES}


def create() -> FastAPI:
    """The gateway in front of services that run apart, with settings from the environment."""
    settings = GatewaySettings()
    return build(settings, transports_of(settings))
