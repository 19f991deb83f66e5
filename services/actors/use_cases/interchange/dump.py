"""Writes all open data into one archive, file by file; the same data give the same bytes."""

import asyncio
import hashlib
import zipfile
from collections.abc import AsyncIterator
from typing import IO, Any

import orjson

from services.actors.model.interchange.datasets import Dataset, columns_of
from services.actors.model.interchange.package import TOMBSTONES, Written, package, publication_of, readme
from services.actors.model.interchange.writers import FIRST_DAY, CsvWriter, Row
from services.actors.store.interchange.changes import all_that_left
from services.actors.store.interchange.stamp import stamp
from services.actors.store.interchange.streams import rows
from services.actors.work import Work


class _Measured:
    """A file of the archive that counts and digests what goes through."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner, self.size, self.digest = inner, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write on."""
        self.size += len(data)
        self.digest.update(data)
        return self._inner.write(data)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


async def write_dump(work: Work, settings: Any, out: IO[bytes]) -> None:  # Any: services.actors.settings.Settings
    """The tables, what left, their description, and a text for readers."""
    about = publication_of(settings)
    _, changed = await stamp(work.session)
    today = work.now.date()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        files = [await _table(archive, f"{dataset}.csv", columns_of(dataset, every=False), rows(work.session, dataset, today)) for dataset in Dataset]
        files.append(await _table(archive, "tombstones.csv", TOMBSTONES, all_that_left(work.session)))
        archive.writestr(_entry("datapackage.json"), orjson.dumps(package(about, files, changed), option=orjson.OPT_INDENT_2))
        archive.writestr(_entry("README.md"), readme(about, changed))


async def _table(archive: zipfile.ZipFile, name: str, columns: tuple[str, ...], parts: AsyncIterator[list[Row]]) -> Written:
    with archive.open(_entry(name), "w", force_zip64=True) as inner:
        measured = _Measured(inner)
        writer = CsvWriter(measured, columns)  # type: ignore[arg-type]
        async for part in parts:
            await asyncio.to_thread(writer.write, part)
    return Written(name, measured.size, measured.digest.hexdigest())
