"""What a body may be: its size, its type and its nesting are decided before a service reads it, whatever the service would make of it."""

import contextlib
import json
import time

import httpx2
import pytest
from fastapi import FastAPI, Form, UploadFile
from hypothesis import given
from hypothesis import strategies as st

from chassis import problems
from chassis.call import AsgiTransport
from gateway.app import SERVICES, build
from gateway.bodies import MAX_DEPTH, BodyUnreadable, require_shallow
from gateway.settings import GatewaySettings

JSON = {"content-type": "application/json"}


def depth(value: object) -> int:
    """The definition: lists and objects inside one another."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((depth(each) for each in inner), default=0)


async def drip(size: int, piece: int = 1000):
    for _ in range(size // piece):
        yield b"x" * piece


async def test_a_body_that_is_too_large_is_refused(hub) -> None:
    declared = await hub.client.post("/api/v1/offers", content=b"x" * 1_000_001, headers={**hub.as_("admin"), **JSON})
    streamed = await hub.client.post("/api/v1/offers", content=drip(1_100_000), headers={**hub.as_("admin"), **JSON})

    assert (declared.status_code, streamed.status_code) == (413, 413)
    assert hub.services["matching"].seen == []


async def test_an_upload_that_grows_too_large_is_refused_as_such_whatever_the_service_makes_of_it(hub) -> None:
    actors = FastAPI(exception_handlers=problems.HANDLERS)

    @actors.post("/api/v1/imports")
    async def take(actors: UploadFile, mode: str = Form()) -> dict[str, int]:
        return {"size": actors.size or 0}

    transports = {name: AsgiTransport(actors if name == "actors" else hub.services[name].app()) for name in SERVICES}
    app = build(GatewaySettings(signing_key=hub.key), transports, check=False)

    async def form():
        yield b'--b\r\nContent-Disposition: form-data; name="actors"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        async for piece in drip(20_100_000, 100_000):
            yield piece
        yield b"\r\n--b--\r\n"

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub.test") as client:
        headers = {**hub.as_("admin"), "content-type": "multipart/form-data; boundary=b"}
        response = await client.post("/api/v1/imports", content=form(), headers=headers)

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"])
async def test_a_body_of_another_type_is_refused(hub, kind: str) -> None:
    response = await hub.client.post("/api/v1/offers", content=b"a=b", headers={**hub.as_("admin"), "content-type": kind})

    assert response.status_code == 415


async def test_a_body_without_a_type_is_refused_and_no_body_needs_none(hub) -> None:
    nameless = await hub.client.post("/api/v1/offers", content=b"{}", headers=hub.as_("admin"))
    nothing = await hub.client.post("/api/v1/offers/x/pause", headers=hub.as_("admin"))

    assert (nameless.status_code, nothing.status_code) == (415, 200)


async def test_a_body_nested_too_deeply_is_refused_and_another_arrives_whole(hub) -> None:
    deep = await hub.client.post("/api/v1/offers", content=b"[" * 60 + b"]" * 60, headers={**hub.as_("admin"), **JSON})
    fine = json.dumps({"title": {"en": "[" * 99}}).encode()
    whole = await hub.client.post("/api/v1/offers", content=fine, headers={**hub.as_("admin"), **JSON})

    assert (deep.status_code, deep.json()["code"]) == (400, "body_unreadable")
    assert (whole.status_code, whole.json()["size"]) == (200, len(fine))


LEAVES = st.none() | st.text(max_size=8) | st.just('[{"\\')
NESTED = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4))


@given(NESTED, st.integers(0, 60))
def test_nesting_is_counted_as_it_is(value: object, more: int) -> None:
    for _ in range(more):
        value = [value, "]"]

    raw = json.dumps([value, [[]] * 60]).encode()

    if depth(json.loads(raw)) <= MAX_DEPTH:
        require_shallow(raw)
    else:
        with pytest.raises(BodyUnreadable):
            require_shallow(raw)


@pytest.mark.parametrize("raw", [b"[" * 60, b'["' + b'\\"' * 499_000, b"[]" * 499_999, b'"' * 999_999 + b"[" * 60, b"{[" * 400_000, b'["\\'])
def test_no_body_keeps_the_gate_busy(raw: bytes) -> None:
    started = time.process_time()

    with contextlib.suppress(BodyUnreadable):
        require_shallow(raw)

    assert time.process_time() - started < 0.5


def test_json_in_another_encoding_is_refused() -> None:
    with pytest.raises(BodyUnreadable):
        require_shallow(("[" * 60 + "]" * 60).encode("utf-16"))
