"""Third door of matching: what comes due by itself."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from chassis.errors import HubError, PreconditionFailed
from chassis.identity import SYSTEM
from chassis.timers import Timer
from services.matching.engine.assign import RoundNotSolved, solve
from services.matching.engine.plan import Plan, Progress
from services.matching.engine.problem import Problem
from services.matching.engine.scarcity.ask import ScarcityNotFound, find_lacking
from services.matching.model.round import Round
from services.matching.use_cases import asks, cases, matches, offers, proposing, round_problem, rounds, scarcity, statistics

HOUR = 3600.0
SCARCITY_SECONDS = 5.0
"""For the plan of each kind of help whose needs have sizes."""


async def expire_matches(service: Any) -> None:  # Any: chassis.service.Service of matching, here and below
    """Requests that nobody answered in time."""
    async with service.open_work(SYSTEM, reading=True) as work:
        overdue = await work.matches.overdue(work.now)
    for match in overdue:
        # Each by itself: one that was answered in this moment does not keep the others.
        with contextlib.suppress(HubError):
            async with service.open_work(SYSTEM) as work:
                await matches.expire_match(work, match.id)


async def look_after_offers(service: Any) -> None:
    """Ended offers, and offers whose provider should say whether they are still true."""
    async with service.open_work(SYSTEM) as work:
        await offers.close_ended_offers(work)
        await offers.ask_for_reviews(work)


async def keep_retention(service: Any) -> None:
    """Needs that nobody could fill, households of closed cases, changes that every index has read (R19)."""
    async with service.open_work(SYSTEM) as work:
        await cases.withdraw_old_needs(work)
        await cases.blank_closed_cases(work)
        await asks.end_asks(work)
        await work.changes.forget(work.now - timedelta(days=1))


async def catch_up(service: Any) -> None:
    """Compute the proposals that wait, a few needs a transaction so that writers pass between."""
    while True:
        async with service.open_work(SYSTEM) as work:
            if not await proposing.catch_up(work):
                return


async def solve_rounds(service: Any) -> None:
    """Solve what waits, in a process beside; no transaction is open meanwhile. What was being solved when a process died waits still, so the next
    start solves it again; where two replicas solve one round, the second finds it finished."""
    async with service.open_work(SYSTEM, reading=True) as work:
        waiting = await work.rounds.solving()
    for made, actor_id in waiting:
        async with service.open_work(SYSTEM, reading=True) as work:
            gathered = await round_problem.gather(work, made, actor_id)
        posed = await round_problem.pose(made, gathered)
        plan: Plan | None = None
        with contextlib.suppress(RoundNotSolved):
            plan = await _solve(service, made, posed.problem)
        beside = await asyncio.to_thread(round_problem.compare, gathered, posed, plan) if plan else None
        # Another replica, or an edit, may have been faster: then this plan is of no use any more.
        with contextlib.suppress(PreconditionFailed):
            async with service.open_work(SYSTEM) as work:
                await rounds.finish_round(work, made.id, made.version, plan, gathered.weights, beside)


async def _solve(service: Any, made: Round, problem: Problem) -> Plan:
    """Solve, keeping in the round how far it is about once a second, and ending early where a coordinator asks for it."""
    stop = asyncio.Event()
    if made.stopping:
        stop.set()
    noted = 0.0

    async def tell(progress: Progress) -> None:
        nonlocal noted
        if progress.seconds - noted >= 1.0 or not noted:
            noted = max(progress.seconds, 0.001)
            async with service.open_work(SYSTEM) as work:
                if await rounds.note_progress(work, made.id, made.version, progress):
                    stop.set()

    return await solve(problem, made.wishes.seconds, tell=tell, stop=stop)


async def find_scarcity(service: Any) -> None:
    """Find what is lacking, in a process beside, where it is due; no transaction is open meanwhile. An empty hub computes nothing."""
    pace = service.resources.pace
    async with service.open_work(SYSTEM, reading=True) as work:
        if not await scarcity.is_due(work):
            return
        gathered = await scarcity.gather(work)
        known = await work.scarcity.last_at() is not None
    pace.wanted = False
    posed = await scarcity.pose(gathered)
    if not posed.question.asks and not known:
        return
    try:
        findings = await find_lacking(posed.question, SCARCITY_SECONDS)
    except ScarcityNotFound:
        pace.failed_at = service.clock()
        raise
    pace.failed_at = None
    async with service.open_work(SYSTEM) as work:
        await scarcity.keep(work, gathered.as_of, posed, findings)


async def count_days(service: Any) -> None:
    """Count the days that are over, a month at a time so that others pass between, and publish the quarters that are over."""
    counted = False
    while True:
        async with service.open_work(SYSTEM, reading=True) as work:
            gathered, days_from = await statistics.gather(work), statistics.days_kept_from(work)
        if gathered is None:
            break
        counts = await statistics.count(gathered, days_from)
        async with service.open_work(SYSTEM) as work:
            await statistics.keep(work, gathered, counts)
        counted = True
    if counted:
        async with service.open_work(SYSTEM) as work:
            await statistics.publish_quarters(work)


TIMERS = (
    Timer("expire matches", 30.0, expire_matches),
    Timer("look after offers", 300.0, look_after_offers),
    Timer("keep retention", HOUR, keep_retention),
    Timer(proposing.PROPOSE, 5.0, catch_up),
    Timer("solve rounds", 5.0, solve_rounds),
    Timer(scarcity.SCARCITY, 60.0, find_scarcity),
    Timer("count days", 600.0, count_days),
)
