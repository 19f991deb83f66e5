"""Live news and the audit trail: merged from the services, each of which answers only what the caller may see."""

import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from chassis.call import Answer, Line, ServiceAway
from chassis.errors import Forbidden, TooManyRequests, invalid_field
from gateway.session import Sessions, Visitor

router = APIRouter()
HEARTBEAT_SECONDS = 15.0
POLL_SECONDS = 4.0
"""How long one question to a service may wait for news."""
CHECK_SECONDS = 3.0
"""How often the session of a stream is asked for again: a revoked one's stream ends within 5 s."""
PATIENCE_SECONDS = 30.0
"""How long a stream goes on while `people` is away (then nobody can revoke either)."""


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
        if not place or set(place) - services or any(not 0 <= seq < 2**62 for seq in place.values()) or encode_place(place) != text:
            raise ValueError
        return place
    except (ValueError, AttributeError, TypeError, UnicodeError):
        raise invalid_field("/header/last-event-id", "cursor", "This place was not made here; begin again without one.") from None


class NewsResponse(StreamingResponse):
    """A stream that counts as open exactly while it is being sent."""

    def __init__(self, news: AsyncIterator[bytes], streams: Streams, who: str) -> None:
        super().__init__(news, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._streams, self._who = streams, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; raises TooManyStreams before its first byte."""
        self._streams.take(self._who)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._who)


@router.get("/api/v1/events", include_in_schema=False)
async def stream_events(request: Request) -> Response:
    """Live news that the caller may see."""
    visitor: Visitor = request.state.visitor
    lines: dict[str, Line] = request.app.state.lines
    last = request.headers.get("last-event-id")
    place = decode_place(last, set(lines)) if last else {}
    return NewsResponse(news_of(request.app.state.sessions, visitor, lines, place), request.app.state.streams, visitor.caller.principal)


async def news_of(sessions: Sessions, visitor: Visitor, lines: dict[str, Line], place: dict[str, int]) -> AsyncIterator[bytes]:
    """The stream itself. It ends when the session does. An event bears an id only when the place in every service's news is known, so that
    whoever goes on from an id misses nothing."""
    queue: asyncio.Queue[tuple[str, int, str]] = asyncio.Queue(200)
    followers = [asyncio.create_task(_follow(name, line, visitor, place.get(name, -1), queue)) for name, line in lines.items()]
    watch = Watch(sessions, visitor)
    spoken = time.monotonic()
    try:
        yield b"retry: 2000\n\n"
        while await watch.still_valid() and not any(follower.done() for follower in followers):
            try:
                name, seq, envelope = await asyncio.wait_for(queue.get(), CHECK_SECONDS)
            except TimeoutError:
                if time.monotonic() - spoken > HEARTBEAT_SECONDS - CHECK_SECONDS:
                    spoken = time.monotonic()
                    yield b": still here\n\n"
                continue
            place[name] = seq
            mark = f"id: {encode_place(place)}\n" if len(place) == len(lines) else ""
            told = f"event: {json.loads(envelope)['type']}\ndata: {envelope}\n" if envelope else ""
            if mark or told:
                spoken = time.monotonic()
                yield f"{mark}{told}\n".encode()
    finally:
        for follower in followers:
            follower.cancel()


class Watch:
    """Asks again and again whether a stream's session holds."""

    def __init__(self, sessions: Sessions, visitor: Visitor) -> None:
        self._sessions, self._visitor = sessions, visitor
        self._asked = self._held = time.monotonic() - CHECK_SECONDS

    async def still_valid(self) -> bool:
        """Whether the stream may go on."""
        now = time.monotonic()
        if now - self._asked < CHECK_SECONDS:
            return True
        self._asked = now
        try:
            holds = await self._sessions.still_holds(self._visitor)
        except ServiceAway:
            return now - self._held < PATIENCE_SECONDS
        self._held = now
        return holds


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
    correlation: Annotated[UUID | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before_id: Annotated[UUID | None, Query()] = None,
    since: Annotated[datetime | None, Query()] = None,
    action: Annotated[str | None, Query(max_length=80, pattern="^[a-z0-9_.]*$")] = None,
    subject_kind: Annotated[str | None, Query(max_length=40, pattern="^[a-z0-9_]*$")] = None,
    subject_id: Annotated[str | None, Query(max_length=80, pattern="^[A-Za-z0-9-]*$")] = None,
    person: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The audit trail of all services, newest first. Lines of one transaction share their time, so a place in it is a time and an id."""
    for name, moment in (("before", before), ("since", since)):
        if moment is not None and moment.tzinfo is None:
            raise invalid_field(f"/query/{name}", "timezone_aware", "Use a date and time with a zone.")
    visitor: Visitor = request.state.visitor
    lines: dict[str, Line] = request.app.state.lines
    given: dict[str, object] = {"limit": limit, "before": before.isoformat() if before else None, "before_id": before_id, "correlation": correlation}
    given |= {
        "since": since.isoformat() if since else None,
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "person": person,
    }
    query = "/internal/v1/audit?" + urlencode({name: str(value) for name, value in given.items() if value is not None})
    answers: list[Answer] = await asyncio.gather(*(line.ask(visitor.caller, "GET", query) for line in lines.values()))
    entries: list[dict[str, Any]] = []  # Any: audit lines as JSON
    for name, answer in zip(lines, answers, strict=True):
        if answer.status == 403:
            raise AuditRefused("Only the administrator and the council's observer read the audit trail.")
        if answer.status != 200:
            raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.")
        entries.extend({**entry, "service": name} for entry in answer.json())
    entries.sort(key=lambda entry: (datetime.fromisoformat(entry["at"]), entry["id"]), reverse=True)
    shown = entries[:limit]
    headers = {}
    if len(entries) >= limit:
        on = {**given, "before": shown[-1]["at"], "before_id": shown[-1]["id"]}
        headers["Link"] = f'</api/v1/audit?{urlencode({name: str(value) for name, value in on.items() if value is not None})}>; rel="next"'
    return JSONResponse({"items": shown, "total": None}, headers=headers)
