"""Many needs at once: hands a round to a solver in a worker process, and holds the plain greedy for comparison."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from chassis.errors import Unavailable
from services.matching.engine.plan import Plan, Progress, plan_from
from services.matching.engine.problem import Problem, RoundPair, to_plain
from services.matching.engine.seating import components, fill
from services.matching.engine.workers import ROOT, worker_environment

GRACE_SECONDS = 30.0
"""What the worker gets on top of the solving time, to start, to read and to write."""
STOP_SECONDS = 10.0
"""What the worker gets to answer once it was told to stop."""
LONGEST_LINE = 1 << 28
"""Bytes of the longest answer: far above the plan of the largest round."""
Tell = Callable[[Progress], Awaitable[None]]
"""Hears how far the solver is, about twice a second."""


class RoundNotSolved(Unavailable):
    """The solver stopped without a plan: it crashed, ran out of memory, or did not answer in time."""


def greedy(problem: Problem) -> dict[UUID, RoundPair]:
    """The plain baseline: level by level, most valuable first, each need at the best offer that still has room."""
    return {need_id: pair for part in components(problem) for need_id, pair in fill(part).items()}


async def solve(problem: Problem, seconds: float, grace: float = GRACE_SECONDS, tell: Tell | None = None, stop: asyncio.Event | None = None) -> Plan:
    """The best plan within `seconds` of solving, with its certificate (`solver_process.solve_here` says what is guaranteed), from a worker process of
    its own. `tell` hears of progress; once `stop` is set the best plan so far is taken. Raises `RoundNotSolved`; the worker is ended when the
    caller is cancelled."""
    question = json.dumps({"problem": to_plain(problem), "seconds": seconds}).encode() + b"\n"
    # The worker gets no environment, so that no secret of the service can leak through it.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.matching.engine.solver_process"),
        cwd=ROOT,
        env=worker_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=LONGEST_LINE,
    )
    stopper = asyncio.create_task(_stop(process, stop)) if stop is not None else None
    try:
        async with asyncio.timeout(seconds + grace) as deadline:
            answer = await _listen(process, question, tell, stop, deadline)
    except TimeoutError as late:
        raise RoundNotSolved("The round was not solved in time. Try again with fewer needs or more seconds.") from late
    finally:
        if stopper is not None:
            stopper.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()
    if answer is None:
        raise RoundNotSolved("The solver stopped before it had a plan. Try again; if it happens again, plan fewer needs at once.")
    return plan_from(answer)


async def _listen(
    process: asyncio.subprocess.Process, question: bytes, tell: Tell | None, stop: asyncio.Event | None, deadline: asyncio.Timeout
) -> dict[str, Any] | None:
    """Ask, and pass on progress until the plan comes; None where the worker ends without one."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(question)
        await process.stdin.drain()
    except ConnectionError:
        return None
    while line := await process.stdout.readline():
        said = json.loads(line)
        if "plan" in said:
            await process.wait()
            return dict(said["plan"])
        if tell is not None:
            await tell(Progress(**said["progress"]))
        if stop is not None and stop.is_set():
            deadline.reschedule(min(deadline.when() or 0.0, asyncio.get_running_loop().time() + STOP_SECONDS))
    return None


async def _stop(process: asyncio.subprocess.Process, stop: asyncio.Event) -> None:
    await stop.wait()
    if process.stdin is not None:
        process.stdin.write(b"stop\n")
