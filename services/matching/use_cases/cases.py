"""Recording cases and needs, and what follows from consents and erasures."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.errors import Forbidden, PreconditionFailed, invalid_field
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.model.case import Case, CaseChanges, CaseState, Consent
from services.matching.model.match import CancelReason, Side
from services.matching.model.need import Need, NeedChanges, NeedState
from services.matching.use_cases.categories import require_offered
from services.matching.use_cases.matches import cancel_as_hub
from services.matching.use_cases.proposing import propose_at_once, tell_posted
from services.matching.use_cases.rights import RECORDERS, require
from services.matching.use_cases.vocabulary import Codes
from services.matching.work import Work


class MembersDoNotRecord(Forbidden):
    """In this instance only coordinators record cases and needs."""


async def record_case(work: Work, case: Case, statement: dict[str, Any]) -> Case:  # Any: the consent as it was recorded
    """Record a household under its code, with the consent that was given. `people` hears of the consent by the event."""
    _require_recorder(work)
    Codes().tags("/attributes", case.attributes).done()
    case.checked()
    await work.cases.add(case, statement)
    await work.outbox.add(events_out.case_event(told.CaseRecordedV1, case, statement), events_out.team(case))
    await work.audit.record("case.recorded", "case", case.id)
    return case


async def change_case(work: Work, case_id: UUID, version: int, changes: CaseChanges) -> Case:
    """Change the version that was read; its open needs are proposed anew."""
    _require_recorder(work)
    before = await work.cases.seen(case_id, work.caller, lock=True)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this case in the meantime; read it again.")
    after = before.change(work.now, **changes)
    Codes().tags("/attributes", after.attributes).done()
    await _save(work, before, after, told.CaseChangedV1, "case.changed")
    await _propose_again(work, after)
    return after


async def share_case(work: Work, case_id: UUID, actor_id: UUID) -> Case:
    """Let another team see the case."""
    _require_recorder(work)
    before = await work.cases.seen(case_id, work.caller, lock=True)
    if not await work.known.actor_is_there(actor_id):
        raise invalid_field("/actor_id", "unknown_actor", "Name an organisation of the registry.")
    after = before.share_with(actor_id, work.now)
    await _save(work, before, after, told.CaseChangedV1, "case.shared")
    return after


async def unshare_case(work: Work, case_id: UUID, actor_id: UUID) -> Case:
    """Let a team see the case no longer."""
    _require_recorder(work)
    before = await work.cases.seen(case_id, work.caller, lock=True)
    after = before.unshare(actor_id, work.now)
    await _save(work, before, after, told.CaseChangedV1, "case.unshared")
    return after


async def close_case(work: Work, case_id: UUID) -> Case:
    """End a case, once none of its needs is live; its open needs are withdrawn."""
    _require_recorder(work)
    before = await work.cases.seen(case_id, work.caller, lock=True)
    after = before.close(work.now, await work.needs.live_of_case(case_id))
    for need in await work.needs.of_case(case_id):
        if need.state is NeedState.OPEN:
            await _step(work, before, need, need.withdraw(work.now), told.NeedWithdrawnV1, "need.withdrawn")
    await _save(work, before, after, told.CaseClosedV1, "case.closed")
    return after


async def post_need(work: Work, need: Need, *, asked_before: bool = False) -> Need:
    """Add a need to an open case, with its proposals. What somebody asked for before goes on, even if the city takes it no more."""
    _require_recorder(work)
    case = await work.cases.seen(need.case_id, work.caller, keep=True)
    case.must_be_open()
    _check_codes(need)
    if not asked_before:
        await require_offered(work, "/category", need.category)
    need.checked()
    await _require_links(work, need)
    verdicts = await propose_at_once(work, need, case)
    await work.needs.add(need, len(verdicts) if verdicts is not None else None)
    await work.proposals.add(verdicts or [])
    await tell_posted(work, need, case, verdicts)
    await work.audit.record("need.posted", "need", need.id)
    return need


async def change_need(work: Work, need_id: UUID, version: int, changes: NeedChanges) -> Need:
    """Change the version that was read."""
    _require_recorder(work)
    before = await work.needs.seen(need_id, work.caller, lock=True)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this need in the meantime; read it again.")
    after = before.change(work.now, **changes)
    _check_codes(after)
    await _require_links(work, after)
    case = await work.cases.seen(before.case_id, work.caller)
    return await _step(work, case, before, after, told.NeedChangedV1, "need.changed")


async def withdraw_need(work: Work, need_id: UUID) -> Need:
    """The case no longer asks for this."""
    _require_recorder(work)
    before = await work.needs.seen(need_id, work.caller, lock=True)
    case = await work.cases.seen(before.case_id, work.caller)
    return await _step(work, case, before, before.withdraw(work.now), told.NeedWithdrawnV1, "need.withdrawn")


async def withdraw_old_needs(work: Work) -> int:
    """Retention (R19): needs that nobody could fill for a long time are withdrawn. Answers how many."""
    old = await work.needs.long_open(work.now - timedelta(days=await work.chosen("need_days", work.settings.need_days)))
    cases = await work.cases.many(need.case_id for need in old)
    for need in old:
        await _step(work, cases[need.case_id], need, need.withdraw(work.now), told.NeedWithdrawnV1, "need.ran_out")
    return len(old)


async def blank_closed_cases(work: Work) -> int:
    """Retention (R19): a closed case's household is removed after some days. Answers how many."""
    ids = await work.cases.to_blank(work.now - timedelta(days=await work.chosen("closed_case_days", work.settings.closed_case_days)))
    for case_id in ids:
        await work.cases.blank(case_id, work.now)
        await work.questions.blank_case(case_id, work.now)
        await work.audit.record("case.blanked", "case", case_id)
    return len(ids)


