"""The closed loop: confirming a pairing, and every step to its end. A place is held and given back in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from chassis.errors import Conflict, Forbidden
from chassis.ids import new_id
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.engine.score import reference
from services.matching.engine.types import Circumstances, ProviderRecord
from services.matching.model.case import Case
from services.matching.model.match import CancelReason, DeclineReason, Match, Outcome, Side, confirm, settle
from services.matching.model.need import Need
from services.matching.model.offer import Offer, OfferIsFull, Provider, ProviderKind
from services.matching.store.rounds import caller_key
from services.matching.tables import MatchRow
from services.matching.use_cases.offers import note_offer
from services.matching.use_cases.rights import COORDINATORS, PARTIES, require
from services.matching.use_cases.wording import worded
from services.matching.work import Work, need_facts


class NotEligible(Conflict):
    """The pair does not hold every rule (any more)."""


class NeedIsTaken(Conflict):
    """The need was matched in the meantime."""


class NotTheProvider(Forbidden):
    """Only the provider answers a request, or a coordinator of the case on the provider's behalf."""


class Way(StrEnum):
    """How somebody answered, for the audit trail."""

    SIGNED_IN = "signed_in"
    MAIL_LINK = "mail_link"


class Standing(StrEnum):
    """Where a reader of a match stands."""

    PROVIDER = "provider"
    CASE = "case"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class MatchSeen:
    """A match with what its parties see beside it, at a moment."""

    row: MatchRow
    need: Need
    case: Case
    side: Standing
    at: datetime


async def read_match(work: Work, match_id: UUID) -> MatchSeen:
    """One match of which the caller is a party. Raises MatchNotFound."""
    _, row = await work.matches.seen(match_id, work.caller)
    return (await with_sides(work, [row]))[0]


async def with_sides(work: Work, rows: Sequence[MatchRow]) -> list[MatchSeen]:
    """Matches that the caller may see, each with its need, its case, and the caller's side."""
    needs = await work.needs.many([row.need_id for row in rows])
    cases = await work.cases.many([row.case_id for row in rows])
    standing = await work.matches.standing([row.id for row in rows], work.caller)
    sides = {(True, False): Standing.PROVIDER, (True, True): Standing.BOTH}
    return [
        MatchSeen(row, needs[row.need_id], cases[row.case_id], sides.get(standing.get(row.id, (False, True)), Standing.CASE), work.now)
        for row in rows
    ]


async def circumstances(work: Work, need: Need, offer: Offer) -> Circumstances:
    """What a pair's verdict depends on besides the two sides, read from the rows."""
    records = await work.matches.records([offer.provider.id])
    helpers = await work.matches.helpers([need.case_id])
    tried = await work.matches.tried([need.id])
    return Circumstances(
        as_of=work.now,
        record=records.get(offer.provider.key, ProviderRecord()),
        helps_case=offer.provider.key in helpers.get(need.case_id, set()),
        tried=offer.id in tried.get(need.id, set()),
    )


async def confirm_match(work: Work, need_id: UUID, offer_id: UUID, round_id: UUID | None = None) -> Match:
    """Pair a need with an offer: eligible on the rows as they are now, places held by one conditional update, one live match a need."""
    require(work.caller, COORDINATORS, Scope.MATCHES)
    need = await work.needs.seen(need_id, work.caller, lock=True)
    offer = await work.offers.get(offer_id, lock=True)
    need.match(work.now)
    offer.reserve(need.size, work.now)
    at = await circumstances(work, need, offer)
    facts = (await need_facts(work, [need]))[0]
    by, answer_by = caller_key(work.caller), work.now + timedelta(days=await work.chosen("answer_days", work.settings.answer_days))
    verdict = reference(facts, offer.facts(), at, await work.weights.in_use())
    if not verdict.eligible:
        first = worded(verdict.reasons[0])
        raise NotEligible("This pair does not fit: {reason}", reason=first)
    match, matched, held = confirm(new_id(), need, offer, verdict.score, verdict.weights, by, answer_by, work.now, round_id)
    if not await work.offers.hold(held, need.size):
        raise OfferIsFull("The offer has {left} places left; {size} are asked for. Choose another offer.", left=0, size=need.size)
    try:
        await work.matches.add(match, need.category)
    except IntegrityError as error:
        raise NeedIsTaken("This need was matched in the meantime.") from error
    await work.needs.save(need, matched)
    case = (await work.cases.many([need.case_id]))[need.case_id]
    await _after(work, match, case, matched, await work.offers.get(offer_id), None, "match.confirmed")
    return match


async def accept_match(work: Work, match_id: UUID, way: Way = Way.SIGNED_IN) -> Match:
    """The provider says yes."""
    before, on_behalf = await _for_provider(work, match_id)
    return await _step(work, before, before.accept(work.now), "match.accepted", answering=True, on_behalf=on_behalf, way=way)


