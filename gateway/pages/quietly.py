"""Asking a service for something that a page can do without: while the service is away, the rest of the page stands."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from chassis.errors import HubError

T = TypeVar("T")


async def quietly(asking: Coroutine[Any, Any, T], otherwise: T) -> T:  # Any: nothing is sent into a coroutine
    """The answer, or what to show instead."""
    try:
        return await asking
    except HubError:
        return otherwise
