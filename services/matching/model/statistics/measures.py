"""What is counted: each measure with its definition in plain words, and the periods in which it is told."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.matching.model.match import DeclineReason, Outcome


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


class Grain(StrEnum):
    """The length of a period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Kind(StrEnum):
    """How a measure adds up: `flow` happens within a period; `stock` is there at its end; `duration` is spread over hours."""

    FLOW = "flow"
    STOCK = "stock"
    DURATION = "duration"


class Group(StrEnum):
    """What a measure is about."""

    NEEDS = "needs"
    REQUESTS = "requests"
    OUTCOMES = "outcomes"
    TIMES = "times"
    PLACES = "places"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its code, how it adds up, what one of it is (`unit`), and the sentence that says what is counted."""

    code: str
    kind: Kind
    group: Group
    unit: str
    definition: str


def _measure(code: str, kind: Kind, group: Group, unit: str, definition: str) -> tuple[str, Measure]:
    return code, Measure(code, kind, group, unit, definition)


FLOW, STOCK, DURATION = Kind.FLOW, Kind.STOCK, Kind.DURATION
MEASURES: dict[str, Measure] = dict(
    (
        _measure("needs_posted", FLOW, Group.NEEDS, "need", _("Needs that were recorded in the period, each once, whatever became of it.")),
        _measure("needs_matched", FLOW, Group.NEEDS, "need", _("Needs for which a coordinator confirmed an offer for the first time in the period.")),
        _measure("needs_fulfilled", FLOW, Group.NEEDS, "need", _("Needs that ended in the period because the help was given.")),
        _measure("needs_withdrawn", FLOW, Group.NEEDS, "need", _("Needs that ended in the period because the household no longer asked for this.")),
        _measure(
            "needs_ran_out",
            FLOW,
            Group.NEEDS,
            "need",
            _("Needs that ended in the period because nobody could help within the time that the hub keeps them."),
        ),
        _measure("needs_waiting", STOCK, Group.NEEDS, "need", _("Needs that were open and without a request to a provider when the period ended.")),
        _measure(
            "needs_with_match", STOCK, Group.NEEDS, "need", _("Needs that had a request, an accepted offer or help under way when the period ended.")
        ),
        _measure(
            "needs_without_place",
            STOCK,
            Group.NEEDS,
            "need",
            _("Open needs for which the best plan for all had no place when the period ended; known since the hub first counted them."),
        ),
        _measure(
            "requests_made",
            FLOW,
            Group.REQUESTS,
            "request",
            _("Requests to providers in the period: offers that a coordinator confirmed for a need."),
        ),
        _measure("requests_accepted", FLOW, Group.REQUESTS, "request", _("Requests to which the provider said yes in the period.")),
        _measure("requests_declined", FLOW, Group.REQUESTS, "request", _("Requests to which the provider said no in the period.")),
        _measure("requests_expired", FLOW, Group.REQUESTS, "request", _("Requests that ended in the period because nobody answered in time.")),
        _measure("requests_called_off", FLOW, Group.REQUESTS, "request", _("Requests that were called off in the period before they were answered.")),
        _measure(
            "help_called_off", FLOW, Group.OUTCOMES, "match", _("Accepted matches that were called off in the period before the help had ended.")
        ),
        *(
            _measure(
                f"outcome_{outcome}", FLOW, Group.OUTCOMES, "match", _("Help that ended in the period with this outcome, as the parties reported it.")
            )
            for outcome in Outcome
        ),
        *(
            _measure(f"declined_{reason}", FLOW, Group.REQUESTS, "request", _("Requests that were declined in the period for this reason."))
            for reason in DeclineReason
        ),
        _measure(
            "time_to_match",
            DURATION,
            Group.TIMES,
            "hour",
            _("Hours from recording a need to its first confirmed offer, for the needs whose first one fell into the period."),
        ),
        _measure(
            "time_to_accept",
            DURATION,
            Group.TIMES,
            "hour",
            _("Hours from a request to the provider's yes, for the requests that were accepted in the period."),
        ),
        _measure(
            "time_to_fulfil",
            DURATION,
            Group.TIMES,
            "hour",
            _("Hours from the provider's yes to the end of the help, for the help that ended well in the period."),
        ),
        _measure("offers_posted", FLOW, Group.PLACES, "offer", _("Offers that were posted in the period.")),
        _measure(
            "offers_open", STOCK, Group.PLACES, "offer", _("Offers that took requests when the period ended; full ones count, paused ones do not.")
        ),
        _measure("offers_never_asked", STOCK, Group.PLACES, "offer", _("Of the open offers, those that no request ever went to.")),
        _measure(
            "offers_asked",
            STOCK,
            Group.PLACES,
            "offer",
            _("Of the open offers, those that a request went to at some time and that still have places."),
        ),
        _measure("offers_full", STOCK, Group.PLACES, "offer", _("Of the open offers, those without a place left.")),
        _measure("places", STOCK, Group.PLACES, "place", _("Places of the open offers when the period ended, taken and free ones.")),
        _measure("places_used", STOCK, Group.PLACES, "place", _("Of these places, those that are held by a match or were used up.")),
    )
)
"""Every measure by its code."""
STOCKS = frozenset(code for code, measure in MEASURES.items() if measure.kind is Kind.STOCK)
DURATIONS = tuple(code for code, measure in MEASURES.items() if measure.kind is Kind.DURATION)
UNKNOWN = "-"
"""The area or language of what has none, or of what was removed before it could be counted."""
REMOTE = "remote"
"""The area of offers that are given from afar."""


def start_of(grain: Grain, day: date) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday (ISO 8601)."""
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    if grain is Grain.MONTH:
        return day.replace(day=1)
    if grain is Grain.QUARTER:
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day


def next_start(grain: Grain, start: date) -> date:
    """The first day of the period after the one that begins on `start`."""
    if grain in (Grain.DAY, Grain.WEEK):
        return start + timedelta(days=7 if grain is Grain.WEEK else 1)
    months = start.month - 1 + (3 if grain is Grain.QUARTER else 1)
    return date(start.year + months // 12, months % 12 + 1, 1)


def starts(grain: Grain, first: date, last: date) -> list[date]:
    """The first days of all periods that touch the days from `first` to `last`."""
    found, start = [], start_of(grain, first)
    while start <= last:
        found.append(start)
        start = next_start(grain, start)
    return found


def back(grain: Grain, start: date, periods: int) -> date:
    """The first day of the period so many periods before."""
    for _each in range(periods):
        start = start_of(grain, start - timedelta(days=1))
    return start


def bucket_of(seconds: float) -> int:
    """A duration in hours as it is kept: whole hours for three days, whole days for sixty, then whole weeks; rounded down."""
    hours = max(0, int(seconds // 3600))
    if hours < 72:
        return hours
    step = 24 if hours < 60 * 24 else 168
    return hours // step * step


@dataclass(frozen=True, slots=True)
class Spread:
    """A duration over many: how many, the median, and the quartiles between which the middle half lies, in hours."""

    count: int
    median: int | None = None
    lower: int | None = None
    upper: int | None = None


def spread_of(counts: dict[int, int]) -> Spread:
    """The spread of durations by bucket. A quartile is the smallest bucket that at least that share reaches; linear in the buckets."""
    total = sum(counts.values())
    if not total:
        return Spread(0)
    found: list[int] = []
    seen = 0
    shares = [0.25 * total, 0.5 * total, 0.75 * total]
    for bucket in sorted(counts):
        seen += counts[bucket]
        while len(found) < 3 and seen >= shares[len(found)]:
            found.append(bucket)
    lower, median, upper = found
    return Spread(total, median, lower, upper)
