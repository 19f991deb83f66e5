"""Rounds: many needs at once, solved beside the service, reviewed, edited, and applied in one transaction."""

from uuid import UUID

from chassis.errors import Conflict, HubError, PreconditionFailed
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.outbox import Audience
from contracts import matching as told
from services.matching import events_out
from services.matching.engine.distance import distance_m
from services.matching.engine.problem import Pair, Plan, Problem, groups, problem_of
from services.matching.engine.types import NeedFacts, OfferFacts
from services.matching.model.need import Need, NeedState
from services.matching.model.offer import OfferState
from services.matching.model.round import NeedFilter, NotApplied, NotAppliedReason, Round, RoundFailure
from services.matching.store.rounds import caller_key
from services.matching.use_cases.matches import confirm_match
from services.matching.work import Work, need_facts

MOST_NEEDS = 5000
"""Needs of one round."""


async def start_round(work: Work, needs: NeedFilter, seconds: int, pinned: frozenset[Pair], forbidden: frozenset[Pair]) -> Round:
    """Begin a round over the open needs that the caller may see; the plan arrives by event."""
    draft = Round(new_id(), caller_key(work.caller), work.now, work.now, needs, seconds, pinned, forbidden).checked()
    started = draft.start(work.now)
    await work.rounds.add(started, work.caller.actor_id)
    await work.audit.record("round.started", "round", started.id)
    work.wake("solve rounds")
    return started


async def edit_round(work: Work, round_id: UUID, version: int, pinned: frozenset[Pair], forbidden: frozenset[Pair], seconds: int) -> Round:
    """Set pins and bans, and solve again."""
    before, _ = await work.rounds.seen(round_id, work.caller)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this round in the meantime; read it again.")
    after = before.edit(pinned, forbidden, seconds, work.now).start(work.now)
    await work.rounds.save(before, after)
    await work.audit.record("round.edited", "round", round_id)
    work.wake("solve rounds")
    return after


async def problem_for(work: Work, made: Round, actor_id: UUID | None) -> Problem:
    """The round as a problem: needs that its beginner may see, offers that could serve them, pairs by the definition."""
    beginner = Caller("account", str(made.created_by), "coordinator", actor_id, frozenset({"needs", "matches"}))
    index = await work.resources.keeper.refresh(work)
    needs = [facts for facts in await need_facts(work, await work.needs.all_open(beginner, MOST_NEEDS)) if _chosen(made.needs, facts)]
    offers: dict[UUID, OfferFacts] = {}
    for need in needs:
        for verdict in index.top_k(need, work.settings.proposals_kept, work.now):
            offers[verdict.offer_id] = index.offers[verdict.offer_id]
    for _, offer_id in made.pinned:
        if offer_id not in offers and (pinned := index.offers.get(offer_id)) is not None:
            offers[offer_id] = pinned
    return problem_of(needs, offers.values(), lambda need, offer: index.verdict(need, offer, work.now), work.now, made.pinned, made.forbidden)


async def finish_round(work: Work, round_id: UUID, version: int, plan: Plan | None) -> None:
    """Store a plan (None: there is none), unless the round was edited meanwhile; tell who began it."""
    before, _ = await work.rounds.seen(round_id, work.caller)
    if before.version != version:
        return
    if plan is None:
        after = before.fail(RoundFailure.SOLVER_STOPPED, work.now)
    elif not plan.seats and not plan.unplaced:
        after = before.fail(RoundFailure.NOTHING_TO_PLAN, work.now)
    else:
        after = before.finish(plan, work.now)
    await work.rounds.save(before, after)
    await work.outbox.add(events_out.round_event(told.RoundSolvedV1, after), _beginner(after))
    await work.audit.record("round.solved", "round", round_id, state=after.state.value)


