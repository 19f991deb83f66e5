"""The gateway in front of services that run apart: real servers on loopback, bodies as streams, connections that break, requests made to confuse."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp

from chassis.call import HttpTransport
from gateway.app import SERVICES, build
from gateway.settings import GatewaySettings


@asynccontextmanager
async def serving(app: ASGIApp, port: int = 0) -> AsyncIterator[int]:
    """An application on a real socket of this machine."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    how = {"http": "httptools", "ws": "none", "log_config": None, "lifespan": "off", "server_header": False, "timeout_graceful_shutdown": 1}
    server = uvicorn.Server(uvicorn.Config(app, **how))
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running
        listener.close()


@dataclass
class Raw:
    """A service that answers one connection after another with bytes that a test chose; None cuts the connection."""

    answers: list[bytes | None]
    asked: list[bytes] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.asked.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self.answers.pop(0) if self.answers else None
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if b"close" in answer:
                    break
        writer.transport.abort() if not self.answers else writer.close()


@dataclass
class Apart:
    client: httpx2.AsyncClient
    port: int
    ports: dict[str, int]
    services: Any
    app: Any


@pytest.fixture
async def apart(hub) -> AsyncIterator[Apart]:
    """The gateway and its stand-ins, each on a socket of its own."""
    async with asyncio.timeout(60):
        ports, held = {}, []
        for name in SERVICES:
            server = serving(hub.services[name].app())
            ports[name] = await server.__aenter__()
            held.append(server)
        transports = {name: HttpTransport(f"http://127.0.0.1:{port}") for name, port in ports.items()}
        app = build(GatewaySettings(signing_key=hub.key, token_seconds=0), transports)
        async with serving(app) as port:
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                yield Apart(client, port, ports, hub.services, app)
        await app.state.keeper.forward.close()
        for server in held:
            await server.__aexit__(None, None, None)


