"""Third door of matching: what comes due by itself."""

from datetime import timedelta
from typing import Any

from chassis.identity import SYSTEM
from chassis.timers import Timer
from services.matching.engine.assign import solve
from services.matching.engine.problem import Plan
from services.matching.use_cases import cases, matches, offers, proposals, rounds

HOUR = 3600.0


async def expire_matches(service: Any) -> None:  # Any: chassis.service.Service of matching, here and below
    """Requests that nobody answered in time."""
    async with service.open_work(SYSTEM) as work:
        await matches.expire_matches(work)


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
    """Compute proposals that no event has asked for: a net beside the events."""
    async with service.open_work(SYSTEM) as work:
        await proposals.catch_up(work)


async def solve_rounds(service: Any) -> None:
    """Solve what waits, in a process beside; no transaction is open meanwhile."""
    async with service.open_work(SYSTEM, reading=True) as work:
        waiting = [(made, await rounds.problem_for(work, made, actor_id)) for made, actor_id in await work.rounds.solving()]
    for made, problem in waiting:
        plan: Plan | None = None
        try:
            plan = await solve(problem, made.seconds)
        finally:
            async with service.open_work(SYSTEM) as work:
                await rounds.finish_round(work, made.id, made.version, plan)


TIMERS = (
    Timer("expire matches", 60.0, expire_matches),
    Timer("look after offers", HOUR, look_after_offers),
    Timer("keep retention", HOUR, keep_retention),
    Timer("catch up", 20.0, catch_up),
    Timer("solve rounds", 5.0, solve_rounds),
)
