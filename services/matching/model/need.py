"""A need: one thing that a case asks for, on its way from open to closed."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict, Unpack
from uuid import UUID

from chassis.errors import Conflict
from services.matching.engine.types import LanguageWish, Link, NeedFacts, TimeWindow, TopicWish, Urgency
from services.matching.model import limits
from services.matching.model.case import Case, CaseState


class NeedState(StrEnum):
    """Where a need stands; it has a live match exactly while matched or in progress."""

    OPEN = "open"
    MATCHED = "matched"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LIVE = (NeedState.MATCHED, NeedState.IN_PROGRESS)


class NeedNotInState(Conflict):
    """The need stands where this cannot be done."""


class NeedHasLiveMatch(Conflict):
    """A need has at most one live match, and is not withdrawn or changed while it has."""


class NeedChanges(TypedDict, total=False):
    """What the recording team may change of a need."""

    category: str
    size: int
    languages: tuple[LanguageWish, ...]
    topics: tuple[TopicWish, ...]
    max_travel_km: float
    windows: tuple[TimeWindow, ...]
    from_date: date | None
    until_date: date | None
    urgency: Urgency
    requires: frozenset[str]
    provides: frozenset[str]
    preferences: frozenset[str]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a case needs. Languages that it does not name are those of its case; `preferences` are tags that would be welcome."""

    id: UUID
    case_id: UUID
    category: str
    size: int
    posted_at: datetime
    created_at: datetime
    updated_at: datetime
    languages: tuple[LanguageWish, ...] = ()
    topics: tuple[TopicWish, ...] = ()
    max_travel_km: float = 0
    windows: tuple[TimeWindow, ...] = ()
    from_date: date | None = None
    until_date: date | None = None
    urgency: Urgency = Urgency.NORMAL
    requires: frozenset[str] = frozenset()
    provides: frozenset[str] = frozenset()
    preferences: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    state: NeedState = NeedState.OPEN
    version: int = 1

    def checked(self) -> "Need":
        """The same need, or `Invalid` with every field at fault."""
        check = limits.Check()
        check.codes("/category", [self.category])
        check.number("/size", self.size, limits.SIZE)
        check.wishes("/languages", self.languages)
        check.topic_wishes("/topics", self.topics)
        check.number("/max_travel_km", self.max_travel_km, limits.RADIUS_KM)
        check.windows("/windows", self.windows)
        check.dates("/until", self.from_date, self.until_date)
        check.codes("/requires", self.requires)
        check.codes("/provides", self.provides)
        check.codes("/preferences", self.preferences)
        check.count("/links", self.links, limits.LINKS)
        if any(link.need_id == self.id for link in self.links):
            check.wrong("/links", "links_to_itself", "A need is linked to other needs only.")
        check.done()
        return self

    def change(self, now: datetime, **changes: Unpack[NeedChanges]) -> "Need":
        """Change what is asked for, while it is open."""
        self._must_be(NeedState.OPEN)
        return replace(self, version=self.version + 1, updated_at=now, **changes).checked()

    def match(self, now: datetime) -> "Need":
        """A coordinator confirmed a match. Only an open need takes one, so two are never live."""
        self._must_be(NeedState.OPEN)
        return self._moved(NeedState.MATCHED, now)

    def start(self, now: datetime) -> "Need":
        """The help has begun."""
        self._must_be(NeedState.MATCHED)
        return self._moved(NeedState.IN_PROGRESS, now)

    def reopen(self, now: datetime) -> "Need":
        """The match ended without fulfilling the need: it looks for help again."""
        self._must_be(*LIVE)
        return self._moved(NeedState.OPEN, now)

    def close(self, now: datetime) -> "Need":
        """The need is fulfilled."""
        self._must_be(NeedState.IN_PROGRESS)
        return self._moved(NeedState.CLOSED, now)

    def withdraw(self, now: datetime) -> "Need":
        """The case no longer asks for this."""
        self._must_be(NeedState.OPEN)
        return self._moved(NeedState.WITHDRAWN, now)

    def facts(self, case: Case, interpreter_linked: bool = False, from_peer: bool = False) -> NeedFacts:
        """What the engine looks at: the need with what it takes over from its case."""
        return NeedFacts(
            id=self.id,
            case_id=case.id,
            category=self.category,
            size=self.size,
            is_open=self.state is NeedState.OPEN and case.state is CaseState.OPEN,
            posted_at=self.posted_at,
            household=case.household.size,
            attributes=case.attributes,
            languages=self.languages or tuple(LanguageWish(code) for code in case.languages),
            topics=self.topics,
            place=case.location,
            max_travel_m=round(self.max_travel_km * 1000),
            windows=self.windows,
            from_date=self.from_date,
            until_date=self.until_date,
            urgency=self.urgency,
            requires=self.requires,
            provides=self.provides,
            preferences=self.preferences,
            links=self.links,
            consent_match=case.consent.match,
            consent_until=case.consent.until,
            interpreter_linked=interpreter_linked,
            from_peer=from_peer,
        )

    def _must_be(self, *states: NeedState) -> None:
        if self.state in states:
            return
        if self.state in LIVE:
            raise NeedHasLiveMatch("The need has a live match; end that match first.")
        allowed = ", ".join(states)
        raise NeedNotInState("The need is {state}; this can be done while it is: {allowed}.", state=self.state.value, allowed=allowed)

    def _moved(self, state: NeedState, now: datetime) -> "Need":
        return replace(self, state=state, version=self.version + 1, updated_at=now)
