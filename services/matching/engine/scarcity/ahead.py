"""Prices of places that look ahead: what they are worth to open needs, and to others like those recorded lately. Runs in a worker process only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from services.matching.engine.scarcity.question import Pair, Question
from services.matching.engine.solving.ahead import expected_prices
from services.matching.engine.solving.instance import Instance, Ints

FUTURES = 20
"""Futures that are drawn."""
STEPS = 60
"""Steps of the dual method for each."""


def prices(question: Question, today: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What one more place of an offer is worth until the time that is looked ahead is over, by the offer's number, where it is worth anything.

    `today` are the prices of the best plan for the open needs alone. They stand for the offers of top categories in which no need is expected; in
    each other the price is the mean over drawn futures (`solving.ahead.expected_prices`), the open needs coming once in each. The dice begin alike
    each time: the same question, the same prices."""
    coming = _by_top(question, question.expected.pairs) if question.expected.times > 0 else {}
    found = {offer: price for offer, price in today if _top(question, offer) not in coming}
    here = _by_top(question, question.pairs)
    for top in sorted(coming):
        offers, seen, sure = _instance(question, here.get(top, []), coming[top])
        price = expected_prices(seen.capacity, seen, sure, question.expected.times, np.random.default_rng(0), FUTURES, STEPS)
        found.update((offer, int(each)) for offer, each in zip(offers, price.tolist(), strict=True))
    return sorted((offer, price) for offer, price in found.items() if price > 0)


def _by_top(question: Question, pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Pairs in order, by the top category of the offer, beyond which no need reaches."""
    found: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs):
        found[_top(question, pair[1])].append(pair)
    return found


def _top(question: Question, offer: int) -> str:
    return question.gives[offer].category.partition(".")[0]


def _instance(question: Question, here: list[Pair], coming: list[Pair]) -> tuple[list[int], Instance, int]:
    """The numbers of the offers, the open and the recorded needs as demands over their places, and how many are open ones."""
    offers = sorted({offer for _, offer, _ in (*here, *coming)})
    number = {offer: at for at, offer in enumerate(offers)}
    sizes = [question.asks[need].size for need, _, _ in here] + [question.expected.sizes[need] for need, _, _ in coming]
    counts = [*_runs(here), *_runs(coming)]
    options = len(here) + len(coming)
    seen = Instance(
        capacity=np.array([question.gives[offer].places for offer in offers], np.int64),
        first=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int64),
        value=np.array([value for _, _, value in (*here, *coming)], np.int64),
        uses=np.arange(options + 1, dtype=np.int64),
        resource=np.array([number[offer] for _, offer, _ in (*here, *coming)], np.int64),
        amount=np.array(sizes, np.int64),
    )
    return offers, seen, len(_runs(here))


def _runs(pairs: list[Pair]) -> Ints:
    """How many pairs each need has, in the order of the needs."""
    return np.unique(np.array([need for need, _, _ in pairs], np.int64), return_counts=True)[1].astype(np.int64)
