"""Live news: whoever goes on from an id misses nothing, a session that ended ends its streams, nobody holds more streams than allowed. And the
audit trail, merged line by line."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chassis.call import HttpTransport
from gateway import news
from gateway.news import NewsResponse, Streams, decode_place, encode_place, news_of
from gateway.session import Visitor

ROLES = ("volunteer", "member", "coordinator", "observer", "admin")
BEGINNING = {"actors": 0, "people": 0, "matching": 0, "notifications": 0}


def told(number: int) -> dict[str, Any]:
    return {"seq": number, "envelope": f'{{"type":"hub.actors.actor.created.v1","id":"{number}"}}'}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seconds become tenths."""
    monkeypatch.setattr(news, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr(news, "HEARTBEAT_SECONDS", 0.4)
    monkeypatch.setattr(news, "PATIENCE_SECONDS", 0.5)
    yield


async def visitor_of(hub, role: str) -> Visitor:
    scope = {"type": "http", "path": "/api/v1/events", "headers": [(b"authorization", f"Bearer {role}-token".encode())], "state": {}}
    visitor: Visitor = await hub.app.state.sessions.visitor(scope)
    return visitor


async def stream_of(hub, role: str = "admin", place: dict[str, int] | None = None) -> AsyncIterator[bytes]:
    """The stream of a visitor, from a place."""
    visitor = await visitor_of(hub, role)
    return news_of(hub.app.state.sessions, visitor, hub.app.state.lines, dict(place or {}))


async def pieces_of(stream: AsyncIterator[bytes], until: bytes, seconds: float = 5) -> list[bytes]:
    """What the stream says up to a piece that holds `until`."""
    found: list[bytes] = []
    async with asyncio.timeout(seconds):
        async for piece in stream:
            found.append(piece)
            if until in piece:
                break
    return found


def last_id(pieces: list[bytes]) -> str:
    lines = [line for piece in pieces for line in piece.decode().splitlines() if line.startswith("id: ")]
    return lines[-1].removeprefix("id: ")


async def test_live_news_goes_on_where_the_reader_left(hub) -> None:
    hub.services["actors"].news = [told(1), told(2)]

    pieces = await pieces_of(await stream_of(hub, place={**BEGINNING, "actors": 1}), b"data:")

    assert b'"id":"2"' in pieces[-1] and not any(b'"id":"1"' in piece for piece in pieces)


async def test_a_reader_who_goes_on_again_and_again_hears_everything_once(hub) -> None:
    heard: list[bytes] = []
    place: dict[str, int] = dict(BEGINNING)

    for number in range(1, 6):
        hub.services["actors"].news.append(told(number))
        hub.services["people"].news.append(told(number))
        stream = await stream_of(hub, place=place)
        pieces = await pieces_of(stream, b"data:")
        await stream.aclose()
        heard += [piece for piece in pieces if b"data:" in piece]
        place = decode_place(last_id(pieces), set(BEGINNING))
    stream = await stream_of(hub, place=place)
    async with asyncio.timeout(5):
        while len(heard) < 10:
            piece = await anext(stream)
            heard += [piece] if b"data:" in piece else []
    await stream.aclose()

    assert len({piece.split(b"\n", 1)[1] + piece.split(b"\n")[0] for piece in heard}) == 10


async def test_an_event_bears_no_id_before_every_service_told_its_place(hub, monkeypatch: pytest.MonkeyPatch) -> None:
    present = hub.app.state.lines["notifications"].transport
    monkeypatch.setattr(hub.app.state.lines["notifications"], "transport", HttpTransport("http://127.0.0.1:1"))

    stream = await stream_of(hub)
    await anext(stream)
    await asyncio.sleep(0.2)
    hub.services["actors"].news = [told(1)]
    early = await pieces_of(stream, b"data:")
    monkeypatch.setattr(hub.app.state.lines["notifications"], "transport", present)
    late = await pieces_of(stream, b"id: ", 8)
    await stream.aclose()

    assert not any(b"id: " in piece for piece in early)
    assert set(decode_place(last_id(late), set(BEGINNING))) == set(BEGINNING)


async def test_a_quiet_stream_shows_that_it_lives(hub) -> None:
    pieces = await pieces_of(await stream_of(hub, place=BEGINNING), b": still here")

    assert pieces[-1] == b": still here\n\n"


async def test_a_revoked_session_ends_its_stream_though_the_token_is_still_believed(hub) -> None:
    hub.app.state.sessions._seconds = 5
    stream = await stream_of(hub, place=BEGINNING)
    await anext(stream)
    hub.services["people"].tokens.pop("admin-token")
    started = time.monotonic()

    rest = [piece async for piece in stream]

    assert time.monotonic() - started < 1
    assert not any(b"data:" in piece for piece in rest)


async def test_a_change_of_role_ends_the_stream_so_that_the_next_one_has_the_new_rights(hub) -> None:
    stream = await stream_of(hub, "coordinator", place=BEGINNING)
    await anext(stream)
    hub.services["people"].tokens["coordinator-token"]["role"] = "volunteer"

    async with asyncio.timeout(2):
        rest = [piece async for piece in stream]

    assert not any(b"data:" in piece for piece in rest)


async def test_a_stream_outlives_a_moment_without_people_and_not_more(hub) -> None:
    stream = await stream_of(hub, place=BEGINNING)
    await anext(stream)
    hub.services["people"].fault = 503
    started = time.monotonic()
    await asyncio.sleep(0.2)
    hub.services["actors"].news = [told(1)]

    heard = await pieces_of(stream, b"data:")
    async with asyncio.timeout(3):
        rest = [piece async for piece in stream]

    assert b'"id":"1"' in heard[-1]
    assert 0.4 < time.monotonic() - started < 2.5
    assert not any(b"data:" in piece for piece in rest)


async def test_a_caller_holds_only_so_many_streams_and_a_closed_one_is_free_again() -> None:
    streams = Streams(1)
    release = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x"
        await release.wait()

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: dict[str, Any]) -> None:
        return None

    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    first = asyncio.create_task(NewsResponse(endless(), streams, "me")(scope, receive, send))
    await asyncio.sleep(0.05)
    with pytest.raises(news.TooManyStreams):
        await NewsResponse(endless(), streams, "me")(scope, receive, send)
    await asyncio.wait_for(asyncio.gather(first, _set(release)), 2)

    streams.take("me")


