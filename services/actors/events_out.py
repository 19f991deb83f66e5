"""From the model to the events that this service tells."""

from uuid import UUID

from contracts.actors import (
    ActorArchivedV1,
    ActorChangedV1,
    ActorCreatedV1,
    ActorMergedV1,
    ActorState,
    ActorUnmergedV1,
    ClaimAcceptedV1,
    ClaimEndedV1,
    ImportFinishedV1,
    SearchFoundV1,
    SuggestionAnsweredV1,
)
from services.actors.model.import_report import ImportReport
from services.actors.model.merging import Merge
from services.actors.model.records import Actor
from services.actors.model.saved import SavedSearch
from services.actors.model.suggestions import Claim


def _told(event: type[ActorState], actor: Actor) -> ActorState:
    return event(
        actor_id=actor.id, version=actor.version, slug=actor.slug, kind=actor.kind.value, name=actor.name,
        country=actor.country, archived=actor.archived,
    )  # fmt: skip


def actor_created(actor: Actor) -> ActorState:
    """An organisation entered the registry."""
    return _told(ActorCreatedV1, actor)


def actor_changed(actor: Actor) -> ActorState:
    """An actor's record was changed, or brought back from the archive."""
    return _told(ActorChangedV1, actor)


def actor_archived(actor: Actor) -> ActorState:
    """An actor was archived."""
    return _told(ActorArchivedV1, actor)


def import_finished(import_id: UUID, report: ImportReport) -> ImportFinishedV1:
    """An import of registry files was written as a whole."""
    return ImportFinishedV1(import_id=import_id, created=report.created, changed=report.changed, unchanged=report.unchanged)


def search_found(search: SavedSearch, count: int) -> SearchFoundV1:
    """There is something new for a saved search."""
    return SearchFoundV1(search_id=search.id, account_id=search.account_id, count=count)


def actor_merged(merge: Merge) -> ActorMergedV1:
    """One record of an organisation went into another."""
    return ActorMergedV1(merge_id=merge.id, version=merge.version, kept_id=merge.kept_id, gone_id=merge.gone_id)


def actor_unmerged(merge: Merge) -> ActorUnmergedV1:
    """A merge was undone."""
    return ActorUnmergedV1(merge_id=merge.id, version=merge.version, kept_id=merge.kept_id, gone_id=merge.gone_id)


def claim_accepted(claim_id: UUID, actor_id: UUID, account_id: UUID) -> ClaimAcceptedV1:
    """An account is of an organisation."""
    return ClaimAcceptedV1(claim_id=claim_id, actor_id=actor_id, account_id=account_id)


def claim_ended(claim: Claim) -> ClaimEndedV1:
    """An account is of an organisation no longer by its claim."""
    return ClaimEndedV1(claim_id=claim.id, actor_id=claim.actor_id, account_id=claim.account_id)


def suggestion_answered(ask_id: UUID, outcome: str) -> SuggestionAnsweredV1:
    """A suggestion was decided."""
    return SuggestionAnsweredV1(suggestion_id=ask_id, outcome=outcome)
