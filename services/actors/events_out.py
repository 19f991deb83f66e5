"""From the model to the events that this service tells."""

from uuid import UUID

from contracts.actors import ActorArchivedV1, ActorChangedV1, ActorCreatedV1, ActorState, ImportFinishedV1
from services.actors.model.import_report import ImportReport
from services.actors.model.records import Actor


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
