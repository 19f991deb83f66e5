"""What matching tells: its model's values as contract events, and who may see them live."""

from typing import TypeVar
from uuid import UUID

from chassis.outbox import EVERYBODY, Audience
from contracts import matching as told
from services.matching.engine.types import Audience as OfferAudience
from services.matching.engine.types import Verdict
from services.matching.model.asks import Ask
from services.matching.model.case import Case
from services.matching.model.match import Match, MatchState
from services.matching.model.need import Need
from services.matching.model.offer import Offer, OfferState, ProviderKind
from services.matching.model.questions import Question
from services.matching.model.round import Round

STAFF = ("coordinator", "admin")
COORDINATORS = Audience(roles=("coordinator",))
SHOWN = (OfferState.OPEN, OfferState.FULL, OfferState.PAUSED)
MATCH_EVENTS: dict[MatchState, type[told.MatchState]] = {
    MatchState.CONFIRMED: told.MatchConfirmedV1,
    MatchState.ACCEPTED: told.MatchAcceptedV1,
    MatchState.DECLINED: told.MatchDeclinedV1,
    MatchState.EXPIRED: told.MatchExpiredV1,
    MatchState.IN_PROGRESS: told.MatchStartedV1,
    MatchState.FULFILLED: told.MatchFulfilledV1,
    MatchState.NOT_FULFILLED: told.MatchFailedV1,
    MatchState.CANCELLED: told.MatchCancelledV1,
}


T = TypeVar("T", bound=told.OfferState)


def offer_event(kind: type[T], offer: Offer) -> T:
    """An offer's whole public state. Texts and place only while it is public and was moderated."""
    public = offer.audience is OfferAudience.PUBLIC and offer.state in SHOWN
    place = offer.location.place if public else None
    return kind(
        offer_id=offer.id,
        version=offer.version,
        state=offer.state.value,
        category=offer.category,
        provider_actor_id=offer.provider.id if offer.provider.kind is ProviderKind.ACTOR else None,
        provider_account_id=offer.provider.id if offer.provider.kind is ProviderKind.ACCOUNT else None,
        audience=offer.audience.value,
        unit=offer.unit.value,
        places=offer.places,
        places_left=offer.places_left,
        returns=offer.returns,
        title=dict(offer.title) if public else None,
        description=dict(offer.description) if public else None,
        languages=sorted(offer.languages),
        remote=offer.location.remote,
        lat=round(place.lat, 2) if place else None,
        lon=round(place.lon, 2) if place else None,
        radius_km=offer.location.radius_km if place else None,
        topics=[told.TopicRange(topic=topic.topic, from_level=topic.from_level or "", to_level=topic.to_level or "") for topic in offer.topics],
        windows=[told.WeeklyWindow(day=each.day, from_minute=each.from_minute, to_minute=each.to_minute) for each in offer.windows],
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
        provides=sorted(offer.provides),
        requires=sorted(offer.requires),
        prefers=sorted(offer.prefers),
        household_min=offer.household_min,
        household_max=offer.household_max,
        review_on=offer.review_on,
        posted_at=offer.posted_at,
    )


def offer_audience(offer: Offer) -> Audience:
    """Everybody for a public offer that is shown; otherwise coordinators, the administrator and the provider."""
    if offer.audience is OfferAudience.PUBLIC and offer.state in SHOWN:
        return EVERYBODY
    account = (str(offer.provider.id),) if offer.provider.kind is ProviderKind.ACCOUNT else ()
    actor = (str(offer.provider.id),) if offer.provider.kind is ProviderKind.ACTOR else ()
    return Audience(roles=STAFF, accounts=account, actors=actor)


def case_event(kind: type[told.CaseState], case: Case, statement: dict[str, object]) -> told.CaseState:
    """Whose case it is and what may be done with it; nothing of what the household needs."""
    return kind(
        case_id=case.id,
        version=case.version,
        code=case.code,
        state=case.state.value,
        recorded_by=case.recorded_by,
        actor_id=case.actor_id,
        shared_with=sorted(case.shared_with),
        consent=told.ConsentStatement.model_validate(statement),
    )


