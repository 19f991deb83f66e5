"""Rounds by plain hand: independent parts, groups, the greedy baseline that keeps the urgency floor, and why a need stayed unplaced."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.matching.engine.plan import PinLost, Unplaced
from services.matching.engine.problem import Amounts, Pair, Problem, RoundNeed, RoundOffer, RoundPair
from services.matching.engine.types import MOST_URGENT_FIRST, Reason

Seats = Mapping[UUID, RoundPair]
"""The chosen pair of each seated need."""

Slot = tuple[UUID, str]
"""One dimension of an offer's room; the places themselves are the dimension without a name."""
PLACES = ""

SEARCH_STEPS = 20_000
"""How many steps the greedy spends on seating one group before it passes on."""


@dataclass(frozen=True, slots=True)
class Group:
    """Needs that are filled all or none (mostly one), at the level of the most urgent of them: 0 urgent to 3 low.
    `options` holds, per need, its pairs in canonical order."""

    level: int
    needs: tuple[RoundNeed, ...]
    options: tuple[tuple[RoundPair, ...], ...]

    @property
    def best(self) -> int:
        """The most that the group could be worth if nobody else were there."""
        return sum(max(pair.value for pair in pairs) for pairs in self.options)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a round that shares no offer with the rest: room per offer and dimension, groups in canonical order, and its pins."""

    room: Mapping[Slot, int]
    groups: tuple[Group, ...]
    pinned: frozenset[Pair]

    def levels(self) -> tuple[int, ...]:
        """The levels of urgency that occur, most urgent first."""
        return tuple(sorted({group.level for group in self.groups}))


def worth_by_level(component: Component, seats: Seats) -> tuple[int, ...]:
    """What orders plans: pins kept, then the value of each level that occurs, most urgent first."""
    pins = sum(pair.key in component.pinned for pair in seats.values())
    values = dict.fromkeys(component.levels(), 0)
    for group in component.groups:
        values[group.level] += sum(seats[need.id].value for need in group.needs if need.id in seats)
    return pins, *values.values()


def ceiling_by_level(component: Component) -> tuple[int, ...]:
    """An upper bound of `worth_by_level` that always holds: everyone gets their best."""
    pins = len({need_id for need_id, _ in component.pinned})
    values = dict.fromkeys(component.levels(), 0)
    for group in component.groups:
        values[group.level] += group.best
    return pins, *values.values()


def asked_of(need: RoundNeed) -> Amounts:
    """What a need asks of an offer, by dimension."""
    return ((PLACES, need.size), *((name, amount) for name, amount in need.further if amount > 0))


def room_of(offer: RoundOffer) -> dict[str, int]:
    """What an offer has room for, by dimension."""
    return {**dict(offer.further), PLACES: offer.places}


def usable_pairs(problem: Problem) -> list[RoundPair]:
    """The pairs that can be chosen at all, in canonical order (need id, offer id): known, not ruled out, and within the offer's room."""
    room = {offer.id: room_of(offer) for offer in problem.offers if offer.id not in problem.without}
    asked = {need.id: asked_of(need) for need in problem.needs if need.id not in problem.without}
    best: dict[Pair, RoundPair] = {}
    for pair in problem.pairs:
        if pair.need_id not in asked or pair.offer_id not in room or pair.key in problem.forbidden:
            continue
        has = room[pair.offer_id]
        fits = all(amount <= has.get(name, 0) for name, amount in asked[pair.need_id])
        if fits and (pair.key not in best or best[pair.key].value < pair.value):
            best[pair.key] = pair
    return [best[key] for key in sorted(best)]


def all_groups(problem: Problem) -> list[tuple[RoundNeed, ...]]:
    """The needs by group, in canonical order."""
    members: defaultdict[tuple[bool, UUID], list[RoundNeed]] = defaultdict(list)
    for need in sorted(problem.needs, key=lambda need: need.id):
        members[(need.together is not None, need.together or need.id)].append(need)
    return sorted((tuple(needs) for needs in members.values()), key=lambda needs: needs[0].id)


