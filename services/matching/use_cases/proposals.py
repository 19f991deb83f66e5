"""Proposals: computed from the index by event, stored with their parts, and explained for any pair."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.context import correlation_id, follow
from contracts.roles import Scope
from services.matching import events_out
from services.matching.engine.explain import Explanation, why
from services.matching.engine.potentials import Potential, judge
from services.matching.engine.problem import worth
from services.matching.engine.types import Verdict
from services.matching.model.match import Match
from services.matching.model.need import Need, NeedState
from services.matching.model.offer import Offer, Provider
from services.matching.tables import ProposalRow
from services.matching.use_cases.matches import circumstances
from services.matching.use_cases.rights import MODERATORS, require
from services.matching.work import Work, need_facts

AT_ONCE = 5
"""So many needs are computed while an event is handled; more wait for the timer, which computes each once, however many offers changed."""
LATE = timedelta(seconds=2)
"""When news is older than this, more news waits behind it, and all that it touches is left to the timer: computed once, not once per event."""
PROPOSE = "propose"
"""The timer that computes what waits."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """A need's stored proposals, best first, each with the advice that speaks for all needs together, and their offers; `fresh`: computed since
    anything that they depend on changed."""

    rows: list[ProposalRow]
    potentials: tuple[Potential, ...]
    offers: dict[UUID, Offer]
    fresh: bool
    computed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PairExplained:
    """A pair with everything that speaks for and against it, and what became of it the last time it was tried."""

    need: Need
    offer: Offer
    explanation: Explanation
    last_match: Match | None


async def propose_for_need(work: Work, need_id: UUID) -> None:
    """Compute one need's proposals, and tell when they differ from before."""
    if _is_late(work):
        await work.needs.mark_stale([need_id])
        work.wake(PROPOSE)
    else:
        _propose_at_the_end(work, [need_id])


async def propose_for_offer(work: Work, offer_id: UUID) -> None:
    """An offer appeared or changed: the needs that it may serve now, and those that had it among their proposals, are computed anew."""
    index = await work.resources.keeper.refresh(work)
    touched = await work.proposals.needs_with([offer_id])
    offer = index.offers.get(offer_id)
    if offer is not None and offer.is_open:
        touched.update(index.need_ids_for(offer, work.now))
    await _propose_or_mark(work, touched)


async def propose_for_provider(work: Work, provider: Provider) -> None:
    """A provider was asked or answered: their counters are a part of every score with one of their offers."""
    await _propose_or_mark(work, await work.proposals.needs_with_provider(provider))


async def catch_up(work: Work, limit: int = 10) -> int:
    """Compute needs that wait. Answers how many."""
    stale = await work.needs.stale(limit)
    await _propose(work, dict.fromkeys(stale))
    return len(stale)


async def read_proposals(work: Work, need_id: UUID) -> Proposals:
    """The stored proposals of a need: for coordinators of its case, API clients, and administrators."""
    need = await _need_for(work, need_id)
    rows, fresh, computed_at = await work.proposals.of_need(need_id)
    offers = [row.offer_id for row in rows]
    days = (work.now - need.posted_at).days
    values = [(row.offer_id, worth(row.score, days)) for row in rows]
    potentials = judge(values, need.size, await work.scarcity.prices(offers), need.urgency, days)
    return Proposals(rows, potentials, await work.offers.many(offers), fresh, computed_at)


async def explain_pair(work: Work, need_id: UUID, offer_id: UUID) -> PairExplained:
    """Why this pair, or why not, by the plain definition on the rows as they are now."""
    need = await _need_for(work, need_id)
    offer = await work.offers.seen(offer_id, work.caller)
    facts = (await need_facts(work, [need]))[0]
    index = await work.resources.keeper.refresh(work)
    at, weights = await circumstances(work, need, offer), work.resources.keeper.weights
    explanation = why(facts, offer.facts(), at, weights, interpreter_offers=index.interpreters)
    return PairExplained(need, offer, explanation, await work.matches.latest_of_pair(need_id, offer_id))


async def _need_for(work: Work, need_id: UUID) -> Need:
    require(work.caller, MODERATORS, Scope.MATCHES)
    return await work.needs.seen(need_id, work.caller, whole_hub=work.caller.role == "admin")


async def _propose_or_mark(work: Work, touched: Collection[UUID]) -> None:
    if len(touched) <= AT_ONCE and not _is_late(work):
        _propose_at_the_end(work, touched)
    elif touched:
        await work.needs.mark_stale(sorted(touched))
        work.wake(PROPOSE)


def _is_late(work: Work) -> bool:
    return work.cause is not None and work.now - work.cause.time > LATE


def _propose_at_the_end(work: Work, need_ids: Collection[UUID]) -> None:
    """Compute proposals once, after all events of this transaction were handled. Where the transaction changed something itself, in the one
    after it: an index must not learn what may still be rolled back."""
    work.to_propose.update(dict.fromkeys(need_ids, correlation_id()))

    async def act() -> None:
        if work.changes.written:
            await work.needs.mark_stale(sorted(work.to_propose))
            work.wake(PROPOSE)
        else:
            await _propose(work, work.to_propose)

    work.before_commit(PROPOSE, act)


async def _propose(work: Work, asked: Mapping[UUID, UUID | None]) -> None:
    """Compute the proposals of needs, each on behalf of a click or call (None: of nobody's)."""
    need_ids = sorted(asked)
    # Held before the index is read, so that whatever changes meanwhile marks them stale after this, not before.
    await work.needs.lock(need_ids)
    index = await work.resources.keeper.refresh(work)
    needs = await work.needs.many(need_ids)
    cases = await work.cases.many(need.case_id for need in needs.values())
    # What a linked need's match provides changes without a change of the need that links to it.
    linking = await need_facts(work, [need for need in needs.values() if need.links and need.state is NeedState.OPEN])
    known = {facts.id: facts for facts in linking}
    found: dict[UUID, tuple[int, list[Verdict]]] = {}
    for need in needs.values():
        facts = known.get(need.id) or index.needs.get(need.id) if need.state is NeedState.OPEN else None
        verdicts = index.top_k(facts, work.settings.proposals_kept, work.now) if facts else []
        found[need.id] = need.version, verdicts
    for need_id, number in (await work.proposals.replace(found, work.now)).items():
        need = needs[need_id]
        if need.state is NeedState.OPEN:
            follow(asked[need_id])
            case = cases[need.case_id]
            await work.outbox.add(events_out.proposals_ready(need, case, number, found[need_id][1]), events_out.team(case))