def team(case: Case) -> Audience:
    """Who recorded the case. Colleagues see it in their lists; live news goes to the person."""
    return Audience(accounts=(str(case.recorded_by),) if case.recorded_by else ())


def ask_event(kind: type[told.AskState], ask: Ask) -> told.AskState:
    """Where an ask without a name stands."""
    return kind(ask_id=ask.id, version=ask.version, state=ask.state.value)


def need_event(kind: type[told.NeedState], need: Need, case: Case) -> told.NeedState:
    """The state of a need."""
    return kind(
        need_id=need.id,
        version=need.version,
        case_id=need.case_id,
        category=need.category,
        size=need.size,
        urgency=need.urgency.value,
        state=need.state.value,
        recorded_by=case.recorded_by,
        actor_id=case.actor_id,
        shared_with=sorted(case.shared_with),
    )


def proposals_ready(need: Need, case: Case, version: int, verdicts: list[Verdict]) -> told.NeedProposalsReadyV1:
    """A need has another set of proposals."""
    return told.NeedProposalsReadyV1(
        need_id=need.id,
        version=version,
        case_id=case.id,
        recorded_by=case.recorded_by,
        actor_id=case.actor_id,
        category=need.category,
        count=len(verdicts),
        best=[told.Scored(offer_id=verdict.offer_id, score=verdict.score) for verdict in verdicts[:20]],
    )


def match_event(match: Match, case: Case, category: str, answered_by: UUID | None, kind: type[told.MatchState] | None = None) -> told.MatchState:
    """A match's step, under the name of the state that it reached, or of what happened while it stayed there."""
    reason = match.outcome or match.cancel_reason or match.decline_reason
    return (kind or MATCH_EVENTS[match.state])(
        match_id=match.id,
        version=match.version,
        state=match.state.value,
        need_id=match.need_id,
        offer_id=match.offer_id,
        case_id=case.id,
        case_code=case.code,
        category=category,
        size=match.size,
        provider_actor_id=match.provider.id if match.provider.kind is ProviderKind.ACTOR else None,
        provider_account_id=match.provider.id if match.provider.kind is ProviderKind.ACCOUNT else None,
        recorded_by=case.recorded_by,
        case_actor_id=case.actor_id,
        shared_with=sorted(case.shared_with),
        confirmed_by=match.confirmed_by,
        answered_by=answered_by,
        answer_by=match.answer_by,
        round_id=match.round_id,
        reason=reason.value if reason else None,
    )


def question_event(kind: type[told.MatchQuestionState], question: Question, match: Match, case: Case) -> told.MatchQuestionState:
    """That something was asked or answered about a match; never the words."""
    return kind(
        question_id=question.id,
        version=question.version,
        state="asked" if question.is_open else "answered",
        match_id=match.id,
        provider_actor_id=match.provider.id if match.provider.kind is ProviderKind.ACTOR else None,
        provider_account_id=match.provider.id if match.provider.kind is ProviderKind.ACCOUNT else None,
        recorded_by=case.recorded_by,
        case_actor_id=case.actor_id,
        shared_with=sorted(case.shared_with),
    )


def both_sides(match: Match, case: Case) -> Audience:
    """The provider, and who recorded the case."""
    accounts = [str(case.recorded_by)] if case.recorded_by else []
    if match.provider.kind is ProviderKind.ACCOUNT:
        return Audience(accounts=(*accounts, str(match.provider.id)))
    return Audience(accounts=tuple(accounts), actors=(str(match.provider.id),))


def round_event(kind: type[told.RoundState], made: Round) -> told.RoundState:
    """A round's state."""
    placed = len(made.match_ids) if made.match_ids or made.not_applied else len(made.plan.seats) if made.plan else 0
    needs = placed + len(made.not_applied) + (len(made.plan.unplaced) if made.plan else 0)
    return kind(round_id=made.id, version=made.version, state=made.state.value, started_by=made.created_by, needs=needs, placed=placed)
