"""What news touches is computed anew: each need once, at the end of the transaction in which the news was handled, or by the timer.

Two replicas may do so side by side, and the database orders them. Whoever computes a need holds its row before the index is read, so the last
one to store has seen everything that the others had. Whoever handles news of an offer or a provider first waits for those who began to compute
before: only then is it known which needs have it among their proposals.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from chassis.context import correlation_id, follow
from contracts.envelope import Event
from contracts.matching import NeedPostedV1
from services.matching import events_out
from services.matching.engine.types import OfferFacts, Verdict
from services.matching.model.case import Case
from services.matching.model.need import Need, NeedState
from services.matching.model.offer import Provider
from services.matching.work import News, Work, facts_of, need_facts

AT_ONCE = 5
"""So many needs of one event are computed with it; more wait for the timer, which computes each once, however many offers changed."""
LATE = timedelta(seconds=2)
"""When news is older than this, more news waits behind it, and all that it touches is left to the timer: computed once, not once per event."""
PROPOSE = "propose"
"""The timer that computes what waits."""


def propose_for_need(work: Work, need_id: UUID) -> None:
    """Compute one need's proposals, and tell when they differ from before."""
    work.touched.needs[need_id] = _news(work)


def propose_for_offer(work: Work, offer_id: UUID) -> None:
    """An offer appeared or changed: the needs that it may serve now, and those that had it among their proposals, are computed anew."""
    work.touched.offers[offer_id] = _news(work)


def propose_for_provider(work: Work, provider: Provider) -> None:
    """A provider was asked or answered: their counters are a part of every score with one of their offers. The needs that have one among their
    proposals are computed anew, and those that keep no more proposals and would now rank one among them."""
    work.touched.providers[provider] = _news(work)


async def propose_for_linking(work: Work, need_id: UUID, case_id: UUID) -> None:
    """A need was matched or lost its match: an interpreter that its match provides, or no longer does, counts for the needs that link to it."""
    for need in await work.needs.linking([case_id]):
        if need.state is NeedState.OPEN and any(link.need_id == need_id for link in need.links):
            propose_for_need(work, need.id)


async def propose_at_once(work: Work, need: Need, case: Case) -> list[Verdict] | None:
    """The proposals of a need that this transaction posts: what whoever computed them right after its commit would find. To be called before anything
    of it is written. None where they are left to the timer: others compute alone just now, this transaction changed something itself, or the index
    has much to read first."""
    if work.changes.written or not await work.needs.may_propose():
        work.wake(PROPOSE)
        return None
    index = await work.resources.keeper.refresh_soon(work)
    if index is None:
        work.wake(PROPOSE)
        return None
    facts = await facts_of(work, need, case)
    return index.top_k(facts, work.settings.proposals_kept, work.now)


async def tell_posted(work: Work, need: Need, case: Case, verdicts: list[Verdict] | None) -> None:
    """A need is there, and its proposals with it where they were computed at once."""
    number = await work.changes.note("need", need.id, work.now)
    if not need.links:
        # What a linked need's match provides may change before this is committed; all else that is known of it cannot.
        work.resources.keeper.expect(number, need.facts(case))
    told: list[Event] = [events_out.need_event(NeedPostedV1, need, case)]
    if verdicts:
        told.append(events_out.proposals_ready(need, case, 1, verdicts))
    await work.outbox.add_many(told, events_out.team(case))


async def catch_up(work: Work, limit: int = 10) -> int:
    """Compute needs that wait. Answers how many."""
    stale = await work.needs.stale(limit)
    await _propose(work, dict.fromkeys(stale))
    return len(stale)


def _news(work: Work) -> News:
    late = work.cause is not None and work.now - work.cause.time > LATE

    async def act() -> None:
        await _compute_touched(work)

    work.before_commit(PROPOSE, act)
    return News(correlation_id(), late)


async def _compute_touched(work: Work) -> None:
    """Find all that was touched, hold it in one order (so that two replicas never wait for each other), compute the few, and mark the many.
    Where the transaction changed something itself all is marked: an index must not learn what may still be rolled back."""
    at_once: dict[UUID, UUID | None] = {}
    later: set[UUID] = set()
    for news, need_ids in [(news, {need_id}) for need_id, news in work.touched.needs.items()] + await _found(work):
        if news.late or work.changes.written or len(need_ids) > AT_ONCE:
            later.update(need_ids)
        else:
            at_once.update(dict.fromkeys(need_ids, news.correlation_id))
    later.difference_update(at_once)
    await work.needs.lock([*at_once, *later], proposing=True)
    if later:
        await work.needs.mark_stale(later)
        work.wake(PROPOSE)
    await _propose(work, at_once)


async def _found(work: Work) -> list[tuple[News, set[UUID]]]:
    """The needs that each piece of news about an offer or a provider touches."""
    touched = work.touched
    if not touched.offers and not touched.providers:
        return []
    await work.proposals.wait_for_others()
    index = await work.resources.keeper.refresh(work)
    found: list[tuple[News, set[UUID]]] = []
    having = await work.proposals.needs_with(list(touched.offers))
    for offer_id, news in touched.offers.items():
        offer = index.offers.get(offer_id)
        fitting = index.need_ids_for(offer, work.now) if offer is not None and offer.is_open else []
        found.append((news, having.get(offer_id, set()).union(fitting)))
    for provider, news in touched.providers.items():
        having_one = await work.proposals.needs_with_provider(provider)
        found.append((news, having_one | await _reached(work, provider, having_one)))
    return found


async def _reached(work: Work, provider: Provider, known: set[UUID]) -> set[UUID]:
    """Needs that keep as many proposals as there may be, none of them by this provider, and would rank one of the provider's offers among them."""
    index, now = work.resources.keeper.index, work.now
    candidates: dict[UUID, list[OfferFacts]] = defaultdict(list)
    for offer_id in await work.offers.open_of_provider(provider):
        offer = index.offers.get(offer_id)
        if offer is not None and offer.is_open:
            for need_id in index.need_ids_for(offer, now):
                if need_id not in known:
                    candidates[need_id].append(offer)
    lowest = await work.proposals.lowest_of_full(list(candidates), work.settings.proposals_kept)
    return {
        need_id
        for need_id, score in lowest.items()
        if any(index.verdict(index.needs[need_id], offer, now).score >= score for offer in candidates[need_id])
    }


async def _propose(work: Work, asked: Mapping[UUID, UUID | None]) -> None:
    """Compute the proposals of needs that are held, each on behalf of a click or call (None: of nobody's)."""
    if not asked:
        return
    index = await work.resources.keeper.refresh(work)
    needs = await work.needs.many(sorted(asked))
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
