"""Asking without a name: what the asker may do with code and secret words. Each function runs as the hub itself, after `known` let them in."""

import hmac
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from chassis.errors import Forbidden, HubError, Invalid, NotFound, TooManyRequests, Unavailable
from chassis.ids import new_id
from contracts import matching as told
from contracts.codes import CASE_CODE_BYTES, MalformedCode, new_case_code, normalise_case_code
from services.matching import events_out
from services.matching.engine.types import Place
from services.matching.model.asks import Ask, AskNotInState, AskState, Message, Standing, standing_of, until_of
from services.matching.model.case import Household
from services.matching.model.match import CancelReason, Side
from services.matching.model.need import Need, NeedState
from services.matching.model.secret_words import hash_secret, is_secret, new_secret, secret_from
from services.matching.store.asks import hash_of
from services.matching.use_cases import cases
from services.matching.use_cases.categories import require_offered
from services.matching.use_cases.matches import cancel_as_hub
from services.matching.use_cases.vocabulary import Codes
from services.matching.work import Work

ASKED, FAILED = "asked", "failed"
FREE_TRIES_OF_A_SOURCE, FREE_TRIES_OF_A_CODE = 20, 10
"""Wrong words in an hour, of one network address and for one code, after which no more are evaluated."""
REPEAT_MINUTES = 15
"""How long the same request is answered with the same words."""


class NotOffered(Forbidden):
    """This hub does not take requests without a name."""


class AskedOften(TooManyRequests):
    """This network address asked as often as it may in a day."""


class AsksAreFull(Unavailable):
    """Too many wait to be read; nothing was kept."""

    retry_after = 3600


class TriedOften(TooManyRequests):
    """Too many wrong words; no more are looked at for a while."""


class NothingUnderThat(NotFound):
    """The code or the words are wrong, or the time is over: one answer for all."""

    def __init__(self) -> None:
        super().__init__("Nothing is found under this code and these words. Check each letter; after some time everything is deleted.")


class NoSuchThing(NotFound):
    """The ask holds no such need."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for, as it came in."""

    household: Household
    languages: tuple[str, ...]
    location: Place | None
    reads: str
    text_version: str
    needs: tuple[Need, ...]
    once: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """The new ask with its words, at the only moment when they are known."""

    ask: Ask
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Followed:
    """What the asker sees: where each need stands, what coordinators wrote, and what was said about the help."""

    ask: Ask
    needs: tuple[tuple[Need, Standing], ...]
    messages: tuple[Message, ...]
    helped: dict[UUID, bool]
    place: str


async def ask(work: Work, wanted: Wanted, source: str) -> Asked | HubError:
    """Keep what is asked for. Answers a refusal instead of raising it, so that what was counted stays. Raises Invalid, NotOffered."""
    settings = work.settings
    if not await work.chosen("ask_without_name", settings.ask_without_name):
        raise NotOffered("This hub does not take requests without a name. Ask a coordinator, or search the offers yourself.")
    key, once = source_key(work, source), hash_of(wanted.once) if wanted.once else None
    if once is not None and (again := await _again(work, once, wanted.once or "")) is not None:
        return again
    if await work.asks.tried(ASKED, key, work.now - timedelta(days=1)) >= settings.asks_per_day:
        return AskedOften("From here as many requests were made today as may be. Come again tomorrow, or ask a coordinator.", retry_after=3600)
    if await work.asks.count_waiting() >= settings.asks_waiting:
        return AsksAreFull("So many requests wait to be read that no more are taken just now. Come again later, or ask a coordinator.")
    words = secret_from(_key(work), wanted.once) if wanted.once else new_secret()
    made = _new(work, wanted, words, once, await _last_day(work))
    for number, need in enumerate(made.needs):
        _check(need, f"/needs/{number}")
        await require_offered(work, f"/needs/{number}/category", need.category)
    made.checked()
    if not await work.asks.add(made) and once is not None and (again := await _again(work, once, wanted.once or "")) is not None:
        return again
    await work.asks.note_try(ASKED, [key], work.now)
    await _tell(work, made, told.AskReceivedV1)
    await work.audit.record("ask.received", "ask", made.id)
    return Asked(made, words)


