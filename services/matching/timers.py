"""Third door of matching: what comes due by itself."""

import contextlib
from datetime import timedelta
from typing import Any

from chassis.errors import HubError
from chassis.identity import SYSTEM
from chassis.timers import Timer
from services.matching.engine.assign import RoundNotSolved, solve
from services.matching.engine.plan import Plan
from services.matching.use_cases import cases, matches, offers, proposals, rounds

HOUR = 3600.0


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
        await work.changes.forget(work.now - timedelta(days=1))


async def catch_up(service: Any) -> None:
    """Compute the proposals that wait, a few needs a transaction so that writers pass between."""
    while True:
        async with service.open_work(SYSTEM) as work:
            if not await proposals.catch_up(work):
                return


async def solve_rounds(service: Any) -> None:
    """Solve what waits, in a process beside; no transaction is open meanwhile."""
    async with service.open_work(SYSTEM, reading=True) as work:
        waiting = await work.rounds.solving()
    for made, actor_id in waiting:
        async with service.open_work(SYSTEM, reading=True) as work:
            gathered = await rounds.gather(work, made, actor_id)
        problem = await rounds.problem_of_round(made, gathered)
        plan: Plan | None = None
        with contextlib.suppress(RoundNotSolved):
            plan = await solve(problem, made.seconds)
        async with service.open_work(SYSTEM) as work:
            await rounds.finish_round(work, made.id, made.version, plan)


TIMERS = (
    Timer("expire matches", 30.0, expire_matches),
    Timer("look after offers", 300.0, look_after_offers),
    Timer("keep retention", HOUR, keep_retention),
    Timer(proposals.PROPOSE, 5.0, catch_up),
    Timer("solve rounds", 5.0, solve_rounds),
)