async def decline_match(work: Work, match_id: UUID, reason: DeclineReason, way: Way = Way.SIGNED_IN) -> Match:
    """The provider says no; the places come back and the need looks on."""
    before, on_behalf = await _for_provider(work, match_id)
    return await _step(work, before, before.decline(reason, work.now), "match.declined", answering=True, on_behalf=on_behalf, way=way)


async def start_match(work: Work, match_id: UUID) -> Match:
    """The help has begun; either side says so."""
    require(work.caller, PARTIES, Scope.OFFERS, Scope.MATCHES)
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    return await _step(work, before, before.start(work.now), "match.started")


async def fulfil_match(work: Work, match_id: UUID, outcome: Outcome) -> Match:
    """The help was given; either side says so."""
    require(work.caller, PARTIES, Scope.OFFERS, Scope.MATCHES)
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    return await _step(work, before, before.fulfil(outcome, work.now), "match.fulfilled")


async def fail_match(work: Work, match_id: UUID, outcome: Outcome) -> Match:
    """The help was not given in the end; either side says so."""
    require(work.caller, PARTIES, Scope.OFFERS, Scope.MATCHES)
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    return await _step(work, before, before.fail(outcome, work.now), "match.failed")


async def cancel_match(work: Work, match_id: UUID, reason: CancelReason) -> Match:
    """Either side calls it off, at any time before the end."""
    require(work.caller, PARTIES, Scope.OFFERS, Scope.MATCHES)
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    side = Side.PROVIDER if await work.matches.is_provider(match_id, work.caller) else Side.CASE
    return await _step(work, before, before.cancel(side, reason, work.now), "match.cancelled")


async def cancel_as_hub(work: Work, match_id: UUID, side: Side, reason: CancelReason) -> Match:
    """An erasure ends a live match."""
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    return await _step(work, before, before.cancel(side, reason, work.now), "match.cancelled")


async def end_of_provider(work: Work, account_id: UUID) -> None:
    """A volunteer was erased: their live matches end, and the needs look on."""
    offers = await work.offers.of_provider(Provider(ProviderKind.ACCOUNT, account_id))
    for start in range(0, len(offers), 200):
        for match in await work.matches.live_of_offers([offer.id for offer in offers[start : start + 200]]):
            await cancel_as_hub(work, match.id, Side.PROVIDER, CancelReason.PROVIDER_UNAVAILABLE)


async def expire_match(work: Work, match_id: UUID) -> Match:
    """Nobody answered in time: the request comes to its end, and the need looks on."""
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    return await _step(work, before, before.expire(work.now), "match.expired")


async def _for_provider(work: Work, match_id: UUID) -> tuple[Match, bool]:
    """The match, and whether a coordinator of the case answers on the provider's behalf (recorded with the match)."""
    require(work.caller, PARTIES, Scope.OFFERS)
    before, _ = await work.matches.seen(match_id, work.caller, lock=True)
    if await work.matches.is_provider(match_id, work.caller):
        return before, False
    if work.caller.role == "coordinator":
        return before, True
    raise NotTheProvider("Only the provider answers this request.")


async def _step(
    work: Work, before: Match, after: Match, action: str, *, answering: bool = False, on_behalf: bool = False, way: Way = Way.SIGNED_IN
) -> Match:
    # First the need, then the offer: whoever confirms holds them in the same order.
    await work.needs.lock([before.need_id])
    need_before = (await work.needs.many([before.need_id]))[before.need_id]
    offer_before = await work.offers.get(before.offer_id, lock=True)
    need, offer = settle(before, after, need_before, offer_before, work.now)
    row = (await work.matches.seen(before.id, work.caller))[1]
    answered_by = row.answered_by
    if answering and work.caller.kind == "account" and work.caller.id:
        answered_by = UUID(work.caller.id)
    await work.matches.save(before, after, answered_by=answered_by, on_behalf=on_behalf or row.on_behalf)
    await work.needs.save(need_before, need)
    if offer is not offer_before:
        await work.offers.save(offer_before, offer)
    case = (await work.cases.many([before.case_id]))[before.case_id]
    moved = (need if need is not need_before else None, offer if offer is not offer_before else None)
    await _after(work, after, case, *moved, answered_by, action, way)
    return after


async def _after(
    work: Work, match: Match, case: Case, need: Need | None, offer: Offer | None, answered_by: UUID | None, action: str, way: Way = Way.SIGNED_IN
) -> None:
    """Tell what changed, and let the indexes read it."""
    category = need.category if need else (await work.needs.many([match.need_id]))[match.need_id].category
    await work.outbox.add(events_out.match_event(match, case, category, answered_by), events_out.both_sides(match, case))
    await work.changes.note("provider", match.provider.id, work.now)
    await work.changes.note("need", match.need_id, work.now)
    if need is not None:
        await work.outbox.add(events_out.need_event(told.NeedChangedV1, need, case), events_out.team(case))
    if offer is not None:
        await note_offer(work, offer)
    by_link = {"by": way.value} if way is Way.MAIL_LINK else {}
    await work.audit.record(action, "match", match.id, need_id=str(match.need_id), offer_id=str(match.offer_id), **by_link)
