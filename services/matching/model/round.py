"""A round: many needs planned at once, reviewed, edited, then applied."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict
from services.matching.engine.plan import Plan, Progress
from services.matching.engine.problem import Pair
from services.matching.engine.rounds.compared import Compared
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
class Wishes:
    """What a coordinator decides about a round by hand: pairs that must or may not be, needs and offers left out, and the seconds of solving."""

    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    without_needs: frozenset[UUID] = frozenset()
    without_offers: frozenset[UUID] = frozenset()
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class Changed:
    """What a plan changed against the one before the last edit: pairs of needs that have a seat now, of needs that have none any more, and for
    each need that moved its offer before and its offer now."""

    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    moved: tuple[tuple[UUID, UUID, UUID], ...]


@dataclass(frozen=True, slots=True)
class Round:
    """Many matches at once: what is planned, what the coordinator decided by hand, and the plan with the weights that it was made with. `stood`
    holds the pairs of the plan before the last edit, from which the solver goes on. `progress` and `stopping` are about the solving under way."""

    id: UUID
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    needs: NeedFilter = NeedFilter()
    wishes: Wishes = Wishes()
    plan: Plan | None = None
    weights: str | None = None
    stood: frozenset[Pair] | None = None
    progress: Progress | None = None
    stopping: bool = False
    compared: Compared | None = None
    match_ids: tuple[UUID, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()
    failure: RoundFailure | None = None
    state: RoundState = RoundState.DRAFT
    version: int = 1

    def checked(self) -> "Round":
        """The same round, or `Invalid` with every field at fault."""
        check = limits.Check()
        wishes = self.wishes
        check.number("/seconds", wishes.seconds, limits.ROUND_SECONDS)
        check.codes("/needs/categories", self.needs.categories)
        check.place("/needs/near", self.needs.near)
        check.number("/needs/radius_km", self.needs.radius_km, limits.RADIUS_KM)
        check.count("/needs/need_ids", self.needs.need_ids, limits.ROUND_PAIRS)
        check.count("/pinned", wishes.pinned, limits.ROUND_PAIRS)
        check.count("/forbidden", wishes.forbidden, limits.ROUND_PAIRS)
        check.count("/excluded_needs", wishes.without_needs, limits.ROUND_PAIRS)
        check.count("/excluded_offers", wishes.without_offers, limits.ROUND_PAIRS)
        if wishes.pinned & wishes.forbidden:
            check.wrong("/forbidden", "also_pinned", "A pair is either pinned or forbidden.")
        if len({need_id for need_id, _ in wishes.pinned}) < len(wishes.pinned):
            check.wrong("/pinned", "pinned_twice", "Pin each need to one offer only.")
        if any(need in wishes.without_needs or offer in wishes.without_offers for need, offer in wishes.pinned):
            check.wrong("/pinned", "pinned_and_left_out", "What is pinned cannot be left out.")
        check.done()
        return self

    def edit(self, wishes: Wishes, now: datetime) -> "Round":
        """Decide otherwise by hand. A plan made without it is dropped, but the solver goes on from its pairs."""
        self._must_be(RoundState.DRAFT, RoundState.READY, RoundState.FAILED)
        stood = frozenset(seat.key for seat in self.plan.seats) if self.plan else self.stood
        edited = self._moved(RoundState.DRAFT, now)
        return replace(edited, wishes=wishes, stood=stood, plan=None, compared=None, failure=None, progress=None, stopping=False).checked()

    def changed(self) -> Changed | None:
        """What the plan changed against the one before the last edit; None before there are two."""
        if self.plan is None or self.stood is None:
            return None
        before, now = dict(self.stood), {seat.need_id: seat.offer_id for seat in self.plan.seats}
        both = sorted(before.keys() & now.keys())
        return Changed(
            added=tuple((need, now[need]) for need in sorted(now.keys() - before.keys())),
            removed=tuple((need, before[need]) for need in sorted(before.keys() - now.keys())),
            moved=tuple((need, before[need], now[need]) for need in both if before[need] != now[need]),
        )

    def start(self, now: datetime) -> "Round":
        """The solver begins."""
        self._must_be(RoundState.DRAFT)
        return self._moved(RoundState.SOLVING, now)

    def stop(self) -> "Round":
        """Take the best plan so far: the solver is asked to end. The version stays, for the round is not changed by it."""
        self._must_be(RoundState.SOLVING)
        return replace(self, stopping=True)

    def finish(self, plan: Plan, now: datetime, weights: str | None = None, compared: Compared | None = None) -> "Round":
        """The solver brought a plan, to be reviewed."""
        self._must_be(RoundState.SOLVING)
        moved = self._moved(RoundState.READY, now)
        return replace(moved, plan=plan, weights=weights, compared=compared, progress=None, stopping=False)

    def fail(self, failure: RoundFailure, now: datetime) -> "Round":
        """There is no plan; edit the round to try again."""
        self._must_be(RoundState.SOLVING)
        return replace(self._moved(RoundState.FAILED, now), failure=failure, progress=None, stopping=False)

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
