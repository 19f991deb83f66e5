"""The figures of scarcity: every profile that needs without a place ask for, what one more such offer would do, and totals by category."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.matching.engine.index import at_and_above
from services.matching.engine.scarcity.profiles import ALL_WINDOWS, DAYS, PARTS, Asks, Cell, Gives, Profile, Window, bits_of

MOST_FIGURES = 300
"""Profiles that are kept of one computation, besides the first of each category."""

Needs = int
"""A set of needs: a bit for each by its number."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is said of a profile.

    `open_needs`: open needs, placed or not, that such an offer could serve. `without_place`: those of them that the best plan leaves without a place.
    `free_places`: places left at open offers that are of this profile (of its category or below, in one of its languages, with an hour in its
    window, in its cell or remote). `served_by_one_more`: how many more needs have a place in the best plan once one more such offer, with places
    for all, is there; `exact`: counted with all moves that it allows, else only `without_place`, so that it may be more. `shadow_price`: what
    the plan gains in value from one more such place, for one need: the most that any need that it could serve is worth there above what
    it already adds to the plan (exact for unit demand, by the prices of the linear programme for needs of other sizes)."""

    profile: Profile
    open_needs: int
    without_place: int
    free_places: int
    served_by_one_more: int
    shadow_price: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Total:
    """Of a category and all below it: open needs, those that the best plan leaves without a place, places left at open offers."""

    open_needs: int
    without_place: int
    free_places: int


class Census:
    """Needs counted by what they ask for, as sets of bits, so that a profile's needs are three intersections."""

    def __init__(self, asks: Sequence[Asks], without_place: Iterable[int]) -> None:
        """`without_place`: the numbers of the needs that the best plan leaves out."""
        self.asks = asks
        self.unplaced: Needs = sum(1 << number for number in without_place)
        self._of: defaultdict[str, Needs] = defaultdict(int)
        self._windows = [0] * (DAYS * len(PARTS))
        self._cells: defaultdict[Cell, Needs] = defaultdict(int)
        self._languages: defaultdict[tuple[tuple[str, ...], ...], Needs] = defaultdict(int)
        self._timed: Needs = 0
        self._spoken: Needs = 0
        for number, need in enumerate(asks):
            bit = 1 << number
            self._of[need.category] |= bit
            self._languages[need.languages] |= bit
            if need.languages:
                self._spoken |= bit
            if need.cell is not None:
                self._cells[need.cell] |= bit
            if need.windows != ALL_WINDOWS:
                self._timed |= bit
            for place in members(need.windows):
                self._windows[place] |= bit

    @property
    def categories(self) -> list[str]:
        """The categories that needs without a place ask for."""
        return sorted(category for category, needs in self._of.items() if needs & self.unplaced)

    def of(self, profile: Profile) -> Needs:
        """The open needs that an offer of this profile could serve, whatever it has of what the profile leaves open."""
        needs = self.at_any_hour(profile.category, profile.languages)
        needs &= self._at(profile.window) if profile.window is not None else ~self._timed
        return needs & self._cells.get(profile.cell, 0) if profile.cell is not None else needs

    def at_any_hour(self, category: str, languages: tuple[str, ...]) -> Needs:
        """The open needs that an offer of a category in some languages could serve if it had the hours that each asks for."""
        return self._below(category) & (self._speaking(frozenset(languages)) if languages else ~self._spoken)

    def languages_of(self, category: str) -> list[tuple[str, ...]]:
        """The languages that needs without a place ask for which an offer of a category could serve."""
        lacking = self._below(category) & self.unplaced
        return sorted({option for number in members(lacking) for option in self.asks[number].languages})

    def within(self, category: str) -> Needs:
        """The open needs that ask for a category or for what lies below it; all, for the empty name."""
        found = 0
        for each, needs in self._of.items():
            if not category or each == category or each.startswith(category + "."):
                found |= needs
        return found

    def profiles(self, category: str) -> Iterator[tuple[Profile, Needs]]:
        """Every profile of a category that some need without a place asks for, with those needs; each dimension also left open."""
        windows: list[Window | None] = [None, *((day, part) for day in range(DAYS) for part in (None, *range(len(PARTS))))]
        in_time = [(window, self._at(window) if window is not None else ~self._timed) for window in windows]
        for languages in ((), *self.languages_of(category)):
            heard = self.at_any_hour(category, languages) & self.unplaced
            cells = sorted({cell for number in members(heard) if (cell := self.asks[number].cell) is not None})
            for cell in (None, *cells):
                near = heard & self._cells[cell] if cell is not None else heard
                for window, there in in_time if near else ():
                    if served := near & there:
                        yield Profile(category, languages, window, cell), served

    def burden(self, profile: Profile, served: Needs) -> int:
        """How badly a profile describes the needs that it serves: of several that serve the same ones, the least is told. It is bad to name what none
        of them asks for; to ask for more than one language; to ask for a whole day where a part of it does, or to name a part where each does;
        and to name an area where the whole hub has no more."""
        found = len(profile.languages) + (2 if profile.languages and not served & self._spoken else 0)
        if profile.window is not None:
            day, part = profile.window
            whole = all(served & ~self._at((day, each)) == 0 for each in range(len(PARTS)))
            found += (whole != (part is None)) + (2 if not served & self._timed else 0)
        return found + (profile.cell is not None)

    def _below(self, category: str) -> Needs:
        """Needs that an offer of this category could serve: they ask for it, or for what lies above it."""
        found = 0
        for above in at_and_above(category):
            found |= self._of.get(above, 0)
        return found

    def _speaking(self, languages: frozenset[str]) -> Needs:
        found = 0
        for options, needs in self._languages.items():
            if not options or any(languages.issuperset(option) for option in options):
                found |= needs
        return found

    def _at(self, window: Window) -> Needs:
        found = 0
        for place in members(bits_of(window)):
            found |= self._windows[place]
        return found


