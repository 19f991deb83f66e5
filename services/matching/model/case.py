"""A case: one household or person under a code, never a name, and what it has agreed to."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypedDict, Unpack
from uuid import UUID

from chassis.errors import Conflict
from services.matching.engine.types import Place
from services.matching.model import limits


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLOSED = "closed"


class AgeBand(StrEnum):
    """Ages of the household's members, in bands wide enough to recognise no one."""

    UNDER_3 = "0-2"
    FROM_3_TO_5 = "3-5"
    FROM_6_TO_11 = "6-11"
    FROM_12_TO_17 = "12-17"
    FROM_18_TO_64 = "18-64"
    OVER_64 = "65+"


class CaseClosed(Conflict):
    """A closed case takes no more changes."""


class CaseNotToReopen(Conflict):
    """Only a closed case whose household is still recorded is opened again."""


class CaseHasLiveNeeds(Conflict):
    """Needs that are matched or in progress must end first."""


@dataclass(frozen=True, slots=True)
class Household:
    """How many live together, and in which bands of age."""

    adults: int = 1
    children: int = 0
    age_bands: frozenset[AgeBand] = frozenset()

    @property
    def size(self) -> int:
        """How many they are."""
        return self.adults + self.children


@dataclass(frozen=True, slots=True)
class Consent:
    """What `people` said the case agreed to; `version` is that of the consent there, so that an older message changes nothing."""

    match: bool = False
    share_contact: bool = False
    until: datetime | None = None
    version: int = 0

    def allows_match(self, now: datetime) -> bool:
        """Whether the case may be paired at this moment."""
        return self.match and (self.until is None or now <= self.until)

    def allows_contact(self, now: datetime) -> bool:
        """Whether the contact may be disclosed at this moment, as far as matching knows."""
        return self.share_contact and (self.until is None or now <= self.until)


class CaseChanges(TypedDict, total=False):
    """What the recording team may change of a case."""

    household: Household
    languages: tuple[str, ...]
    attributes: frozenset[str]
    location: Place | None


@dataclass(frozen=True, slots=True)
class Case:
    """A household seeking help. `code` is random (80 bits at least, made outside); `location` has two decimals at most;
    seen by the team that recorded it (`actor_id`) and by the actors in `shared_with`."""

    id: UUID
    code: str
    recorded_by: UUID | None
    actor_id: UUID | None
    created_at: datetime
    updated_at: datetime
    household: Household = Household()
    languages: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    location: Place | None = None
    consent: Consent = Consent()
    shared_with: frozenset[UUID] = field(default_factory=frozenset)
    state: CaseState = CaseState.OPEN
    version: int = 1

    def checked(self) -> "Case":
        """The same case, or `Invalid` with every field at fault."""
        check = limits.Check()
        check.number("/household/adults", self.household.adults, (0, limits.HOUSEHOLD[1]))
        check.number("/household/children", self.household.children, (0, limits.HOUSEHOLD[1]))
        check.number("/household", self.household.size, limits.HOUSEHOLD)
        check.languages("/languages", self.languages)
        check.codes("/attributes", self.attributes)
        check.place("/location", self.location, coarse=True)
        check.count("/shared_with", self.shared_with, limits.SHARED_WITH)
        check.done()
        return self

    def change(self, now: datetime, **changes: Unpack[CaseChanges]) -> "Case":
        """Change what is recorded."""
        self.must_be_open()
        return replace(self, version=self.version + 1, updated_at=now, **changes).checked()

    def share_with(self, actor_id: UUID, now: datetime) -> "Case":
        """Let another team see the case."""
        self.must_be_open()
        return replace(self, version=self.version + 1, updated_at=now, shared_with=self.shared_with | {actor_id}).checked()

    def unshare(self, actor_id: UUID, now: datetime) -> "Case":
        """Let a team see the case no longer."""
        self.must_be_open()
        return replace(self, version=self.version + 1, updated_at=now, shared_with=self.shared_with - {actor_id})

    def with_consent(self, consent: Consent, now: datetime) -> "Case":
        """Follow what `people` says was agreed, in every state; an older or equal version changes nothing."""
        if consent.version <= self.consent.version:
            return self
        return replace(self, version=self.version + 1, updated_at=now, consent=consent)

    def close(self, now: datetime, live_needs: int) -> "Case":
        """End the case, once none of its needs is matched or in progress."""
        self.must_be_open()
        if live_needs:
            raise CaseHasLiveNeeds("{count} needs of this case are matched or in progress; end these matches first.", count=live_needs)
        return replace(self, version=self.version + 1, updated_at=now, state=CaseState.CLOSED)

    def reopen(self, now: datetime, blanked: bool) -> "Case":
        """Go on with a case that was ended, while what describes the household is still there."""
        if self.state is not CaseState.CLOSED:
            raise CaseNotToReopen("The case is open.")
        if blanked:
            raise CaseNotToReopen("The household of this case was removed after it was closed; record a new case.")
        return replace(self, version=self.version + 1, updated_at=now, state=CaseState.OPEN)

    def must_be_open(self) -> None:
        """Refuse where the case is closed (also asked before a need is recorded)."""
        if self.state is CaseState.CLOSED:
            raise CaseClosed("The case is closed; record a new one.")

    def is_seen_by(self, account_id: UUID, actor_ids: frozenset[UUID]) -> bool:
        """Whether an account with these actors may see the case: who recorded it, their team, and teams it is shared with."""
        teams = self.shared_with | ({self.actor_id} if self.actor_id else set())
        return account_id == self.recorded_by or not teams.isdisjoint(actor_ids)
