"""A match: the closed loop from a coordinator's confirmation to an outcome, in which a place is given back at most once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict
from services.matching.model.need import Need
from services.matching.model.offer import Offer, Provider


class MatchState(StrEnum):
    """Where a match stands."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    IN_PROGRESS = "in_progress"
    FULFILLED = "fulfilled"
    NOT_FULFILLED = "not_fulfilled"
    CANCELLED = "cancelled"


LIVE = (MatchState.CONFIRMED, MatchState.ACCEPTED, MatchState.IN_PROGRESS)
"""The states in which a match holds its need and its places."""
TRIED = (MatchState.DECLINED, MatchState.EXPIRED)
"""The ends after which the same pair is not proposed again."""


class PlaceFate(StrEnum):
    """What became of the places: held while live, then given back or consumed, once."""

    HELD = "held"
    GIVEN_BACK = "given_back"
    CONSUMED = "consumed"


class DeclineReason(StrEnum):
    """Why a provider said no."""

    NO_LONGER_AVAILABLE = "no_longer_available"
    TIMES_DO_NOT_FIT = "times_do_not_fit"
    TOO_FAR = "too_far"
    NOT_SUITABLE = "not_suitable"
    TOO_MANY_REQUESTS = "too_many_requests"
    OTHER = "other"


class CancelReason(StrEnum):
    """Why a match was called off."""

    FOUND_ELSEWHERE = "found_elsewhere"
    NO_LONGER_NEEDED = "no_longer_needed"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    NOT_SUITABLE = "not_suitable"
    MOVED_AWAY = "moved_away"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONFIRMED_BY_MISTAKE = "confirmed_by_mistake"
    OTHER = "other"


class Side(StrEnum):
    """Who called a match off."""

    CASE = "case"
    PROVIDER = "provider"


class Outcome(StrEnum):
    """How help that began came to its end."""

    HELPED = "helped"
    HELPED_IN_PART = "helped_in_part"
    NO_SHOW_OF_CASE = "no_show_of_case"
    NO_SHOW_OF_PROVIDER = "no_show_of_provider"
    DID_NOT_FIT = "did_not_fit"
    BROKEN_OFF = "broken_off"


GOOD_OUTCOMES = (Outcome.HELPED, Outcome.HELPED_IN_PART)


class MatchNotInState(Conflict):
    """The match stands where this cannot be done."""


class OutcomeDoesNotFit(Conflict):
    """A fulfilled match has a good outcome, a failed one another."""


class AnswerStillDue(Conflict):
    """A match expires only after the day by which its provider was to answer."""


class ExtendedTooFar(Conflict):
    """A request does not wait for ever."""


LONGEST_ANSWER = timedelta(days=60)
"""So long after it was made, no request waits for an answer."""


