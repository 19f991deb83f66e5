"""The transaction of a request. `HubRoute` opens it when the route first asks for its Work, stores the answer of an idempotent call in it, and
commits before the answer is sent: a 2xx means durably written (R1), and an Idempotency-Key's answer commits with its effect (R9).
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import Header, Request
from fastapi.routing import APIRoute
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from chassis.database import Database
from chassis.errors import Conflict, Invalid, PreconditionRequired, invalid_field
from chassis.identity import Caller
from chassis.tables import Ledger
from chassis.work import Work

LEASE = timedelta(seconds=10)
"""An unanswered claim older than this belongs to a request that died; the next caller takes it over."""
PATIENCE = 2.0
"""Seconds that a second caller with the same key waits for the first one's answer."""
KEPT_HEADERS = ("content-type", "etag", "location", "link")


class StillRunning(Conflict):
    """The first call with this Idempotency-Key has not ended. Try again."""

    retry_after = 1


class KeyReused(Invalid):
    """The Idempotency-Key was used for another request."""


class ClaimLost(Conflict):
    """This request took so long that another with the same Idempotency-Key took over; nothing was written here."""


class Keys:
    """Idempotency keys of one service, scoped to the caller."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._table = ledger.idempotency

    async def claim(self, principal: str, key: str, fingerprint: str, now: datetime) -> Response | None:
        """None: the caller may go on. A response: the stored answer. Raises StillRunning or KeyReused."""
        waited = 0.0
        while True:
            async with self._database.writing() as session:
                row = (await session.execute(select(self._table).where(self._mine(principal, key)).with_for_update())).first()
                if row is None:
                    try:
                        await session.execute(insert(self._table).values(principal=principal, key=key, fingerprint=fingerprint, claimed_at=now))
                        return None
                    except IntegrityError:
                        await session.rollback()
                elif row.fingerprint != fingerprint:
                    raise KeyReused("This Idempotency-Key was used for another request; choose a new key.")
                elif row.status is not None:
                    return Response(row.body, row.status, row.headers)
                elif row.claimed_at < now - LEASE:
                    await session.execute(update(self._table).where(self._mine(principal, key)).values(claimed_at=now))
                    return None
            if waited >= PATIENCE:
                raise StillRunning("The first request with this Idempotency-Key is still running; ask again in a moment.")
            await asyncio.sleep(0.1)
            waited += 0.1

    async def answer(self, work: Work, principal: str, key: str, claimed_at: datetime, response: Response) -> None:
        """Store the answer in the transaction of its effect; refuse when the claim was lost meanwhile."""
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        done = await work.session.execute(
            update(self._table)
            .where(self._mine(principal, key), self._table.c.claimed_at == claimed_at, self._table.c.status.is_(None))
            .values(status=response.status_code, headers=headers, body=bytes(response.body))
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise ClaimLost("This request took too long and nothing was written; ask again.")

    async def release(self, principal: str, key: str, claimed_at: datetime) -> None:
        """The request failed: the key may be used again."""
        mine = self._mine(principal, key) & (self._table.c.claimed_at == claimed_at) & self._table.c.status.is_(None)
        async with self._database.writing() as session:
            await session.execute(delete(self._table).where(mine))

    async def clear_unanswered(self) -> None:
        """At the start of a sole process: whoever claimed is gone."""
        async with self._database.writing() as session:
            await session.execute(delete(self._table).where(self._table.c.status.is_(None)))

    def _mine(self, principal: str, key: str) -> Any:  # Any: SQLAlchemy's condition type
        return (self._table.c.principal == principal) & (self._table.c.key == key)


class Edge:
    """One request's transaction, opened at first use."""

    def __init__(self, service: Any, request: Request) -> None:  # Any: chassis.service.Service, which imports this module
        self.service = service
        self.caller: Caller = request.state.caller
        self._reading = request.method in ("GET", "HEAD")
        self._stack = AsyncExitStack()
        self._work: Work | None = None

    async def work(self) -> Work:
        """The request's Work."""
        if self._work is None:
            opened: Work = await self._stack.enter_async_context(self.service.open_work(self.caller, reading=self._reading))
            self._work = opened
        return self._work

    @property
    def opened(self) -> Work | None:
        """The Work, if the route asked for one."""
        return self._work

    async def __aenter__(self) -> "Edge":
        return self

    async def __aexit__(self, *error: Any) -> None:  # Any: the protocol's exception triple
        await self._stack.__aexit__(*error)


