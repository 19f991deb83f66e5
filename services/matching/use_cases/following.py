"""Follows a merge of two records of one organisation: what is the one's becomes the other's, and goes back when the merge is undone."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from contracts import matching as told
from services.matching import events_out
from services.matching.model.case import Case
from services.matching.model.offer import Offer, Provider, ProviderKind
from services.matching.store.following import CASE, OFFER, QUIET, SHARE, SHARE_BOTH
from services.matching.use_cases.offers import note_offer
from services.matching.work import Work


async def follow(work: Work, merge_id: UUID, gone: UUID, kept: UUID) -> None:
    """Offers, cases, shares, matches and rounds of the one that went name the one that is kept. Repeating it finds nothing left to move."""
    known = await work.following.followed(merge_id)
    offers = await work.offers.of_provider(Provider(ProviderKind.ACTOR, gone))
    await _offers(work, offers, kept)
    moved = {OFFER: [offer.id for offer in offers], CASE: await work.following.cases_of(gone), SHARE: [], SHARE_BOTH: []}
    shared = await work.following.cases_shared_with(gone)
    for case in (await work.cases.many([*moved[CASE], *shared])).values():
        if gone in case.shared_with:
            moved[SHARE_BOTH if kept in case.shared_with else SHARE].append(case.id)
        shares = frozenset(kept if one == gone else one for one in case.shared_with)
        await _case(work, case, kept if case.actor_id == gone else case.actor_id, shares)
    for part in QUIET:
        moved[part] = await work.following.move(part, gone, kept)
    for part, ids in moved.items():
        await work.following.remember(merge_id, part, set(ids) - set(known.get(part, ())))
    await _providers(work, gone, kept)


async def go_back(work: Work, merge_id: UUID, gone: UUID, kept: UUID) -> None:
    """What followed goes back, unless it is another's by now."""
    known = await work.following.followed(merge_id)
    offers = (await work.offers.many(known.get(OFFER, []))).values()
    await _offers(work, [offer for offer in offers if offer.provider == Provider(ProviderKind.ACTOR, kept)], gone)
    parts = {part: set(known.get(part, ())) for part in (CASE, SHARE, SHARE_BOTH)}
    for case in (await work.cases.many(set().union(*parts.values()))).values():
        shares = case.shared_with
        if kept in shares and case.id in parts[SHARE]:
            shares = (shares - {kept}) | {gone}
        elif kept in shares and case.id in parts[SHARE_BOTH]:
            shares |= {gone}
        back = case.id in parts[CASE] and case.actor_id == kept
        await _case(work, case, gone if back else case.actor_id, shares)
    for part in QUIET:
        await work.following.move(part, kept, gone, known.get(part, []))
    await work.following.forget(merge_id)
    await _providers(work, gone, kept)


async def _offers(work: Work, offers: Iterable[Offer], actor_id: UUID) -> None:
    for before in offers:
        after = replace(before, provider=Provider(ProviderKind.ACTOR, actor_id), version=before.version + 1, updated_at=work.now)
        await work.offers.save(before, after)
        await note_offer(work, after)
        await work.audit.record("offer.followed", "offer", after.id)


async def _case(work: Work, before: Case, actor_id: UUID | None, shares: frozenset[UUID]) -> None:
    if (before.actor_id, before.shared_with) == (actor_id, shares):
        return
    after = replace(before, actor_id=actor_id, shared_with=shares, version=before.version + 1, updated_at=work.now)
    await work.cases.save(before, after)
    await work.changes.note("case", after.id, work.now)
    event = events_out.case_event(told.CaseChangedV1, after, await work.cases.statement(after.id))
    await work.outbox.add(event, events_out.team(after))
    await work.audit.record("case.followed", "case", after.id)


async def _providers(work: Work, *actor_ids: UUID) -> None:
    for actor_id in actor_ids:
        await work.changes.note("provider", actor_id, work.now)