@dataclass(frozen=True, slots=True)
class Match:
    """A confirmed pairing. It keeps the size, the provider and `returns` as they were when it was confirmed, with the score and the name of
    its weights."""

    id: UUID
    need_id: UUID
    offer_id: UUID
    case_id: UUID
    provider: Provider
    size: int
    returns: bool
    score: int
    weights: str
    confirmed_by: UUID
    answer_by: datetime
    created_at: datetime
    updated_at: datetime
    round_id: UUID | None = None
    state: MatchState = MatchState.CONFIRMED
    places: PlaceFate = PlaceFate.HELD
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    decline_reason: DeclineReason | None = None
    cancel_reason: CancelReason | None = None
    cancelled_by: Side | None = None
    outcome: Outcome | None = None
    version: int = 1

    @property
    def is_live(self) -> bool:
        """Whether it holds its need and its places."""
        return self.state in LIVE

    def accept(self, now: datetime) -> "Match":
        """The provider says yes."""
        self._must_be(MatchState.CONFIRMED)
        return self._moved(MatchState.ACCEPTED, now, accepted_at=now)

    def decline(self, reason: DeclineReason, now: datetime) -> "Match":
        """The provider says no."""
        self._must_be(MatchState.CONFIRMED)
        return self._ended(MatchState.DECLINED, now, decline_reason=reason)

    def extend(self, days: int, now: datetime) -> "Match":
        """Give the provider more time to answer."""
        self._must_be(MatchState.CONFIRMED)
        answer_by = max(self.answer_by, now) + timedelta(days=days)
        if answer_by > self.created_at + LONGEST_ANSWER:
            raise ExtendedTooFar("A request waits {days} days at most; choose another offer.", days=LONGEST_ANSWER.days)
        return self._moved(MatchState.CONFIRMED, now, answer_by=answer_by)

    def remind(self) -> "Match":
        """The provider is reminded; since when the match stands where it stands does not change."""
        self._must_be(*LIVE)
        return replace(self, version=self.version + 1)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the provider's time to answer is over."""
        return self.state is MatchState.CONFIRMED and now > self.answer_by

    def expire(self, now: datetime) -> "Match":
        """The provider did not answer in time."""
        self._must_be(MatchState.CONFIRMED)
        if now <= self.answer_by:
            raise AnswerStillDue("The provider may still answer; cancel the match instead.")
        return self._ended(MatchState.EXPIRED, now)

    def start(self, now: datetime) -> "Match":
        """The help has begun."""
        self._must_be(MatchState.ACCEPTED)
        return self._moved(MatchState.IN_PROGRESS, now)

    def fulfil(self, outcome: Outcome, now: datetime) -> "Match":
        """The help came to a good end. A returning place comes back; a consumed one does not."""
        self._must_be(MatchState.IN_PROGRESS)
        if outcome not in GOOD_OUTCOMES:
            raise OutcomeDoesNotFit("Choose an outcome in which the case was helped, or report that the need was not fulfilled.")
        fate = PlaceFate.GIVEN_BACK if self.returns else PlaceFate.CONSUMED
        return self._ended(MatchState.FULFILLED, now, fate, outcome=outcome)

    def fail(self, outcome: Outcome, now: datetime) -> "Match":
        """The help did not come to a good end."""
        self._must_be(MatchState.IN_PROGRESS)
        if outcome in GOOD_OUTCOMES:
            raise OutcomeDoesNotFit("Choose what went wrong, or report that the need was fulfilled.")
        return self._ended(MatchState.NOT_FULFILLED, now, outcome=outcome)

    def cancel(self, side: Side, reason: CancelReason, now: datetime) -> "Match":
        """Either side calls it off, at any time before the end."""
        self._must_be(*LIVE)
        return self._ended(MatchState.CANCELLED, now, cancelled_by=side, cancel_reason=reason)

    def _must_be(self, *states: MatchState) -> None:
        if self.state not in states:
            allowed = ", ".join(states)
            raise MatchNotInState("The match is {state}; this can be done while it is: {allowed}.", state=self.state.value, allowed=allowed)

    def _ended(self, state: MatchState, now: datetime, places: PlaceFate = PlaceFate.GIVEN_BACK, **changes: object) -> "Match":
        return self._moved(state, now, ended_at=now, places=places, **changes)

    def _moved(self, state: MatchState, now: datetime, **changes: object) -> "Match":
        # `replace` cannot check the types of `**changes`; only the verbs above call this.
        return replace(self, state=state, version=self.version + 1, updated_at=now, **changes)  # type: ignore[arg-type]


def confirm(
    match_id: UUID, need: Need, offer: Offer, score: int, weights: str, by: UUID, answer_by: datetime, now: datetime, round_id: UUID | None = None
) -> tuple[Match, Need, Offer]:
    """A coordinator pairs a need with an offer: the match, the matched need, and the offer with the places held. All three or none."""
    held, matched = offer.reserve(need.size, now), need.match(now)
    made = Match(
        id=match_id,
        need_id=need.id,
        offer_id=offer.id,
        case_id=need.case_id,
        provider=offer.provider,
        size=need.size,
        returns=offer.returns,
        score=score,
        weights=weights,
        confirmed_by=by,
        answer_by=answer_by,
        created_at=now,
        updated_at=now,
        round_id=round_id,
    )
    return made, matched, held


def settle(before: Match, after: Match, need: Need, offer: Offer, now: datetime) -> tuple[Need, Offer]:
    """What a step of a match does to its need and its offer: started and closed with it, opened again when it ended without success, and
    places given back exactly when they were held before and are given back after."""
    if before.places is PlaceFate.HELD and after.places is PlaceFate.GIVEN_BACK:
        offer = offer.release(before.size, now)
    if before.is_live and after.state is MatchState.IN_PROGRESS and before.state is not MatchState.IN_PROGRESS:
        need = need.start(now)
    elif before.is_live and after.state is MatchState.FULFILLED:
        need = need.close(now)
    elif before.is_live and not after.is_live:
        need = need.reopen(now)
    return need, offer