async def follow_consent(work: Work, case_id: UUID, match: bool, share_contact: bool, until: datetime | None, version: int) -> None:
    """Keep the flags that `people` tells; needs of a case without consent are not proposed, live matches go on."""
    found = await work.cases.many([case_id])
    if case_id not in found:
        return
    before = found[case_id]
    after = before.with_consent(Consent(match, share_contact, until, version), work.now)
    if after is not before:
        await work.cases.save(before, after)
        await work.changes.note("case", case_id, work.now)
        if (before.consent.match, before.consent.until) != (after.consent.match, after.consent.until):
            await _propose_again(work, after)


async def erase_case(work: Work, case_id: UUID) -> None:
    """The person behind the case was erased: matches end, needs are withdrawn, what describes the household goes."""
    found = await work.cases.many([case_id])
    if case_id not in found:
        return
    for match in await work.matches.live_of_case(case_id):
        await cancel_as_hub(work, match.id, Side.CASE, CancelReason.CONSENT_WITHDRAWN)
    case = (await work.cases.many([case_id]))[case_id]
    for need in await work.needs.of_case(case_id):
        if need.state is NeedState.OPEN:
            await _step(work, case, need, need.withdraw(work.now), told.NeedWithdrawnV1, "need.erased")
    if case.state is CaseState.OPEN:
        case = await _close_erased(work, case)
    await work.cases.blank(case_id, work.now)
    await work.questions.blank_case(case_id, work.now)
    await work.changes.note("case", case_id, work.now)
    await work.audit.record("case.erased", "case", case_id)


async def _close_erased(work: Work, before: Case) -> Case:
    """The erased case ends, and allows nothing any more; `people`, which told of the erasure, knows so already."""
    after = replace(before.close(work.now, 0), consent=replace(before.consent, match=False, share_contact=False))
    await work.cases.save(before, after)
    statement = await work.cases.statement(before.id) | {"match": False, "share_contact": False}
    await work.outbox.add(events_out.case_event(told.CaseClosedV1, after, statement), events_out.team(after))
    return after


def _require_recorder(work: Work) -> None:
    require(work.caller, RECORDERS, Scope.NEEDS)
    if work.caller.role == "member" and not work.settings.members_record_cases:
        raise MembersDoNotRecord("In this hub only coordinators record cases and needs.")


def _check_codes(need: Need) -> None:
    codes = Codes().category("/category", need.category).tags("/requires", need.requires).tags("/provides", need.provides)
    codes.tags("/preferences", need.preferences).topics("/topics", [topic.topic for topic in need.topics]).done()


async def _require_links(work: Work, need: Need) -> None:
    linked = await work.needs.many([link.need_id for link in need.links])
    if any(link.need_id not in linked or linked[link.need_id].case_id != need.case_id for link in need.links):
        raise invalid_field("/links", "unknown_need", "Link needs of the same case only.")


async def _propose_again(work: Work, case: Case) -> None:
    """Each open need of the case gets a new version, so that its proposals are computed anew by event."""
    for need in await work.needs.of_case(case.id):
        if need.state is NeedState.OPEN:
            await _step(work, case, need, need.change(work.now), told.NeedChangedV1, "need.refreshed")


async def _save(work: Work, before: Case, after: Case, kind: type[told.CaseState], action: str) -> None:
    await work.cases.save(before, after)
    await work.changes.note("case", after.id, work.now)
    statement = await work.cases.statement(after.id)
    await work.outbox.add(events_out.case_event(kind, after, statement), events_out.team(after))
    await work.audit.record(action, "case", after.id)


async def _step(work: Work, case: Case, before: Need, after: Need, kind: type[told.NeedState], action: str) -> Need:
    await work.needs.save(before, after)
    await _tell(work, case, after, kind, action)
    return after


async def _tell(work: Work, case: Case, need: Need, kind: type[told.NeedState], action: str) -> None:
    await work.changes.note("need", need.id, work.now)
    await work.outbox.add(events_out.need_event(kind, need, case), events_out.team(case))
    await work.audit.record(action, "need", need.id)
