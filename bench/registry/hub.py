"""The service `actors` on a database of its own, for measuring: filled with bulk inserts, asked through its own door."""

import re
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.schema import CreateIndex

from bench.registry.world import MEMBER_OF, NOW, Size, actors, import_files, pairs
from bench.report import progress
from chassis.identity import SYSTEM
from chassis.testing import Bench, Databases, postgres_server, settings_for_tests
from services.actors.app import build
from services.actors.model.records import Membership, actor_id_of, membership_id_of
from services.actors.model.vocabulary import MembershipRole
from services.actors.settings import Settings
from services.actors.store.rows import membership_values
from services.actors.tables import MembershipRow
from services.actors.timers import mend_search
from services.actors.use_cases.importing import import_registry

PORTION = 5_000
"""Rows that are written in one transaction."""


@dataclass(slots=True)
class Hub:
    """A filled registry. `seconds`: what each step took, by its name; `busy`: how much of it this process was at work."""

    bench: Bench
    url: str
    size: Size
    seconds: dict[str, float] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)
    imported: int = 0

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note what a step took."""
        started, busy = time.perf_counter(), time.process_time()
        yield
        self.seconds[name], self.busy[name] = time.perf_counter() - started, time.process_time() - busy
        progress(f"{name}: {self.seconds[name]:.0f} s, {self.busy[name]:.0f} of them this process was at work")

    async def mend_search(self) -> None:
        """What the service's timer does after an import."""
        await mend_search(self.bench.service)

    async def import_new(self, count: int) -> None:
        """Import so many new actors with their memberships, through the service's own import."""
        files = import_files(self.size, count)
        with self.timed("import"):
            async with self.bench.service.open_work(SYSTEM) as work:
                await import_registry(work, files)
        self.imported = count * (1 + MEMBER_OF)


@asynccontextmanager
async def filled(kind: str, size: Size) -> AsyncIterator[Hub]:
    """A registry of that size on a database of that kind (sqlite, postgresql), in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="hospitium-bench-") as folder, postgres_server() if kind == "postgresql" else nullcontext() as server:
        url = await Databases(Path(folder), server).fresh(kind, "actors")
        service, app = build(Settings(**settings_for_tests(url)))
        hub = Hub(Bench(service, app), url, size)
        try:
            with hub.timed("actors and their search"):
                source = actors(size)
                while some := list(islice(source, PORTION)):
                    async with service.open_work(SYSTEM) as work:
                        await work.actors.records.add_many(some)
                        await work.search.put_many(some)
            with hub.timed("memberships in plain SQL"):
                await _fill_memberships(url, size)
            with hub.timed("memberships counted for the search"):
                await hub.mend_search()
            yield hub
        finally:
            await service.database.close()


async def _fill_memberships(url: str, size: Size) -> None:
    """All memberships in plain SQL; the indexes are made once they are there."""
    given: dict[str, Any] = {"created_at": NOW, "updated_at": NOW, "role": MembershipRole.MEMBER, "source": "synthetic", "since": 2020}  # Any: fields
    one = actor_id_of("actor-0")
    values = membership_values(Membership(id=one, network_id=one, member_id=one, **given))
    ids = [actor_id_of(f"actor-{at}") for at in range(size.actors)]
    names = ["id", "network_id", "member_id", *(name for name in values if name not in ("network_id", "member_id"))]
    rest = [values[name] for name in names[3:]]
    rows = ((membership_id_of(ids[network], ids[member]), ids[network], ids[member], *rest) for network, member in pairs(size))
    indexes = sorted(MembershipRow.__table__.indexes, key=lambda index: str(index.name))  # type: ignore[attr-defined]
    drop, create = [f"DROP INDEX {index.name}" for index in indexes], [str(CreateIndex(index)) for index in indexes]
    if url.startswith("sqlite"):
        base = sqlite3.connect(url.split("///")[1])
        base.executescript(";".join(["PRAGMA cache_size=-100000", "PRAGMA synchronous=OFF", *drop]))
        marks = ", ".join("?" * len(names))
        plain = [
            value.strftime("%Y-%m-%d %H:%M:%S.000000") if value is NOW else str(value) if hasattr(value, "isoformat") else value for value in rest
        ]
        with base:
            base.executemany(
                f"INSERT INTO membership ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - our own column names
                ((*(key.hex for key in row[:3]), *plain) for row in rows),
            )
            base.execute("UPDATE registry_revision SET revision = revision + 1")
        base.executescript(";".join(create))
        base.close()
        return
    connection: Any = await asyncpg.connect(re.sub(r"\+asyncpg", "", url))  # Any: asyncpg has no types
    await connection.execute(";".join(drop))
    await connection.copy_records_to_table("membership", records=rows, columns=names)
    await connection.execute(";".join(create))
    await connection.execute("UPDATE registry_revision SET revision = revision + 1")
    await connection.execute("ANALYZE")
    await connection.close()
