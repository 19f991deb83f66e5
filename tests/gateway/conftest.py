"""A gateway in front of small stand-ins for our own four services: they show what arrives and answer what a test asks for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from chassis import problems
from chassis.call import AsgiTransport
from chassis.identity import Verifier, new_signing_key, public_key_of
from gateway.app import SERVICES, build
from gateway.settings import GatewaySettings, NamedPlace
from tests.gateway.pages_door import Door, Fakes

KEY = new_signing_key()
TOKENS: dict[str, dict[str, Any]] = {
    f"{role}-token": {
        "active": True,
        "kind": "account",
        "id": f"{role}-id",
        "session_id": f"{role}-session",
        "role": role,
        "actor_id": None,
        "scopes": [],
        "locale": "fr" if role == "volunteer" else "en",
        "second_factor_missing": False,
        "expires_at": None,
    }
    for role in ("volunteer", "member", "coordinator", "observer", "admin")
}
TOKENS["client-token"] = {**TOKENS["admin-token"], "kind": "client", "id": "client-1", "role": None, "scopes": ["read", "offers"]}
TOKENS["unfinished-token"] = {**TOKENS["coordinator-token"], "id": "unfinished", "second_factor_missing": True}


@dataclass
class StandIn:
    """One stand-in: remembers what arrived."""

    name: str
    seen: list[dict[str, Any]] = field(default_factory=list)
    news: list[dict[str, Any]] = field(default_factory=list)
    trail: list[dict[str, Any]] = field(default_factory=list)
    introspected: list[str] = field(default_factory=list)
    fault: int | None = None
    tokens: dict[str, dict[str, Any]] = field(default_factory=lambda: {key: dict(value) for key, value in TOKENS.items()})

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None, exception_handlers=problems.HANDLERS)
        verifier = Verifier(self.name, {"gateway": public_key_of(KEY)})

        @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        async def anything(path: str, request: Request) -> Response:
            body = await request.body()
            issuer, caller = verifier.caller(request.headers.get("hub-identity", ""))
            if path == "internal/v1/introspect":
                if self.fault is not None:
                    return JSONResponse({}, self.fault)
                token = (await request.json())["token"]
                self.introspected.append(token)
                return JSONResponse(self.tokens.get(token, {"active": False}))
            if path == "internal/v1/instance":
                return JSONResponse({})
            if path == "internal/v1/events":
                after = int(request.query_params["after"])
                if after < 0:
                    return JSONResponse([{"seq": len(self.news), "envelope": ""}])
                return JSONResponse(self.news[after:] or await _nothing())
            if path == "internal/v1/audit":
                asked = request.query_params
                place = datetime.fromisoformat(asked.get("before", "9999-01-01T00:00:00Z")), asked.get("before_id", "")
                older = [line for line in self.trail if (datetime.fromisoformat(line["at"]), line["id"]) < place]
                lines = sorted(older, key=lambda line: (line["at"], line["id"]), reverse=True)[: int(asked["limit"])]
                return JSONResponse(lines, 200 if caller.role in ("admin", "observer") else 403)
            if path in ("openapi.json", "internal/v1/routes"):
                return JSONResponse({"paths": {}})
            self.seen.append({"path": path, "headers": dict(request.headers), "caller": caller, "issuer": issuer, "size": len(body)})
            if path.endswith("stream"):
                return StreamingResponse((b"x" * 10_000 for _ in range(5)), media_type="text/plain")
            return JSONResponse({"service": self.name, "path": path, "size": len(body)}, headers={"server": "secret", "etag": '"1"'})

        return app


async def _nothing() -> list[dict[str, Any]]:
    """No news: a service waits a moment before it says so."""
    await asyncio.sleep(0.05)
    return []


@dataclass
class Hub:
    """The gateway under test and what stands behind it."""

    client: httpx2.AsyncClient
    services: dict[str, StandIn]
    app: FastAPI
    key: str = KEY

    def as_(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {role}-token"}


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    services = {name: StandIn(name) for name in SERVICES}
    settings = GatewaySettings(signing_key=KEY, public_url="http://hub.test", writes_per_minute=60, sign_ins_per_minute=5, token_seconds=0)
    app = build(settings, {name: AsgiTransport(service.app()) for name, service in services.items()}, check=False)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub.test") as client:
        yield Hub(client, services, app)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    fakes = Fakes()
    settings = GatewaySettings(
        signing_key=new_signing_key(), public_url="http://hub.test", demo=True, places=[NamedPlace(name="Grenoble centre", lat=45.1905, lon=5.7265)]
    )
    app = build(settings, {name: AsgiTransport(fakes.app()) for name in SERVICES}, check=False)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub.test") as client:
        yield Door(client, fakes)
