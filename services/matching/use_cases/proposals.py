"""Proposals: computed from the index by event, stored with their parts, and explained for any pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.context import locale
from chassis.language import translate
from services.matching import events_out
from services.matching.engine.explain import Explanation, why
from services.matching.engine.index import Index
from services.matching.engine.types import INTERPRETER
from services.matching.model.need import Need, NeedState
from services.matching.model.offer import Offer
from services.matching.use_cases.matches import circumstances
from services.matching.work import Work, need_facts


@dataclass(frozen=True, slots=True)
class PairExplained:
    """A pair with everything that speaks for and against it, in the reader's language."""

    need: Need
    offer: Offer
    explanation: Explanation
    match_state: str | None


async def propose_for_need(work: Work, need_id: UUID) -> None:
    """Compute one need's proposals, and tell when they differ from before."""
    index = await work.resources.keeper.refresh(work)
    await _propose(work, index, [need_id])


async def propose_for_offer(work: Work, offer_id: UUID) -> None:
    """An offer appeared or changed: the needs that it may serve now, and those that had it among their proposals, are computed anew."""
    index = await work.resources.keeper.refresh(work)
    touched = set(await work.proposals.needs_with(offer_id))
    offer = (await work.offers.many([offer_id])).get(offer_id)
    if offer is not None:
        touched.update(verdict.need_id for verdict in index.needs_for(offer.facts(), work.now))
    await _propose(work, index, sorted(touched))


async def catch_up(work: Work, limit: int = 50) -> int:
    """Compute what was never computed (a safety net beside the events). Answers how many needs."""
    stale = await work.needs.stale(limit)
    if stale:
        await _propose(work, await work.resources.keeper.refresh(work), stale)
    return len(stale)


async def explain_pair(work: Work, need_id: UUID, offer_id: UUID) -> PairExplained:
    """Why this pair, or why not, by the plain definition on the rows as they are now."""
    need = await work.needs.seen(need_id, work.caller)
    offer = await work.offers.seen(offer_id, work.caller)
    facts = (await need_facts(work, [need]))[0]
    language = locale()
    index = await work.resources.keeper.refresh(work)
    explanation = why(
        facts,
        offer.facts(),
        await circumstances(work, need, offer),
        work.resources.keeper.weights,
        lambda sentence: translate(sentence, language),
        interpreter_offers=_interpreters(index),
    )
    state = next((match.state.value for match in await work.matches.live_of_case(need.case_id) if match.offer_id == offer_id), None)
    return PairExplained(need, offer, explanation, state)


def _interpreters(index: Index) -> int:
    """How many open offers provide an interpreter."""
    return sum(1 for offer in index.offers.values() if offer.is_open and INTERPRETER in offer.provides)


async def _propose(work: Work, index: Index, need_ids: Sequence[UUID]) -> None:
    needs = await work.needs.many(list(need_ids))
    cases = await work.cases.many(need.case_id for need in needs.values())
    opened = [need for need in needs.values() if need.state is NeedState.OPEN]
    kept = work.settings.proposals_kept
    for need, facts in zip(opened, await need_facts(work, opened), strict=True):
        verdicts = index.top_k(facts, kept, work.now)
        version = await work.proposals.replace(need.id, need.version, verdicts, work.now)
        if version is not None:
            case = cases[need.case_id]
            await work.outbox.add(events_out.proposals_ready(need, case, version, verdicts), events_out.team(case))
    for need in needs.values():
        if need.state is not NeedState.OPEN:
            await work.proposals.replace(need.id, need.version, [], work.now)
