"""Live news and the audit trail: merged from the services, each of which answers only what the caller may see."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from chassis.call import Answer, Line, ServiceAway
from chassis.errors import Forbidden, TooManyRequests, invalid_field
from gateway.session import Visitor

router = APIRouter()
HEARTBEAT_SECONDS = 15.0
POLL_SECONDS = 4.0
"""How long one question to a service may wait for news; also the longest time until a revoked session's stream ends."""


class TooManyStreams(TooManyRequests):
    """The caller holds as many live streams as one may."""

    retry_after = 15


class AuditRefused(Forbidden):
    """Only the administrator and the observer read the audit trail."""


class Streams:
    """Counts the open streams of each caller."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: Counter[str] = Counter()

    def take(self, who: str) -> None:
        """One more; raises TooManyStreams."""
        if self._open[who] >= self._limit:
            raise TooManyStreams("You have {count} live streams open; close one first.", count=self._limit)
        self._open[who] += 1

    def leave(self, who: str) -> None:
        """One less."""
        self._open[who] -= 1
        if self._open[who] <= 0:
            del self._open[who]


def encode_place(place: dict[str, int]) -> str:
    """Where a reader is in each service's news, as one word."""
    return base64.urlsafe_b64encode(json.dumps(place, sort_keys=True, separators=(",", ":")).encode()).rstrip(b"=").decode()


def decode_place(text: str, services: set[str]) -> dict[str, int]:
    """The reader's place; 422 when it was not made here."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        place = {str(name): int(seq) for name, seq in found.items()}
        if set(place) - services or any(not 0 <= seq < 2**62 for seq in place.values()):
            raise ValueError
        return place
    except (ValueError, AttributeError, TypeError, UnicodeError):
        raise invalid_field("/header/last-event-id", "cursor", "This place was not made here; begin again without one.") from None


@router.get("/api/v1/events", include_in_schema=False)
async def stream_events(request: Request) -> Response:
    """Live news that the caller may see."""
    visitor: Visitor = request.state.visitor
    lines: dict[str, Line] = request.app.state.lines
    last = request.headers.get("last-event-id")
    place = decode_place(last, set(lines)) if last else {}
    streams: Streams = request.app.state.streams
    who = visitor.caller.principal
    streams.take(who)
    return StreamingResponse(
        _stream(request, visitor, lines, place, streams, who),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(
    request: Request, visitor: Visitor, lines: dict[str, Line], place: dict[str, int], streams: Streams, who: str
) -> AsyncIterator[bytes]:
    queue: asyncio.Queue[tuple[str, int, str]] = asyncio.Queue(200)
    followers = [asyncio.create_task(_follow(name, line, visitor, place.get(name, -1), queue)) for name, line in lines.items()]
    try:
        yield b"retry: 2000\n\n"
        quiet = 0.0
        while await _still_valid(request, visitor):
            try:
                name, seq, envelope = await asyncio.wait_for(queue.get(), POLL_SECONDS)
            except TimeoutError:
                quiet += POLL_SECONDS
                if quiet >= HEARTBEAT_SECONDS:
                    quiet = 0.0
                    yield b": still here\n\n"
                continue
            place[name] = seq
            if envelope:
                kind = json.loads(envelope)["type"]
                yield f"id: {encode_place(place)}\nevent: {kind}\ndata: {envelope}\n\n".encode()
            else:
                yield f"id: {encode_place(place)}\ndata:\n\n".encode() if len(place) == len(lines) else b": start\n\n"
    finally:
        for follower in followers:
            follower.cancel()
        streams.leave(who)


async def _still_valid(request: Request, visitor: Visitor) -> bool:
    """A revoked session's stream ends within the few seconds that a token is believed."""
    found: Visitor = await request.app.state.sessions.visitor(request.scope)
    return found.caller.principal == visitor.caller.principal


async def _follow(name: str, line: Line, visitor: Visitor, after: int, queue: asyncio.Queue[tuple[str, int, str]]) -> None:
    while True:
        try:
            answer = await line.ask(visitor.caller, "GET", f"/internal/v1/events?after={after}&wait={POLL_SECONDS}")
        except ServiceAway:
            await asyncio.sleep(1)
            continue
        items = answer.json() if answer.status == 200 else []
        if answer.status != 200:
            await asyncio.sleep(1)
        for item in items:
            after = item["seq"]
            await queue.put((name, after, item["envelope"]))


@router.get("/api/v1/audit", include_in_schema=False)
async def read_audit(
    request: Request,
    before: Annotated[datetime | None, Query()] = None,
    correlation: Annotated[str | None, Query(max_length=36)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The audit trail of all services, newest first."""
    if before is not None and before.tzinfo is None:
        raise invalid_field("/query/before", "timezone_aware", "Use a date and time with a zone.")
    visitor: Visitor = request.state.visitor
    lines: dict[str, Line] = request.app.state.lines
    query = f"/internal/v1/audit?limit={limit}"
    if before is not None:
        query += "&before=" + before.isoformat().replace("+", "%2B")
    if correlation is not None:
        if not all(char in "0123456789abcdefABCDEF-" for char in correlation):
            raise invalid_field("/query/correlation", "uuid_parsing", "Use a UUID.")
        query += f"&correlation={correlation}"
    answers: list[Answer] = await asyncio.gather(*(line.ask(visitor.caller, "GET", query) for line in lines.values()))
    entries: list[dict[str, Any]] = []  # Any: audit lines as JSON
    for name, answer in zip(lines, answers, strict=True):
        if answer.status == 403:
            raise AuditRefused("Only the administrator and the council's observer read the audit trail.")
        if answer.status != 200:
            raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.")
        entries.extend({**entry, "service": name} for entry in answer.json())
    entries.sort(key=lambda entry: (entry["at"], entry["id"]), reverse=True)
    return JSONResponse({"items": entries[:limit], "total": None})
