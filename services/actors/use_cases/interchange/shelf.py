"""Keeps the files of the open data: made once for each state of the registry, then served as they are."""

import asyncio
import contextlib
import hashlib
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from weakref import WeakKeyDictionary

Make = Callable[[IO[bytes]], Awaitable[None]]
"""Writes the content of a file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies ready."""

    path: Path
    stamp: str
    etag: str
    size: int
    looked_at: datetime


class Shelf:
    """The files of one process, one at a time in the making: whoever asks for another waits."""

    def __init__(self, folder: str | None) -> None:
        self._private = tempfile.TemporaryDirectory(prefix="hospitium-open-data-") if folder is None else None
        self.folder = Path(self._private.name if self._private else str(folder))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._kept: dict[str, Kept] = {}
        self._making = asyncio.Lock()

    def fresh(self, name: str, now: datetime, seconds: int) -> Kept | None:
        """The file, if it was compared with the registry within so many seconds."""
        kept = self._kept.get(name)
        return kept if kept and now - kept.looked_at < timedelta(seconds=seconds) else None

    def sizes(self) -> dict[str, int]:
        """Bytes of the files that lie ready, by name."""
        return {name: kept.size for name, kept in self._kept.items()}

    async def put(self, name: str, stamp: str, now: datetime, make: Make) -> Kept:
        """The file for this state of the data; made unless it lies there."""
        async with self._making:
            kept = self._kept.get(name) or self._found(name, stamp, now)
            if kept is None or kept.stamp != stamp:
                kept = await self._made(name, stamp, now, make)
            kept = Kept(kept.path, stamp, kept.etag, kept.size, now)
            self._kept[name] = kept
            return kept

    def _found(self, name: str, stamp: str, now: datetime) -> Kept | None:
        """What an earlier process left in a folder that the operator chose."""
        for path in self.folder.glob(f"{name}~{stamp}~*"):
            return Kept(path, stamp, f'"{path.name.rsplit("~", 1)[1]}"', path.stat().st_size, now)
        return None

    async def _made(self, name: str, stamp: str, now: datetime, make: Make) -> Kept:
        unfinished = self.folder / f".{name}.{id(self)}"
        try:
            with unfinished.open("wb") as out:
                await make(out)
            digest = await asyncio.to_thread(_digest, unfinished)
            path = unfinished.rename(self.folder / f"{name}~{stamp}~{digest}")
        finally:
            with contextlib.suppress(FileNotFoundError):
                unfinished.unlink()
        for old in self.folder.glob(f"{name}~*"):
            if old != path:
                with contextlib.suppress(FileNotFoundError):
                    old.unlink()
        return Kept(path, stamp, f'"{digest}"', path.stat().st_size, now)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


_SHELVES: WeakKeyDictionary[Any, Shelf] = WeakKeyDictionary()


def shelf_of(service: Any) -> Shelf:  # Any: chassis.service.Service of actors
    """The shelf of a service in this process."""
    if service not in _SHELVES:
        _SHELVES[service] = Shelf(service.settings.export_folder)
    return _SHELVES[service]