def components(problem: Problem) -> list[Component]:
    """The independent parts, smallest first; groups with a need that nothing can seat are left out, for all or none holds. Offers that one group
    could use are joined (union-find), so this takes little more than a look at each pair."""
    options: defaultdict[UUID, list[RoundPair]] = defaultdict(list)
    for pair in usable_pairs(problem):
        options[pair.need_id].append(pair)
    found = [
        Group(min(MOST_URGENT_FIRST.index(need.urgency) for need in needs), needs, tuple(tuple(options[need.id]) for need in needs))
        for needs in all_groups(problem)
        if all(need.id in options for need in needs)
    ]
    root: dict[UUID, UUID] = {}

    def top(offer: UUID) -> UUID:
        root.setdefault(offer, offer)
        while root[offer] != offer:
            root[offer] = offer = root[root[offer]]
        return offer

    for group in found:
        first = top(group.options[0][0].offer_id)
        for offer in {pair.offer_id for pairs in group.options for pair in pairs}:
            root[top(offer)] = first
    parts: defaultdict[UUID, list[Group]] = defaultdict(list)
    for group in found:
        parts[top(group.options[0][0].offer_id)].append(group)
    rooms = {offer.id: room_of(offer) for offer in problem.offers}
    made = [_component(problem, rooms, inner) for inner in parts.values()]
    return sorted(made, key=lambda part: (len(part.groups), part.groups[0].needs[0].id))


def _component(problem: Problem, rooms: Mapping[UUID, Mapping[str, int]], inner: list[Group]) -> Component:
    inner.sort(key=lambda group: group.needs[0].id)
    keys = {pair.key for group in inner for pairs in group.options for pair in pairs}
    offers = sorted({offer for _, offer in keys})
    return Component(
        {(offer, name): places for offer in offers for name, places in sorted(rooms[offer].items())}, tuple(inner), problem.pinned & keys
    )


class _Room:
    """Room left while seating by hand."""

    def __init__(self, component: Component) -> None:
        self.left = dict(component.room)
        self.pinned = component.pinned
        self.seats: dict[UUID, RoundPair] = {}

    def take(self, group: Group, chosen: tuple[RoundPair, ...]) -> bool:
        """Seat a group as chosen, if it fits."""
        asked: defaultdict[Slot, int] = defaultdict(int)
        for need, pair in zip(group.needs, chosen, strict=True):
            for name, amount in asked_of(need):
                asked[pair.offer_id, name] += amount
        if any(self.left.get(slot, 0) < amount for slot, amount in asked.items()):
            return False
        for slot, amount in asked.items():
            self.left[slot] -= amount
        self.seats.update((need.id, pair) for need, pair in zip(group.needs, chosen, strict=True))
        return True

    def find(self, group: Group, by_pin: bool) -> tuple[RoundPair, ...] | None:
        """A seat for every need of a group, best pairs first, by depth-first search; with `by_pin` pinned needs only where they are pinned."""
        choices = []
        for pairs in group.options:
            pins = [pair for pair in pairs if pair.key in self.pinned]
            choices.append(sorted(pins if by_pin and pins else pairs, key=lambda pair: (-pair.value, pair.offer_id)))
        steps = iter(range(SEARCH_STEPS))
        return self._search(group, choices, (), self.left, steps)

    def _search(
        self, group: Group, choices: list[list[RoundPair]], chosen: tuple[RoundPair, ...], left: dict[Slot, int], steps: Iterator[int]
    ) -> tuple[RoundPair, ...] | None:
        if len(chosen) == len(choices):
            return chosen
        asked = asked_of(group.needs[len(chosen)])
        for pair in choices[len(chosen)]:
            if next(steps, None) is None:
                return None
            if any(left.get((pair.offer_id, name), 0) < amount for name, amount in asked):
                continue
            for name, amount in asked:
                left[pair.offer_id, name] -= amount
            found = self._search(group, choices, (*chosen, pair), left, steps)
            for name, amount in asked:
                left[pair.offer_id, name] += amount
            if found is not None:
                return found
        return None


