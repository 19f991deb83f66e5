"""How waiting needs are given out to offers: one by one every day, or many at once in a round every few days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import Invalid
from services.matching.engine.index import Index
from services.matching.engine.problem import Problem, RoundNeed, RoundOffer, RoundPair, worth
from services.matching.engine.seating import components, fill
from services.matching.engine.types import MOST_URGENT_FIRST, NeedFacts

CANDIDATES = 20
"""Offers that a need brings into a round: its best ones."""
LONGEST = 366

Ask = Callable[[NeedFacts, UUID], None]
"""Make a request of an offer for a need."""


class UnknownPolicy(Invalid):
    """No such policy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Every day one by one (`round_days` 0), or in rounds of all waiting needs, `round_days` days apart."""

    round_days: int = 0

    @property
    def name(self) -> str:
        """As the command line has it."""
        return f"round:{self.round_days}" if self.round_days else "greedy"

    @property
    def every(self) -> timedelta:
        """How often the desk gives needs out."""
        return timedelta(days=self.round_days or 1)

    def give_out(self, index: Index, needs: Sequence[NeedFacts], now: datetime, ask: Ask) -> None:
        """Make the requests of one day at the desk."""
        (_round if self.round_days else _one_by_one)(index, needs, now, ask)


def policy_of(text: str) -> Policy:
    """`greedy` or `round:DAYS`. Raises UnknownPolicy."""
    name, _, days = text.partition(":")
    if text == "greedy":
        return Policy()
    if name == "round" and days.isascii() and days.isdigit() and 1 <= int(days[:4]) <= LONGEST:
        return Policy(int(days))
    raise UnknownPolicy("A policy is greedy, or round:DAYS with 1 to {most} days.", most=LONGEST)


def _one_by_one(index: Index, needs: Sequence[NeedFacts], now: datetime, ask: Ask) -> None:
    """Most urgent first, then by the score of each need's best offer this morning, then by who came first. Each is asked of that offer; where its
    provider was asked since, of the one that is best now, for places go and requests wait meanwhile."""
    turns = []
    for need in needs:
        for offer_id, score in index.best(need, 1, now):
            turns.append((MOST_URGENT_FIRST.index(need.urgency), -score, need.posted_at, need.id, offer_id, need))
    asked: set[str] = set()
    for *_, offer_id, need in sorted(turns, key=lambda turn: turn[:4]):
        best = [offer_id]
        if index.offers[offer_id].provider_id in asked:
            best = [each for each, _ in index.best(need, 1, now)]
        for each in best:
            asked.add(index.offers[each].provider_id)
            ask(need, each)


def _round(index: Index, needs: Sequence[NeedFacts], now: datetime, ask: Ask) -> None:
    """All at once over each need's best offers, by the rule of the rounds' greedy baseline: level of urgency by level, most valuable pair first;
    a need whose best offers all went to others is then asked of the best that is left. It is the same on every run, which a search with a time
    limit is not; a round in the service is at least as good."""
    by_id = {need.id: need for need in needs}
    found = {need.id: index.best(need, CANDIDATES, now) for need in needs}
    pairs = tuple(
        RoundPair(key, offer_id, worth(score, (now - by_id[key].posted_at).days)) for key, best in found.items() for offer_id, score in best
    )
    problem = Problem(
        offers=tuple(RoundOffer(offer_id, index.offers[offer_id].places_left) for offer_id in sorted({pair.offer_id for pair in pairs})),
        needs=tuple(RoundNeed(key, by_id[key].size, by_id[key].urgency) for key, best in found.items() if best),
        pairs=pairs,
    )
    seats = {key: pair for part in components(problem) for key, pair in fill(part).items()}
    for key, pair in sorted(seats.items()):
        ask(by_id[key], pair.offer_id)
    _one_by_one(index, [by_id[key] for key, best in found.items() if best and key not in seats], now, ask)
