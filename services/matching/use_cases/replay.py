"""The recorded history, read for a replay with other weights. Nothing is written, and no id of a person goes in."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.matching.engine.replay.history import History, PastMatch, PastNeed, PastOffer
from services.matching.engine.types import NeedFacts
from services.matching.model.match import MatchState, PlaceFate
from services.matching.model.need import Need, NeedState
from services.matching.model.offer import Offer, OfferState, Provider, ProviderKind
from services.matching.tables import MatchRow
from services.matching.work import Work, need_facts

REMOVED = "needs whose household was removed after the time of keeping"
WITHDRAWN = "needs whose case no longer agrees to matching"
ERASED = "offers of providers who were erased"
TAKES_NO_MORE = (OfferState.CLOSED, OfferState.PAUSED)


async def read_history(work: Work, since: datetime | None, until: datetime) -> History:
    """Needs posted within the time are replayed, if their household may still be looked at; offers and matches are all there until its end."""
    needs, blanked = await work.history.needs(since, until), await work.history.blanked_cases()
    kept = [need for need in needs if need.case_id not in blanked]
    facts = await need_facts(work, kept)
    agreed = [(need, each) for need, each in zip(kept, facts, strict=True) if each.consent_match]
    offers, erased = await work.history.offers(until)
    counted = {REMOVED: len(needs) - len(kept), WITHDRAWN: len(kept) - len(agreed), ERASED: erased}
    return History(
        needs=tuple(_need(need, each) for need, each in agreed),
        offers=tuple(_offer(offer) for offer in offers),
        matches=tuple(_match(row) for row in await work.history.matches(until)),
        until=until,
        answer_time=timedelta(days=await work.chosen("answer_days", work.settings.answer_days)),
        left_out={why: count for why, count in counted.items() if count},
    )


def _need(need: Need, facts: NeedFacts) -> PastNeed:
    return PastNeed(replace(facts, is_open=True), need.updated_at if need.state is NeedState.WITHDRAWN else None)


def _offer(offer: Offer) -> PastOffer:
    closed_at = offer.updated_at if offer.state in TAKES_NO_MORE else None
    return PastOffer(replace(offer.facts(), is_open=True, places_used=0), offer.returns, closed_at)


def _match(row: MatchRow) -> PastMatch:
    return PastMatch(
        need_id=row.need_id,
        offer_id=row.offer_id,
        case_id=row.case_id,
        provider_id=Provider(ProviderKind(row.provider_kind), row.provider_id).key,
        category=row.category,
        size=row.size,
        asked_at=row.created_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        declined=row.state == MatchState.DECLINED,
        expired=row.state == MatchState.EXPIRED,
        called_off=row.state == MatchState.CANCELLED,
        gave_back=row.places == PlaceFate.GIVEN_BACK,
    )
