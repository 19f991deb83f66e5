"""Posting, moderating, changing and ending offers."""

from datetime import date, timedelta
from typing import Unpack
from uuid import UUID

from chassis.errors import Conflict, Forbidden, PreconditionFailed, invalid_field
from chassis.identity import Caller
from chassis.ids import new_id
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.model.offer import CloseReason, Offer, OfferChanges, OfferState, Provider, ProviderKind, RefusalReason
from services.matching.store.offers import is_staff
from services.matching.use_cases.categories import require_offered
from services.matching.use_cases.moderating import must_wait
from services.matching.use_cases.rights import MODERATORS, PROVIDERS, require
from services.matching.use_cases.vocabulary import Codes
from services.matching.work import Work

MOST_DRAFTS = 50
"""Drafts that one provider may keep."""


class TooManyDrafts(Conflict):
    """More drafts than anybody needs."""


class NotYourActor(Forbidden):
    """Offers are posted for the own actor, or for the own account."""


def provider_of(caller: Caller, actor_id: UUID | None, account_id: UUID | None = None) -> Provider:
    """Whose offer it is: an actor's where one is named and the caller may speak for it, otherwise the caller's own. Raises NotYourActor."""
    require(caller, PROVIDERS, Scope.OFFERS)
    if is_staff(caller):
        if actor_id is not None:
            return Provider(ProviderKind.ACTOR, actor_id)
        if account_id is not None:
            return Provider(ProviderKind.ACCOUNT, account_id)
    elif actor_id is not None:
        if caller.actor_id != actor_id or caller.role == "volunteer":
            raise NotYourActor("Post offers for the organisation in which you have a place.")
        return Provider(ProviderKind.ACTOR, actor_id)
    if caller.kind == "account" and caller.id:
        if caller.role == "member" and caller.actor_id is not None:
            return Provider(ProviderKind.ACTOR, caller.actor_id)
        return Provider(ProviderKind.ACCOUNT, UUID(caller.id))
    if caller.actor_id is not None:
        return Provider(ProviderKind.ACTOR, caller.actor_id)
    raise NotYourActor("Name the organisation that offers this.")


async def post_offer(work: Work, draft: Offer) -> Offer:
    """Put a draft before the public, or before a moderator first (a volunteer's public offer)."""
    _check_codes(draft)
    await require_offered(work, "/category", draft.category)
    draft.checked()
    await _require_provider(work, draft.provider)
    moderated = await must_wait(work, draft.audience, draft.provider, (draft.title, draft.description))
    offer = draft.post(work.now, await _review_on(work), moderated)
    await work.offers.add(offer)
    await _tell(work, told.OfferPostedV1, offer, "offer.posted")
    return offer


async def approve_offer(work: Work, offer_id: UUID) -> Offer:
    """A moderator opens an offer."""
    require(work.caller, MODERATORS)
    before = await work.offers.owned(offer_id, work.caller)
    return await _step(work, before, before.approve(work.now), told.OfferApprovedV1, "offer.approved")


async def refuse_offer(work: Work, offer_id: UUID, reason: RefusalReason) -> Offer:
    """A moderator refuses an offer for a reason that its provider reads; it is closed."""
    require(work.caller, MODERATORS)
    before = await work.offers.owned(offer_id, work.caller)
    after = before.refuse(reason, work.now)
    await work.offers.save(before, after)
    await work.changes.note("offer", offer_id, work.now)
    event = events_out.offer_event(told.OfferRefusedV1, after).model_copy(update={"reason": reason.value})
    await work.outbox.add(event, events_out.offer_audience(after))
    await work.audit.record("offer.refused", "offer", offer_id, state=after.state.value, reason=reason.value)
    return after


async def pause_offer(work: Work, offer_id: UUID) -> Offer:
    """Take no new requests for a while."""
    before = await work.offers.owned(offer_id, work.caller)
    return await _step(work, before, before.pause(work.now), told.OfferPausedV1, "offer.paused")