def _new(work: Work, wanted: Wanted, words: str, once: str | None, expires_at: datetime) -> Ask:
    code, ask_id = new_case_code(os.urandom(CASE_CODE_BYTES)), new_id()
    return Ask(
        id=ask_id,
        code=code,
        secret_hash=hash_secret(code, words),
        asked_at=work.now,
        updated_at=work.now,
        expires_at=expires_at,
        household=wanted.household,
        languages=wanted.languages,
        location=wanted.location,
        reads=wanted.reads,
        text_version=wanted.text_version,
        needs=tuple(replace(need, case_id=ask_id) for need in wanted.needs),
        once_hash=once,
    )


async def _again(work: Work, once_hash: str, once: str) -> Asked | HubError | None:
    """The same request a second time (a double click, a lost answer): the same words, for a few minutes."""
    found = await work.asks.by_once(once_hash)
    if found is None:
        return None
    if work.now - found.asked_at > timedelta(minutes=REPEAT_MINUTES):
        return AskNotInState("This is {state} already; load the page again.", state=found.state.value)
    return Asked(found, secret_from(_key(work), once))


async def known(work: Work, code: str, words: str, source: str) -> Ask | HubError:
    """The ask behind code and words. Answers a refusal, so that what was counted stays; the same, and as fast, whatever is wrong."""
    try:
        read = normalise_case_code(code)
    except MalformedCode:
        read = ""
    keys = [source_key(work, source), hash_of(f"code\x00{read}")]
    since = work.now - timedelta(hours=1)
    by_source, by_code = [await work.asks.tried(FAILED, key, since) for key in keys]
    if by_source >= FREE_TRIES_OF_A_SOURCE or by_code >= FREE_TRIES_OF_A_CODE:
        return TriedOften("Too many wrong words were typed. Wait an hour, then try again.", retry_after=3600)
    found = await work.asks.by_code(read)
    if not is_secret(read, words, found.secret_hash if found is not None else None) or found is None:
        await work.asks.note_try(FAILED, keys, work.now)
        return NothingUnderThat()
    return found


async def follow(work: Work, found: Ask) -> Followed:
    """Where everything stands."""
    needs = list(found.needs)
    matches: dict[UUID, tuple[UUID, str]] = {}
    if found.state is AskState.TAKEN:
        needs = await work.needs.of_case(found.id)
        matches = await work.asks.live_matches(found.id)
    standing = tuple((need, standing_of(found, need, matches[need.id][1] if need.id in matches else None)) for need in needs)
    messages = tuple(await work.asks.messages(found.id))
    return Followed(found, standing, messages, await work.asks.feedback(found.id), work.settings.ask_place)


async def add_need(work: Work, found: Ask, need: Need) -> Ask:
    """One more thing. Raises TooManyNeeds, AskNotInState, Invalid."""
    asked_for = replace(need, case_id=found.id)
    _check(asked_for, "/need")
    await require_offered(work, "/need/category", asked_for.category)
    if found.state is AskState.TAKEN:
        found.require_room(sum(each.state not in (NeedState.WITHDRAWN, NeedState.CLOSED) for each in await work.needs.of_case(found.id)))
        await cases.post_need(work, asked_for)
        return await _prolong(work, found)
    after = replace(found.add(asked_for, work.now), expires_at=max(found.expires_at, await _last_day(work)))
    await work.asks.save(found, after)
    await work.audit.record("ask.widened", "ask", found.id)
    return after


