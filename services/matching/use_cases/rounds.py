"""Rounds: many needs at once, begun, edited, stopped and finished; `round_problem` gathers what is solved, `round_apply` makes matches of a plan."""

from uuid import UUID

from chassis.errors import PreconditionFailed
from chassis.ids import new_id
from chassis.outbox import Audience
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.engine.plan import Plan, Progress
from services.matching.engine.problem import Pair
from services.matching.engine.rounds.compared import Compared
from services.matching.engine.types import Verdict
from services.matching.model.round import NeedFilter, Round, RoundFailure, RoundState, Wishes
from services.matching.store.rounds import caller_key
from services.matching.use_cases.rights import COORDINATORS, require
from services.matching.work import Work, need_facts


async def start_round(work: Work, needs: NeedFilter, wishes: Wishes) -> Round:
    """Begin a round over the open needs that the caller may see; the plan arrives by event."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    draft = Round(new_id(), caller_key(work.caller), work.now, work.now, needs, wishes).checked()
    started = draft.start(work.now)
    await work.rounds.add(started, work.caller.actor_id)
    await work.audit.record("round.started", "round", started.id)
    work.wake("solve rounds")
    return started


async def seen_round(work: Work, round_id: UUID, version: int) -> Round:
    """The round as the caller read it, for an edit. Raises PreconditionFailed where somebody changed it since."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    before, _ = await work.rounds.seen(round_id, work.caller)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this round in the meantime; read it again.")
    return before


async def edit_round(work: Work, before: Round, wishes: Wishes) -> Round:
    """Decide otherwise by hand, and solve again from where the plan stood."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    after = before.edit(wishes, work.now).start(work.now)
    await work.rounds.save(before, after)
    await work.audit.record("round.edited", "round", before.id)
    work.wake("solve rounds")
    return after


async def stop_round(work: Work, round_id: UUID) -> Round:
    """Take the best plan so far instead of waiting; it arrives by event, within seconds."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    before, _ = await work.rounds.seen(round_id, work.caller)
    after = before.stop()
    if not before.stopping:
        await work.rounds.ask_to_stop(before)
        await work.audit.record("round.stopped", "round", round_id)
    return after


async def note_progress(work: Work, round_id: UUID, version: int, progress: Progress) -> bool:
    """Keep how far the solver is; answers whether it should end: a coordinator asks for it, or nobody waits for this plan any more."""
    stopping = await work.rounds.note_progress(round_id, version, progress)
    return stopping is None or stopping


async def finish_round(
    work: Work, round_id: UUID, version: int, plan: Plan | None, weights: str | None = None, compared: Compared | None = None
) -> None:
    """Store a plan (None: there is none), unless the round was edited, or finished by another replica, meanwhile; tell who began it."""
    before, _ = await work.rounds.seen(round_id, work.caller)
    if before.version != version or before.state is not RoundState.SOLVING:
        return
    if plan is None:
        after = before.fail(RoundFailure.SOLVER_STOPPED, work.now)
    elif not plan.seats and not plan.unplaced:
        after = before.fail(RoundFailure.NOTHING_TO_PLAN, work.now)
    else:
        after = before.finish(plan, work.now, weights, compared)
    await work.rounds.save(before, after)
    await work.outbox.add(events_out.round_event(told.RoundSolvedV1, after), beginner(after))
    await work.audit.record("round.solved", "round", round_id, state=after.state.value)


def beginner(made: Round) -> Audience:
    """Who began a round hears of it."""
    return Audience(accounts=(str(made.created_by),))


async def explain_seats(work: Work, made: Round) -> dict[Pair, Verdict]:
    """The planned pairs as the definition scores them now, with their parts; a pair whose need or offer is gone has none."""
    index = await work.resources.keeper.refresh(work)
    seats = made.plan.seats if made.plan else ()
    needs = {facts.id: facts for facts in await need_facts(work, list((await work.needs.many([seat.need_id for seat in seats])).values()))}
    offers = await work.offers.many(list({seat.offer_id for seat in seats}))
    return {
        seat.key: index.verdict(needs[seat.need_id], offers[seat.offer_id].facts(), work.now)
        for seat in seats
        if seat.need_id in needs and seat.offer_id in offers
    }
