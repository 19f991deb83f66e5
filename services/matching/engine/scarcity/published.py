"""What of scarcity everybody may read (rule R21): no small group of needs, not even by subtraction; rounded; two dimensions at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.matching.engine.index import at_and_above
from services.matching.engine.scarcity.figures import Census, Needs, Total, free_places, totals_of
from services.matching.engine.scarcity.profiles import Gives, Profile

SMALL = 10
"""Groups below this are not published."""
STEP = 5
"""What is published is rounded to a multiple of this."""


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A profile as published: needs that it could serve, needs without a place that one more such offer would serve, free places. None: suppressed.
    Where no weekday is named, needs count as if the offer had the hours that each asks for. The price of a place is never published, for it is the
    worth of a single need."""

    profile: Profile
    open_needs: int | None
    served_by_one_more: int
    free_places: int | None


@dataclass(frozen=True, slots=True)
class PublishedTotal:
    """A total as published. None: suppressed."""

    open_needs: int | None
    without_place: int | None
    free_places: int | None


@dataclass(frozen=True, slots=True)
class Published:
    """All that is published of one computation."""

    figures: tuple[PublishedFigure, ...]
    totals: dict[str, PublishedTotal]


class Released:
    """The groups of needs that were published so far, so that no further one gives a small group away."""

    def __init__(self) -> None:
        self._groups: list[Needs] = []

    def allow(self, group: Needs) -> bool:
        """Whether a group may be published, which it then counts as.

        It must not be small. Where it lies within a published group, or around one, the difference must be empty or not small: two figures would give
        it away. Nor may a published group be left with a small rest by it and by the published groups beside it (complementary suppression)."""
        if group in self._groups:
            return True
        if group.bit_count() < SMALL or any(self._gives_away(group, other) for other in self._groups):
            return False
        self._groups.append(group)
        return True

    def _gives_away(self, group: Needs, other: Needs) -> bool:
        if group & ~other == 0:
            return self._leaves_small_rest(group, other)
        if other & ~group == 0:
            return self._leaves_small_rest(other, group)
        return False

    def _leaves_small_rest(self, part: Needs, whole: Needs) -> bool:
        """Whether a small group is left of a whole without a part, or without that part and all published parts beside it."""
        rest = whole & ~part
        if _is_small(rest):
            return True
        for other in self._groups:
            if other & part == 0 and other & ~whole == 0:
                rest &= ~other
                if _is_small(rest) or _is_small(whole & ~part & ~other):
                    return True
        return False


def _is_small(group: Needs) -> bool:
    return 0 < group.bit_count() < SMALL


def rounded(count: int) -> int | None:
    """The nearest multiple of `STEP`, halves upward; None for what is small."""
    return STEP * ((count + STEP // 2) // STEP) if count >= SMALL else None


def published(census: Census, gives: Sequence[Gives]) -> Published:
    """The totals of the hub and of each category, and each category with one language, or alone where language plays no part, as far as they
    may be read together: what comes first is preferred (the hub, upper categories, larger groups)."""
    released = Released()
    totals: dict[str, PublishedTotal] = {}
    for name, total in sorted(totals_of(census, gives).items(), key=lambda row: (_depth(row[0]), -row[1].open_needs, row[0])):
        totals[name] = _total(census, released, name, total)
    figures = []
    for profile, needs in sorted(_candidates(census), key=_preferred):
        without = needs & census.unplaced
        served = rounded(without.bit_count())
        if served is not None and released.allow(without):
            open_needs = rounded(needs.bit_count()) if released.allow(needs) else None
            figures.append(PublishedFigure(profile, open_needs, served, rounded(free_places(profile, gives))))
    figures.sort(key=lambda figure: (-figure.served_by_one_more, figure.profile.order))
    return Published(tuple(figures), {name: totals[name] for name in sorted(totals)})


def _total(census: Census, released: Released, name: str, total: Total) -> PublishedTotal:
    needs = census.within(name)
    open_needs = rounded(total.open_needs) if released.allow(needs) else None
    without = rounded(total.without_place) if released.allow(needs & census.unplaced) else None
    return PublishedTotal(open_needs, without, rounded(total.free_places))


def _candidates(census: Census) -> list[tuple[Profile, Needs]]:
    """Profiles of two dimensions at most, with the needs that they serve at the hours that each asks for."""
    return [
        (Profile(category, languages), census.at_any_hour(category, languages))
        for category in census.categories
        for languages in ((), *census.languages_of(category))
        if len(languages) <= 1
    ]


def _preferred(row: tuple[Profile, Needs]) -> tuple[object, ...]:
    return row[0].dimensions, _depth(row[0].category), -row[1].bit_count(), row[0].order


def _depth(category: str) -> int:
    return len(list(at_and_above(category)))
