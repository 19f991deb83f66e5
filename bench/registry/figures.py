"""The figures of one registry: importing into it, searching it against plain SQL on the same data, lists, map and graph."""

import gzip
import re
import sqlite3
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import asyncpg

from bench.registry.hub import Hub
from bench.registry.world import questions
from bench.report import Report, progress, quantile
from chassis.identity import SYSTEM
from chassis.paging import PageRequest
from chassis.testing import anonymous
from services.actors.model.search import question_of
from services.actors.store.actors import ActorFilter

SHOWN = 20
IMPORT_GOAL, SEARCH_GOAL = 5_000, 5.0
WHOLE = 100_000
"""Actors for which the goal of searching is set: a bare query over a few thousand takes less than asking for it."""
Ask = Callable[[str], Awaitable[int]]
"""Asks one question; answers how many were found."""


async def report_import(report: Report, hub: Hub, count: int) -> None:
    """Rows a second of an import into the filled registry, with history, audit, events and searching."""
    await hub.import_new(count)
    rate = hub.imported / hub.seconds["import"]
    report.add(f"import of {hub.imported:,} rows with history, events and search", rate, "rows/s", f"e2: >= {IMPORT_GOAL:,}", rate >= IMPORT_GOAL)
    busy = hub.busy["import"]
    report.add("  of that a row for this process's processor (the rest is waiting)", 1e6 * busy / hub.imported, "us")
    report.add("bulk: actors with their search alone", hub.size.actors / hub.seconds["actors and their search"], "rows/s")
    with hub.timed("memberships counted after the import"):
        await hub.mend_search()
    report.add("memberships counted for the order of hits, after the import", hub.seconds["memberships counted after the import"], "s")


async def report_search(report: Report, hub: Hub, count: int) -> None:
    """The search of the service against the bare full-text query in plain SQL."""
    asked = questions(hub.size, count)
    progress(f"{len(asked)} questions")

    async def ours(q: str) -> int:
        async with hub.bench.service.open_work(SYSTEM, reading=True) as work:
            return len((await work.actors.page(PageRequest(SHOWN, None), ActorFilter(q=q))).items)

    async def over_http(q: str) -> int:
        return len((await hub.bench.get(anonymous(), "/api/v1/actors", params={"q": q, "limit": SHOWN})).json()["items"])

    async def suggested(q: str) -> int:
        return len((await hub.bench.get(anonymous(), "/api/v1/actors/suggest", params={"q": q[:6]})).json())

    bare, close = await _bare(hub)
    took: dict[str, list[float]] = {}
    found: dict[str, int] = {}
    for name, ask in (("bare", bare), ("ours", ours), ("http", over_http), ("suggest", suggested)):
        for q in asked[:30]:
            await ask(q)
        took[name], found[name] = [], 0
        for q in asked:
            started = time.perf_counter()
            found[name] += await ask(q) > 0
            took[name].append(1000 * (time.perf_counter() - started))
    await close()
    slow = sorted(zip(took["ours"], asked, strict=True))[-5:]
    report.note("slowest: " + ", ".join(f"{q!r} {ms:.1f} ms" for ms, q in reversed(slow)))
    p99 = quantile(took["bare"], 0.99)
    report.add("bare full-text query in plain SQL, p50", median(took["bare"]), "ms")
    report.add("bare full-text query in plain SQL, p99", p99, "ms")
    report.add("search of the service, p50", median(took["ours"]), "ms")
    times = quantile(took["ours"], 0.99) / p99
    report.add("search of the service, p99", quantile(took["ours"], 0.99), "ms")
    met = times <= SEARCH_GOAL if hub.size.actors >= WHOLE else None
    report.add("search of the service, p99: times the bare query's", times, "x", f"e2: <= {SEARCH_GOAL:g} of {WHOLE:,} actors", met)
    for name, words in (("http", "the same as an HTTP answer"), ("suggest", "suggestions while typing, as an HTTP answer")):
        report.add(f"{words}, p50", median(took[name]), "ms")
        report.add(f"{words}, p99", quantile(took[name], 0.99), "ms")
    report.add("questions that find something: bare query", 100 * found["bare"] / len(asked), "%")
    report.add("questions that find something: search", 100 * found["ours"] / len(asked), "%")


