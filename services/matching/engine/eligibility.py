"""The hard rules: each gives its reasons where it fails, and all are asked, so that "why not?" is answered whole."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from services.matching.engine.distance import distance_m
from services.matching.engine.levels import within
from services.matching.engine.types import INTERPRETER, Audience, Circumstances, LevelRange, NeedFacts, OfferFacts, Reason, TopicWish
from services.matching.engine.week import days_mask, week_mask

Rule = Callable[[NeedFacts, OfferFacts, Circumstances], Iterable[Reason]]


def category_is_below(offered: str, needed: str) -> bool:
    """Whether an offer's category is the need's or lies below it in the tree (`housing` accepts `housing.room`)."""
    return offered == needed or offered.startswith(needed + ".")


@lru_cache(maxsize=10_000)
def speaks(spoken: str, wished: str) -> bool:
    """Whether two BCP 47 tags meet: equal, or one the beginning of the other at a subtag (`fr` meets `fr-CH`), whatever the case of letters."""
    a, b = spoken.lower(), wished.lower()
    return a == b or a.startswith(b + "-") or b.startswith(a + "-")


def anyone_speaks(offer: OfferFacts, wished: str) -> bool:
    """Whether an offer speaks a wished language."""
    return any(speaks(code, wished) for code in offer.languages)


def has_interpreter(need: NeedFacts, offer: OfferFacts) -> bool:
    """Whether the language rules are lifted, by the offer itself or by a linked one."""
    return INTERPRETER in offer.provides or need.interpreter_linked


def covers(offered: LevelRange, wish: TopicWish) -> bool:
    """Whether a topic of an offer answers a wish: the same topic, and the level within the range of the same scale."""
    if offered.topic != wish.topic:
        return False
    if wish.level is None or offered.from_level is None or offered.to_level is None:
        return True
    return within(wish.level, offered.from_level, offered.to_level)


def dates_in_common(need: NeedFacts, offer: OfferFacts, today: date) -> tuple[date, date | None] | None:
    """First and last day on which both hold, not before today; None where there is none."""
    first = max(today, need.from_date or today, offer.valid_from or today)
    ends = need.until_date or offer.valid_until, offer.valid_until or need.until_date
    last = min(ends[0], ends[1]) if ends[0] is not None and ends[1] is not None else None
    return None if last is not None and last < first else (first, last)


def minutes_in_common(need: NeedFacts, offer: OfferFacts, today: date) -> int:
    """The minutes of the week that both have, on weekdays that occur within both date ranges (a mask of `week`)."""
    days = dates_in_common(need, offer, today)
    return week_mask(need.windows) & week_mask(offer.windows) & days_mask(*days) if days else 0


def reach_m(need: NeedFacts, offer: OfferFacts) -> int:
    """How far the two can lie apart, in metres: the longer of the offer's radius and the need's travel."""
    return max(offer.radius_m, need.max_travel_m)


def _category(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    if not category_is_below(offer.category, need.category):
        yield Reason("category.other", (("offered", offer.category), ("needed", need.category)))


def _state(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    if not offer.is_open:
        yield Reason("offer.not_open")
    if not need.is_open:
        yield Reason("need.not_open")


def _places(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    if offer.places_left < need.size:
        yield Reason("places.too_few", (("left", offer.places_left), ("size", need.size)))


def _household(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    if offer.household_min is not None and need.household < offer.household_min:
        yield Reason("household.too_small", (("least", offer.household_min), ("household", need.household)))
    if offer.household_max is not None and need.household > offer.household_max:
        yield Reason("household.too_large", (("most", offer.household_max), ("household", need.household)))


def _need_requires(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    for tag in sorted(need.requires - offer.provides):
        yield Reason("need.requires", (("tag", tag),))


def _offer_requires(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    for tag in sorted(offer.requires - need.attributes - need.provides):
        yield Reason("offer.requires", (("tag", tag),))


def _languages(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    if not need.languages or has_interpreter(need, offer):
        return
    for wish in need.languages:
        if wish.required and not anyone_speaks(offer, wish.code):
            yield Reason("language.required", (("language", wish.code),))
    if offer.languages and not any(anyone_speaks(offer, wish.code) for wish in need.languages):
        yield Reason("language.none_shared")


def _topics(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    for wish in need.topics:
        if not wish.required or any(covers(offered, wish) for offered in offer.topics):
            continue
        if wish.level is not None and any(offered.topic == wish.topic for offered in offer.topics):
            yield Reason("topic.level", (("topic", wish.topic), ("level", wish.level)))
        else:
            yield Reason("topic.missing", (("topic", wish.topic),))


def _reach(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    if offer.remote:
        return
    if need.place is None or offer.place is None:
        yield Reason("place.unknown")
        return
    away, reach = distance_m(need.place, offer.place), reach_m(need, offer)
    if away > reach:
        yield Reason("place.too_far", (("metres", away), ("reach", reach)))


def _times(need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Iterable[Reason]:
    today = at.as_of.date()
    if dates_in_common(need, offer, today) is None:
        yield Reason("dates.apart")
    elif not minutes_in_common(need, offer, today):
        yield Reason("times.apart")


def _audience(need: NeedFacts, offer: OfferFacts, _: Circumstances) -> Iterable[Reason]:
    if need.from_peer and offer.audience is not Audience.PEERS:
        yield Reason("audience.not_shared")


def _consent(need: NeedFacts, _: OfferFacts, at: Circumstances) -> Iterable[Reason]:
    if not need.consent_match:
        yield Reason("consent.missing")
    elif need.consent_until is not None and need.consent_until < at.as_of:
        yield Reason("consent.ended")


def _tried(_: NeedFacts, __: OfferFacts, at: Circumstances) -> Iterable[Reason]:
    if at.tried:
        yield Reason("pair.tried")


RULES: tuple[Rule, ...] = (
    _category,
    _state,
    _places,
    _household,
    _need_requires,
    _offer_requires,
    _languages,
    _topics,
    _reach,
    _times,
    _audience,
    _consent,
    _tried,
)


def failing(need: NeedFacts, offer: OfferFacts, at: Circumstances) -> tuple[Reason, ...]:
    """Every reason why the pair is not eligible, in the order of the rules; none when it is."""
    return tuple(reason for rule in RULES for reason in rule(need, offer, at))