def operation_id(route: APIRoute) -> str:
    """Operation ids are the names of the functions: unique within a service, and the same verb as page, use case and event."""
    return route.name


class HubRoute(APIRoute):
    """A route whose transaction commits before its answer is sent. A POST takes `Idempotency-Key` unless `x-no-idempotency` is set in
    its `openapi_extra` (answers with a secret or a contact are never stored)."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # Any: FastAPI's many options, passed on
        super().__init__(path, endpoint, **{**options, "generate_unique_id_function": operation_id})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler in the edge."""
        inner = super().get_route_handler()
        stored = "POST" in (self.methods or ()) and not (self.openapi_extra or {}).get("x-no-idempotency")

        async def handle(request: Request) -> Response:
            service = request.app.state.service
            key = request.headers.get("idempotency-key") if stored else None
            if key is None:
                async with Edge(service, request) as edge:
                    request.state.edge = edge
                    response = with_etag(request, await inner(request))
                return response
            return await _idempotent(service, request, inner, key)

        return handle


async def _idempotent(service: Any, request: Request, inner: Callable[[Request], Coroutine[Any, Any, Response]], key: str) -> Response:
    if not 1 <= len(key) <= 255 or not key.isprintable() or not key.isascii():
        raise invalid_field("/header/idempotency-key", "string_pattern_mismatch", "Use 1 to 255 printable characters, for example a UUID.")
    body = await request.body()
    fingerprint = hashlib.sha256(b"\0".join((request.method.encode(), request.url.path.encode(), body))).hexdigest()
    principal = request.state.caller.principal
    now = service.clock()
    replay: Response | None = await service.keys.claim(principal, key, fingerprint, now)
    if replay is not None:
        replay.headers["Idempotency-Replayed"] = "true"
        return replay
    try:
        async with Edge(service, request) as edge:
            request.state.edge = edge
            response = with_etag(request, await inner(request))
            await service.keys.answer(await edge.work(), principal, key, now, response)
    except BaseException:
        await service.keys.release(principal, key, now)
        raise
    return response


def with_etag(request: Request, response: Response) -> Response:
    """Give a record's answer its version as ETag, and answer 304 to a reader who has it (RFC 9110, section 13)."""
    if response.status_code not in (200, 201) or "etag" in response.headers or response.headers.get("content-type") != "application/json":
        return response
    body = bytes(response.body)
    if not body.startswith(b"{") or b'"version"' not in body:
        return response
    version = orjson.loads(body).get("version")
    if isinstance(version, int):
        response.headers["ETag"] = f'"{version}"'
        if request.method == "GET" and response.headers["ETag"] in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
    return response


async def edge_work(request: Request) -> Any:  # Any: each service narrows it in its own `InOneTransaction`
    """Dependency: the request's Work. In a service: `InOneTransaction = Annotated[Work, Depends(edge_work)]`."""
    return await request.state.edge.work()


def caller_of(request: Request) -> Caller:
    """Dependency: who calls."""
    caller: Caller = request.state.caller
    return caller


def if_match(
    header: Annotated[str | None, Header(alias="If-Match", max_length=40, description="The ETag that was read.", examples=['"3"'])] = None,
) -> int:
    """Dependency of changes: the version that the caller read, from `If-Match: "3"`. 428 when missing, 422 when it is no version."""
    if header is None:
        raise PreconditionRequired("Send the header If-Match with the ETag that you read, so that nobody's change is overwritten.")
    text = header.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid_field("/header/if-match", "string_pattern_mismatch", 'Use the ETag as it was given, for example "3".')
    return int(text)
