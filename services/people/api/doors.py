"""What the routes share: the transaction, where a request comes from, and work that is committed before it is refused."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request

from chassis.edge import edge_work
from chassis.errors import HubError
from services.people.work import Work

R = TypeVar("R")
InOneTransaction = Annotated[Work, Depends(edge_work)]
SECRET: dict[str, Any] = {"x-no-idempotency": True}  # Any: OpenAPI
"""Answers that hold a secret or a contact are never stored under an Idempotency-Key."""


def source_of(request: Request) -> str:
    """The network address of whoever asks, from the gateway's header `hub-source`; only the gateway can sign a call."""
    return request.headers.get("hub-source", "")[:100]


def session_of(request: Request) -> UUID | None:
    """The session that the caller asks with, from the gateway's header `hub-session`."""
    try:
        return UUID(request.headers.get("hub-session", ""))
    except ValueError:
        return None


async def reading(request: Request, act: Callable[[Work], Awaitable[R]]) -> R:
    """Run in a reading transaction of its own, before work that takes long (a password hash)."""
    async with request.app.state.service.open_work(request.state.caller, reading=True) as work:
        return await act(work)


async def settled(request: Request, act: Callable[[Work], Awaitable[R | HubError]]) -> R:
    """Run in a writing transaction of its own and commit; a refusal that is answered is raised only then, so that what it counted stays."""
    async with request.app.state.service.open_work(request.state.caller) as work:
        outcome = await act(work)
    if isinstance(outcome, HubError):
        raise outcome
    return outcome


Source = Annotated[str, Depends(source_of)]
OwnSession = Annotated[UUID | None, Depends(session_of)]
