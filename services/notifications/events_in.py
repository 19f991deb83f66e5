"""Second door: news from actors, people and matching. Every handler may run twice without harm."""

from uuid import UUID

from chassis.consume import Handler
from contracts import actors, matching, people
from contracts.envelope import Event
from contracts.people import InstanceChangedV1
from services.notifications.model.people import Account
from services.notifications.model.rules import News
from services.notifications.use_cases import notify, write
from services.notifications.work import Work


def _event_id(work: Work) -> UUID:
    assert work.cause is not None, "a handler runs for an event"
    return work.cause.id


async def registry_news(work: Work, event: actors.ActorState | actors.MergeState | actors.ImportFinishedV1) -> None:
    """The registry changed; webhooks may want to know."""
    await notify.hear(work, News(event.type_name, _event_id(work), "registry", UUID(event.about_id)))


async def search_news(work: Work, event: actors.SearchFoundV1) -> None:
    """There is something new for a search that an account keeps."""
    await notify.hear(
        work,
        News(event.type_name, _event_id(work), "search", event.search_id, started_by=event.account_id, numbers={"count": event.count}),
    )


async def offer_news(work: Work, event: matching.OfferState) -> None:
    """An offer was posted or changed."""
    news = News(
        event.type_name,
        _event_id(work),
        "offer",
        event.offer_id,
        event.version,
        event.state,
        provider_account=event.provider_account_id,
        provider_actor=event.provider_actor_id,
        audience=event.audience,
    )
    await notify.hear(work, news)


async def case_news(work: Work, event: matching.CaseState) -> None:
    """A case was recorded or changed; webhooks of its team may want to know."""
    news = News(
        event.type_name,
        _event_id(work),
        "case",
        event.case_id,
        event.version,
        recorded_by=event.recorded_by,
        case_actor=event.actor_id,
        shared_with=tuple(event.shared_with),
    )
    await notify.hear(work, news)


async def need_news(work: Work, event: matching.NeedState) -> None:
    """A need was posted or changed; webhooks of its team may want to know."""
    news = News(
        event.type_name,
        _event_id(work),
        "need",
        event.need_id,
        event.version,
        recorded_by=event.recorded_by,
        case_actor=event.actor_id,
        shared_with=tuple(event.shared_with),
    )
    await notify.hear(work, news)


async def proposals_ready(work: Work, event: matching.NeedProposalsReadyV1) -> None:
    """A need has proposals."""
    news = News(
        event.type_name,
        _event_id(work),
        "need",
        event.need_id,
        event.version,
        recorded_by=event.recorded_by,
        case_actor=event.actor_id,
        numbers={"count": event.count},
    )
    await notify.hear(work, news)


async def match_news(work: Work, event: matching.MatchState) -> None:
    """A match went a step further."""
    news = News(
        event.type_name,
        _event_id(work),
        "match",
        event.match_id,
        event.version,
        event.state,
        provider_account=event.provider_account_id,
        provider_actor=event.provider_actor_id,
        recorded_by=event.recorded_by,
        case_actor=event.case_actor_id,
        shared_with=tuple(event.shared_with),
    )
    await notify.hear(work, news)


async def question_news(work: Work, event: matching.MatchQuestionState) -> None:
    """Something was asked about a match, or answered; the message leads to the match."""
    news = News(
        event.type_name,
        _event_id(work),
        "question",
        event.match_id,
        event.version,
        provider_account=event.provider_account_id,
        provider_actor=event.provider_actor_id,
        recorded_by=event.recorded_by,
        case_actor=event.case_actor_id,
        shared_with=tuple(event.shared_with),
    )
    await notify.hear(work, news)


async def round_news(work: Work, event: matching.RoundState) -> None:
    """A round was planned or applied."""
    numbers = {"count": event.needs, "placed": event.placed}
    await notify.hear(
        work,
        News(
            event.type_name,
            _event_id(work),
            "round",
            event.round_id,
            event.version,
            event.state,
            started_by=event.started_by,
            numbers=numbers,
        ),
    )


async def account_news(work: Work, event: people.AccountState) -> None:
    """An account was activated, changed or disabled."""
    await notify.keep_account(work, Account(event.account_id, event.role, event.actor_id, event.locale, event.active, event.version))


