"""Hands a request on to the service that owns it, and its answer back, as streams: into the application itself in one process, over HTTP otherwise.

What the outside sent as identity never passes: `hub-*`, cookies and authorization are dropped, and the signed identity of the caller is added.
"""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from yarl import URL

from chassis import problems
from chassis.call import AsgiTransport, HttpTransport, ServiceAway, Transport
from chassis.telemetry import log_for

HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
DROPPED = frozenset(
    {b"authorization", b"cookie", b"host", b"expect", b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-csrf-token"}
)
NOT_FROM_SERVICES = HOP_BY_HOP | {b"server", b"date", b"hub-correlation-id"}
SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
AWAY = "A part of the hub does not answer just now; please try again in a moment."

Headers = list[tuple[bytes, bytes]]


def passed_on(scope: Scope, added: Headers) -> Headers:
    """The request's headers for the service."""
    named = {value.strip().lower() for key, value in scope["headers"] if key == b"connection" for value in value.split(b",")}
    kept = [
        (key, value)
        for key, value in scope["headers"]
        if key not in HOP_BY_HOP and key not in DROPPED and key not in named and not key.startswith(b"hub-")
    ]
    return kept + added


def without_body(send: Send) -> Send:
    """The answer to HEAD: what GET would answer, with its length and without its body (RFC 9110, section 9.3.2)."""

    async def bare(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return bare


class Forward:
    """One way for all requests."""

    def __init__(self, transports: dict[str, Transport], seconds: float = 60.0) -> None:
        self._transports = transports
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._log = log_for("gateway")

    async def close(self) -> None:
        """Close the connections to the services."""
        if self._session is not None:
            await self._session.close()
        for transport in self._transports.values():
            await transport.close()

    async def __call__(self, service: str, scope: Scope, receive: Receive, send: Send, added: Headers) -> None:
        """Forward one request to `service`, with the headers that the gateway adds."""
        transport = self._transports[service]
        headers = passed_on(scope, added)
        if isinstance(transport, AsgiTransport):
            await self._inside(transport.app, scope, receive, send, headers)
        elif isinstance(transport, HttpTransport):
            await self._over_http(transport, scope, receive, send, headers)
        else:
            raise TypeError("unknown transport")

    async def _inside(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        async def filtered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [pair for pair in message.get("headers", []) if pair[0] not in NOT_FROM_SERVICES]
            await send(message)

        inner = {key: scope[key] for key in ("type", "asgi", "http_version", "method", "scheme", "path", "query_string", "client", "server")}
        inner.update(raw_path=scope.get("raw_path", scope["path"].encode()), root_path="", headers=headers, state={})
        await app(inner, receive, filtered)

    async def _over_http(self, transport: HttpTransport, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._seconds, connect=3)
            self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=False, connector=aiohttp.TCPConnector(limit=200))
        target = transport.base_url + scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        has_body = any(key in (b"content-length", b"transfer-encoding") for key, _ in scope["headers"])
        text_headers = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in headers]
        started = False
        for last in (False, True):
            try:
                async with self._session.request(
                    scope["method"],
                    URL(target, encoded=True),
                    headers=text_headers,
                    data=_body(receive) if has_body else None,
                    allow_redirects=False,
                    skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                ) as answer:
                    started = True
                    await _hand_back(answer, send)
                return
            except aiohttp.ClientConnectorError as error:
                # Nothing was sent yet, so even a POST may be tried once more: the service may be restarting.
                if last:
                    await self._away(scope, receive, send, error)
                    return
                await asyncio.sleep(0.3)
            except (aiohttp.ClientError, TimeoutError) as error:
                if started:
                    # The gate leaves an answer that began unfinished.
                    raise ServiceAway(AWAY) from error
                if last or has_body or scope["method"] not in SAFE_TO_REPEAT:
                    await self._away(scope, receive, send, error)
                    return

    async def _away(self, scope: Scope, receive: Receive, send: Send, error: BaseException) -> None:
        self._log.warning("a service does not answer", error=type(error).__name__)
        await problems.problem(503, "service_away", AWAY, headers={"Retry-After": "1"})(scope, receive, send)


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the reader went away")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def _hand_back(answer: aiohttp.ClientResponse, send: Send) -> None:
    raw = [(key.lower(), value) for key, value in answer.raw_headers if key.lower() not in NOT_FROM_SERVICES]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    async for chunk in answer.content.iter_any():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
