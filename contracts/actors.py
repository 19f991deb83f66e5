"""What `actors` tells: the public registry. Everything here is public."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event


class ActorState(Event):
    """The public state of an actor."""

    about: ClassVar[str] = "actor_id"
    actor_id: UUID
    version: int = Field(ge=1, description="Rises by one with each change; older versions are ignored.")
    slug: str = Field(description="Stable readable key, for example `grenoble-fr`.")
    kind: str = Field(description="municipality, region, civil_society, network, international_organisation, university or public_body.")
    name: str
    country: str | None = Field(None, description="ISO 3166-1 alpha-2.")
    archived: bool = False


class ActorCreatedV1(ActorState):
    """Emitted when an organisation entered the registry."""

    type_name: ClassVar[str] = "hub.actors.actor.created.v1"


class ActorChangedV1(ActorState):
    """Emitted when an actor's record was changed."""

    type_name: ClassVar[str] = "hub.actors.actor.changed.v1"


class ActorArchivedV1(ActorState):
    """Emitted when an actor was archived; its record stays readable."""

    type_name: ClassVar[str] = "hub.actors.actor.archived.v1"


class ImportFinishedV1(Event):
    """Emitted when an import of registry files was written as a whole."""

    type_name: ClassVar[str] = "hub.actors.import.finished.v1"
    about: ClassVar[str] = "import_id"
    import_id: UUID
    created: int = Field(ge=0, description="Records that are new.")
    changed: int = Field(ge=0, description="Records that differ from before.")
    unchanged: int = Field(ge=0, description="Records that were the same.")
