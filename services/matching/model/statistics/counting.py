"""Counts the days: what was posted, asked, answered and given on each, and what was there when it ended. Pure; the store brings the spans."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from services.matching.model.statistics.measures import UNKNOWN, bucket_of

PAIRS = ("category area", "category language")
"""Figures broken by two dimensions."""
SUNDAY = 6


class Keys(NamedTuple):
    """What a thing counts under."""

    category: str
    area: str = UNKNOWN
    language: str = UNKNOWN


class Figure(NamedTuple):
    """Where a count belongs: as in the table of statistics, without its grain."""

    split: str
    measure: str
    day: date
    category: str = ""
    area: str = ""
    language: str = ""
    bucket: int = 0


@dataclass(frozen=True, slots=True)
class NeedSpan:
    """A need from its posting to its end; `end` is the measure of that end."""

    keys: Keys
    posted_at: datetime
    ended_at: datetime | None
    end: str | None


@dataclass(frozen=True, slots=True)
class MatchSpan:
    """A match from its confirmation to its end, under the keys of its need. `is_first`: the need had none before."""

    keys: Keys
    need_posted_at: datetime
    made_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    state: str
    outcome: str | None
    decline_reason: str | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class Use:
    """Places of an offer that are held from a moment on, to another or for ever."""

    size: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OfferSpan:
    """An offer, the times in which it took requests, and the use of its places."""

    category: str
    area: str
    languages: tuple[str, ...]
    places: int
    posted_at: datetime
    open_times: tuple[tuple[datetime, datetime | None], ...]
    first_asked_at: datetime | None = None
    uses: tuple[Use, ...] = ()


@dataclass(slots=True)
class Tally:
    """Counts of some days, from `first` to `last`. What was there at the end of a day is told of the last day only where it is broken by two
    dimensions; before `days_from`, of Sundays and the last day only (they end a week or a month)."""

    first: date
    last: date
    days_from: date
    counts: Counter[Figure] = field(default_factory=Counter)
    _steps: defaultdict[tuple[str, ...], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def happened(self, measure: str, moment: datetime | None, keys: Keys) -> None:
        """Something that happened once."""
        if moment is not None and self.first <= moment.date() <= self.last:
            for split, category, area, language in _splits(keys):
                self.counts[Figure(split, measure, moment.date(), category, area, language)] += 1

    def took(self, measure: str, since: datetime, until: datetime | None, keys: Keys) -> None:
        """Something that took a while; it counts on the day on which it was over. In all, by category, by area and by language."""
        if until is not None and self.first <= until.date() <= self.last:
            bucket = bucket_of((until - since).total_seconds())
            for split, category, area, language in list(_splits(keys))[:4]:
                self.counts[Figure(split, measure, until.date(), category, area, language, bucket)] += 1

    def was_there(self, measure: str, since: datetime, until: datetime | None, where: Sequence[tuple[str, str, str, str]], many: int = 1) -> None:
        """Something that was there at the end of each day from the one on which it began to the one before it ended."""
        begin = max(0, (since.date() - self.first).days)
        length = (self.last - self.first).days + 1
        end = min(length, (until.date() - self.first).days) if until is not None else length
        if begin < end:
            for place in where:
                steps = self._steps[(measure, *place)]
                steps[begin] += many
                steps[end] -= many

    def done(self) -> Counter[Figure]:
        """All counts, with what was there on each day."""
        length = (self.last - self.first).days + 1
        days = [date.fromordinal(self.first.toordinal() + at) for at in range(length)]
        told = [day == self.last or day >= self.days_from or day.weekday() == SUNDAY for day in days]
        for (measure, split, category, area, language), steps in self._steps.items():
            level = 0
            for at in range(length):
                level += steps.get(at, 0)
                if level and told[at] and (at == length - 1 or split not in PAIRS):
                    self.counts[Figure(split, measure, days[at], category, area, language)] = level
        self._steps.clear()
        return self.counts


def count_days(
    first: date, last: date, needs: Iterable[NeedSpan], matches: Iterable[MatchSpan], offers: Iterable[OfferSpan], days_from: date
) -> Counter[Figure]:
    """Every figure of the days from `first` to `last`, as `Tally` tells them. Linear in what is given; the order plays no part."""
    tally = Tally(first, last, days_from)
    for need in needs:
        tally.happened("needs_posted", need.posted_at, need.keys)
        if need.end is not None:
            tally.happened(need.end, need.ended_at, need.keys)
        tally.was_there("needs_waiting", need.posted_at, need.ended_at, list(_splits(need.keys)))
    for match in matches:
        _count_match(tally, match)
    for offer in offers:
        _count_offer(tally, offer)
    return Counter({figure: count for figure, count in tally.done().items() if count})


def _count_match(tally: Tally, match: MatchSpan) -> None:
    keys = match.keys
    tally.happened("requests_made", match.made_at, keys)
    if match.is_first:
        tally.happened("needs_matched", match.made_at, keys)
        tally.took("time_to_match", match.need_posted_at, match.made_at, keys)
    if match.accepted_at is not None:
        tally.happened("requests_accepted", match.accepted_at, keys)
        tally.took("time_to_accept", match.made_at, match.accepted_at, keys)
    if match.state == "declined":
        tally.happened("requests_declined", match.ended_at, keys)
        tally.happened(f"declined_{match.decline_reason or 'other'}", match.ended_at, keys)
    elif match.state == "expired":
        tally.happened("requests_expired", match.ended_at, keys)
    elif match.state == "cancelled":
        tally.happened("help_called_off" if match.accepted_at else "requests_called_off", match.ended_at, keys)
    elif match.outcome is not None:
        tally.happened(f"outcome_{match.outcome}", match.ended_at, keys)
    if match.state == "fulfilled" and match.accepted_at is not None:
        tally.took("time_to_fulfil", match.accepted_at, match.ended_at, keys)
    where = list(_splits(keys))
    tally.was_there("needs_with_match", match.made_at, match.ended_at, where)
    tally.was_there("needs_waiting", match.made_at, match.ended_at, where, -1)


def _count_offer(tally: Tally, offer: OfferSpan) -> None:
    where = _offer_splits(offer)
    if tally.first <= offer.posted_at.date() <= tally.last:
        for split, category, area, language in where:
            tally.counts[Figure(split, "offers_posted", offer.posted_at.date(), category, area, language)] += 1
    for since, until in offer.open_times:
        tally.was_there("offers_open", since, until, where)
        tally.was_there("places", since, until, where, offer.places)
        for part_since, part_until, used, asked in _parts(offer, since, until):
            tally.was_there("places_used", part_since, part_until, where, min(used, offer.places))
            state = "offers_full" if used >= offer.places else "offers_asked" if asked else "offers_never_asked"
            tally.was_there(state, part_since, part_until, where)


def _parts(offer: OfferSpan, since: datetime, until: datetime | None) -> Iterator[tuple[datetime, datetime | None, int, bool]]:
    """The time in which an offer is open, cut where the use of its places changes: places used, and whether it was asked by then."""
    cuts = {since}
    moments = [moment for use in offer.uses for moment in (use.since, use.until)] + [offer.first_asked_at]
    cuts |= {moment for moment in moments if moment is not None and moment > since and (until is None or moment < until)}
    ordered = sorted(cuts)
    for at, begin in enumerate(ordered):
        end = ordered[at + 1] if at + 1 < len(ordered) else until
        used = sum(use.size for use in offer.uses if use.since <= begin and (use.until is None or use.until > begin))
        yield begin, end, used, offer.first_asked_at is not None and offer.first_asked_at <= begin


def _splits(keys: Keys) -> Iterator[tuple[str, str, str, str]]:
    yield "", "", "", ""
    yield "category", keys.category, "", ""
    yield "area", "", keys.area, ""
    yield "language", "", "", keys.language
    yield "category area", keys.category, keys.area, ""
    yield "category language", keys.category, "", keys.language


def _offer_splits(offer: OfferSpan) -> list[tuple[str, str, str, str]]:
    """An offer counts in each of its languages, so that figures by language may add up to more than all."""
    found = [("", "", "", ""), ("category", offer.category, "", ""), ("area", "", offer.area, ""), ("category area", offer.category, offer.area, "")]
    for language in sorted(set(offer.languages)) or [UNKNOWN]:
        found += [("language", "", "", language), ("category language", offer.category, "", language)]
    return found