async def apply_round(work: Work, round_id: UUID) -> Round:
    """Make matches of the plan, in one transaction. What is no longer possible is reported pair by pair, not forced; needs that belong together are
    placed all or not at all."""
    before, _ = await work.rounds.seen(round_id, work.caller)
    if before.plan is None:
        before.apply((), (), work.now)
        raise Conflict("This round has no plan.")
    seats = before.plan.seats
    lost = await _impossible(work, [(seat.need_id, seat.offer_id) for seat in seats])
    made: list[UUID] = []
    for bundle in await _bundles(work, [(seat.need_id, seat.offer_id) for seat in seats if (seat.need_id, seat.offer_id) not in lost]):
        try:
            async with work.session.begin_nested():
                matches = [await confirm_match(work, need_id, offer_id, round_id) for need_id, offer_id in bundle]
        except HubError:
            lost.update(dict.fromkeys(bundle, NotAppliedReason.NOT_ELIGIBLE))
        else:
            made.extend(match.id for match in matches)
    reported = tuple(NotApplied(need, offer, reason) for (need, offer), reason in sorted(lost.items()))
    after = before.apply(tuple(made), reported, work.now)
    await work.rounds.save(before, after)
    await work.outbox.add(events_out.round_event(told.RoundAppliedV1, after), _beginner(after))
    await work.audit.record("round.applied", "round", round_id, matches=len(made), not_applied=len(reported))
    return after


async def _bundles(work: Work, pairs: list[Pair]) -> list[list[Pair]]:
    """Pairs in bundles that are applied all or not at all: needs that belong together, every other pair by itself."""
    needs = await work.needs.many([need_id for need_id, _ in pairs])
    together = groups(await need_facts(work, list(needs.values())))
    bundles: dict[UUID, list[Pair]] = {}
    for need_id, offer_id in pairs:
        bundles.setdefault(together.get(need_id, need_id), []).append((need_id, offer_id))
    return list(bundles.values())


async def _impossible(work: Work, pairs: list[Pair]) -> dict[Pair, NotAppliedReason]:
    """Pairs that cannot be applied any more, and those whose companions cannot."""
    needs = await work.needs.many([need_id for need_id, _ in pairs])
    offers = await work.offers.many([offer_id for _, offer_id in pairs])
    left = {offer_id: offer.places_left for offer_id, offer in offers.items()}
    lost: dict[Pair, NotAppliedReason] = {}
    for need_id, offer_id in pairs:
        need, offer = needs.get(need_id), offers.get(offer_id)
        if need is None or need.state is not NeedState.OPEN:
            lost[need_id, offer_id] = NotAppliedReason.NEED_NOT_OPEN
        elif offer is None or offer.state not in (OfferState.OPEN, OfferState.FULL):
            lost[need_id, offer_id] = NotAppliedReason.OFFER_NOT_OPEN
        elif left[offer_id] < need.size:
            lost[need_id, offer_id] = NotAppliedReason.OFFER_FULL
        else:
            left[offer_id] -= need.size
    return {**lost, **_companions(needs, pairs, lost)}


def _companions(needs: dict[UUID, Need], pairs: list[Pair], lost: dict[Pair, NotAppliedReason]) -> dict[Pair, NotAppliedReason]:
    gone = {need_id for need_id, _ in lost}
    found: dict[Pair, NotAppliedReason] = {}
    again = True
    while again:
        again = False
        for need_id, offer_id in pairs:
            need = needs.get(need_id)
            if need_id in gone or need is None:
                continue
            if any(link.kind.value == "together" and link.need_id in gone for link in need.links):
                found[need_id, offer_id] = NotAppliedReason.TOGETHER
                gone.add(need_id)
                again = True
    return found


def _chosen(wanted: NeedFilter, need: NeedFacts) -> bool:
    if wanted.need_ids and need.id not in wanted.need_ids:
        return False
    if wanted.urgencies and need.urgency not in wanted.urgencies:
        return False
    if wanted.categories and not any(need.category == code or need.category.startswith(code + ".") for code in wanted.categories):
        return False
    if wanted.near is not None and wanted.radius_km:
        return need.place is not None and distance_m(wanted.near, need.place) <= wanted.radius_km * 1000
    return True


def _beginner(made: Round) -> Audience:
    return Audience(accounts=(str(made.created_by),))
