"""Second door of matching: its own news, and that of actors and people."""

from chassis.consume import Handler
from contracts import actors, people
from contracts import matching as own
from contracts.envelope import Event
from contracts.people import InstanceChangedV1
from services.matching.model.offer import Provider, ProviderKind
from services.matching.use_cases import cases, following, imported, matches, offers, proposing
from services.matching.work import Work


async def need_changed(work: Work, event: own.NeedChangedV1) -> None:
    """Propose anew: also after a match was declined, ran out or was cancelled, for the need is open again then."""
    proposing.propose_for_need(work, event.need_id)


async def need_withdrawn(work: Work, event: own.NeedWithdrawnV1) -> None:
    """Its proposals go."""
    proposing.propose_for_need(work, event.need_id)


async def offer_changed(work: Work, event: own.OfferState) -> None:
    """Recompute the needs that it touches."""
    proposing.propose_for_offer(work, event.offer_id)


async def match_moved(work: Work, event: own.MatchState) -> None:
    """The provider's counters changed, and with them the scores of their offers; and what the matched need brings to those that link to it."""
    await proposing.propose_for_linking(work, event.need_id, event.case_id)
    if event.provider_actor_id is not None:
        proposing.propose_for_provider(work, Provider(ProviderKind.ACTOR, event.provider_actor_id))
    elif event.provider_account_id is not None:
        proposing.propose_for_provider(work, Provider(ProviderKind.ACCOUNT, event.provider_account_id))


async def actor_changed(work: Work, event: actors.ActorState) -> None:
    """Know which organisations may offer; an archived one's offers take no new requests."""
    if await work.known.learn_actor(event.actor_id, event.version, event.archived) and event.archived:
        await offers.pause_offers_of(work, Provider(ProviderKind.ACTOR, event.actor_id))


async def actors_merged(work: Work, event: actors.ActorMergedV1) -> None:
    """One record of an organisation went into another: offers, cases, matches and rounds name the one that is kept."""
    await following.follow(work, event.merge_id, event.gone_id, event.kept_id)


async def actors_unmerged(work: Work, event: actors.ActorUnmergedV1) -> None:
    """The merge was undone."""
    await following.go_back(work, event.merge_id, event.gone_id, event.kept_id)


async def service_imported(work: Work, event: actors.ServiceImportedV1) -> None:
    """A service of another directory is an offer here."""
    await imported.take_service(work, event)


async def account_changed(work: Work, event: people.AccountState) -> None:
    """Know which accounts are active; the offers of one that is not take no new requests."""
    learned = await work.known.learn_account(event.account_id, event.version, event.role, event.actor_id, event.active)
    if learned and not event.active:
        await offers.pause_offers_of(work, Provider(ProviderKind.ACCOUNT, event.account_id))


async def consent_changed(work: Work, event: people.ConsentState) -> None:
    """Follow what the person behind a case allows."""
    if event.subject_kind == "case":
        await cases.follow_consent(work, event.subject_id, event.match, event.share_contact, event.until, event.version)


async def person_erased(work: Work, event: people.PersonErasedV1) -> None:
    """Obey: nothing that describes the person stays."""
    if event.subject_kind == "case":
        await cases.erase_case(work, event.subject_id)
    else:
        await matches.end_of_provider(work, event.subject_id)
        await offers.erase_provider(work, event.subject_id)
        await work.questions.blank_account(event.subject_id, work.now)


async def instance_changed(work: Work, event: InstanceChangedV1) -> None:
    """The city chose other settings for its hub."""
    await work.keep_choices(event)


HANDLERS: dict[type[Event], Handler] = {
    InstanceChangedV1: instance_changed,
    own.NeedChangedV1: need_changed,
    own.NeedWithdrawnV1: need_withdrawn,
    own.OfferPostedV1: offer_changed,
    own.OfferApprovedV1: offer_changed,
    own.OfferRefusedV1: offer_changed,
    own.OfferChangedV1: offer_changed,
    own.OfferPausedV1: offer_changed,
    own.OfferResumedV1: offer_changed,
    own.OfferClosedV1: offer_changed,
    own.MatchConfirmedV1: match_moved,
    own.MatchAcceptedV1: match_moved,
    own.MatchDeclinedV1: match_moved,
    own.MatchExpiredV1: match_moved,
    own.MatchStartedV1: match_moved,
    own.MatchFulfilledV1: match_moved,
    own.MatchFailedV1: match_moved,
    own.MatchCancelledV1: match_moved,
    actors.ActorCreatedV1: actor_changed,
    actors.ActorChangedV1: actor_changed,
    actors.ActorArchivedV1: actor_changed,
    actors.ActorMergedV1: actors_merged,
    actors.ActorUnmergedV1: actors_unmerged,
    actors.ServiceImportedV1: service_imported,
    people.AccountActivatedV1: account_changed,
    people.AccountChangedV1: account_changed,
    people.AccountDisabledV1: account_changed,
    people.ConsentGivenV1: consent_changed,
    people.ConsentWithdrawnV1: consent_changed,
    people.PersonErasedV1: person_erased,
}
"""Event class to handler: the whole behaviour on one screen."""
