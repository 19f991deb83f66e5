"""Proposals as they are stored, with their parts, and explained for any pair. (How they are computed: `proposing`.)"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.roles import Scope
from services.matching.engine.explain import Explanation, why
from services.matching.engine.potentials import Advice, PricedPair, advise
from services.matching.engine.problem import worth
from services.matching.model.match import Match
from services.matching.model.need import Need
from services.matching.model.offer import Offer
from services.matching.tables import ProposalRow
from services.matching.use_cases.matches import circumstances
from services.matching.use_cases.rights import MODERATORS, require
from services.matching.work import Work, need_facts


@dataclass(frozen=True, slots=True)
class Proposals:
    """A need's stored proposals, best first, each with the advice that speaks for all needs together, and their offers; `fresh`: computed since
    anything that they depend on changed."""

    rows: list[ProposalRow]
    advice: dict[UUID, Advice]
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


async def read_proposals(work: Work, need_id: UUID) -> Proposals:
    """The stored proposals of a need: for coordinators of its case, API clients, and administrators."""
    need = await _need_for(work, need_id)
    rows, fresh, computed_at = await work.proposals.of_need(need_id)
    offers = [row.offer_id for row in rows]
    days = (work.now - need.posted_at).days
    pairs = [PricedPair(row.offer_id, worth(row.score, days), need.size) for row in rows]
    advice = {each.offer_id: each for each in advise(pairs, await work.scarcity.prices(offers), need.urgency, days)}
    return Proposals(rows, advice, await work.offers.many(offers), fresh, computed_at)


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
