"""Figures in which no person can be recognised (R21): small cells suppressed, with complements, the rest rounded, one fixed snapshot a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

SMALL = 10
"""Cells below this count are not published."""
STEP = 5
"""What is published is rounded to a multiple of this."""


@dataclass(frozen=True, slots=True)
class Protected:
    """A table of counts as it may be published. None: suppressed."""

    cells: dict[str, int | None]
    total: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The published statistics of a day. Counts of the registry are exact, since the registry itself is public."""

    day: date
    taken_at: datetime
    actors: int
    actors_by_kind: dict[str, int]
    networks: int
    memberships: int
    declarations: int
    declarations_by_type: dict[str, int]
    initiatives: int
    resources: int
    open_offers: Protected
    declarations_by_year: dict[str, int] = field(default_factory=dict)

    def says_nothing_of_offers(self) -> bool:
        """Whether no figure about offers was published, so that replacing the snapshot lets nobody subtract two of them."""
        return self.open_offers.total is None and all(count is None for count in self.open_offers.cells.values())


def rounded(count: int) -> int:
    """The nearest multiple of STEP; halves go up (they cannot occur with an odd step)."""
    return STEP * ((count + STEP // 2) // STEP)


def protected(counts: Mapping[str, int]) -> Protected:
    """Counts by cell as they may be published.

    Cells under SMALL are suppressed, zero too. What the total leaves for all suppressed cells together must not point at a small group:
    while a single cell is suppressed, or the suppressed ones sum to less than SMALL, the smallest published cell is suppressed as well (by
    name where equal). The rest and the total are rounded to STEP; a total under SMALL is suppressed.
    """
    hidden = {name for name, count in counts.items() if count < SMALL}
    open_cells = sorted((count, name) for name, count in counts.items() if name not in hidden)
    while hidden and open_cells and (len(hidden) == 1 or sum(counts[name] for name in hidden) < SMALL):
        hidden.add(open_cells.pop(0)[1])
    total = sum(counts.values())
    cells = {name: None if name in hidden else rounded(counts[name]) for name in sorted(counts)}
    return Protected(cells, rounded(total) if total >= SMALL else None)


def group_of(category: str) -> str:
    """The top of the category tree that a category lies under: `housing.room` is counted as `housing`."""
    return category.split(".")[0]
