"""What a coordinator does to keep things going: more time for an answer, a reminder, a case that goes on, and what happened to it."""

from datetime import timedelta
from uuid import UUID

from chassis.errors import Conflict
from chassis.paging import Listed, PageRequest
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.model.case import Case
from services.matching.model.match import Match
from services.matching.store.case_history import Happened
from services.matching.store.matches import MatchNotFound
from services.matching.use_cases.rights import COORDINATORS, RECORDERS, require
from services.matching.work import Work

BETWEEN_REMINDERS = timedelta(hours=24)
"""Nobody is reminded of one match more often."""
SUBJECTS = 1_000
"""Needs and matches of a case whose history is read."""


class RemindedLately(Conflict):
    """Reminders that come often are not read."""


async def extend_match(work: Work, match_id: UUID, days: int) -> Match:
    """Give the provider more time to answer."""
    before = await _of_case(work, match_id)
    after = before.extend(days, work.now)
    await work.matches.save(before, after)
    await _tell(work, after, told.MatchExtendedV1, "match.extended")
    return after


async def remind_provider(work: Work, match_id: UUID) -> Match:
    """Ask the provider once more to answer, or how the help goes; at most once a day."""
    before = await _of_case(work, match_id)
    [row] = await work.matches.rows([match_id])
    if row.reminded_at is not None and work.now - row.reminded_at < BETWEEN_REMINDERS:
        raise RemindedLately("The provider was reminded less than a day ago. Wait a little, or reach them in another way.")
    after = before.remind()
    await work.matches.save(before, after, reminded_at=work.now)
    await _tell(work, after, told.MatchRemindedV1, "match.reminded")
    return after


async def reopen_case(work: Work, case_id: UUID) -> Case:
    """Go on with a case that was ended. Its needs that were withdrawn stay so."""
    require(work.caller, RECORDERS, Scope.NEEDS)
    before = await work.cases.seen(case_id, work.caller, lock=True)
    after = before.reopen(work.now, await work.cases.is_blanked(case_id))
    await work.cases.save(before, after)
    await work.changes.note("case", case_id, work.now)
    statement = await work.cases.statement(case_id)
    await work.outbox.add(events_out.case_event(told.CaseChangedV1, after, statement), events_out.team(after))
    await work.audit.record("case.reopened", "case", case_id)
    return after


async def case_history(work: Work, case_id: UUID, page: PageRequest) -> Listed[Happened]:
    """What happened to a case that the caller may see, newest first."""
    await work.cases.seen(case_id, work.caller)
    needs = [need.id for need in await work.needs.of_case(case_id)]
    matches = await work.matches.ids_of_case(case_id, SUBJECTS)
    return await work.trail.of([case_id, *needs, *matches], page)


async def _of_case(work: Work, match_id: UUID) -> Match:
    """The match, for those who look after its case."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    if not (await work.matches.standing([match_id], work.caller)).get(match_id, (False, False))[1]:
        raise MatchNotFound("There is no such match, or none that you may see.")
    return before


async def _tell(work: Work, match: Match, kind: type[told.MatchState], action: str) -> None:
    [row] = await work.matches.rows([match.id])
    case = (await work.cases.many([match.case_id]))[match.case_id]
    await work.outbox.add(events_out.match_event(match, case, row.category, row.answered_by, kind), events_out.both_sides(match, case))
    await work.audit.record(action, "match", match.id, need_id=str(match.need_id), offer_id=str(match.offer_id))
