"""An offer of help: its states, its places, and who may change what when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict, Unpack
from uuid import UUID

from chassis.errors import Conflict
from services.matching.engine.types import Audience, LevelRange, OfferFacts, Place, TimeWindow, Unit
from services.matching.model import limits


class OfferState(StrEnum):
    """Where an offer stands."""

    DRAFT = "draft"
    AWAITING_MODERATION = "awaiting_moderation"
    OPEN = "open"
    PAUSED = "paused"
    FULL = "full"
    CLOSED = "closed"


class RefusalReason(StrEnum):
    """Why a moderator does not approve an offer."""

    CONTACT_IN_TEXT = "contact_in_text"
    UNCLEAR = "unclear"
    NO_HELP = "no_help"
    COSTS_MONEY = "costs_money"
    NOT_SAFE = "not_safe"
    THERE_ALREADY = "there_already"
    OTHER = "other"


class CloseReason(StrEnum):
    """Why an offer ended."""

    ALL_GIVEN = "all_given"
    GIVEN_ELSEWHERE = "given_elsewhere"
    NO_TIME = "no_time"
    NOBODY_ASKED = "nobody_asked"
    OTHER = "other"


class OfferNotInState(Conflict):
    """The offer stands where this cannot be done."""


class OfferIsFull(Conflict):
    """Fewer places are left than are asked for."""


class PlacesInUse(Conflict):
    """The places that others hold cannot be taken away."""


class ProviderKind(StrEnum):
    """Who gives: an organisation of the registry, or a volunteer's account."""

    ACTOR = "actor"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Provider:
    """The giver of an offer."""

    kind: ProviderKind
    id: UUID

    @property
    def key(self) -> str:
        """One word for both kinds, by which the engine counts: `actor:<id>` or `account:<id>`."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Location:
    """Where help is given: a point with a radius in kilometres, or remotely, or both."""

    place: Place | None = None
    radius_km: float = 0
    remote: bool = False


class OfferChanges(TypedDict, total=False):
    """What a provider may change of an offer."""

    category: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    unit: Unit
    places: int
    returns: bool
    languages: frozenset[str]
    location: Location
    topics: tuple[LevelRange, ...]
    windows: tuple[TimeWindow, ...]
    valid_from: date | None
    valid_until: date | None
    provides: frozenset[str]
    requires: frozenset[str]
    prefers: frozenset[str]
    household_min: int | None
    household_max: int | None
    audience: Audience


@dataclass(frozen=True, slots=True)
class Offer:
    """Help that an actor or a volunteer can give. `places_used` are held by live matches or consumed; `returns` says whether a place comes
    back when its match ends; `prefers` are tags that the provider would welcome in a case; `review_on` is the day on which the provider is asked
    "still true?"."""

    id: UUID
    category: str
    title: Mapping[str, str]
    provider: Provider
    unit: Unit
    places: int
    returns: bool
    location: Location
    created_at: datetime
    updated_at: datetime
    description: Mapping[str, str] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    topics: tuple[LevelRange, ...] = ()
    windows: tuple[TimeWindow, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    provides: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    prefers: frozenset[str] = frozenset()
    household_min: int | None = None
    household_max: int | None = None
    audience: Audience = Audience.PUBLIC
    state: OfferState = OfferState.DRAFT
    places_used: int = 0
    review_on: date | None = None
    posted_at: datetime | None = None
    entered_by: UUID | None = None
    closed_because: CloseReason | None = None
    version: int = 1
    refusal: RefusalReason | None = None
    """Why a moderator did not approve it."""

    @property
    def places_left(self) -> int:
        """Places that nobody holds."""
        return self.places - self.places_used

    def checked(self) -> "Offer":
        """The same offer, or `Invalid` with every field at fault."""
        check = limits.Check()
        check.codes("/category", [self.category])
        public = self.audience is Audience.PUBLIC
        check.texts("/title", self.title, limits.TITLE_LENGTH, needed=True, public=public)
        check.texts("/description", self.description, limits.DESCRIPTION_LENGTH, public=public)
        check.weight("/description", self.title, self.description)
        check.number("/places", self.places, limits.PLACES)
        check.languages("/languages", self.languages)
        check.place("/location", self.location.place)
        check.number("/location/radius_km", self.location.radius_km, limits.RADIUS_KM)
        if self.location.place is None and not self.location.remote:
            check.wrong("/location", "missing", "Say where the help is given, or that it is remote.")
        check.topic_ranges("/topics", self.topics)
        check.windows("/windows", self.windows)
        check.dates("/valid_until", self.valid_from, self.valid_until)
        check.codes("/provides", self.provides)
        check.codes("/requires", self.requires)
        check.codes("/prefers", self.prefers)
        for pointer, bound in (("/household/min", self.household_min), ("/household/max", self.household_max)):
            if bound is not None:
                check.number(pointer, bound, limits.HOUSEHOLD)
        if self.household_min is not None and self.household_max is not None and self.household_max < self.household_min:
            check.wrong("/household/max", "below_the_least", "The largest household must not be smaller than the smallest.")
        check.done()
        return self

    def post(self, now: datetime, review_on: date, moderated: bool) -> "Offer":
        """Put a draft before the public, or before the moderator first. It counts as posted from now on."""
        self._must_be(OfferState.DRAFT)
        state = OfferState.AWAITING_MODERATION if moderated else OfferState.OPEN
        return self._changed(now, state=state, posted_at=now, review_on=review_on)

    def approve(self, now: datetime) -> "Offer":
        """A moderator lets the offer be seen."""
        self._must_be(OfferState.AWAITING_MODERATION)
        return self._changed(now, state=self._open_or_full())

    def refuse(self, reason: RefusalReason, now: datetime) -> "Offer":
        """A moderator does not open it; that is its end."""
        self._must_be(OfferState.AWAITING_MODERATION)
        return self._changed(now, state=OfferState.CLOSED, refusal=reason)

    def pause(self, now: datetime) -> "Offer":
        """Take no new requests for a while; live matches go on."""
        self._must_be(OfferState.OPEN, OfferState.FULL)
        return self._changed(now, state=OfferState.PAUSED)

    def resume(self, now: datetime, review_on: date) -> "Offer":
        """Take requests again; the provider has thereby said that the offer still holds."""
        self._must_be(OfferState.PAUSED)
        return self._changed(now, state=self._open_or_full(), review_on=review_on)

    def still_true(self, now: datetime, review_on: date) -> "Offer":
        """The provider confirms the offer; the next question comes on `review_on`."""
        self._must_be(OfferState.OPEN, OfferState.FULL, OfferState.PAUSED)
        return self._changed(now, review_on=review_on)

    def is_due_for_review(self, today: date) -> bool:
        """Whether the provider should be asked, or the offer paused if the question went unanswered."""
        return self.state in (OfferState.OPEN, OfferState.FULL) and self.review_on is not None and today >= self.review_on

    def close(self, now: datetime, because: CloseReason | None = None) -> "Offer":
        """End the offer for good; live matches go on."""
        self._must_be(*(state for state in OfferState if state is not OfferState.CLOSED))
        return self._changed(now, state=OfferState.CLOSED, closed_because=because)

    def copy(self, offer_id: UUID, by: UUID | None, today: date, now: datetime) -> "Offer":
        """A draft that says the same, with all places free; dates that are over are left out."""
        first = self.valid_from if self.valid_from is not None and self.valid_from >= today else None
        last = self.valid_until if self.valid_until is not None and self.valid_until >= today else None
        copied = replace(self, id=offer_id, state=OfferState.DRAFT, places_used=0, valid_from=first, valid_until=last, version=1, entered_by=by)
        return replace(copied, review_on=None, posted_at=None, closed_because=None, created_at=now, updated_at=now)

    def hand_over(self, provider: Provider, now: datetime) -> "Offer":
        """Another gives it from now on; live matches stay with who accepted them."""
        self._must_be(*(state for state in OfferState if state is not OfferState.CLOSED))
        return self._changed(now, provider=provider)

    def change(self, now: datetime, moderated: bool = False, **changes: Unpack[OfferChanges]) -> "Offer":
        """Change what is offered. With `moderated`, an offer that was visible goes back before the moderator."""
        self._must_be(*(state for state in OfferState if state is not OfferState.CLOSED))
        if changes.get("places", self.places) < self.places_used:
            raise PlacesInUse("{used} places are in use; keep at least as many.", used=self.places_used)
        changed = self._changed(now, **changes).checked()
        if moderated and self.state in (OfferState.OPEN, OfferState.FULL, OfferState.PAUSED):
            return replace(changed, state=OfferState.AWAITING_MODERATION)
        return replace(changed, state=changed._open_or_full()) if self.state in (OfferState.OPEN, OfferState.FULL) else changed

    def reserve(self, size: int, now: datetime) -> "Offer":
        """Hold places for a match. Refused where fewer are left: never more held than there are."""
        if self.state is OfferState.FULL or (self.state is OfferState.OPEN and size > self.places_left):
            raise OfferIsFull("The offer has {left} places left; {size} are asked for. Choose another offer.", left=self.places_left, size=size)
        self._must_be(OfferState.OPEN)
        held = replace(self, places_used=self.places_used + size)
        return held._changed(now, state=held._open_or_full())

    def release(self, size: int, now: datetime) -> "Offer":
        """Give held places back, whatever the state; a full offer is open again."""
        if size > self.places_used:
            raise PlacesInUse("Only {used} places are held; {size} cannot be given back.", used=self.places_used, size=size)
        freed = replace(self, places_used=self.places_used - size)
        return freed._changed(now, state=freed._open_or_full() if self.state is OfferState.FULL else self.state)

    def facts(self) -> OfferFacts:
        """What the engine looks at."""
        return OfferFacts(
            id=self.id,
            category=self.category,
            provider_id=self.provider.key,
            places=self.places,
            places_used=self.places_used,
            is_open=self.state is OfferState.OPEN,
            posted_at=self.posted_at or self.created_at,
            languages=self.languages,
            place=self.location.place,
            radius_m=round(self.location.radius_km * 1000),
            remote=self.location.remote,
            topics=self.topics,
            windows=self.windows,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            provides=self.provides,
            requires=self.requires,
            prefers=self.prefers,
            household_min=self.household_min,
            household_max=self.household_max,
            audience=self.audience,
        )

    def _open_or_full(self) -> OfferState:
        return OfferState.OPEN if self.places_left > 0 else OfferState.FULL

    def _must_be(self, *states: OfferState) -> None:
        if self.state not in states:
            allowed = ", ".join(states)
            raise OfferNotInState("The offer is {state}; this can be done while it is: {allowed}.", state=self.state.value, allowed=allowed)

    def _changed(self, now: datetime, **changes: object) -> "Offer":
        # `replace` cannot check the types of `**changes`; the public verbs above do, with `OfferChanges`.
        return replace(self, version=self.version + 1, updated_at=now, **changes)  # type: ignore[arg-type]
