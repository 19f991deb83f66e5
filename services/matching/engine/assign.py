"""Many needs at once: hands a round to the exact solver in a worker process, and holds the plain greedy for comparison."""

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from chassis.errors import Unavailable
from services.matching.engine.problem import Plan, Problem, RoundPair, plan_from, to_plain
from services.matching.engine.seating import components, fill

ROOT = Path(__file__).resolve().parents[3]
GRACE_SECONDS = 15.0
"""What the worker gets on top of the solving time, to start, to read and to write."""


class RoundNotSolved(Unavailable):
    """The solver stopped without a plan: it crashed, ran out of memory, or did not answer in time."""


def greedy(problem: Problem) -> dict[UUID, RoundPair]:
    """The plain baseline: level by level, most valuable first, each need at the best offer that still has room."""
    return {need_id: pair for part in components(problem) for need_id, pair in fill(part).items()}


async def solve(problem: Problem, seconds: float, grace: float = GRACE_SECONDS) -> Plan:
    """The best plan within `seconds` of solving, with its certificate (`solver_process.solve_here` says what is guaranteed).
    Raises `RoundNotSolved`; the worker is ended when the caller is cancelled."""
    question = json.dumps({"problem": to_plain(problem), "seconds": seconds}).encode()
    # The worker gets no environment, so that no secret of the service can leak through it.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.matching.engine.solver_process"),
        cwd=ROOT,
        env={"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(question), seconds + grace)
    except TimeoutError as late:
        raise RoundNotSolved("The round was not solved in time. Try again with fewer needs or more seconds.") from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RoundNotSolved("The solver stopped before it had a plan. Try again; if it happens again, plan fewer needs at once.")
    return plan_from(json.loads(answer))
