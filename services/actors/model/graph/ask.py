"""Hands the memberships to a worker process, so that numerical libraries and their memory stay out of the service."""

import asyncio
import json
import os
import sys
from array import array
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any

from chassis.errors import Unavailable
from services.actors.model.graph.packed import Packed, packed, unpacked

ROOT = Path(__file__).resolve().parents[4]
KEPT = ("HOME", "NUMBA_CACHE_DIR")
"""Of the environment no more goes along than compiled code needs to be found again: no secret of the service."""
PIECES = Struct("<II")


class NetworkNotDrawn(Unavailable):
    """The worker stopped without a drawing: it crashed, ran out of memory, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A new drawing; bridging of each actor in billionths; and figures (Any: JSON of the worker)."""

    graph: Packed
    bridging: "array[int]"
    figures: dict[str, Any]


async def draw(links: bytes, old: Packed, *, memory_mb: int, patience: float) -> Drawing:
    """Draw memberships (32 bytes each: two ids), from the old drawing on, in a process of its own, which is ended when the caller is cancelled.
    Raises NetworkNotDrawn."""
    kept = packed(old) if len(old) else b""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.actors.model.graph.worker", str(memory_mb)),
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **{"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(patience):
            answer, _ = await process.communicate(PIECES.pack(len(kept), len(links)) + kept + links)
    except TimeoutError as late:
        raise NetworkNotDrawn("The network was not drawn in time. It is tried again later.") from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or len(answer) < PIECES.size:
        raise NetworkNotDrawn("The network could not be drawn. It is tried again later.")
    return await asyncio.to_thread(_read, answer)


def _read(answer: bytes) -> Drawing:
    words, column = PIECES.unpack_from(answer)
    start = PIECES.size + words
    bridging = array("q")
    bridging.frombytes(answer[start : start + column])
    if sys.byteorder == "big":
        bridging.byteswap()
    return Drawing(unpacked(answer[start + column :]), bridging, json.loads(answer[PIECES.size : start]))
