"""What of a quarter everybody may read (rule R21): figures from which nobody can work out a small group, however they are added or subtracted.

The rules, which `tests/matching/test_statistics_published.py` tries on invented quarters:

1. A quarter is published once, when it is over, and never again: there are no two readings of one population to subtract. Quarters do not overlap.
2. Of a population (needs recorded, requests made, offers open) only lists are published that each cut all of it one way: by month, by kind of help
   (a tree), by area, by language, by what became of it. Never two ways at once, so that no figure stands for a crossing.
3. In each list a part below `SMALL` is withheld, nothing included. What the published parts leave of the whole must not be small either: the
   smallest published part is withheld until it is not. The same holds within each branch of a tree.
4. What is published is rounded to `STEP`.

So every group that sums and differences of a list can single out has `SMALL` or more; and a crossing of two lists can only be placed within a
range of at least `SMALL` (the bounds of Fréchet: its width is the smallest of the two groups and their complements)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.matching.model.statistics.measures import Spread

SMALL = 10
"""Groups below this are not published."""
STEP = 5
"""What is published is rounded to a multiple of this."""
QUARTILES_FROM = 4 * SMALL
"""A quartile is told of so many, so that each quarter of them is a group."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A count with the counts below it. The parts add up to the count; `closed`: no other part could be there."""

    count: int
    parts: Mapping[str, "Tree"] = field(default_factory=dict)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class PublishedTree:
    """A count as published, rounded, with the parts that may be published. A part that is missing is withheld."""

    count: int
    parts: dict[str, "PublishedTree"] = field(default_factory=dict)


def rounded(count: int) -> int:
    """The nearest multiple of `STEP`, halves upward."""
    return STEP * ((count + STEP // 2) // STEP)


def open_parts(whole: int, counts: Mapping[str, int], closed: bool = False) -> set[str]:
    """The parts of a whole that may be published. What they leave is not small, or nothing is left and nothing else could be there."""
    told = sorted(((count, name) for name, count in counts.items() if count >= SMALL), reverse=True)
    while told:
        rest = whole - sum(count for count, _ in told)
        if rest >= SMALL or (rest == 0 and closed and len(told) == len(counts)):
            break
        told.pop()
    return {name for _, name in told}


def publish(tree: Tree) -> PublishedTree | None:
    """A tree as it may be read; None where all of it is small."""
    if tree.count < SMALL:
        return None
    told = open_parts(tree.count, {name: part.count for name, part in tree.parts.items()}, tree.closed)
    found = PublishedTree(rounded(tree.count))
    for name in sorted(told):
        part = publish(tree.parts[name])
        if part is not None:
            found.parts[name] = part
    return found


def published_spread(spread: Spread) -> dict[str, int] | None:
    """A duration as it may be read: the median of ten or more in whole days, the quartiles of forty or more."""
    if spread.count < SMALL or spread.median is None:
        return None
    found = {"median_days": _days(spread.median)}
    if spread.count >= QUARTILES_FROM and spread.lower is not None and spread.upper is not None:
        found |= {"lower_days": _days(spread.lower), "upper_days": _days(spread.upper)}
    return found


def _days(hours: int) -> int:
    return (hours + 12) // 24


def flat(counts: Mapping[str, int], *, domain: Iterable[str] = ()) -> Mapping[str, Tree]:
    """Parts without branches; `domain` names parts that are listed even where they count nothing."""
    return {name: Tree(counts.get(name, 0)) for name in {*counts, *domain}}


def category_tree(counts: Mapping[str, int], whole: int) -> Tree:
    """Kinds of help as a tree: what is counted at an upper kind itself is a part of it beside those below."""
    groups: dict[str, dict[str, int]] = {}
    for category, count in counts.items():
        groups.setdefault(category.split(".")[0], {})[category] = count
    return Tree(whole, {name: Tree(sum(below.values()), flat(below)) for name, below in groups.items()})
