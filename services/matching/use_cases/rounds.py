"""Rounds: many needs at once, solved beside the service, reviewed, edited, and applied in one transaction."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import HubError, NotFound, PreconditionFailed
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.outbox import Audience
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.engine.distance import distance_m
from services.matching.engine.index import Index
from services.matching.engine.plan import Plan
from services.matching.engine.problem import Pair, Problem, RoundNeed, RoundOffer, RoundPair, groups, worth
from services.matching.engine.types import NeedFacts, OfferFacts, Verdict
from services.matching.model.need import NeedHasLiveMatch, NeedNotInState
from services.matching.model.offer import OfferIsFull, OfferNotInState
from services.matching.model.round import NeedFilter, NotApplied, NotAppliedReason, Round, RoundFailure
from services.matching.store.rounds import caller_key
from services.matching.use_cases.matches import NeedIsTaken, confirm_match
from services.matching.use_cases.rights import COORDINATORS, require
from services.matching.work import Work, need_facts

MOST_NEEDS = 5000
"""Needs of one round."""


async def start_round(work: Work, needs: NeedFilter, seconds: int, pinned: frozenset[Pair], forbidden: frozenset[Pair]) -> Round:
    """Begin a round over the open needs that the caller may see; the plan arrives by event."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    draft = Round(new_id(), caller_key(work.caller), work.now, work.now, needs, seconds, pinned, forbidden).checked()
    started = draft.start(work.now)
    await work.rounds.add(started, work.caller.actor_id)
    await work.audit.record("round.started", "round", started.id)
    work.wake("solve rounds")
    return started


async def edit_round(work: Work, round_id: UUID, version: int, pinned: frozenset[Pair], forbidden: frozenset[Pair], seconds: int) -> Round:
    """Set pins and bans, and solve again."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    before, _ = await work.rounds.seen(round_id, work.caller)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this round in the meantime; read it again.")
    after = before.edit(pinned, forbidden, seconds, work.now).start(work.now)
    await work.rounds.save(before, after)
    await work.audit.record("round.edited", "round", round_id)
    work.wake("solve rounds")
    return after


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a round is solved on, as it was when its beginner's needs were read."""

    needs: list[NeedFacts]
    index: Index
    as_of: datetime
    most_offers: int


async def gather(work: Work, made: Round, actor_id: UUID | None) -> Gathered:
    """The open needs of the round that its beginner may see."""
    beginner = Caller("account", str(made.created_by), "coordinator", actor_id, frozenset({"needs", "matches"}))
    index = await work.resources.keeper.refresh(work)
    facts = await need_facts(work, await work.needs.all_open(beginner, MOST_NEEDS))
    return Gathered([need for need in facts if _chosen(made.needs, need)], index, work.now, work.settings.round_offers)


async def problem_of_round(made: Round, gathered: Gathered) -> Problem:
    """The round as a problem: each need's best offers by the definition. Without a transaction, and letting others run between two needs;
    an offer that changes meanwhile is looked at again when the round is applied."""
    index, as_of = gathered.index, gathered.as_of
    offers: dict[UUID, OfferFacts] = {}
    pairs: dict[Pair, RoundPair] = {}
    for need in gathered.needs:
        verdicts = index.top_k(need, gathered.most_offers, as_of)
        pinned = [index.offers[offer_id] for need_id, offer_id in made.pinned if need_id == need.id and offer_id in index.offers]
        verdicts += [found for found in (index.verdict(need, offer, as_of) for offer in pinned) if found.eligible]
        for verdict in verdicts:
            offers[verdict.offer_id] = index.offers[verdict.offer_id]
            value = worth(verdict.score, (as_of - need.posted_at).days)
            pairs[need.id, verdict.offer_id] = RoundPair(need.id, verdict.offer_id, value)
        await asyncio.sleep(0)
    together = groups(gathered.needs)
    return Problem(
        offers=tuple(RoundOffer(offer.id, offer.places_left) for offer in offers.values()),
        needs=tuple(RoundNeed(need.id, need.size, need.urgency, together.get(need.id)) for need in gathered.needs),
        pairs=tuple(pairs.values()),
        pinned=made.pinned,
        forbidden=made.forbidden,
    )


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
    """Make matches of the plan, in one transaction. What is no longer possible is reported pair by pair, not forced; needs that belong together
    are placed all or not at all."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    before, _ = await work.rounds.seen(round_id, work.caller)
    before.apply((), (), work.now)  # refuses here what cannot be applied at all
    pairs = [seat.key for seat in before.plan.seats] if before.plan else []
    # Held in one order by everybody, so that two who apply and confirm at once never wait for each other.
    await work.needs.lock([need_id for need_id, _ in pairs])
    await work.offers.lock(list({offer_id for _, offer_id in pairs}))
    made: list[UUID] = []
    lost: dict[Pair, NotAppliedReason] = {}
    for bundle in await _bundles(work, pairs):
        made += await _apply_bundle(work, bundle, round_id, lost)
    reported = tuple(NotApplied(need, offer, reason) for (need, offer), reason in sorted(lost.items()))
    after = before.apply(tuple(made), reported, work.now)
    await work.rounds.save(before, after)
    await work.outbox.add(events_out.round_event(told.RoundAppliedV1, after), _beginner(after))
    await work.audit.record("round.applied", "round", round_id, matches=len(made), not_applied=len(reported))
    return after


async def _apply_bundle(work: Work, bundle: list[Pair], round_id: UUID, lost: dict[Pair, NotAppliedReason]) -> list[UUID]:
    """Confirm all pairs of a bundle, or none: then the pair that failed is noted with its reason, and its companions with it."""
    made: list[UUID] = []
    at = bundle[0]
    try:
        async with work.session.begin_nested():
            for at in bundle:
                made.append((await confirm_match(work, *at, round_id)).id)
    except HubError as refusal:
        lost.update(dict.fromkeys(bundle, NotAppliedReason.TOGETHER))
        lost[at] = _reason(refusal)
        return []
    return made


def _reason(refusal: HubError) -> NotAppliedReason:
    if isinstance(refusal, NeedNotInState | NeedHasLiveMatch | NeedIsTaken | NotFound):
        return NotAppliedReason.NEED_NOT_OPEN
    if isinstance(refusal, OfferIsFull):
        return NotAppliedReason.OFFER_FULL
    return NotAppliedReason.OFFER_NOT_OPEN if isinstance(refusal, OfferNotInState) else NotAppliedReason.NOT_ELIGIBLE


async def _bundles(work: Work, pairs: list[Pair]) -> list[list[Pair]]:
    """Pairs in bundles that are applied all or not at all: needs that belong together, every other pair by itself."""
    needs = await work.needs.many([need_id for need_id, _ in pairs])
    together = groups(await need_facts(work, list(needs.values())))
    bundles: dict[UUID, list[Pair]] = {}
    for need_id, offer_id in pairs:
        bundles.setdefault(together.get(need_id, need_id), []).append((need_id, offer_id))
    return list(bundles.values())


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