async def withdraw_need(work: Work, found: Ask, need_id: UUID) -> Ask:
    """One thing is not needed any more; a live match about it is called off. Raises NoSuchThing."""
    if found.state is not AskState.TAKEN:
        if all(need.id != need_id for need in found.needs):
            raise NoSuchThing("There is nothing of that kind here.")
        after = found.without(need_id, work.now)
        await work.asks.save(found, after)
        await _settled(work, after, "ask.narrowed")
        return after
    need = (await work.needs.many([need_id])).get(need_id)
    if need is None or need.case_id != found.id:
        raise NoSuchThing("There is nothing of that kind here.")
    if (live := (await work.asks.live_matches(found.id)).get(need_id)) is not None:
        await cancel_as_hub(work, live[0], Side.CASE, CancelReason.NO_LONGER_NEEDED)
    if need.state is not NeedState.WITHDRAWN and need.state is not NeedState.CLOSED:
        await cases.withdraw_need(work, need_id)
    return found


async def withdraw_all(work: Work, found: Ask) -> Ask:
    """Everything is taken back and forgotten, the consent too; matches are called off."""
    if found.state is AskState.TAKEN:
        await cases.erase_case(work, found.id)
    elif found.state is not AskState.WAITING:
        return found
    after = found.ended(AskState.WITHDRAWN, work.now)
    await work.asks.save(found, after)
    await _settled(work, after, "ask.withdrawn")
    return after


async def say_helped(work: Work, found: Ask, need_id: UUID, helped: bool) -> None:
    """The asker says whether it helped, once something was found for that need. Raises NoSuchThing, AskNotInState."""
    need = next((each for each in await work.needs.of_case(found.id) if each.id == need_id), None)
    if need is None:
        raise NoSuchThing("There is nothing of that kind here.")
    if need.state not in (NeedState.MATCHED, NeedState.IN_PROGRESS, NeedState.CLOSED):
        raise AskNotInState("This is {state} already; load the page again.", state=need.state.value)
    await work.asks.say(found.id, need_id, helped, work.now)
    await work.audit.record("ask.answered", "need", need_id, helped="yes" if helped else "no")


async def end_asks(work: Work) -> int:
    """Retention (R19): what waited too long ends, what ended long ago is deleted. Answers how many ended."""
    over = await work.asks.over(work.now)
    for before in over:
        after = before.ended(AskState.EXPIRED, work.now)
        await work.asks.save(before, after)
        await _settled(work, after, "ask.ran_out")
    await work.asks.forget(work.now, work.now - timedelta(days=await work.chosen("closed_case_days", work.settings.closed_case_days)))
    await work.asks.forget_tries(work.now - timedelta(days=1))
    return len(over)


async def _settled(work: Work, after: Ask, action: str) -> None:
    if after.state is not AskState.WAITING:
        await _tell(work, after, told.AskSettledV1)
    await work.audit.record(action, "ask", after.id)


async def _tell(work: Work, ask: Ask, kind: type[told.AskState]) -> None:
    await work.outbox.add(events_out.ask_event(kind, ask), events_out.COORDINATORS)


async def _prolong(work: Work, found: Ask) -> Ask:
    after = replace(found, expires_at=max(found.expires_at, await _last_day(work)), version=found.version + 1, updated_at=work.now)
    await work.asks.save(found, after)
    return after


async def _last_day(work: Work) -> datetime:
    return end_of_day(until_of(work.now, await work.chosen("ask_days", work.settings.ask_days)).date())


def end_of_day(day: date) -> datetime:
    """The next midnight, UTC, as `people` counts the end of a consent."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def last_day(ask: Ask) -> date:
    """The last day on which the consent holds, as a statement of consent says it."""
    return (ask.expires_at - timedelta(days=1)).date()


def source_key(work: Work, address: str) -> str:
    """A network address under a pseudonym, so that none is stored."""
    return hmac.digest(_key(work), f"source\x00{address}".encode(), "sha256").hex()


def _key(work: Work) -> bytes:
    return hmac.digest(work.settings.signing_key.get_secret_value().encode(), b"hospitium asks", "sha256")


def _check(need: Need, pointer: str) -> None:
    """Raise Invalid with the place of the need in what was sent."""
    try:
        Codes().category("/category", need.category).done()
        need.checked()
    except Invalid as error:
        raise Invalid(error.message, fields=tuple(replace(fault, pointer=pointer + fault.pointer) for fault in error.fields)) from None
