"""What `matching` tells of offers. Only a moderated public offer carries text."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import Event
from contracts.matching.parts import TopicRange, WeeklyWindow


class OfferState(Event):
    """The state of an offer. Texts and place are there only while the offer is public, moderated and not closed."""

    about: ClassVar[str] = "offer_id"
    offer_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="draft, awaiting_moderation, open, paused, full or closed.")
    category: str
    provider_actor_id: UUID | None = None
    provider_account_id: UUID | None = None
    audience: str = Field(description="public, coordinators or peers.")
    unit: str = Field(description="person, household, item or hour.")
    places: int = Field(ge=0)
    places_left: int = Field(ge=0)
    returns: bool = Field(description="Whether a place comes back when its match ends.")
    title: dict[str, str] | None = Field(None, description="Per language; public offers only.")
    description: dict[str, str] | None = Field(None, description="Per language; public offers only.")
    languages: list[str] = Field(default_factory=list)
    remote: bool = False
    lat: float | None = Field(None, description="Two decimals at most (about 1 km).")
    lon: float | None = None
    radius_km: float | None = None
    topics: list[TopicRange] = Field(default_factory=list)
    windows: list[WeeklyWindow] = Field(default_factory=list)
    valid_from: date | None = None
    valid_until: date | None = None
    provides: list[str] = Field(default_factory=list)
    requires: list[str] = Field(default_factory=list)
    prefers: list[str] = Field(default_factory=list, description="Tags that the provider would welcome in a case; they exclude nobody.")
    household_min: int | None = None
    household_max: int | None = None
    review_on: date | None = None
    posted_at: AwareDatetime | None = None


class OfferPostedV1(OfferState):
    """Emitted when an offer was posted; it may still await moderation."""

    type_name: ClassVar[str] = "hub.matching.offer.posted.v1"


class OfferApprovedV1(OfferState):
    """Emitted when a moderator opened an offer."""

    type_name: ClassVar[str] = "hub.matching.offer.approved.v1"


class OfferRefusedV1(OfferState):
    """Emitted when a moderator refused an offer."""

    type_name: ClassVar[str] = "hub.matching.offer.refused.v1"
    reason: str | None = Field(None, description="Code of the reason that the moderator chose.")


class OfferChangedV1(OfferState):
    """Emitted when an offer's text, conditions or free places changed."""

    type_name: ClassVar[str] = "hub.matching.offer.changed.v1"


class OfferPausedV1(OfferState):
    """Emitted when an offer was paused."""

    type_name: ClassVar[str] = "hub.matching.offer.paused.v1"


class OfferResumedV1(OfferState):
    """Emitted when a paused offer takes requests again."""

    type_name: ClassVar[str] = "hub.matching.offer.resumed.v1"


class OfferClosedV1(OfferState):
    """Emitted when an offer ended."""

    type_name: ClassVar[str] = "hub.matching.offer.closed.v1"


class OfferImportedV1(Event):
    """Emitted when `matching` has dealt with an imported service."""

    type_name: ClassVar[str] = "hub.matching.offer.imported.v1"
    about: ClassVar[str] = "offer_id"
    offer_id: UUID
    version: int = Field(ge=1, description="The version of the telling that is answered.")
    import_id: UUID
    line: int = Field(ge=0)
    outcome: str = Field(description="created, changed, unchanged, closed or refused.")
    code: str | None = Field(None, description="Why it was refused.")


class OfferReviewDueV1(OfferState):
    """Emitted when the provider should say whether the offer is still true."""

    type_name: ClassVar[str] = "hub.matching.offer.review_due.v1"