async def resume_offer(work: Work, offer_id: UUID) -> Offer:
    """Take requests again."""
    before = await work.offers.owned(offer_id, work.caller)
    await work.offers.mark_asked(offer_id, None)
    after = before.resume(work.now, await _review_on(work))
    return await _step(work, before, after, told.OfferResumedV1, "offer.resumed")


async def confirm_review(work: Work, offer_id: UUID) -> Offer:
    """The provider says that the offer still holds."""
    before = await work.offers.owned(offer_id, work.caller)
    await work.offers.mark_asked(offer_id, None)
    after = before.still_true(work.now, await _review_on(work))
    return await _step(work, before, after, told.OfferChangedV1, "offer.reviewed")


async def close_offer(work: Work, offer_id: UUID, because: CloseReason | None = None) -> Offer:
    """End an offer for good; live matches go on."""
    before = await work.offers.owned(offer_id, work.caller)
    return await _step(work, before, before.close(work.now, because), told.OfferClosedV1, "offer.closed")


async def copy_offer(work: Work, offer_id: UUID) -> Offer:
    """A draft that says the same; nobody hears of it until it is posted. Raises TooManyDrafts."""
    require(work.caller, PROVIDERS, Scope.OFFERS)
    before = await work.offers.owned(offer_id, work.caller)
    if await work.offers.count_drafts(before.provider) >= MOST_DRAFTS:
        raise TooManyDrafts("You have {most} drafts. Post or close some of them first.", most=MOST_DRAFTS)
    draft = before.copy(new_id(), _writer(work), work.now.date(), work.now)
    await work.offers.add(draft)
    await work.audit.record("offer.copied", "offer", draft.id, copied_from=str(before.id))
    return draft


async def post_draft(work: Work, offer_id: UUID) -> Offer:
    """Put a draft before the public, or before a moderator first."""
    before = await work.offers.owned(offer_id, work.caller)
    before.checked()
    await require_offered(work, "/category", before.category)
    await _require_provider(work, before.provider)
    review_on = await _review_on(work)
    moderated = await must_wait(work, before.audience, before.provider, (before.title, before.description))
    after = before.post(work.now, review_on, moderated)
    return await _step(work, before, after, told.OfferPostedV1, "offer.posted")


async def hand_over_offer(work: Work, offer_id: UUID) -> Offer:
    """A volunteer who has a place in an organisation gives it an offer of their own. Raises NotYourActor."""
    before = await work.offers.owned(offer_id, work.caller)
    caller = work.caller
    if caller.kind != "account" or caller.actor_id is None or caller.role == "volunteer" or before.provider.kind is not ProviderKind.ACCOUNT:
        raise NotYourActor("Only an offer of your own can be given to the organisation in which you have a place.")
    if caller.id != str(before.provider.id):
        raise NotYourActor("Only an offer of your own can be given to the organisation in which you have a place.")
    after = before.hand_over(Provider(ProviderKind.ACTOR, caller.actor_id), work.now)
    await work.changes.note("provider", before.provider.id, work.now)
    return await _step(work, before, after, told.OfferChangedV1, "offer.handed_over")


async def change_offer(work: Work, offer_id: UUID, version: int, changes: OfferChanges) -> Offer:
    """Change the version that was read. A volunteer's public words go before the moderator again."""
    before = await work.offers.owned(offer_id, work.caller)
    if before.version != version:
        raise PreconditionFailed("Somebody changed this offer in the meantime; read it again.")
    audience = changes.get("audience", before.audience)
    worded = any(key in changes for key in ("title", "description", "audience"))
    texts = changes.get("title", before.title), changes.get("description", before.description)
    after = _changed(work, before, worded and await must_wait(work, audience, before.provider, texts), **changes)
    _check_codes(after)
    return await _step(work, before, after, told.OfferChangedV1, "offer.changed")


