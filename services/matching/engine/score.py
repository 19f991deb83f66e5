"""The plain definition of a pair: `reference` says whether it is eligible and scores it in parts, from nothing but its arguments."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from services.matching.engine.distance import distance_m
from services.matching.engine.eligibility import anyone_speaks, covers, failing, has_interpreter, minutes_in_common, reach_m
from services.matching.engine.types import Circumstances, NeedFacts, OfferFacts, Part, PartName, Reason, Verdict
from services.matching.engine.week import minutes, week_mask
from services.matching.engine.weights import DEFAULT, Weights

FULL = 1000
"""Points of a part that could not be better."""
WAITING_DAYS = 60
"""Days after which waiting counts fully."""

Points = tuple[int, str, tuple[tuple[str, str | int], ...]]
"""Points of a part, and its reason: a code and its parameters."""


def reference(need: NeedFacts, offer: OfferFacts, at: Circumstances, weights: Weights = DEFAULT) -> Verdict:
    """What we say of a pair. Steps: ask every rule; give each part 0..1000 points in whole numbers; sum points times weight.
    Guarantee: the same arguments give the same verdict, and the parts are given for refused pairs too."""
    return _verdict(need, offer, at, weights, failing(need, offer, at))


def of_fitting(need: NeedFacts, offer: OfferFacts, at: Circumstances, weights: Weights = DEFAULT) -> Verdict:
    """The same verdict as `reference` gives, on a pair that is known to be eligible: no rule is asked again, which is half of the work."""
    return _verdict(need, offer, at, weights, ())


def _verdict(need: NeedFacts, offer: OfferFacts, at: Circumstances, weights: Weights, reasons: tuple[Reason, ...]) -> Verdict:
    parts, score = [], 0
    for name, measure in MEASURES.items():
        part = _part(name, weights.of(name), *measure(need, offer, at))
        parts.append(part)
        score += part.points * part.weight
    return Verdict(need.id, offer.id, reasons, tuple(parts), score, weights.version)


@lru_cache(maxsize=4_096)
def _part(name: PartName, weight: int, points: int, code: str, params: tuple[tuple[str, str | int], ...]) -> Part:
    """A part. Most parts of one need's offers are alike, and parts never change: each is made once."""
    return Part(name, points, weight, Reason(code, params))


def rank(verdict: Verdict, posted_at: datetime, other_id: UUID) -> tuple[int, datetime, UUID]:
    """The key that sorts best first: higher score, then what was posted earlier, then the lower id."""
    return (-verdict.score, posted_at, other_id)


def ranked(pairs: Iterable[tuple[OfferFacts, Verdict]]) -> list[tuple[OfferFacts, Verdict]]:
    """The eligible offers of one need, best first."""
    return sorted(
        (pair for pair in pairs if pair[1].eligible),
        key=lambda pair: rank(pair[1], pair[0].posted_at, pair[0].id),
    )


def _distance(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Points:
    if offer.remote:
        return FULL, "score.distance.remote", ()
    if need.place is None or offer.place is None:
        return 0, "score.distance.unknown", ()
    away, reach = distance_m(need.place, offer.place), reach_m(need, offer)
    points = FULL if away == 0 else FULL * (reach - away) // reach if away < reach else 0
    return points, "score.distance", (("metres", away), ("reach", reach))


def _language(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Points:
    if not need.languages or not offer.languages:
        return FULL, "score.language.not_asked", ()
    count = len(need.languages)
    for position, wish in enumerate(need.languages):
        if anyone_speaks(offer, wish.code):
            points = FULL * (count - position) // count
            return points, "score.language", (("language", wish.code), ("position", position + 1), ("count", count))
    return 0, "score.language.interpreter" if has_interpreter(need, offer) else "score.language.none", ()


def _times(need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Points:
    shared = minutes(minutes_in_common(need, offer, at.as_of.date()))
    if not need.windows:
        return (FULL, "score.times.any", ()) if shared else (0, "score.times.none", ())
    needed = minutes(week_mask(need.windows))
    return FULL * shared // needed, "score.times", (("shared", shared), ("needed", needed))


def _topics(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Points:
    wished = [wish for wish in need.topics if not wish.required]
    if not wished:
        return FULL, "score.topics.not_asked", ()
    covered = sum(any(covers(offered, wish) for offered in offer.topics) for wish in wished)
    return FULL * covered // len(wished), "score.topics", (("covered", covered), ("wished", len(wished)))


def _size_fit(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Points:
    left = offer.places_left
    points = min(FULL, FULL * need.size // left) if left > 0 else 0
    return points, "score.size_fit", (("size", need.size), ("left", left))


def _continuity(_: NeedFacts, __: OfferFacts, at: Circumstances) -> Points:
    return (FULL, "score.continuity.known", ()) if at.helps_case else (0, "score.continuity.new", ())


def _preferences(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Points:
    asked = len(need.preferences) + len(offer.prefers)
    if not asked:
        return FULL, "score.preferences.not_asked", ()
    met = len(need.preferences & offer.provides) + len(offer.prefers & (need.attributes | need.provides))
    return FULL * met // asked, "score.preferences", (("met", met), ("asked", asked))


def _fair_load(_: NeedFacts, __: OfferFacts, at: Circumstances) -> Points:
    waiting = at.record.open_requests
    return FULL // (1 + waiting), "score.fair_load", (("open", waiting),)


def _answering(_: NeedFacts, __: OfferFacts, at: Circumstances) -> Points:
    # Laplace's rule of succession: a provider who was never asked starts at one half.
    answered, asked = at.record.answered_in_time, at.record.asked
    return FULL * (answered + 1) // (asked + 2), "score.answering", (("answered", answered), ("asked", asked))


def _waiting(need: NeedFacts, _: OfferFacts, at: Circumstances) -> Points:
    days = max(0, (at.as_of - need.posted_at).days)
    return FULL * min(days, WAITING_DAYS) // WAITING_DAYS, "score.waiting", (("days", days),)


MEASURES: dict[PartName, Callable[[NeedFacts, OfferFacts, Circumstances], Points]] = {
    PartName.DISTANCE: _distance,
    PartName.LANGUAGE: _language,
    PartName.TIMES: _times,
    PartName.TOPICS: _topics,
    PartName.SIZE_FIT: _size_fit,
    PartName.CONTINUITY: _continuity,
    PartName.PREFERENCES: _preferences,
    PartName.FAIR_LOAD: _fair_load,
    PartName.ANSWERING: _answering,
    PartName.WAITING: _waiting,
}
