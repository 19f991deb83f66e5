"""Applying a round: matches of its plan in one transaction, and a report of what became impossible meanwhile."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import HubError, NotFound
from chassis.ids import new_id
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.engine.problem import Pair, groups
from services.matching.engine.score import reference
from services.matching.engine.types import Circumstances, NeedFacts, ProviderRecord
from services.matching.engine.weights import Weights
from services.matching.model.case import Case
from services.matching.model.match import Match, confirm
from services.matching.model.need import Need, NeedHasLiveMatch, NeedNotInState
from services.matching.model.offer import Offer, OfferIsFull, OfferNotInState
from services.matching.model.round import NotApplied, NotAppliedReason, Round
from services.matching.store.needs import NeedNotFound
from services.matching.store.offers import OfferNotFound
from services.matching.store.rounds import caller_key
from services.matching.use_cases.matches import NotEligible
from services.matching.use_cases.offers import note_offer
from services.matching.use_cases.rights import COORDINATORS, require
from services.matching.use_cases.rounds import beginner
from services.matching.use_cases.scarcity import compute_soon
from services.matching.use_cases.wording import worded
from services.matching.work import Work, need_facts


@dataclass(slots=True)
class Standing:
    """What the planned needs and offers are now, while places are given away in memory: rows are held, so nobody else changes them."""

    needs: dict[UUID, Need]
    offers: dict[UUID, Offer]
    facts: dict[UUID, NeedFacts]
    cases: dict[UUID, Case]
    records: dict[str, ProviderRecord]
    helpers: dict[UUID, set[str]]
    tried: dict[UUID, set[UUID]]
    weights: Weights
    answer_by: datetime
    matches: list[Match] = field(default_factory=list)
    matched: dict[UUID, Need] = field(default_factory=dict)
    taken: dict[UUID, int] = field(default_factory=dict)


async def apply_round(work: Work, round_id: UUID) -> Round:
    """Make matches of the plan, in one transaction. What is no longer possible is reported pair by pair, not forced; needs that belong together
    are placed all or not at all. Steps: hold the rows in the order of ids; read them set by set; confirm bundle by bundle in memory, by the rules
    of a single confirmation; write what came of it. A fixed number of reads, and a few writes a match."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    before, _ = await work.rounds.seen(round_id, work.caller)
    before.apply((), (), work.now)  # refuses here what cannot be applied at all
    pairs = [seat.key for seat in before.plan.seats] if before.plan else []
    standing = await _read(work, pairs)
    lost: dict[Pair, NotAppliedReason] = {}
    for bundle in _bundles(standing, pairs):
        _confirm_bundle(work, standing, bundle, round_id, lost)
    await _write(work, standing)
    reported = tuple(NotApplied(need, offer, reason) for (need, offer), reason in sorted(lost.items()))
    after = before.apply(tuple(match.id for match in standing.matches), reported, work.now)
    await work.rounds.save(before, after)
    await work.outbox.add(events_out.round_event(told.RoundAppliedV1, after), beginner(after))
    compute_soon(work)  # what is scarce now is another thing
    await work.audit.record("round.applied", "round", round_id, matches=len(standing.matches), not_applied=len(reported))
    return after


async def _read(work: Work, pairs: list[Pair]) -> Standing:
    need_ids, offer_ids = [need_id for need_id, _ in pairs], list({offer_id for _, offer_id in pairs})
    # Held in one order by everybody, so that two who apply and confirm at once never wait for each other.
    await work.needs.lock(need_ids)
    await work.offers.lock(offer_ids)
    needs = await work.needs.seen_many(need_ids, work.caller)
    offers = await work.offers.many(offer_ids)
    cases = await work.cases.many({need.case_id for need in needs.values()})
    return Standing(
        needs=needs,
        offers=offers,
        facts={facts.id: facts for facts in await need_facts(work, list(needs.values()))},
        cases=cases,
        records=await work.matches.records(list({offer.provider.id for offer in offers.values()})),
        helpers=await work.matches.helpers(list(cases)),
        tried=await work.matches.tried(list(needs)),
        weights=await work.weights.in_use(),
        answer_by=work.now + timedelta(days=await work.chosen("answer_days", work.settings.answer_days)),
    )


