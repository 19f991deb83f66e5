"""The service `actors` on a database of its own, for measuring: filled through its own import, asked through its own door."""

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.registry.world import Size, actor_files, membership_files
from bench.report import progress
from chassis.identity import SYSTEM
from chassis.testing import Bench, Databases, postgres_server, settings_for_tests
from services.actors.app import build
from services.actors.settings import Settings
from services.actors.use_cases import searching
from services.actors.use_cases.importing import import_registry

PORTION = 20_000
"""Rows that are imported in one transaction."""


@dataclass(slots=True)
class Hub:
    """A filled registry. `seconds`: what filling took, by what was filled."""

    bench: Bench
    url: str
    size: Size
    seconds: dict[str, float]


@asynccontextmanager
async def filled(kind: str, size: Size) -> AsyncIterator[Hub]:
    """A registry of that size on a database of that kind (sqlite, postgresql), in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="hospitium-bench-") as folder, postgres_server() if kind == "postgresql" else nullcontext() as server:
        url = await Databases(Path(folder), server).fresh(kind, "actors")
        service, app = build(Settings(**settings_for_tests(url)))
        seconds: dict[str, float] = {}
        try:
            with _timed(seconds, "actors"):
                for content in actor_files(size, PORTION):
                    await _import(service, {"actors": content})
            progress(f"{size.actors:,} actors in {seconds['actors']:.0f} s")
            with _timed(seconds, "memberships"):
                for content in membership_files(size, PORTION):
                    await _import(service, {"memberships": content})
            progress(f"{size.memberships:,} memberships in {seconds['memberships']:.0f} s")
            with _timed(seconds, "the search mended"):
                more = True
                while more:
                    async with service.open_work(SYSTEM) as work:
                        more = await searching.mend_search(work)
            progress(f"search mended in {seconds['the search mended']:.0f} s")
            yield Hub(Bench(service, app), url, size, seconds)
        finally:
            await service.database.close()


async def _import(service: Any, contents: dict[str, bytes]) -> None:  # Any: the service
    async with service.open_work(SYSTEM) as work:
        await import_registry(work, contents)


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Any:  # Any: a context manager
    started = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started
