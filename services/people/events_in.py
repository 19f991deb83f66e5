"""Second door: what others tell. Each event is remembered with those whom it may concern; cases, matches and actors are kept."""

from chassis.consume import Handler
from contracts import actors, matching, notifications
from contracts.envelope import Event
from services.people.use_cases import places, projections, suggesters
from services.people.use_cases.projections import note_event
from services.people.work import Work


async def actor_news(work: Work, event: actors.ActorState) -> None:
    """An actor was created, changed or archived."""
    await projections.keep_actor(work, event.actor_id, event.version, event.archived)


async def claim_accepted(work: Work, event: actors.ClaimAcceptedV1) -> None:
    """An account is of an organisation."""
    await places.claim_accepted(work, event)


async def claim_ended(work: Work, event: actors.ClaimEndedV1) -> None:
    """An account is of an organisation no longer."""
    await places.claim_ended(work, event)


async def actors_merged(work: Work, event: actors.ActorMergedV1) -> None:
    """One record of an organisation went into another."""
    await places.merged(work, event)


async def actors_unmerged(work: Work, event: actors.ActorUnmergedV1) -> None:
    """A merge was undone."""
    await places.unmerged(work, event)


async def suggestion_answered(work: Work, event: actors.SuggestionAnsweredV1) -> None:
    """A suggestion was decided; who left an address hears of it."""
    await suggesters.answered(work, event.suggestion_id, event.outcome)


async def case_news(work: Work, event: matching.CaseState) -> None:
    """A case was recorded, changed, shared or closed."""
    await projections.keep_case(work, event)
    staff = _nobody(event.recorded_by, event.actor_id)
    await note_event(work, accounts={event.recorded_by}, actors={event.actor_id, *event.shared_with}, staff=staff)


async def match_news(work: Work, event: matching.MatchState) -> None:
    """A match was confirmed, answered, begun, ended."""
    await projections.keep_match(work, event)
    await note_event(
        work,
        accounts={event.provider_account_id, event.recorded_by, event.confirmed_by, event.answered_by},
        actors={event.provider_actor_id, event.case_actor_id, *event.shared_with},
        staff=_nobody(event.recorded_by, event.case_actor_id),
    )


async def question_news(work: Work, event: matching.MatchQuestionState) -> None:
    """Something was asked about a request, or answered."""
    await note_event(
        work,
        accounts={event.provider_account_id, event.recorded_by},
        actors={event.provider_actor_id, event.case_actor_id, *event.shared_with},
        staff=_nobody(event.recorded_by, event.case_actor_id),
    )


async def offer_news(work: Work, event: matching.OfferState) -> None:
    """An offer was posted, moderated, changed, paused, closed, or is due for review; moderators are concerned too."""
    await note_event(work, accounts={event.provider_account_id}, actors={event.provider_actor_id}, staff=True)


async def need_news(work: Work, event: matching.NeedState) -> None:
    """A need was posted, changed or withdrawn."""
    staff = _nobody(event.recorded_by, event.actor_id)
    await note_event(work, accounts={event.recorded_by}, actors={event.actor_id, *event.shared_with}, staff=staff)


async def proposals_ready(work: Work, event: matching.NeedProposalsReadyV1) -> None:
    """A need has proposals."""
    await note_event(work, accounts={event.recorded_by}, actors={event.actor_id}, staff=_nobody(event.recorded_by, event.actor_id))


async def ask_news(work: Work, event: matching.AskState) -> None:
    """Somebody asked for help without a name, or that was settled; whoever coordinates is concerned."""
    await note_event(work, accounts=(), staff=True)


async def round_news(work: Work, event: matching.RoundState) -> None:
    """A round was solved or applied."""
    await note_event(work, accounts={event.started_by})


async def mail_refused(work: Work, event: notifications.MailRefusedV1) -> None:
    """A mail server refused an address for good."""
    await projections.mail_refused(work, event.recipient_kind, event.recipient_id)


async def webhook_disabled(work: Work, event: notifications.WebhookDisabledV1) -> None:
    """A webhook was switched off; its owner, or the administrators, are told."""
    await note_event(work, accounts={projections.uuid_or_none(event.owner_id)}, staff=True)


def _nobody(*parties: object) -> bool:
    """Whether no single person or team looks after it, so that all who coordinate may be concerned."""
    return all(party is None for party in parties)


HANDLERS: dict[type[Event], Handler] = {
    actors.ActorCreatedV1: actor_news,
    actors.ActorChangedV1: actor_news,
    actors.ActorArchivedV1: actor_news,
    actors.ActorMergedV1: actors_merged,
    actors.ActorUnmergedV1: actors_unmerged,
    actors.ClaimAcceptedV1: claim_accepted,
    actors.ClaimEndedV1: claim_ended,
    actors.SuggestionAnsweredV1: suggestion_answered,
    matching.CaseRecordedV1: case_news,
    matching.CaseChangedV1: case_news,
    matching.CaseClosedV1: case_news,
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
    matching.OfferPostedV1: offer_news,
    matching.OfferApprovedV1: offer_news,
    matching.OfferRefusedV1: offer_news,
    matching.OfferChangedV1: offer_news,
    matching.OfferPausedV1: offer_news,
    matching.OfferResumedV1: offer_news,
    matching.OfferClosedV1: offer_news,
    matching.OfferReviewDueV1: offer_news,
    matching.NeedPostedV1: need_news,
    matching.NeedChangedV1: need_news,
    matching.NeedWithdrawnV1: need_news,
    matching.NeedProposalsReadyV1: proposals_ready,
    matching.AskReceivedV1: ask_news,
    matching.AskSettledV1: ask_news,
    matching.RoundSolvedV1: round_news,
    matching.RoundAppliedV1: round_news,
    notifications.MailRefusedV1: mail_refused,
    notifications.WebhookDisabledV1: webhook_disabled,
}