def _bundles(standing: Standing, pairs: list[Pair]) -> list[list[Pair]]:
    """Pairs in bundles that are applied all or not at all: needs that belong together, every other pair by itself."""
    together = groups(standing.facts.values())
    bundles: dict[UUID, list[Pair]] = {}
    for need_id, offer_id in pairs:
        bundles.setdefault(together.get(need_id, need_id), []).append((need_id, offer_id))
    return list(bundles.values())


def _confirm_bundle(work: Work, standing: Standing, bundle: list[Pair], round_id: UUID, lost: dict[Pair, NotAppliedReason]) -> None:
    """Confirm all pairs of a bundle, or none: then the pair that failed is noted with its reason, and its companions with it."""
    tried = replace(standing, offers=dict(standing.offers), records=dict(standing.records), matches=[], matched={}, taken=dict(standing.taken))
    at = bundle[0]
    try:
        for at in bundle:
            _confirm(work, tried, *at, round_id)
    except HubError as refusal:
        lost.update(dict.fromkeys(bundle, NotAppliedReason.TOGETHER))
        lost[at] = _reason(refusal)
        return
    standing.offers, standing.records, standing.taken = tried.offers, tried.records, tried.taken
    standing.matches += tried.matches
    standing.matched |= tried.matched


def _confirm(work: Work, standing: Standing, need_id: UUID, offer_id: UUID, round_id: UUID) -> None:
    """One pair, by the rules of `confirm_match`: eligible on what is left now."""
    need, offer = standing.needs.get(need_id), standing.offers.get(offer_id)
    if need is None:
        raise NeedNotFound("There is no such need, or none that you may see.")
    if offer is None:
        raise OfferNotFound("There is no such offer.")
    need.match(work.now)
    offer.reserve(need.size, work.now)
    key = offer.provider.key
    record = standing.records.get(key, ProviderRecord())
    at = Circumstances(
        as_of=work.now,
        record=record,
        helps_case=key in standing.helpers.get(need.case_id, set()),
        tried=offer.id in standing.tried.get(need.id, set()),
    )
    verdict = reference(standing.facts[need_id], offer.facts(), at, standing.weights)
    if not verdict.eligible:
        raise NotEligible("This pair does not fit: {reason}", reason=worded(verdict.reasons[0]))
    match, matched, held = confirm(
        new_id(), need, offer, verdict.score, verdict.weights, caller_key(work.caller), standing.answer_by, work.now, round_id
    )
    standing.matches.append(match)
    standing.matched[need_id] = matched
    standing.offers[offer_id] = held
    standing.records[key] = replace(record, open_requests=record.open_requests + 1)
    standing.taken[offer_id] = standing.taken.get(offer_id, 0) + need.size


async def _write(work: Work, standing: Standing) -> None:
    """Places by one conditional update an offer, matches, needs; then tell, and let the indexes read what changed."""
    for offer_id, size in sorted(standing.taken.items()):
        if not await work.offers.hold(standing.offers[offer_id], size):
            raise OfferIsFull("The offer has {left} places left; {size} are asked for. Choose another offer.", left=0, size=size)
    await work.matches.add_many([(match, standing.needs[match.need_id].category) for match in standing.matches])
    for match in standing.matches:
        need, case = standing.matched[match.need_id], standing.cases[match.case_id]
        await work.needs.save(standing.needs[match.need_id], need)
        await work.outbox.add(events_out.match_event(match, case, need.category, None), events_out.both_sides(match, case))
        await work.outbox.add(events_out.need_event(told.NeedChangedV1, need, case), events_out.team(case))
        await work.changes.note("need", need.id, work.now)
        await work.audit.record("match.confirmed", "match", match.id, need_id=str(match.need_id), offer_id=str(match.offer_id))
    for provider_id in sorted({match.provider.id for match in standing.matches}):
        await work.changes.note("provider", provider_id, work.now)
    for offer in (await work.offers.many(sorted(standing.taken))).values():
        await note_offer(work, offer)


def _reason(refusal: HubError) -> NotAppliedReason:
    if isinstance(refusal, NeedNotInState | NeedHasLiveMatch | NotFound):
        return NotAppliedReason.NEED_NOT_OPEN
    if isinstance(refusal, OfferIsFull):
        return NotAppliedReason.OFFER_FULL
    return NotAppliedReason.OFFER_NOT_OPEN if isinstance(refusal, OfferNotInState) else NotAppliedReason.NOT_ELIGIBLE
