"""Hands the question of what is lacking to a worker process, so that solvers and their memory stay out of the service."""

import asyncio
import json
import os
import sys
from pathlib import Path

from chassis.errors import Unavailable
from services.matching.engine.scarcity.question import Findings, Question, findings_from, question_to_plain

ROOT = Path(__file__).resolve().parents[4]
PATIENCE = 300.0
"""Seconds after which the worker is given up: it may have to compile its kernels the first time."""


class ScarcityNotFound(Unavailable):
    """The worker stopped without findings: it crashed, ran out of memory, or did not answer in time."""


async def find_lacking(question: Question, seconds: float, patience: float = PATIENCE) -> Findings:
    """What is lacking (`worker.find_here`), from a worker process of its own. Raises `ScarcityNotFound`; the worker is ended when the caller is
    cancelled."""
    asked = json.dumps({"question": question_to_plain(question), "seconds": seconds}).encode() + b"\n"
    # No more of the environment than compiled kernels need to be found again, so that no secret of the service goes along.
    kept = {name: os.environ[name] for name in ("HOME", "NUMBA_CACHE_DIR") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.matching.engine.scarcity.worker"),
        cwd=ROOT,
        env={"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT), **kept},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(patience):
            answer, _ = await process.communicate(asked)
    except TimeoutError as late:
        raise ScarcityNotFound("What is lacking was not found in time. It is tried again later.") from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ScarcityNotFound("What is lacking could not be found. It is tried again later.")
    return findings_from(json.loads(answer))