async def _bare(hub: Hub) -> tuple[Ask, Callable[[], Awaitable[None]]]:
    """The bare query: all words, each the beginning of a word, ordered by the database's own rank, with the names of the actors."""
    if hub.url.startswith("sqlite"):
        base = sqlite3.connect(hub.url.split("///")[1])
        base.execute("PRAGMA cache_size=-2000")
        base.execute("CREATE VIRTUAL TABLE temp.bare USING fts5(words, prefix='2 3')")
        base.execute("INSERT INTO temp.bare(rowid, words) SELECT id, words FROM main.search_entry")
        base.commit()  # an open transaction would keep the log from being written back
        query = (
            "SELECT actor.slug, actor.name FROM (SELECT rowid, rank FROM temp.bare WHERE bare MATCH ? ORDER BY rank LIMIT 20) found "
            "JOIN search_entry ON search_entry.id = found.rowid JOIN actor ON actor.id = search_entry.record_id"
        )

        async def in_sqlite(q: str) -> int:
            words = " AND ".join(f'"{word}"*' for word in question_of(q).words)
            return len(base.execute(query, (words or '"nothing"',)).fetchall())

        async def close() -> None:
            base.close()

        return in_sqlite, close
    connection: Any = await asyncpg.connect(re.sub(r"\+asyncpg", "", hub.url))  # Any: asyncpg has no types
    await connection.execute("ANALYZE")
    statement = await connection.prepare(
        "SELECT actor.slug, actor.name FROM search_entry JOIN actor ON actor.id = search_entry.record_id "
        "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', $1) "
        "ORDER BY ts_rank(to_tsvector('simple', words), to_tsquery('simple', $1)) DESC LIMIT 20"
    )

    async def in_postgres(q: str) -> int:
        words = " & ".join(f"{word}:*" for word in question_of(q).words)
        return len(await statement.fetch(words or "nothing"))

    return in_postgres, connection.close


PAGES = (
    ("a page of 50 of the list", "/api/v1/actors?limit=50", 50),
    ("the same, counted", "/api/v1/actors?limit=50&total=true", 10),
    ("a page of the members of a network", "/api/v1/actors?limit=50&network=actor-1", 10),
    ("how all actors spread (facets)", "/api/v1/actors/facets", 3),
    ("how the hits of a word spread (facets)", "/api/v1/actors/facets?q=casa", 5),
    ("map of Europe in clusters (zoom 4)", "/api/v1/actors.geojson?zoom=4", 3),
    ("map of a city's surroundings (zoom 11)", "/api/v1/actors.geojson?zoom=11&bbox=5,45,6,46", 10),
    ("graph of one network", "/api/v1/network?network=actor-3", 3),
)


async def report_pages(report: Report, hub: Hub) -> None:
    """Lists, map and graph: milliseconds, bytes, and an answer of which nothing is new."""
    for words, path, times in PAGES:
        took: list[float] = []
        for _ in range(times):
            started = time.perf_counter()
            answer = await hub.bench.get(anonymous(), path)
            took.append(1000 * (time.perf_counter() - started))
        assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
        report.add(f"{words}, p50", median(took), "ms")
        report.note(f"{len(answer.content):,} bytes, {len(gzip.compress(answer.content)):,} with gzip")
        if path.startswith(("/api/v1/actors.geojson", "/api/v1/actors/facets")):
            started = time.perf_counter()
            same = await hub.bench.get(anonymous(), path, headers={"If-None-Match": answer.headers["etag"]})
            assert same.status_code == 304
            report.add("  nothing is new (304)", 1000 * (time.perf_counter() - started), "ms")
    walked, started, path = 0, time.perf_counter(), "/api/v1/actors?limit=200"
    for _ in range(30):
        answer = await hub.bench.get(anonymous(), path)
        walked += len(answer.json()["items"])
        if "link" not in answer.headers:
            break
        path = answer.headers["link"].split(">")[0].strip("<")
    report.add("walking through the list by pages of 200", walked / (time.perf_counter() - started), "rows/s")