async def _set(event: asyncio.Event) -> None:
    event.set()


async def test_a_stream_that_is_cut_before_its_first_byte_is_free_again() -> None:
    streams = Streams(1)

    async def never() -> AsyncIterator[bytes]:
        yield b"x"

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    await asyncio.wait_for(NewsResponse(never(), streams, "me")({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send), 2)

    streams.take("me")


@pytest.mark.parametrize("place", ["zzz", encode_place({"elsewhere": 1}), encode_place({"actors": -1}), "W10", "e30=%%"])
async def test_a_made_up_place_in_the_news_is_refused(hub, place: str) -> None:
    response = await hub.client.get("/api/v1/events", headers={**hub.as_("admin"), "Last-Event-ID": place})

    assert response.status_code == 422


async def test_strangers_hear_no_news(hub) -> None:
    response = await hub.client.get("/api/v1/events")

    assert response.status_code == 401


async def test_the_audit_trail_is_for_administrator_and_observer(hub) -> None:
    statuses = {role: (await hub.client.get("/api/v1/audit", headers=hub.as_(role))).status_code for role in ROLES}

    assert statuses == {"volunteer": 403, "member": 403, "coordinator": 403, "observer": 200, "admin": 200}


async def test_every_line_of_the_trail_is_read_once_though_many_share_a_moment(hub) -> None:
    moments = ["2026-11-21T09:00:00Z"] * 7 + ["2026-11-21T09:00:01Z"] * 4
    for service in ("people", "matching"):
        lines = [{"at": at, "id": f"00000000-0000-7000-8000-{ord(service[0]):06d}{number:06d}"} for number, at in enumerate(moments)]
        hub.services[service].trail = lines
    expected = {line["id"] for service in hub.services.values() for line in service.trail}

    path, read = "/api/v1/audit?limit=3", []
    while path:
        page = await hub.client.get(path, headers=hub.as_("admin"))
        read += page.json()["items"]
        path = page.headers["link"].split(">")[0].removeprefix("<") if "link" in page.headers else ""

    assert len(read) == len(expected) and {line["id"] for line in read} == expected
    assert [line["at"] for line in read] == sorted((line["at"] for line in read), reverse=True)
    assert {line["service"] for line in read} == {"people", "matching"}


@pytest.mark.parametrize("query", ["before=yesterday", "before=2026-11-21T09:00:00", "correlation=x", "limit=0", "limit=201", "before_id=1"])
async def test_a_place_in_the_trail_that_is_none_is_refused(hub, query: str) -> None:
    response = await hub.client.get(f"/api/v1/audit?{query}", headers=hub.as_("admin"))

    assert response.status_code == 422
