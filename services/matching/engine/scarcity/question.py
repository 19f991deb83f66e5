"""What the worker is asked, and what it answers: values that travel as JSON, and are stored as they came."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.matching.engine.scarcity.figures import Figure, Total
from services.matching.engine.scarcity.profiles import Asks, Gives, Profile
from services.matching.engine.scarcity.published import Published, PublishedFigure, PublishedTotal

Json = Any
"""A JSON value (Any: its shape is that of the dataclass that it is of)."""


Pair = tuple[int, int, int]
"""An eligible pair: number of the need, number of the offer, value (`problem.worth`, above 0)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Needs as they were recorded lately, which stand for others like them: the `size` of each, its eligible pairs with the offers of today, and how
    many `times` each is expected to come again within the time that is looked ahead."""

    sizes: tuple[int, ...] = ()
    pairs: tuple[Pair, ...] = ()
    times: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """Open needs, open offers, the pairs of the two that are eligible, and the needs that are expected."""

    asks: tuple[Asks, ...]
    gives: tuple[Gives, ...]
    pairs: tuple[Pair, ...]
    expected: Expected = Expected()


@dataclass(frozen=True, slots=True)
class Findings:
    """What is lacking. `prices`: what one more place of an offer is worth to the open needs and to those expected, by the offer's number, where it is
    worth anything (`ahead.prices`). `value` and `bound` are those of the plan that the figures rest on; they meet where it is `proven` the best."""

    figures: tuple[Figure, ...]
    totals: dict[str, Total]
    published: Published
    prices: tuple[tuple[int, int], ...]
    value: int
    bound: int
    proven: bool


def question_to_plain(question: Question) -> Json:
    """A question as JSON."""
    return {
        "asks": [[each.category, each.languages, each.windows, each.cell, each.size, each.ideal] for each in question.asks],
        "gives": [
            [each.category, sorted(each.languages) if each.languages is not None else None, each.windows, each.cell, each.remote, each.places]
            for each in question.gives
        ],
        "pairs": question.pairs,
        "expected": asdict(question.expected),
    }


def question_from(plain: Json) -> Question:
    """The question that `question_to_plain` wrote."""
    return Question(
        tuple(
            Asks(category, tuple(map(tuple, languages)), windows, _cell(cell), size, ideal)
            for category, languages, windows, cell, size, ideal in plain["asks"]
        ),
        tuple(
            Gives(category, frozenset(languages) if languages is not None else None, windows, _cell(cell), remote, places)
            for category, languages, windows, cell, remote, places in plain["gives"]
        ),
        _pairs(plain["pairs"]),
        Expected(tuple(plain["expected"]["sizes"]), _pairs(plain["expected"]["pairs"]), plain["expected"]["times"]),
    )


def findings_to_plain(findings: Findings) -> Json:
    """Findings as JSON."""
    return asdict(findings)


def findings_from(plain: Json) -> Findings:
    """The findings that `findings_to_plain` wrote."""
    released = plain["published"]
    return Findings(
        tuple(Figure(**{**row, "profile": _profile(row["profile"])}) for row in plain["figures"]),
        {name: Total(**row) for name, row in plain["totals"].items()},
        Published(
            tuple(PublishedFigure(**{**row, "profile": _profile(row["profile"])}) for row in released["figures"]),
            {name: PublishedTotal(**row) for name, row in released["totals"].items()},
        ),
        tuple((offer, price) for offer, price in plain["prices"]),
        plain["value"],
        plain["bound"],
        plain["proven"],
    )


def _pairs(rows: Json) -> tuple[Pair, ...]:
    return tuple((need, offer, value) for need, offer, value in rows)


def _profile(row: Json) -> Profile:
    window = row["window"]
    return Profile(row["category"], tuple(row["languages"]), (window[0], window[1]) if window else None, _cell(row["cell"]))


def _cell(row: Sequence[float] | None) -> tuple[float, float] | None:
    return (row[0], row[1]) if row else None