async def invitation_issued(work: Work, event: people.InvitationIssuedV1) -> None:
    """Somebody was invited."""
    await write.send_invitation(work, event_id=_event_id(work), invitation_id=event.invitation_id)


async def account_reset_requested(work: Work, event: people.AccountResetRequestedV1) -> None:
    """Somebody asked for a new password."""
    await write.send_reset(work, event_id=_event_id(work), account_id=event.account_id, reset_id=event.reset_id)


async def email_change_requested(work: Work, event: people.AccountEmailChangeRequestedV1) -> None:
    """Somebody wants another address, or gets one corrected."""
    await write.send_email_change(work, event_id=_event_id(work), account_id=event.account_id, change_id=event.change_id, corrected=event.corrected)


async def registration_requested(work: Work, event: people.RegistrationRequestedV1) -> None:
    """Somebody gave their address to offer help."""
    await write.send_registration(work, event_id=_event_id(work), registration_id=event.registration_id, known=event.known)


async def ask_news(work: Work, event: matching.AskState) -> None:
    """Somebody asks for help without a name, or that was settled."""
    await notify.hear(work, News(event.type_name, _event_id(work), "ask", event.ask_id, event.version, event.state))


async def suggestion_answer_due(work: Work, event: people.SuggestionAnswerDueV1) -> None:
    """A suggestion was decided, and its sender left an address."""
    await write.send_suggestion_answer(work, event_id=_event_id(work), suggestion_id=event.suggestion_id, outcome=event.outcome)


async def person_erased(work: Work, event: people.PersonErasedV1) -> None:
    """A person was erased; obey."""
    await notify.forget(work, event.subject_kind, event.subject_id)


async def instance_changed(work: Work, event: InstanceChangedV1) -> None:
    """The city chose other settings for its hub."""
    await work.keep_choices(event)


HANDLERS: dict[type[Event], Handler] = {
    InstanceChangedV1: instance_changed,
    actors.ActorCreatedV1: registry_news,
    actors.ActorChangedV1: registry_news,
    actors.ActorArchivedV1: registry_news,
    actors.ActorMergedV1: registry_news,
    actors.ActorUnmergedV1: registry_news,
    actors.ImportFinishedV1: registry_news,
    actors.SearchFoundV1: search_news,
    matching.OfferPostedV1: offer_news,
    matching.OfferApprovedV1: offer_news,
    matching.OfferRefusedV1: offer_news,
    matching.OfferChangedV1: offer_news,
    matching.OfferPausedV1: offer_news,
    matching.OfferResumedV1: offer_news,
    matching.OfferClosedV1: offer_news,
    matching.OfferReviewDueV1: offer_news,
    matching.CaseRecordedV1: case_news,
    matching.CaseChangedV1: case_news,
    matching.CaseClosedV1: case_news,
    matching.NeedPostedV1: need_news,
    matching.NeedChangedV1: need_news,
    matching.NeedWithdrawnV1: need_news,
    matching.NeedProposalsReadyV1: proposals_ready,
    matching.MatchConfirmedV1: match_news,
    matching.MatchAcceptedV1: match_news,
    matching.MatchDeclinedV1: match_news,
    matching.MatchExpiredV1: match_news,
    matching.MatchStartedV1: match_news,
    matching.MatchFulfilledV1: match_news,
    matching.MatchFailedV1: match_news,
    matching.MatchCancelledV1: match_news,
    matching.MatchExtendedV1: match_news,
    matching.MatchRemindedV1: match_news,
    matching.MatchQuestionAskedV1: question_news,
    matching.MatchQuestionAnsweredV1: question_news,
    matching.AskReceivedV1: ask_news,
    matching.AskSettledV1: ask_news,
    matching.RoundSolvedV1: round_news,
    matching.RoundAppliedV1: round_news,
    people.AccountActivatedV1: account_news,
    people.AccountChangedV1: account_news,
    people.AccountDisabledV1: account_news,
    people.InvitationIssuedV1: invitation_issued,
    people.AccountResetRequestedV1: account_reset_requested,
    people.AccountEmailChangeRequestedV1: email_change_requested,
    people.RegistrationRequestedV1: registration_requested,
    people.SuggestionAnswerDueV1: suggestion_answer_due,
    people.PersonErasedV1: person_erased,
}