def members(bits: int) -> Iterator[int]:
    """The numbers of a set's members, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def lacking(census: Census) -> list[tuple[Profile, Needs]]:
    """The profiles worth telling, those that serve most needs without a place first. Of profiles of a category that serve the same ones, the least
    burdened is kept (`Census.burden`); at most `MOST_FIGURES`, and the first of each category. Needs that can only be met at night, outside all
    parts of the day, appear in totals only."""
    found: list[tuple[Profile, Needs]] = []
    first: set[Profile] = set()
    for category in census.categories:
        same: dict[Needs, tuple[int, tuple[object, ...], Profile]] = {}
        for profile, served in census.profiles(category):
            burden = census.burden(profile, served)
            if served not in same or (burden, profile.order) < same[served][:2]:
                same[served] = burden, profile.order, profile
        best = sorted(((profile, served) for served, (_, _, profile) in same.items()), key=_most_first)
        found.extend(best)
        first.update(profile for profile, _ in best[:1])
    found.sort(key=_most_first)
    return [row for at, row in enumerate(found) if at < MOST_FIGURES or row[0] in first]


def _most_first(row: tuple[Profile, Needs]) -> tuple[object, ...]:
    return -row[1].bit_count(), row[0].order


def figures_of(
    census: Census, gives: Iterable[Gives], utility: Sequence[int], served: Callable[[Needs, Needs], tuple[int, bool]]
) -> tuple[Figure, ...]:
    """A figure for each profile worth telling, those that would serve most first, then those whose place is worth most.

    `utility` is what each need adds to the best plan by being there; `served` answers, for the needs that a profile could serve and those of them
    without a place, how many more would have one, and whether that is exact."""
    offers = list(gives)
    figures = []
    for profile, without in lacking(census):
        needs = census.of(profile)
        more, exact = served(needs, without)
        price = max(0, max(census.asks[number].ideal - utility[number] for number in members(needs)))
        figures.append(Figure(profile, needs.bit_count(), without.bit_count(), free_places(profile, offers), more, price, exact))
    return tuple(sorted(figures, key=lambda figure: (-figure.served_by_one_more, -figure.shadow_price, figure.profile.order)))


def free_places(profile: Profile, offers: Iterable[Gives]) -> int:
    """Places left at open offers that are of a profile."""
    return sum(offer.places for offer in offers if _is_of(profile, offer))


def _is_of(profile: Profile, offer: Gives) -> bool:
    return (
        (offer.category == profile.category or offer.category.startswith(profile.category + "."))
        and (not profile.languages or offer.languages is None or offer.languages.issuperset(profile.languages))
        and (profile.window is None or bool(offer.windows & bits_of(profile.window)))
        and (profile.cell is None or offer.remote or offer.cell == profile.cell)
    )


def totals_of(census: Census, gives: Iterable[Gives]) -> Mapping[str, Total]:
    """Totals of every category that is asked for or offered, of all above, and of the whole hub (under the empty name)."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for number, need in enumerate(census.asks):
        for name in (*at_and_above(need.category), ""):
            counts[name][0] += 1
            counts[name][1] += census.unplaced >> number & 1
    for offer in gives:
        for name in (*at_and_above(offer.category), ""):
            counts[name][2] += offer.places
    return {name: Total(*counts[name]) for name in sorted(counts)}