@asynccontextmanager
async def raw_matching(apart: Apart, *answers: bytes | None) -> AsyncIterator[Raw]:
    """Matching is replaced by raw bytes."""
    raw = Raw(list(answers))
    server = await asyncio.start_server(raw.answer, "127.0.0.1", 0)
    apart.app.state.keeper.forward._transports["matching"] = HttpTransport(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield raw
    finally:
        server.close()


ADMIN = {"Authorization": "Bearer admin-token"}
JSON = {**ADMIN, "content-type": "application/json"}
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


async def drip(pieces: int, size: int) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield b"x" * size


async def test_identity_and_query_arrive_and_secrets_do_not(apart: Apart) -> None:
    response = await apart.client.get("/api/v1/offers?category=a%2Fb&x=%C3%A9", headers={**ADMIN, "hub-identity": "forged", "Cookie": "a=b"})

    seen = apart.services["matching"].seen[0]
    assert response.status_code == 200
    assert (seen["issuer"], seen["caller"].id) == ("gateway", "admin-id")
    assert not {"authorization", "cookie", "x-forwarded-for"} & set(seen["headers"])
    assert response.headers.get("server") != "secret" and response.headers["etag"] == '"1"'


async def test_a_body_in_pieces_arrives_whole(apart: Apart) -> None:
    multipart = {**ADMIN, "content-type": "multipart/form-data; boundary=x"}

    streamed = await apart.client.post("/api/v1/imports", content=drip(300, 10_000), headers=multipart)
    whole = await apart.client.post("/api/v1/offers", content=b'{"a":"' + b"x" * 900_000 + b'"}', headers=JSON)
    nothing = await apart.client.post("/api/v1/offers/x/pause", headers=ADMIN)

    assert (streamed.json()["size"], whole.json()["size"], nothing.json()["size"]) == (3_000_000, 900_008, 0)


async def test_an_answer_in_pieces_arrives_whole_and_head_without_it(apart: Apart) -> None:
    apart.services["matching"].seen.clear()

    streamed = await apart.client.get("/api/v1/offers/stream")
    head = await apart.client.head("/api/v1/offers")

    assert streamed.content == b"x" * 50_000
    assert (head.status_code, head.content) == (200, b"")


async def test_an_upload_that_grows_too_large_is_refused(apart: Apart) -> None:
    multipart = {**ADMIN, "content-type": "multipart/form-data; boundary=x"}

    response = await apart.client.post("/api/v1/imports", content=drip(205, 100_000), headers=multipart)

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


async def test_a_service_that_restarts_is_waited_for_a_moment_and_one_that_is_away_is_told(apart: Apart, hub) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    apart.app.state.keeper.forward._transports["matching"] = HttpTransport(f"http://127.0.0.1:{port}")

    away = await apart.client.get("/api/v1/offers")
    posting = asyncio.create_task(apart.client.post("/api/v1/offers", json={"a": 1}, headers=ADMIN))
    await asyncio.sleep(0.1)
    async with serving(hub.services["matching"].app(), port):
        posted = await posting

    assert (away.status_code, away.headers["retry-after"], away.json()["code"]) == (503, "1", "service_away")
    assert (posted.status_code, posted.json()["size"]) == (200, len(b'{"a":1}'))


async def test_what_may_have_been_done_is_not_done_again(apart: Apart) -> None:
    async with raw_matching(apart, None, OK, None, OK) as raw:
        posted = await apart.client.post("/api/v1/offers", json={}, headers=ADMIN)
        raw.answers[:] = [None, OK]
        read = await apart.client.get("/api/v1/offers")

    assert (posted.status_code, read.status_code) == (503, 200)
    assert [line.split(b" ")[0] for line in raw.asked] == [b"POST", b"GET", b"GET"]


@pytest.mark.parametrize(
    "broken",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n1\r\n{\r\n",
    ],
)
async def test_an_answer_that_breaks_off_is_seen_to_be_unfinished(apart: Apart, broken: bytes) -> None:
    async with raw_matching(apart, broken):
        with pytest.raises(httpx2.RemoteProtocolError):
            await apart.client.get("/api/v1/offers")

    assert (await apart.client.get("/api/v1/actors")).status_code == 200


@pytest.mark.parametrize("nonsense", [b"NONSENSE\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: x\r\nconnection: close\r\n\r\n"])
async def test_an_answer_that_is_none_is_a_part_that_is_away(apart: Apart, nonsense: bytes) -> None:
    async with raw_matching(apart, nonsense, nonsense):
        response = await apart.client.get("/api/v1/offers")

    assert response.status_code == 503


async def test_headers_of_one_hop_end_there(apart: Apart) -> None:
    answer = b"HTTP/1.1 200 OK\r\nkeep-alive: timeout=9\r\nserver: secret\r\nhub-correlation-id: x\r\ncontent-length: 2\r\n\r\n{}"
    hop = {"Connection": "close, X-Secret", "X-Secret": "1", "Keep-Alive": "9", "TE": "trailers", "Upgrade": "h2c", "Proxy-Authorization": "x"}

    async with raw_matching(apart, answer) as raw:
        response = await apart.client.get("/api/v1/offers", headers=hop)

    asked = raw.asked[0].lower()
    assert not any(name in asked for name in (b"x-secret", b"keep-alive:", b"\r\nte:", b"upgrade", b"proxy-authorization"))
    assert "keep-alive" not in response.headers and response.headers.get("server") is None and response.headers["hub-correlation-id"] != "x"


async def said(port: int, request: bytes) -> bytes:
    """What the gateway answers to raw bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(1):
            return await reader.read()
    writer.transport.abort()
    return b""


SMUGGLED = b"GET /internal/v1/accounts HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD_LINES = b"POST /api/v1/offers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\nContent-Type: application/json\r\n"


FRAMINGS = [
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n" + SMUGGLED,
    b"Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}" + SMUGGLED,
    b"Content-Length: +2\r\n\r\n{}" + SMUGGLED,
    b"Content-Length: 2, 60\r\n\r\n{}" + SMUGGLED,
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    b"Transfer-Encoding: chunked\r\n\r\n2;\n{}\r\n0\r\n\r\n" + SMUGGLED,
    b"X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    b"Content-Length: 0\r\n\r\n" + SMUGGLED,
]


async def test_no_framing_lets_a_second_request_past_the_gate(apart: Apart) -> None:
    await asyncio.gather(*(said(apart.port, HEAD_LINES + framing) for framing in FRAMINGS))

    reached = [seen for service in apart.services.values() for seen in service.seen]
    assert not any(seen["path"].startswith("internal") for seen in reached)
    assert all(seen["issuer"] == "gateway" and seen["path"] == "api/v1/offers" for seen in reached)
    assert len(reached) <= len(FRAMINGS)
    assert (await apart.client.get("/api/v1/actors")).status_code == 200


TARGETS = [
    b"/api/v1/../../internal/v1/accounts",
    b"/api/v1/offers/../../../internal/v1/accounts",
    b"/api/v1/offers/%2e%2e%2f%2e%2e%2f%2e%2e%2finternal%2fv1%2faccounts",
    b"/api/v1/offers/..%5c..%5cinternal",
    b"//internal/v1/accounts",
    b"/api//v1/offers",
    b"http://127.0.0.1/internal/v1/accounts",
    b"/internal/v1/accounts?/api/v1/offers",
    b"/api/v1/offers/x%00y",
    b"/API/v1/offers",
]


async def test_no_address_leads_past_the_table(apart: Apart) -> None:
    end = b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\nConnection: close\r\n\r\n"

    answers = await asyncio.gather(*(said(apart.port, b"GET " + target + end) for target in TARGETS))

    paths = [seen["path"] for service in apart.services.values() for seen in service.seen]
    assert not any("internal" in path.split("/")[0] for path in paths)
    assert all(path.startswith("api/v1/offers/") and path.count("/") == 3 for path in paths)
    assert not any(b" 500 " in answer.split(b"\r\n")[0] for answer in answers)


async def test_live_news_crosses_two_sockets_and_its_place_is_free_when_the_reader_leaves(apart: Apart) -> None:
    apart.services["actors"].news = []
    heard = b""

    async with apart.client.stream("GET", "/api/v1/events", headers=ADMIN) as response:
        async for piece in response.aiter_raw():
            heard += piece
            if b"id: " in heard and not apart.services["actors"].news:
                apart.services["actors"].news.append({"seq": 1, "envelope": '{"type":"hub.actors.actor.created.v1","id":"1"}'})
            if b"data: " in heard:
                break
    for _ in range(100):
        if not apart.app.state.streams._open:
            break
        await asyncio.sleep(0.05)

    assert response.headers["content-type"].startswith("text/event-stream")
    assert b'"id":"1"' in heard
    assert not apart.app.state.streams._open
