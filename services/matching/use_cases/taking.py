"""What coordinators do with asks: read those that wait, take one (it becomes a case of their team), say that it cannot be done, write."""

from dataclasses import replace
from uuid import UUID

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.paging import Listed, PageRequest
from contracts import matching as told
from services.matching import events_out
from services.matching.engine.types import Urgency
from services.matching.model.asks import Ask, AskState, Message, Sentence, WhyNot
from services.matching.model.case import Case
from services.matching.model.need import NeedState
from services.matching.use_cases import asks, cases
from services.matching.use_cases.rights import COORDINATORS, require
from services.matching.work import Work


class AskNotSeen(NotFound):
    """No such ask, or none that the caller may see."""

    def __init__(self) -> None:
        super().__init__("There is no such request, or none that you may see.")


async def list_waiting(work: Work, page: PageRequest) -> Listed[Ask]:
    """Asks that wait, oldest first; for every coordinator, for they have no team yet."""
    require(work.caller, COORDINATORS)
    return await work.asks.listed(page)


async def read_ask(work: Work, ask_id: UUID) -> asks.Followed:
    """One that waits, or one whose case the caller may see. Raises AskNotSeen."""
    require(work.caller, COORDINATORS)
    return await asks.follow(work, await _seen(work, ask_id))


async def take(work: Work, ask_id: UUID, urgency: Urgency) -> Case:
    """It becomes a case of the caller's team, under the same code; its needs look for help from now on. Raises AskNotFound."""
    require(work.caller, COORDINATORS)
    before = await work.asks.waiting(ask_id)
    by = UUID(work.caller.id or "")
    statement = {
        "match": True, "share_contact": False, "purpose": "matching", "until": asks.last_day(before).isoformat(),
        "text_version": before.text_version, "channel": "web",
    }  # fmt: skip
    case = await cases.record_case(work, before.as_case(by, work.caller.actor_id, work.now), statement)
    for need in before.needs:
        if need.state is NeedState.OPEN:
            await cases.post_need(work, replace(need, urgency=urgency, updated_at=work.now), asked_before=True)
    after = before.taken(by, work.now)
    await work.asks.save(before, after)
    await _tell(work, after, "ask.taken")
    return case


async def decline(work: Work, ask_id: UUID, why: WhyNot) -> Ask:
    """The hub cannot do this; the asker reads why in plain words, and what describes them goes. Raises AskNotFound."""
    require(work.caller, COORDINATORS)
    before = await work.asks.waiting(ask_id)
    after = before.declined(why, work.now)
    await work.asks.save(before, after)
    await _tell(work, after, "ask.declined")
    return after


async def write(work: Work, ask_id: UUID, need_id: UUID | None, sentence: Sentence, text: str) -> Message:
    """Write to the asker of a case that the caller may see. Raises AskNotSeen, Invalid."""
    require(work.caller, COORDINATORS)
    found = await _seen(work, ask_id)
    if found.state is not AskState.TAKEN:
        raise AskNotSeen
    if need_id is not None and all(need.id != need_id for need in await work.needs.of_case(ask_id)):
        raise AskNotSeen
    message = Message(new_id(), ask_id, need_id, sentence, text, UUID(work.caller.id or ""), work.now).checked()
    await work.asks.write(message)
    await work.audit.record("ask.written_to", "ask", ask_id, sentence=sentence.value)
    return message


async def _seen(work: Work, ask_id: UUID) -> Ask:
    found = await work.asks.find(ask_id)
    if found is None:
        raise AskNotSeen
    if found.state is AskState.WAITING:
        return found
    try:
        await work.cases.seen(ask_id, work.caller)
    except NotFound:
        raise AskNotSeen from None
    return found


async def _tell(work: Work, after: Ask, action: str) -> None:
    await work.outbox.add(events_out.ask_event(told.AskSettledV1, after), events_out.COORDINATORS)
    await work.audit.record(action, "ask", after.id)