async def close_ended_offers(work: Work) -> int:
    """Close offers whose last day is past. Answers how many."""
    offers = await work.offers.over(work.now.date())
    for before in offers:
        await _step(work, before, before.close(work.now), told.OfferClosedV1, "offer.ended")
    return len(offers)


async def ask_for_reviews(work: Work) -> int:
    """Ask providers whether their offer is still true, and pause offers whose question went unanswered. Answers how many."""
    today = work.now.date()
    asked = await work.offers.to_review(today, asked=False, before=today)
    for offer in asked:
        await work.offers.mark_asked(offer.id, today)
        await work.outbox.add(events_out.offer_event(told.OfferReviewDueV1, offer), events_out.offer_audience(offer))
    grace = timedelta(days=await work.chosen("review_grace_days", work.settings.review_grace_days))
    silent = await work.offers.to_review(today, asked=True, before=today - grace)
    for before in silent:
        await _step(work, before, before.pause(work.now), told.OfferPausedV1, "offer.paused_unreviewed")
    return len(asked) + len(silent)


async def erase_provider(work: Work, account_id: UUID) -> None:
    """The volunteer was erased: requests end, offers are closed, texts and places go."""
    await work.known.forget_account(account_id)
    for before in await work.offers.of_provider(Provider(ProviderKind.ACCOUNT, account_id)):
        if before.state is not OfferState.CLOSED:
            await _step(work, before, before.close(work.now), told.OfferClosedV1, "offer.erased")
        await work.offers.blank(before.id, work.now)


async def pause_offers_of(work: Work, provider: Provider) -> None:
    """The account was disabled or the organisation archived: its offers take no new requests; requests that were made go on."""
    for before in await work.offers.of_provider(provider):
        if before.state in (OfferState.OPEN, OfferState.FULL):
            await _step(work, before, before.pause(work.now), told.OfferPausedV1, "offer.paused_provider_away")


async def note_offer(work: Work, offer: Offer) -> None:
    """An offer changed with a match: tell, and let the index read it."""
    await work.changes.note("offer", offer.id, work.now)
    await work.outbox.add(events_out.offer_event(told.OfferChangedV1, offer), events_out.offer_audience(offer))


def _changed(work: Work, before: Offer, moderated: bool, **changes: Unpack[OfferChanges]) -> Offer:
    return before.change(work.now, moderated=moderated, **changes)


async def _review_on(work: Work) -> date:
    return work.now.date() + timedelta(days=await work.chosen("review_days", work.settings.review_days))


def _writer(work: Work) -> UUID | None:
    return UUID(work.caller.id) if work.caller.kind == "account" and work.caller.id else None


def _check_codes(offer: Offer) -> None:
    codes = Codes().category("/category", offer.category).unit("/unit", offer.category, offer.unit)
    codes.tags("/provides", offer.provides).tags("/requires", offer.requires).wishes_of_a_case("/prefers", offer.prefers)
    codes.topics("/topics", [topic.topic for topic in offer.topics])
    codes.done()


async def _require_provider(work: Work, provider: Provider) -> None:
    if provider.kind is ProviderKind.ACTOR and not await work.known.actor_is_there(provider.id):
        raise invalid_field("/provider/actor_id", "unknown_actor", "Name an organisation of the registry.")
    own = work.caller.kind == "account" and work.caller.id == str(provider.id)
    if provider.kind is ProviderKind.ACCOUNT and not own and not await work.known.account_is_there(provider.id):
        raise invalid_field("/provider/account_id", "unknown_account", "Name an active account.")


async def _step(work: Work, before: Offer, after: Offer, kind: type[told.OfferState], action: str) -> Offer:
    await work.offers.save(before, after)
    await _tell(work, kind, after, action)
    return after


async def _tell(work: Work, kind: type[told.OfferState], offer: Offer, action: str) -> None:
    await work.changes.note("offer", offer.id, work.now)
    await work.outbox.add(events_out.offer_event(kind, offer), events_out.offer_audience(offer))
    await work.audit.record(action, "offer", offer.id, state=offer.state.value)
