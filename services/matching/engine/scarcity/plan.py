"""The best plan for all open needs together, part by part, and what each need and each place adds to it. Runs in a worker process only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

import numpy as np

from services.matching.engine.prices import served_by_new_places
from services.matching.engine.scarcity.figures import Needs, members
from services.matching.engine.scarcity.question import Question
from services.matching.engine.solving.bounds import persons_flow
from services.matching.engine.solving.flow import solve_flow
from services.matching.engine.solving.instance import Instance, Ints
from services.matching.engine.solving.live.plan import LivePlan
from services.matching.engine.solving.network import prices_of
from services.matching.engine.solving.portfolio import best

MOST_MOVES = 30_000
"""Moves that may be tried to count what new places would serve, over all profiles; then only needs that are served directly are counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The needs of one top category, which no offer of another can serve: local numbers of needs and offers, and the plan for them. `live` stands
    for a plan of unit demand; without it needs have sizes, and utilities and prices are those of the linear programme."""

    needs: dict[int, int]
    offers: dict[int, int]
    chosen: Ints
    utility: tuple[int, ...]
    price: tuple[int, ...]
    value: int
    bound: int
    live: LivePlan | None


class BestPlan:
    """The best plan for all open needs together: which needs are left out, what each need adds (`utility`), what one more place of an offer is
    worth to them (`prices`).

    Steps: needs are parted by their top category. A part in which all ask for one place is solved exactly as a flow, with the least prices, so that
    utilities and prices are exact differences (`prices.ShadowPrices`). In other parts the plan is the best found within the seconds, and utilities
    and prices are those of the linear programme, in which households could be split: `bound` is its value. Needs are taken one by one: ties between
    needs of a case, and the order of urgency, play no part here."""

    def __init__(self, question: Question, seconds: float) -> None:
        self._asks = question.asks
        self._moves = 0
        self._parts = [_solved(question, needs, pairs, seconds) for needs, pairs in _parted(question)]
        self._part_of = {number: part for part in self._parts for number in part.needs}
        self.value = sum(part.value for part in self._parts)
        self.bound = sum(part.bound for part in self._parts)
        self.utility = [0] * len(question.asks)
        self.without_place: list[int] = []
        self.prices: list[tuple[int, int]] = []
        for part in self._parts:
            for number, local in part.needs.items():
                self.utility[number] = part.utility[local]
                if part.chosen[local] < 0:
                    self.without_place.append(number)
            self.prices.extend((number, part.price[local]) for number, local in part.offers.items() if part.price[local] > 0)
        self.without_place.sort()
        self.prices.sort()

    def served(self, needs: Needs, without: Needs) -> tuple[int, bool]:
        """How many more needs have a place once there is one more offer for these `needs` with places for all, `without` being those of them that
        have none now; and whether that is exact. Exact for unit demand: other needs move over and leave their places to others. Else each
        of `without` is counted, and no move."""
        part = self._part_of[next(members(without))]
        count = needs.bit_count()
        if not part.offers:
            return without.bit_count(), True
        if part.live is None or self._moves + count > MOST_MOVES:
            return without.bit_count(), False
        self._moves += count
        values = {part.needs[number]: self._asks[number].ideal for number in members(needs)}
        return served_by_new_places(part.live.copy(), values, count).serves, True


def _parted(question: Question) -> Iterator[tuple[list[int], list[tuple[int, int, int]]]]:
    """The needs of each top category, with their pairs."""
    needs: defaultdict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(question.asks):
        needs[_top(each.category)].append(number)
    pairs: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for pair in sorted(question.pairs):
        pairs[_top(question.asks[pair[0]].category)].append(pair)
    for name in sorted(needs):
        yield needs[name], pairs[name]


def _top(category: str) -> str:
    return category.partition(".")[0]


def _solved(question: Question, numbers: list[int], pairs: list[tuple[int, int, int]], seconds: float) -> Part:
    needs = {number: local for local, number in enumerate(numbers)}
    offers = {number: local for local, number in enumerate(sorted({offer for _, offer, _ in pairs}))}
    sizes = np.array([question.asks[number].size for number in numbers], np.int64)
    owner = np.array([needs[need] for need, _, _ in pairs], np.int64)
    instance = Instance(
        capacity=np.array([question.gives[number].places for number in offers], np.int64),
        first=np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(owner, minlength=len(numbers))))),
        value=np.array([value for _, _, value in pairs], np.int64),
        uses=np.arange(len(pairs) + 1, dtype=np.int64),
        resource=np.array([offers[offer] for _, offer, _ in pairs], np.int64),
        amount=sizes[owner],
    )
    if not pairs:
        return Part(needs, offers, np.full(len(numbers), -1, np.int64), (0,) * len(numbers), (), 0, 0, None)
    if np.all(sizes == 1):
        return _exact(needs, offers, instance)
    answer, split = best(instance, seconds), persons_flow(instance)
    chosen = answer.chosen if answer.chosen is not None else np.full(len(numbers), -1, np.int64)
    over = instance.value - instance.amount * split.price[instance.resource]
    utility = np.zeros(len(numbers))
    np.maximum.at(utility, owner, over)
    price = tuple(floor(each) for each in split.price.tolist())
    return Part(needs, offers, chosen, tuple(map(floor, utility.tolist())), price, answer.value, min(answer.bound, split.bound), None)


def _exact(needs: dict[int, int], offers: dict[int, int], instance: Instance) -> Part:
    answer = solve_flow(instance)
    assert answer.chosen is not None
    duals = prices_of(instance, answer.chosen)
    live = LivePlan.from_answer(instance, answer.chosen)
    return Part(needs, offers, answer.chosen, tuple(duals.utility.tolist()), tuple(duals.price.tolist()), answer.value, answer.bound, live)
