"""Makes each file of the open data from the registry, in one consistent view, in parts."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import IO, Any

from services.actors.model.interchange.datasets import TABLES, Dataset, Format, columns_of
from services.actors.model.interchange.graphs import GexfWriter, GraphMlWriter, GraphWriter
from services.actors.model.interchange.writers import CsvWriter, GeoJsonWriter, NdjsonWriter, Writer, XlsxWriter
from services.actors.store.interchange.stamp import stamp
from services.actors.store.interchange.streams import rows
from services.actors.use_cases.interchange.dump import write_dump
from services.actors.use_cases.interchange.linked import write_services
from services.actors.use_cases.interchange.offer_calendar import write_calendar
from services.actors.use_cases.interchange.shelf import Kept, Make, shelf_of
from services.actors.work import Work

EDITION = "1"
"""Rises when files of the open data are written in another way, so that older ones are made again."""


_MAKING: set[asyncio.Future[Kept]] = set()
"""Files in the making; held here, so that they are finished whoever waits for them."""


class Whole(StrEnum):
    """Files that are more than one table."""

    GRAPHML = "network.graphml"
    GEXF = "network.gexf"
    CALENDAR = "offers.ics"
    SERVICES = "services.cpsv.jsonld"
    DUMP = "dump.zip"


MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "ndjson": "application/x-ndjson",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "ics": "text/calendar; charset=utf-8",
    "jsonld": "application/ld+json",
    "zip": "application/zip",
}
"""Media types by ending."""
FILES = (*(f"{dataset}.{format_}" for dataset in Dataset for format_ in Format), *Whole)
"""Names of all files of the open data."""


async def file_of(service: Any, name: str, *, every_column: bool = False) -> Kept:  # Any: chassis.service.Service of actors
    """A file of the open data as it is now, at most as old as the operator allows."""
    shelf, settings, now = shelf_of(service), service.settings, service.clock()
    kept_as = f"all-{name}" if every_column else name
    if fresh := shelf.fresh(kept_as, now, settings.export_seconds):
        return fresh
    making = asyncio.ensure_future(_compared(service, name, kept_as, every_column, now))
    _MAKING.add(making)
    making.add_done_callback(_MAKING.discard)
    return await asyncio.shield(making)  # whoever gives up waiting finds the file the next time


async def _compared(service: Any, name: str, kept_as: str, every_column: bool, now: datetime) -> Kept:  # Any: as above
    shelf, settings = shelf_of(service), service.settings
    async with service.open_work(reading=True) as work:
        state, _ = await state_of(work, settings, now)
        return await shelf.put(kept_as, state, now, _maker(work, settings, name, every_column, now))


async def state_of(work: Work, settings: Any, now: datetime) -> tuple[str, datetime | None]:  # Any: services.actors.settings.Settings
    """The state of the open data as a short word, and when they last changed. Offers end with a day, and settings stand in files."""
    state, changed = await stamp(work.session)
    told = (settings.public_url, settings.publisher_name, settings.publisher_place, settings.licence_url, settings.licence_name, settings.timezone)
    whole = "\x1f".join((EDITION, state, now.date().isoformat(), *told))
    return hashlib.sha256(whole.encode()).hexdigest()[:20], changed


def _maker(work: Work, settings: Any, name: str, every_column: bool, now: datetime) -> Make:  # Any: as above
    if name == Whole.CALENDAR:
        return lambda out: write_calendar(work, settings, out)
    if name == Whole.SERVICES:
        return lambda out: write_services(work, settings, out)
    if name == Whole.DUMP:
        return lambda out: write_dump(work, settings, out)
    if name in (Whole.GRAPHML, Whole.GEXF):
        graph: Callable[[IO[bytes]], GraphWriter] = GraphMlWriter if name == Whole.GRAPHML else GexfWriter
        return lambda out: _write_graph(work, graph(out), now)
    stem, ending = name.split(".")
    dataset, format_ = Dataset(stem), Format(ending)
    return lambda out: _write_table(work, dataset, _writer(out, dataset, format_, every_column), now)


def _writer(out: IO[bytes], dataset: Dataset, format_: Format, every_column: bool) -> Writer:
    columns = columns_of(dataset, every=every_column)
    if format_ is Format.CSV:
        return CsvWriter(out, columns)
    if format_ is Format.XLSX:
        return XlsxWriter(out, columns, TABLES[dataset].title)
    return GeoJsonWriter(out) if format_ is Format.GEOJSON else NdjsonWriter(out)


async def _write_table(work: Work, dataset: Dataset, writer: Writer, now: datetime) -> None:
    async for part in rows(work.session, dataset, now.date()):
        await asyncio.to_thread(writer.write, part)
    await asyncio.to_thread(writer.end)


async def _write_graph(work: Work, writer: GraphWriter, now: datetime) -> None:
    async for part in rows(work.session, Dataset.ACTORS, now.date()):
        await asyncio.to_thread(writer.nodes, part)
    async for part in rows(work.session, Dataset.MEMBERSHIPS, now.date()):
        await asyncio.to_thread(writer.edges, part)
    writer.end()
