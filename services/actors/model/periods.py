"""Places of reception in time: which stored record a file speaks of, and which periods would share a day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from chassis.ids import new_id
from services.actors.model.records import Capacity, Day

TAKEN_MESSAGE = "For this purpose the municipality has places recorded in these days; change that record, or choose other days."
"""What is said to who would record two for one day."""
Slot = tuple[UUID, str]
"""A municipality and a purpose: their periods do not overlap."""


def share_a_day(one: Capacity, other: Capacity) -> bool:
    """Whether two periods overlap; both days count, and without a last day they last."""
    first, last = (one, other) if one.begins_on <= other.begins_on else (other, one)
    return first.ends_on is None or first.ends_on >= last.begins_on


def settled(wanted: Sequence[Capacity], stored: Iterable[Capacity]) -> tuple[list[Capacity], set[int]]:
    """The wanted capacities under the ids of the stored ones that they speak of (same municipality, purpose and first day), and the numbers of
    those whose days are taken, by a stored one that stays as it is or by one that stands before them. All that fit are settled together, so
    that one period may be shortened for the next."""
    kept = list(stored)
    known: dict[tuple[UUID, str, Day], Capacity] = {}
    for one in sorted(kept, key=lambda one: one.id, reverse=True):
        known[one.municipality_id, one.purpose, one.begins_on] = one
    ids = {one.id for one in kept}
    named: list[Capacity] = []
    for one in wanted:
        there = known.get((one.municipality_id, one.purpose, one.begins_on))
        # A record that a file brought before may since begin on another day: the file's is then a new one.
        named.append(replace(one, id=there.id if there else new_id() if one.id in ids else one.id))
    taken: set[int] = set()
    while True:
        again = _taken(named, kept, taken)
        if again == taken:
            return named, taken
        taken = again


def _taken(named: Sequence[Capacity], stored: Iterable[Capacity], refused: set[int]) -> set[int]:
    """Which would share a day with another, when those refused so far leave their stored record as it is."""
    moved = {one.id for number, one in enumerate(named) if number not in refused}
    slots: dict[Slot, list[Capacity]] = {}
    for one in stored:
        if one.id not in moved:
            slots.setdefault((one.municipality_id, one.purpose), []).append(one)
    found = set(refused)
    for number, one in enumerate(named):
        if number in refused:
            continue
        there = slots.setdefault((one.municipality_id, one.purpose), [])
        if any(share_a_day(one, other) for other in there):
            found.add(number)
        else:
            there.append(one)
    return found
