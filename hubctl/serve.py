"""Serves the hub, or one part of it, over HTTP: `python -m hubctl.serve all|people|actors|matching|notifications|gateway`.

All settings come from the environment. What a serving process does not need (migrations, the command line) is never imported here.
"""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from chassis.settings import HubSettings
from hubctl.contracts import make_beside
from hubctl.parts import SERVICES
from hubctl.ports import USUAL

MAIL_CATCHER = "HUB_MAIL_CATCHER"
"""The port of the demo's mail catcher, when it shall run inside the one process."""

Run = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Serving:
    """An application and where it listens."""

    app: FastAPI
    host: str
    port: int
    stop_seconds: float
    tls_certificate: str | None = None
    tls_key: str | None = None


def service(name: str) -> Serving:
    """One service by itself, at <NAME>_HOST and <NAME>_PORT; it believes only calls that the hub has signed."""
    from hubctl.building import build_service

    built = build_service(name)
    prefix = name.upper()
    host, port = os.environ.get(f"{prefix}_HOST") or "127.0.0.1", os.environ.get(f"{prefix}_PORT") or str(USUAL[name])
    return Serving(built.app, host, int(port), built.service.settings.stop_seconds)


def gateway() -> Serving:
    """The gateway in front of services that run apart."""
    from gateway.app import build, transports_of
    from gateway.settings import GatewaySettings

    settings = GatewaySettings()
    return Serving(build(settings, transports_of(settings)), settings.host, settings.port, *_ending(settings))


def everything() -> Serving:
    """The gateway and all services in this process."""
    from gateway.app import build
    from gateway.settings import GatewaySettings
    from hubctl.building import build_all, running, transports_to

    settings = GatewaySettings()
    built = build_all()
    app = build(settings, transports_to(built), _with_mail_catcher(running(built)))
    return Serving(app, settings.host, settings.port, *_ending(settings))


def _ending(settings: HubSettings) -> tuple[float, str | None, str | None]:
    return settings.stop_seconds, getattr(settings, "tls_certificate", None), getattr(settings, "tls_key", None)


def _with_mail_catcher(run: Run) -> Run:
    port, folder = os.environ.get(MAIL_CATCHER), os.environ.get("NOTIFICATIONS_CATCHER_FOLDER")
    if not port or not folder:
        return run

    @asynccontextmanager
    async def both() -> AsyncIterator[None]:
        from services.notifications.catcher import MailCatcher

        catcher = MailCatcher(Path(folder))
        catcher.start("127.0.0.1", int(port))
        try:
            async with run():
                yield
        finally:
            catcher.stop()

    return both


class _Told:
    """The application; why it could not start goes to the log as one sentence, which uvicorn's own words would hide."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                lines = str(message.get("message", "")).strip().splitlines()
                print(f"The hub cannot start: {lines[-1] if lines else 'unknown cause'}", file=sys.stderr, flush=True)
            await send(message)

        await self._app(scope, receive, told)


def serve(what: Serving) -> None:
    """Answer until SIGTERM or SIGINT; then running requests get `stop_seconds` to end."""
    uvicorn.run(
        _Told(what.app),
        host=what.host,
        port=what.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # The gate reads forwarded addresses itself, from the proxies that the operator named.
        proxy_headers=False,
        timeout_graceful_shutdown=max(1, int(what.stop_seconds)),
        ssl_certfile=what.tls_certificate,
        ssl_keyfile=what.tls_key,
    )


def faults_of(error: ValidationError) -> str:
    """Which settings are missing or wrong; never their values."""
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False))


def leave_rich_out() -> None:
    """Keep structlog from loading rich, the printer of coloured tracebacks (50 modules), into a process that writes JSON lines."""
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # documented: None makes the import fail


def main() -> None:
    """Serve what the command line names."""
    leave_rich_out()
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in ("all", "gateway", *SERVICES):
        sys.exit(f"Usage: python -m hubctl.serve all|gateway|{'|'.join(SERVICES)}")
    try:
        what = everything() if name == "all" else gateway() if name == "gateway" else service(name)
    except ValidationError as error:
        sys.exit(f"Settings of {name} cannot be used: {faults_of(error)}")
    except (RuntimeError, ValueError) as error:
        sys.exit(f"{name} cannot start: {error}")
    if name in ("all", "gateway"):
        make_beside()
    serve(what)


if __name__ == "__main__":
    main()
