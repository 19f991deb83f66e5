"""The figures by which two outcomes of one history are compared."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.matching.engine.distance import distance_m
from services.matching.engine.replay.history import History, PastNeed
from services.matching.engine.replay.outcome import Outcome
from services.matching.engine.types import MOST_URGENT_FIRST

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Group:
    """Some needs: how many, how many of them were matched, and how many days the matched ones had waited for the yes (median and 90th percentile,
    to a tenth; None where none was matched)."""

    needs: int
    matched: int
    waiting_median: float | None
    waiting_p90: float | None

    @property
    def share(self) -> float:
        """Matched of all; 0 of none."""
        return self.matched / self.needs if self.needs else 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """An outcome in numbers. `waited_median` is over all needs, the unmatched with the days until they were withdrawn or the history ended;
    distances are metres between the two places of matched pairs that have both and are not remote; `providers` had an offer open in the
    history, `requests` is what they were asked together, `most_loaded` what the most asked one was, `asked` how many were asked at all."""

    total: Group
    waited_median: float | None
    distance_median: int | None
    distance_p90: int | None
    providers: int
    asked: int
    requests: int
    gini: float
    most_loaded: int
    by_category: Mapping[str, Group]
    by_urgency: Mapping[str, Group]
    displaced: int = 0


def percentile(values: Iterable[float], share: float) -> float | None:
    """The least value that at least `share` of them do not exceed (the inverse of the empirical distribution function; definition 1 of
    Hyndman and Fan 1996). None of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def gini(loads: Sequence[int]) -> float:
    """How unequally a load is spread: 0 where all carry the same, near 1 where one carries all. With the loads in rising order x_1 to x_n:
    sum((2 i - n - 1) x_i) / (n sum(x_i)) (Gini 1912, in the form of Sen 1973). 0 where there is no load."""
    ordered, total = sorted(loads), sum(loads)
    count = len(ordered)
    return sum((2 * place - count - 1) * load for place, load in enumerate(ordered, 1)) / (count * total) if total else 0.0


def figures_of(history: History, outcome: Outcome) -> Figures:
    """Count an outcome. O(n log n) in the needs."""
    offers = {offer.facts.id: offer.facts for offer in history.offers}
    ways = []
    for need in history.needs:
        placed = outcome.placed.get(need.facts.id)
        offer = offers.get(placed.offer_id) if placed else None
        if offer is not None and not offer.remote and need.facts.place is not None and offer.place is not None:
            ways.append(distance_m(need.facts.place, offer.place))
    providers = sorted({offer.provider_id for offer in offers.values() if offer.posted_at <= history.until})
    loads = [outcome.requests.get(provider, 0) for provider in providers]
    middle, far = percentile(ways, 0.5), percentile(ways, 0.9)
    everybody = [_days(history, need, outcome) for need in history.needs]
    return Figures(
        total=_group(history.needs, outcome),
        waited_median=percentile(everybody, 0.5),
        distance_median=None if middle is None else int(middle),
        distance_p90=None if far is None else int(far),
        providers=len(providers),
        asked=sum(load > 0 for load in loads),
        requests=sum(outcome.requests.values()),
        gini=round(gini(loads), 3),
        most_loaded=max(outcome.requests.values(), default=0),
        by_category=_by(history.needs, outcome, lambda need: need.facts.category, None),
        by_urgency=_by(history.needs, outcome, lambda need: need.facts.urgency.value, [level.value for level in MOST_URGENT_FIRST]),
        displaced=outcome.displaced,
    )


def _by(needs: Iterable[PastNeed], outcome: Outcome, key: Callable[[PastNeed], str], order: Sequence[str] | None) -> dict[str, Group]:
    found: defaultdict[str, list[PastNeed]] = defaultdict(list)
    for need in needs:
        found[key(need)].append(need)
    return {name: _group(found[name], outcome) for name in order or sorted(found) if name in found}


def _group(needs: Sequence[PastNeed], outcome: Outcome) -> Group:
    placed = [(need, outcome.placed[need.facts.id]) for need in needs if need.facts.id in outcome.placed]
    days = [_tenths((each.accepted_at - need.facts.posted_at).total_seconds()) for need, each in placed]
    return Group(len(needs), len(placed), percentile(days, 0.5), percentile(days, 0.9))


def _days(history: History, need: PastNeed, outcome: Outcome) -> float:
    placed = outcome.placed.get(need.facts.id)
    end = placed.accepted_at if placed else min(need.withdrawn_at or history.until, history.until)
    return _tenths((end - need.facts.posted_at).total_seconds())


def _tenths(seconds: float) -> float:
    return round(max(0.0, seconds) / DAY, 1)
