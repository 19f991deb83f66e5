"""A round: many needs planned at once, reviewed, edited, then applied."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict
from services.matching.engine.plan import Plan
from services.matching.engine.problem import Pair
from services.matching.engine.types import Place, Urgency
from services.matching.model import limits


class RoundState(StrEnum):
    """Where a round stands."""

    DRAFT = "draft"
    SOLVING = "solving"
    READY = "ready"
    APPLIED = "applied"
    FAILED = "failed"


class RoundFailure(StrEnum):
    """Why a round has no plan."""

    SOLVER_STOPPED = "solver_stopped"
    NOTHING_TO_PLAN = "nothing_to_plan"


class NotAppliedReason(StrEnum):
    """Why a planned pair was no longer possible when the round was applied."""

    NEED_NOT_OPEN = "need_not_open"
    OFFER_NOT_OPEN = "offer_not_open"
    OFFER_FULL = "offer_full"
    NOT_ELIGIBLE = "not_eligible"
    TOGETHER = "together"


class RoundNotInState(Conflict):
    """The round stands where this cannot be done."""


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """Which open needs a round plans: empty fields do not narrow; categories include what lies below them; `radius_km` is around `near`."""

    categories: frozenset[str] = frozenset()
    urgencies: frozenset[Urgency] = frozenset()
    need_ids: frozenset[UUID] = frozenset()
    near: Place | None = None
    radius_km: float = 0


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A planned pair that was left out when the round was applied, and why."""

    need_id: UUID
    offer_id: UUID
    reason: NotAppliedReason


@dataclass(frozen=True, slots=True)
class Round:
    """Many matches at once: what is planned, for how many seconds it may be solved, the coordinator's pins and bans, and the plan."""

    id: UUID
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    needs: NeedFilter = NeedFilter()
    seconds: int = 30
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    plan: Plan | None = None
    match_ids: tuple[UUID, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()
    failure: RoundFailure | None = None
    state: RoundState = RoundState.DRAFT
    version: int = 1

    def checked(self) -> "Round":
        """The same round, or `Invalid` with every field at fault."""
        check = limits.Check()
        check.number("/seconds", self.seconds, limits.ROUND_SECONDS)
        check.codes("/needs/categories", self.needs.categories)
        check.place("/needs/near", self.needs.near)
        check.number("/needs/radius_km", self.needs.radius_km, limits.RADIUS_KM)
        check.count("/needs/need_ids", self.needs.need_ids, limits.ROUND_PAIRS)
        check.count("/pinned", self.pinned, limits.ROUND_PAIRS)
        check.count("/forbidden", self.forbidden, limits.ROUND_PAIRS)
        if self.pinned & self.forbidden:
            check.wrong("/forbidden", "also_pinned", "A pair is either pinned or forbidden.")
        if len({need_id for need_id, _ in self.pinned}) < len(self.pinned):
            check.wrong("/pinned", "pinned_twice", "Pin each need to one offer only.")
        check.done()
        return self

    def edit(self, pinned: frozenset[Pair], forbidden: frozenset[Pair], seconds: int, now: datetime) -> "Round":
        """Set the coordinator's pins and bans; a plan made without them is dropped."""
        self._must_be(RoundState.DRAFT, RoundState.READY, RoundState.FAILED)
        edited = self._moved(RoundState.DRAFT, now)
        return replace(edited, pinned=pinned, forbidden=forbidden, seconds=seconds, plan=None, failure=None).checked()

    def start(self, now: datetime) -> "Round":
        """The solver begins."""
        self._must_be(RoundState.DRAFT)
        return self._moved(RoundState.SOLVING, now)

    def finish(self, plan: Plan, now: datetime) -> "Round":
        """The solver brought a plan, to be reviewed."""
        self._must_be(RoundState.SOLVING)
        return replace(self._moved(RoundState.READY, now), plan=plan)

    def fail(self, failure: RoundFailure, now: datetime) -> "Round":
        """There is no plan; edit the round to try again."""
        self._must_be(RoundState.SOLVING)
        return replace(self._moved(RoundState.FAILED, now), failure=failure)

    def apply(self, match_ids: tuple[UUID, ...], not_applied: tuple[NotApplied, ...], now: datetime) -> "Round":
        """The plan became matches, except what was no longer possible."""
        self._must_be(RoundState.READY)
        return replace(self._moved(RoundState.APPLIED, now), match_ids=match_ids, not_applied=not_applied)

    def _must_be(self, *states: RoundState) -> None:
        if self.state not in states:
            allowed = ", ".join(states)
            raise RoundNotInState("The round is {state}; this can be done while it is: {allowed}.", state=self.state.value, allowed=allowed)

    def _moved(self, state: RoundState, now: datetime) -> "Round":
        return replace(self, state=state, version=self.version + 1, updated_at=now)
