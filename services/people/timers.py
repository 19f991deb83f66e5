"""Third door: links for new passwords, ends of consents, retention, erasures played again, keys wrapped anew."""

from collections.abc import Awaitable, Callable

from chassis.identity import SYSTEM
from chassis.service import Service
from chassis.timers import Timer
from services.people.store.keys import truncate_log
from services.people.use_cases import consents, erasure, passwords, registrations, retention, suggesters
from services.people.work import Resources, Work

PeopleService = Service[Work, Resources]


async def _until_done(service: PeopleService, step: Callable[[Work], Awaitable[bool]]) -> None:
    more = True
    while more:
        async with service.open_work(SYSTEM) as work:
            more = await step(work)


async def _through_all(service: PeopleService, step: Callable[[Work, str], Awaitable[str | None]]) -> None:
    place: str | None = ""
    while place is not None:
        async with service.open_work(SYSTEM) as work:
            place = await step(work, place)


async def answer_resets(service: PeopleService) -> None:
    """Make the links of those who asked for a new password."""
    await _until_done(service, passwords.answer_resets)


async def answer_registrations(service: PeopleService) -> None:
    """Make the links of those who offer help without an account."""
    await _until_done(service, registrations.answer_registrations)


async def end_consents(service: PeopleService) -> None:
    """Tell of consents that ran out."""
    await _until_done(service, consents.end_consents)


async def keep_people(service: PeopleService) -> None:
    """Let go of what is no longer needed."""
    async with service.open_work(SYSTEM) as work:
        await retention.forget_old(work)
    await _until_done(service, retention.forget_contacts)
    await _until_done(service, suggesters.forget_suggesters)
    await _until_done(service, retention.forget_uninvited)
    await _until_done(service, registrations.forget_unconfirmed)


async def replay_erasures(service: PeopleService) -> None:
    """Play erasures again: after a crash half-way, or after either database was restored from a backup."""
    await _through_all(service, erasure.replay_destroyed)
    await _through_all(service, erasure.replay_tombstones)


async def rewrap_keys(service: PeopleService) -> None:
    """Wrap keys of the earlier master key with the present one."""
    while await service.resources.keys.rewrap_some():
        continue


async def empty_the_log(service: PeopleService) -> None:
    """Empty SQLite's write-ahead log after deletions, so that nothing of them stays behind."""
    await truncate_log(service.database)


TIMERS: tuple[Timer, ...] = (
    Timer(passwords.ANSWER_RESETS, 5, answer_resets),
    Timer(registrations.ANSWER_REGISTRATIONS, 5, answer_registrations),
    Timer("end consents", 30, end_consents),
    Timer("keep people", 900, keep_people),
    Timer("replay erasures", 3600, replay_erasures),
    Timer("rewrap keys", 3600, rewrap_keys),
    Timer(erasure.EMPTY_THE_LOG, 3600, empty_the_log),
)
