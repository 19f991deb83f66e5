"""The smallest change that would give a need an offer: which step, or which few steps together, and how many offers would then fit."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from services.matching.engine.eligibility import category_is_below
from services.matching.engine.steps import Step, Ways, ways
from services.matching.engine.types import Circumstances, NeedFacts, OfferFacts, Reason

MOST_OFFERS = 2_000
"""Offers that are looked at for one need. Up to here the answer is exact; beyond, it is true of the offers looked at."""
MOST_CHANGES = 10
"""Changes that are told, the smallest first."""
MOST_STEPS = 100
"""Far more steps than any pair needs."""
MOST_WAYS = 64
"""Ways to combine steps that are looked at for one offer: five rules of two ways each, and more than any real pair has."""

COSTS: dict[str, tuple[int, int, int]] = {
    "change.place": (5, 0, 1),
    "change.need_open": (5, 0, 1),
    "change.consent": (10, 0, 1),
    "change.hours": (10, 1, 10),
    "change.distance": (10, 1, 200),
    "change.end": (10, 3, 1),
    "change.begin": (12, 3, 1),
    "change.level": (10, 10, 1),
    "change.radius": (15, 1, 200),
    "change.open": (20, 0, 1),
    "change.accept_language": (20, 0, 1),
    "change.household_min": (20, 5, 1),
    "change.household_max": (20, 5, 1),
    "change.places": (20, 10, 1),
    "change.weekday": (30, 0, 1),
    "change.shared": (30, 0, 1),
    "change.retry": (40, 0, 1),
    "change.any_interpreter": (40, 0, 1),
    "change.interpreter": (40, 0, 1),
    "change.offer_tag": (50, 0, 1),
    "change.remote": (50, 0, 1),
    "change.topic": (60, 0, 1),
    "change.language": (60, 0, 1),
    "change.need_tag": (60, 0, 1),
}
"""What a step is taken to cost the people it asks something of, only to order changes of as many steps: so much, and so much more for each so
many of its unit (200 m further, 10 minutes longer, a day, a place). What the household can decide for itself comes first, what the need cannot
do without comes last."""


@dataclass(frozen=True, slots=True)
class Change:
    """Steps that together make `unlocks` offers eligible, `offer_id` before all others (None where the category has no offer at all, and no step
    helps but finding one). Offers count where the same steps would do, each in this amount or less."""

    steps: tuple[Step, ...]
    offer_id: UUID | None
    cost: int
    unlocks: int

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Each step as a code with what fills its sentence (`explain.TEMPLATES`)."""
        return tuple(Reason(step.code, (*step.params, (UNITS[step.code], step.amount)) if step.code in UNITS else step.params) for step in self.steps)


UNITS: dict[str, str] = {
    "change.hours": "minutes",
    "change.distance": "metres",
    "change.radius": "metres",
    "change.end": "days",
    "change.begin": "days",
    "change.household_min": "persons",
    "change.household_max": "persons",
    "change.places": "places",
}
"""What the amount of a step counts, where its sentence tells it."""


def cost_of(step: Step) -> int:
    """The cost of a step, by `COSTS`; parts of a unit count whole."""
    once, more, unit = COSTS[step.code]
    return once + more * -(-step.amount // unit)


def smallest_changes(need: NeedFacts, offers: Iterable[tuple[OfferFacts, Circumstances]], most: int = MOST_CHANGES) -> tuple[Change, ...]:
    """The smallest changes that would each make at least one more of these offers eligible, smallest first.

    Steps: each offer of the need's category that is not eligible gives its failing groups of rules and the ways to make them hold, each by the
    least amount that does it (`steps.ways`). The fewest steps that would unlock any offer are found; of all ways with so many, equal ones are
    merged: of the same steps in other amounts the cheapest is kept, and the offers that it unlocks are counted.
    Guarantee: applying a change makes the reference eligible for its offer, no change of fewer steps unlocks any offer, and no smaller amount
    of the same steps does; ordered by cost, then code, parameters, and offer. O(offers)."""
    found: list[tuple[OfferFacts, list[Ways]]] = []
    known, least = False, MOST_STEPS
    for offer, at in offers:
        if not category_is_below(offer.category, need.category):
            continue
        known = True
        groups = _at_most(ways(need, offer, at), least)
        if groups:
            found.append((offer, groups))
            least = _fewest(groups)
    if not known:
        return (Change((Step("change.find", 1, (("needed", need.category),)),), None, 0, 0),)
    merged: defaultdict[tuple[object, ...], list[tuple[int, UUID, tuple[Step, ...]]]] = defaultdict(list)
    for offer, groups in found:
        if _fewest(groups) == least:
            for steps in _combined(groups, least):
                merged[_kind(steps)].append((sum(map(cost_of, steps)), offer.id, steps))
    changes = [_cheapest(each) for each in merged.values()]
    return tuple(sorted(changes, key=lambda change: (change.cost, [step.key for step in change.steps], change.offer_id))[:most])


def _at_most(groups: Iterable[Ways], steps: int) -> list[Ways]:
    """The groups, or none where they need more than so many steps: then the offer is not looked at any further."""
    kept: list[Ways] = []
    for group in groups:
        kept.append(group)
        if _fewest(kept) > steps:
            return []
    return kept


def _fewest(groups: list[Ways]) -> int:
    return sum(min(map(len, group)) for group in groups)


def _combined(groups: list[Ways], steps: int) -> list[tuple[Step, ...]]:
    """The ways of so many steps, at most `MOST_WAYS`, in a fixed order of their steps."""
    short = [[way for way in group if len(way) == min(map(len, group))] for group in groups]
    while len(short) > 1 and _count(short) > MOST_WAYS:
        longest = max(range(len(short)), key=lambda at: len(short[at]))
        short[longest] = sorted(short[longest], key=lambda way: sum(map(cost_of, way)))[: len(short[longest]) // 2 or 1]
    return [tuple(sorted((step for way in chosen for step in way), key=lambda step: step.key)) for chosen in product(*short)]


def _count(groups: list[list[tuple[Step, ...]]]) -> int:
    count = 1
    for group in groups:
        count *= len(group)
    return count


def _kind(steps: tuple[Step, ...]) -> tuple[object, ...]:
    """What is merged: steps that differ in their amounts only; of longer hours the minutes matter, not which."""
    return tuple(step.code if step.code == "change.hours" else step.key for step in steps)


def _cheapest(same: list[tuple[int, UUID, tuple[Step, ...]]]) -> Change:
    cost, offer_id, steps = min(same, key=lambda each: (each[0], each[1], [step.key for step in each[2]]))
    fits = {other for _, other, each in same if all(a.params == b.params and a.amount <= b.amount for a, b in zip(each, steps, strict=True))}
    return Change(steps, offer_id, cost, len(fits))
