"""The merged contract as it is answered: merged beside the requests, again only where a service's own document is another."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from chassis.call import Line, ServiceAway
from chassis.identity import Caller
from gateway import openapi

SECONDS = 30
"""How long it is answered before the services are asked again: those that run apart are renewed one by one."""
ASKER = Caller(kind="service", id="gateway")


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
                parts = dict(zip(self._lines, await asyncio.gather(*map(_text_of, self._lines.values())), strict=True))
                digests = {name: hashlib.sha256(text).digest() for name, text in parts.items()}
                if self._merged is None or digests != self._made_from:
                    self._merged = await asyncio.to_thread(_merge, parts, self._public_url)
                self._made_from, self._asked_at = digests, time.monotonic()
            return self._merged


async def _text_of(line: Line) -> bytes:
    answer = await line.ask(ASKER, "GET", "/openapi.json")
    if answer.status != 200:
        raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.")
    return answer.body


def _merge(parts: Mapping[str, bytes], public_url: str) -> Merged:
    document = openapi.merge({name: orjson.loads(text) for name, text in parts.items()}, public_url)
    operations = tuple(
        Operation(method, path, operation.get("summary", ""), operation["x-permission"]["action"])
        for path, methods in sorted(document["paths"].items())
        for method, operation in methods.items()
    )
    text = orjson.dumps(document)
    return Merged(text, f'"{hashlib.sha256(text).hexdigest()[:32]}"', operations)
