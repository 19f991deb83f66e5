"""The merged contract as it is answered: merged beside the requests, again only where a service's own document is another."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from chassis.call import Line
from gateway import openapi

SECONDS = 30
"""How long it is answered before the services are asked again: those that run apart are renewed one by one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the list for people."""

    method: str
    path: str
    summary: str
    action: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The contract as text, its ETag, and its operations in order."""

    text: bytes
    etag: str
    operations: tuple[Operation, ...]


class Contract:
    """The contract of the whole hub."""

    def __init__(self, lines: Mapping[str, Line], public_url: str) -> None:
        self._lines, self._public_url = lines, public_url
        self._lock = asyncio.Lock()
        self._made_from: dict[str, bytes] = {}
        self._asked_at = 0.0
        self._merged: Merged | None = None

    async def read(self) -> Merged:
        """As it is now. Raises ServiceAway: a part of a contract is no contract."""
        async with self._lock:
            if self._merged is None or time.monotonic() - self._asked_at > SECONDS:
                parts = await openapi.texts(self._lines, "/openapi.json")
                digests = {name: hashlib.sha256(text).digest() for name, text in parts.items()}
                if self._merged is None or digests != self._made_from:
                    self._merged = await asyncio.to_thread(_merge, parts, self._public_url)
                self._made_from, self._asked_at = digests, time.monotonic()
            return self._merged


def _merge(parts: Mapping[str, bytes], public_url: str) -> Merged:
    document = openapi.merge({name: orjson.loads(text) for name, text in parts.items()}, public_url)
    operations = tuple(
        Operation(method, path, operation.get("summary", ""), operation["x-permission"]["action"])
        for path, methods in sorted(document["paths"].items())
        for method, operation in methods.items()
    )
    text = orjson.dumps(document)
    return Merged(text, f'"{hashlib.sha256(text).hexdigest()[:32]}"', operations)
