"""Keeps the newest drawing in memory while it is asked for, and lets walks through it take turns."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from services.actors.model.graph.packed import EMPTY, Packed, unpacked

T = TypeVar("T")
IDLE_SECONDS = 600.0
"""A drawing that nobody asked for so long is forgotten: an idle hub stays small."""


class Keeper:
    """The drawing of this process, read from the database when it is first asked for."""

    def __init__(self) -> None:
        self._number = 0
        self._graph = EMPTY
        self._asked_at = 0.0
        self._turn = asyncio.Lock()

    async def graph(self, number: int, read: Callable[[int], Awaitable[bytes]]) -> Packed:
        """The drawing of that number; `read` answers its bytes."""
        self._asked_at = monotonic()
        if self._number != number:
            kept = await read(number)
            self._graph, self._number = await asyncio.to_thread(unpacked, kept), number
        return self._graph

    async def walk(self, way: Callable[[], T]) -> T:
        """Walk in a thread, one walker at a time: on a very large graph a walk takes up to a second of a processor."""
        async with self._turn:
            return await asyncio.to_thread(way)

    def rest(self) -> None:
        """Forget the drawing if nobody asked for it lately."""
        if monotonic() - self._asked_at > IDLE_SECONDS:
            self._number, self._graph = 0, EMPTY