def fill(component: Component, wanted: Seats | None = None) -> dict[UUID, RoundPair]:
    """Seat by hand. Steps: pinned seats first, then level by level; in each, the wanted seats that fit are kept, then the rest are tried, most
    valuable first. Guarantee: no capacity is exceeded, no group split, and no group is unplaced that could be seated by removing only less
    urgent, unpinned ones. Without `wanted` this is the greedy baseline."""
    wanted = wanted or {}
    room = _Room(component)
    order = sorted(component.groups, key=lambda group: (-group.best, group.needs[0].id))
    pinned = [group for group in order if any(pair.key in component.pinned for pairs in group.options for pair in pairs)]
    tiers = [(True, pinned), *((False, [group for group in order if group.level == level]) for level in component.levels())]
    for by_pin, tier in tiers:
        for group in tier:
            if group.needs[0].id not in room.seats and all(need.id in wanted for need in group.needs):
                chosen = tuple(wanted[need.id] for need in group.needs)
                if not by_pin or any(pair.key in component.pinned for pair in chosen):
                    room.take(group, chosen)
        for group in tier:
            if group.needs[0].id not in room.seats and (found := room.find(group, by_pin)):
                room.take(group, found)
    return room.seats


def can_be_seated_alone(component: Component, group: Group) -> bool:
    """Whether a group would fit if nobody else were there."""
    return _Room(component).find(group, by_pin=False) is not None


def unplaced(problem: Problem, parts: list[Component], seats: Seats) -> tuple[Unplaced, ...]:
    """Every need without a seat, in order of id, and why."""
    home = {need.id: (part, group) for part in parts for group in part.groups for need in group.needs}
    usable = {need_id for need_id in home}
    usable.update(pair.need_id for pair in usable_pairs(problem))
    room = {offer.id: offer.places for offer in problem.offers}
    pairs: defaultdict[UUID, list[Pair]] = defaultdict(list)
    for pair in problem.pairs:
        if pair.offer_id in room:
            pairs[pair.need_id].append(pair.key)

    def reason(need: RoundNeed) -> Reason:
        if need.id in problem.without:
            return Reason("unplaced.left_out")
        if not pairs[need.id]:
            return Reason("unplaced.no_offer")
        if need.id not in usable:
            allowed = [offer for key, offer in pairs[need.id] if (key, offer) not in problem.forbidden and offer not in problem.without]
            if not allowed:
                return Reason("unplaced.forbidden")
            if any(need.size <= room[offer] for offer in allowed):
                return Reason("unplaced.lacks_room_for_all")
            return Reason("unplaced.too_large", (("size", need.size),))
        if need.id not in home or not can_be_seated_alone(*home[need.id]):
            return Reason("unplaced.together")
        options = home[need.id][1].options[home[need.id][1].needs.index(need)]
        return Reason("unplaced.contested", (("offers", len(options)),))

    return tuple(Unplaced(need.id, reason(need)) for need in sorted(problem.needs, key=lambda need: need.id) if need.id not in seats)


def pins_lost(problem: Problem, seats: Seats) -> tuple[PinLost, ...]:
    """Every pinned pair that the plan does not hold, in order of ids, and why."""
    eligible = {pair.key for pair in problem.pairs}
    kept = {pair.key for pair in seats.values()}

    def code(pin: Pair) -> str:
        if pin in problem.forbidden:
            return "forbidden"
        if problem.without.intersection(pin):
            return "left_out"
        return "no_room" if pin in eligible else "not_eligible"

    return tuple(PinLost(*pin, code(pin)) for pin in sorted(problem.pinned - kept))
