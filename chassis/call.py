"""Calls between processes of the hub, signed, over HTTP or straight into an ASGI application in one process: one interface, two transports."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from starlette.types import ASGIApp, Message

from chassis.context import correlation_id
from chassis.errors import Unavailable
from chassis.identity import Caller, Signer


class ServiceAway(Unavailable):
    """A part of the hub does not answer; nothing was changed by this request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON (Any: JSON)."""
        return json.loads(self.body)


class Transport(Protocol):
    """How to reach one service."""

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request; `path` includes the query. Raises ServiceAway."""

    async def close(self) -> None:
        """Let go of connections."""


class AsgiTransport:
    """Calls an application in this process, without a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request into the application."""
        plain, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": plain,
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
            "state": {},
        }
        status, received, parts = 500, {}, []
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                await asyncio.Event().wait()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, received
            if message["type"] == "http.response.start":
                status = message["status"]
                received = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in message.get("headers", [])}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        # A task of its own, so that the callee's correlation id and language do not change the caller's.
        await asyncio.create_task(self._run(scope, receive, send))
        return Answer(status, received, b"".join(parts))

    async def _run(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    async def close(self) -> None:
        """Nothing to let go of."""


class HttpTransport:
    """Calls a service at its address."""

    def __init__(self, base_url: str, seconds: float = 10.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request over HTTP; a refused connection is tried once more after a moment (the service may be restarting)."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._seconds), auto_decompress=False)
        for last in (False, True):
            try:
                async with self._session.request(method, self.base_url + path, headers=headers, data=body or None, allow_redirects=False) as response:
                    return Answer(response.status, {key.lower(): value for key, value in response.headers.items()}, await response.read())
            except aiohttp.ClientConnectorError as error:
                if last:
                    raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.") from error
                await asyncio.sleep(0.3)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.") from error
        raise AssertionError("not reached")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class Line:
    """A signed line to one service."""

    def __init__(self, audience: str, transport: Transport, signer: Signer) -> None:
        self.audience = audience
        self.transport = transport
        self._signer = signer

    async def ask(
        self,
        caller: Caller,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,  # Any: JSON
        raw: tuple[str, bytes] | None = None,
    ) -> Answer:
        """One question for a caller; `raw` is a body that is no JSON, after its content type.

        Raises ServiceAway; a refusal of the service is an Answer like any other.
        """
        sent = {
            "hub-identity": self._signer.token_for(caller, self.audience),
            "hub-correlation-id": str(correlation_id()),
            "accept": "application/json",
            **(headers or {}),
        }
        content = b""
        if raw is not None:
            sent["content-type"], content = raw
        elif body is not None:
            content = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        return await self.transport.send(method, path, sent, content)
