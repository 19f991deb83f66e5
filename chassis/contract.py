"""The OpenAPI document of a service: made once for each version of the code, kept beside the code under the fingerprint of all that it is made from.

Making one takes up to a second of processor time. A document with another fingerprint is never answered, so none is ever out of date.
"""

import asyncio
import contextlib
import functools
import hashlib
import importlib.metadata
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from fastapi import FastAPI

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("fastapi", "starlette", "pydantic", "pydantic-core", "sqlmodel")
KEPT = 8
"""Documents of so many versions stay beside one another."""
version = functools.cache(importlib.metadata.version)
NO_PART = frozenset({"__pycache__", "locales", "migrations"})
"""Folders whose files say nothing of a contract: its sentences are English."""


def fingerprint(service: str) -> str:
    """Of everything that a service's document is made from: its own files, those of the chassis and the contracts, and the libraries."""
    parts = [_of_folder(ROOT / folder) for folder in (f"services/{service}", "chassis", "contracts")]
    parts += [sys.version, *(f"{name} {version(name)}" for name in LIBRARIES)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@functools.lru_cache(maxsize=8)
def _of_folder(folder: Path) -> str:
    """Of all files below a folder, as they are when the process starts: what is changed under a running process is not what it runs."""
    seen = hashlib.sha256()
    for file in _files(folder):
        content = file.read_bytes()
        seen.update(f"{file.relative_to(folder)}\0{len(content)}\0".encode())
        seen.update(content)
    return seen.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NO_PART)
        yield from (Path(place, name) for name in sorted(names))


class Contract:
    """The document of one application: read where this version's is kept, else made in a thread and kept. `folder` may be one that cannot be
    written; then it is made anew after each start."""

    def __init__(self, app: "FastAPI", service: str, folder: Path | None = None) -> None:
        self._app = app
        self._folder = folder or ROOT / "services" / service / "__pycache__"
        self._lock = asyncio.Lock()
        self._text: bytes | None = None
        self._code = fingerprint(service)

    @property
    def file(self) -> Path:
        """Where the document of this version, with the routes of this application, lies."""
        routes = [f"{self._app.title} {self._app.description}"]
        for route in self._app.routes:
            endpoint = getattr(route, "endpoint", None)
            routes.append(f"{getattr(route, 'path', '')} {sorted(getattr(route, 'methods', None) or ())} {getattr(endpoint, '__module__', '')}")
        whole = "\n".join((self._code, *sorted(routes)))
        return self._folder / f"contract-{hashlib.sha256(whole.encode()).hexdigest()[:40]}.json"

    async def read(self) -> bytes:
        """The document as JSON."""
        async with self._lock:
            if self._text is None:
                self._text = await asyncio.to_thread(self._read)
            return self._text

    def _read(self) -> bytes:
        file = self.file
        with contextlib.suppress(OSError):
            kept = file.read_bytes()
            digest, _, text = kept.partition(b"\n")
            if hashlib.sha256(text).hexdigest().encode() == digest:
                return text
        text = orjson.dumps(self._app.openapi())
        self._app.openapi_schema = None  # the text is enough, and far smaller
        with contextlib.suppress(OSError):
            self._keep(file, text)
        return text

    def _keep(self, file: Path, text: bytes) -> None:
        """Write it whole or not at all, and let go of those of long-gone versions: an older hub, or a test, may run beside this one."""
        self._folder.mkdir(exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}.new")
        fresh.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
        fresh.replace(file)
        for other in sorted(self._folder.glob("contract-*.json"), key=_age)[KEPT:]:
            other.unlink(missing_ok=True)


def _age(file: Path) -> float:
    try:
        return -file.stat().st_mtime
    except OSError:
        return 0.0
