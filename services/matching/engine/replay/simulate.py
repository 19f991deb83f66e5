"""The replay itself: the recorded comings and goings in their order, and a desk that gives needs out by the weights that are tried."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from uuid import UUID

from services.matching.engine.replay.estimates import Estimates, estimates_of
from services.matching.engine.replay.history import History, PastMatch, PastNeed
from services.matching.engine.replay.outcome import Outcome, Placed
from services.matching.engine.replay.policies import Policy
from services.matching.engine.replay.town import Town
from services.matching.engine.types import NeedFacts
from services.matching.engine.weights import Weights

DESK_OPENS = time(12, tzinfo=UTC)
"""The hour of the day at which needs are given out."""

Tell = Callable[[int, int], None]
"""Says how many days of how many are done."""

ENDS, COMES, ASKED, DESK = range(4)
"""What happens at the same moment happens in this order: places come back, offers and needs come, the desk works last."""


class Simulation:
    """One run. Events are taken in the order of time, kind and arrival, so that the same history gives the same outcome."""

    def __init__(self, history: History, weights: Weights, policy: Policy, estimates: Estimates) -> None:
        self.town = Town(history.offers, weights)
        self.placed: dict[UUID, Placed] = {}
        self.displaced = 0
        self.now = history.until
        self._history = history
        self._policy = policy
        self._estimates = estimates
        self._withdrawn: set[UUID] = set()
        self._queue: list[tuple[datetime, int, int, Callable[[], None]]] = []
        self._count = 0

    def run(self, tell: Tell | None = None) -> Outcome:
        """From the first record to the end of the history."""
        self._schedule()
        first = min((need.facts.posted_at for need in self._history.needs), default=self._history.until)
        days, done = max(1, (self._history.until - first).days), 0
        while self._queue and self._queue[0][0] <= self._history.until:
            self.now, _, _, happen = heapq.heappop(self._queue)
            happen()
            if tell is not None and (self.now - first).days > done:
                done = (self.now - first).days
                tell(done, days)
        return Outcome(self.placed, self.town.requests, self.displaced)

    def _schedule(self) -> None:
        wanted = {need.facts.id for need in self._history.needs}
        for offer in sorted(self._history.offers, key=lambda offer: offer.facts.id):
            self._at(offer.facts.posted_at, COMES, partial(self.town.post, offer.facts.id))
            if offer.closed_at is not None:
                self._at(max(offer.closed_at, offer.facts.posted_at), ASKED, partial(self.town.close, offer.facts.id))
        for match in sorted(self._history.matches, key=lambda match: (match.asked_at, match.need_id, match.offer_id)):
            if match.need_id not in wanted:
                self._at(match.asked_at, ASKED, partial(self._again, match))
        for need in sorted(self._history.needs, key=lambda need: need.facts.id):
            self._at(need.facts.posted_at, COMES, partial(self.town.wait, need))
            if need.withdrawn_at is not None:
                self._at(max(need.withdrawn_at, need.facts.posted_at), ASKED, partial(self._withdraw, need))
        if self._history.needs:
            first = min(need.facts.posted_at for need in self._history.needs)
            desk = datetime.combine(first.astimezone(UTC).date(), DESK_OPENS)
            self._at(desk if desk >= first else desk + timedelta(days=1), DESK, self._work_at_the_desk)

    def _at(self, moment: datetime, kind: int, happen: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (moment, kind, self._count, happen))

    # The needs that are placed anew

    def _work_at_the_desk(self) -> None:
        needs = self.town.to_try(self.now)
        if needs:
            self._policy.give_out(self.town.index, needs, self.now, self._ask)
        self._at(self.now + self._policy.every, DESK, self._work_at_the_desk)

    def _withdraw(self, need: PastNeed) -> None:
        self._withdrawn.add(need.facts.id)
        self.town.leave(need.facts.id)

    def _ask(self, need: NeedFacts, offer_id: UUID) -> None:
        """A request is made and its answer will come: what it was where the pair was really tried, otherwise yes after the median time."""
        if not self.town.hold(offer_id, need.size):
            self.town.wait(need)
            return
        provider = self.town.provider(offer_id)
        self.town.leave(need.id)
        self.town.asked(provider)
        self.town.requests[provider] += 1
        fate = self._estimates.fates.get((need.id, offer_id))
        if fate is None:
            self._at(self.now + self._estimates.answer, ENDS, partial(self._accepted, need, offer_id))
        else:
            self._at(self.now + fate.after, ENDS, partial(self._refused, need, offer_id, fate.answered))

    def _accepted(self, need: NeedFacts, offer_id: UUID) -> None:
        provider = self.town.provider(offer_id)
        self.town.answered(provider, in_time=True)
        self.town.helps(need.case_id, provider)
        self.placed[need.id] = Placed(offer_id, self.now)
        stay = self._estimates.stay(need.category)
        if self.town.returns(offer_id) and stay is not None:
            self._at(self.now + stay, ENDS, partial(self.town.release, offer_id, need.size))

    def _refused(self, need: NeedFacts, offer_id: UUID, answered: bool) -> None:
        self.town.answered(self.town.provider(offer_id), in_time=answered)
        self.town.index.put_tried(need.id, offer_id)
        self.town.release(offer_id, need.size)
        if need.id not in self._withdrawn:
            self.town.wait(need)

    # What happens again as it did

    def _again(self, match: PastMatch) -> None:
        held = self.town.hold(match.offer_id, match.size)
        self.displaced += not held
        self.town.asked(match.provider_id)
        if match.accepted_at is not None:
            self._at(max(match.accepted_at, self.now), ENDS, partial(self._accepted_again, match))
        if match.ended_at is not None:
            self._at(max(match.ended_at, self.now), ENDS, partial(self._ended_again, match, held))

    def _accepted_again(self, match: PastMatch) -> None:
        self.town.answered(match.provider_id, in_time=True)
        self.town.helps(match.case_id, match.provider_id)

    def _ended_again(self, match: PastMatch, held: bool) -> None:
        if match.declined or match.expired:
            self.town.answered(match.provider_id, in_time=match.declined)
        elif match.called_off:
            self.town.called_off(match)
        if held and match.gave_back:
            self.town.release(match.offer_id, match.size)


def replay(history: History, weights: Weights, policy: Policy = Policy(), tell: Tell | None = None) -> Outcome:
    """The history with these weights. Steps: what was recorded comes and goes at its time; at the desk's hours the waiting needs are given out by the
    policy, by the same index that the service ranks with; answers and places take the times of `estimates_of`. Guarantees: no offer ever holds
    more than its places; a pair that was declined or left unanswered is so again; the same arguments give the same outcome; nothing is written
    anywhere. O(n) days at the desk, each need looked up when it comes and when room appears in its category."""
    return Simulation(history, weights, policy, estimates_of(history)).run(tell)
