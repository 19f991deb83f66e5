"""What `actors` tells: the public registry. Everything here is public."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event
from contracts.matching import WeeklyWindow


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


class ServiceImportedV1(Event):
    """Emitted when an import was confirmed, once for each service that is new, changed, or ended. It never carries a contact."""

    type_name: ClassVar[str] = "hub.actors.service.imported.v1"
    about: ClassVar[str] = "offer_id"
    offer_id: UUID = Field(description="Derived from the source and the service's id there: the same at each import.")
    version: int = Field(ge=1, description="Rises with each telling of this service; older versions are ignored.")
    import_id: UUID
    line: int = Field(ge=0, description="Place in the import's list; comes back with the answer.")
    source: str = Field(description="Key of the source.")
    provider_actor_id: UUID
    provider_version: int = Field(ge=1, description="The provider's version in the registry.")
    ended: bool = Field(False, description="The service is not offered any more; its offer closes.")
    category: str = ""
    title: dict[str, str] = Field(default_factory=dict, description="Per language.")
    description: dict[str, str] = Field(default_factory=dict, description="Per language.")
    languages: list[str] = Field(default_factory=list)
    remote: bool = False
    lat: float | None = None
    lon: float | None = None
    radius_km: float = 0
    places: int = Field(1, ge=1)
    windows: list[WeeklyWindow] = Field(default_factory=list)
    valid_from: date | None = None
    valid_until: date | None = None
    provides: list[str] = Field(default_factory=list)


class SearchFoundV1(Event):
    """Emitted when there is something new for a search that an account keeps. It says how much, and nothing of what was looked for."""

    type_name: ClassVar[str] = "hub.actors.search.found.v1"
    about: ClassVar[str] = "search_id"
    search_id: UUID
    account_id: UUID = Field(description="Whose search it is.")
    count: int = Field(ge=1, description="Records that entered or changed since the last time.")


class MergeState(Event):
    """Two records of one organisation and which of them is kept."""

    about: ClassVar[str] = "merge_id"
    merge_id: UUID
    version: int = Field(ge=1, description="1: merged, 2: undone.")
    kept_id: UUID = Field(description="The actor that stays.")
    gone_id: UUID = Field(description="The actor that went into it; its id and key lead to the kept one.")


class ActorMergedV1(MergeState):
    """Emitted when one record of an organisation went into another: whoever keeps the id of the one that went takes the other."""

    type_name: ClassVar[str] = "hub.actors.actor.merged.v1"


class ActorUnmergedV1(MergeState):
    """Emitted when a merge was undone: what followed it goes back."""

    type_name: ClassVar[str] = "hub.actors.actor.unmerged.v1"


class ClaimAcceptedV1(Event):
    """Emitted when coordinators agree that an account is of an organisation: `people` gives it a place there."""

    type_name: ClassVar[str] = "hub.actors.claim.accepted.v1"
    about: ClassVar[str] = "claim_id"
    claim_id: UUID
    actor_id: UUID
    account_id: UUID


class ClaimEndedV1(Event):
    """Emitted when the claim of a volunteer ended that was accepted once: `people` takes the place that it gave, if the account still has it."""

    type_name: ClassVar[str] = "hub.actors.claim.ended.v1"
    about: ClassVar[str] = "claim_id"
    claim_id: UUID
    actor_id: UUID
    account_id: UUID


class SuggestionAnsweredV1(Event):
    """Emitted when a suggestion was decided, for each sending of it; no word of what was suggested."""

    type_name: ClassVar[str] = "hub.actors.suggestion.answered.v1"
    about: ClassVar[str] = "suggestion_id"
    suggestion_id: UUID = Field(description="The id that the sender was given.")
    outcome: str = Field(description="accepted or refused.")
