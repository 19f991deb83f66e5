"""Small steps that make a failing rule hold for a pair, each exact in its amount, and what they do to the facts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.matching.engine.distance import distance_m
from services.matching.engine.eligibility import anyone_speaks, covers, has_interpreter
from services.matching.engine.levels import rank_of
from services.matching.engine.steps_in_time import minute_of, time_steps
from services.matching.engine.types import (
    INTERPRETER,
    Audience,
    Circumstances,
    LanguageWish,
    LevelRange,
    NeedFacts,
    OfferFacts,
    TimeWindow,
    TopicWish,
)

Params = tuple[tuple[str, str | int], ...]
Facts = tuple[NeedFacts, OfferFacts, Circumstances]
Ways = tuple[tuple["Step", ...], ...]
"""Other ways to make one group of rules hold; each is a tuple of steps that are all needed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One small change of one side. `amount` is how much of it is needed, as little as does it, in the unit of its code (metres, days, minutes,
    places, levels, persons; 1 where there is nothing to count). Steps with the same code and `params` are the same step, done more or less."""

    code: str
    amount: int = 1
    params: Params = ()

    @property
    def key(self) -> tuple[str, Params]:
        """What is the same step in another amount."""
        return self.code, self.params

    def of(self, name: str) -> str:
        """A parameter that is a word."""
        return str(dict(self.params)[name])


def one(code: str, amount: int = 1, **params: str | int) -> tuple[Step]:
    """A way of a single step."""
    return (Step(code, amount, tuple(params.items())),)


def ways(need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Iterator[Ways]:
    """For each group of rules that fails, how it could be made to hold; none for a pair that is eligible. It leaves the
    category out: no small change makes one category another.

    The groups do not touch each other: taking one way of each makes the pair eligible (the tests hold this against `eligibility.failing`). They
    come as they are asked for, those first that are quick to find."""
    if at.tried:
        yield (one("change.retry"),)
    if need.from_peer and offer.audience is not Audience.PEERS:
        yield (one("change.shared"),)
    if not need.consent_match or (need.consent_until is not None and need.consent_until < at.as_of):
        yield (one("change.consent"),)
    yield from _state(need, offer)
    yield from _household(need, offer)
    yield from _speech_and_tags(need, offer)
    yield from _reach(need, offer)
    yield from _topics(need, offer)
    yield from _times(need, offer, at.as_of.date())


def _state(need: NeedFacts, offer: OfferFacts) -> Iterator[Ways]:
    # An offer without a place left is not open because it is full, and opens by itself as soon as it has places again.
    full = offer.places_left <= 0
    if not offer.is_open and not full:
        yield (one("change.open"),)
    if not need.is_open:
        yield (one("change.need_open"),)
    if offer.places_left < need.size or (not offer.is_open and full):
        yield (one("change.places", max(1, need.size - offer.places_left)),)


def _household(need: NeedFacts, offer: OfferFacts) -> Iterator[Ways]:
    if offer.household_min is not None and need.household < offer.household_min:
        yield (one("change.household_min", offer.household_min - need.household),)
    if offer.household_max is not None and need.household > offer.household_max:
        yield (one("change.household_max", need.household - offer.household_max),)


def _speech_and_tags(need: NeedFacts, offer: OfferFacts) -> Iterator[Ways]:
    missing = sorted(need.requires - offer.provides)
    languages = _languages(need, offer)
    if INTERPRETER in missing:
        # An interpreter who comes along is what the need asks for, and lifts the language rules too.
        missing.remove(INTERPRETER)
        without = one("change.need_tag", tag=INTERPRETER)
        yield (_an_interpreter(need), *((without + way for way in languages) if languages else (without,)))
    elif languages:
        yield (_an_interpreter(need), *languages)
    for tag in missing:
        yield (one("change.need_tag", tag=tag),)
    for tag in sorted(offer.requires - need.attributes - need.provides):
        yield (one("change.offer_tag", tag=tag),)


def _an_interpreter(need: NeedFacts) -> tuple[Step]:
    return one("change.interpreter", language=need.languages[0].code) if need.languages else one("change.any_interpreter")


def _languages(need: NeedFacts, offer: OfferFacts) -> Ways:
    """How the language rules could hold without an interpreter; empty where they hold."""
    if not need.languages or has_interpreter(need, offer):
        return ()
    required = tuple(dict.fromkeys(wish.code for wish in need.languages if wish.required and not anyone_speaks(offer, wish.code)))
    if required:
        return (tuple(Step("change.language", 1, (("language", code),)) for code in required),)
    if not offer.languages or any(anyone_speaks(offer, wish.code) for wish in need.languages):
        return ()
    wished = (one("change.language", language=wish.code) for wish in need.languages)
    return (*wished, *(one("change.accept_language", language=code) for code in sorted(offer.languages)))


def _topics(need: NeedFacts, offer: OfferFacts) -> Iterator[Ways]:
    for wish in dict.fromkeys(wish for wish in need.topics if wish.required):
        if any(covers(offered, wish) for offered in offer.topics):
            continue
        level: Params = (("wished", wish.level),) if wish.level is not None else ()
        without = (Step("change.topic", 1, (("topic", wish.topic), *level)),)
        near = sorted(step for offered in offer.topics if (step := _nearest_level(offered, wish)) is not None)
        yield (one("change.level", near[0][0], topic=wish.topic, wished=str(wish.level), level=near[0][1]), without) if near else (without,)


def _nearest_level(offered: LevelRange, wish: TopicWish) -> tuple[int, str] | None:
    """How many levels lie between a wish and what is offered of its topic on its scale, and the level there."""
    if offered.topic != wish.topic or wish.level is None or offered.from_level is None or offered.to_level is None:
        return None
    low, here, high = rank_of(offered.from_level), rank_of(wish.level), rank_of(offered.to_level)
    if low is None or here is None or high is None or not low[0] is here[0] is high[0] or low[1] > high[1]:
        return None
    return (low[1] - here[1], offered.from_level) if here[1] < low[1] else (here[1] - high[1], offered.to_level)


def _reach(need: NeedFacts, offer: OfferFacts) -> Iterator[Ways]:
    if offer.remote:
        return
    if need.place is None or offer.place is None:
        yield (one("change.remote"), one("change.place")) if offer.place is not None else (one("change.remote"),)
        return
    away = distance_m(need.place, offer.place)
    if away > max(offer.radius_m, need.max_travel_m):
        yield (one("change.distance", away - need.max_travel_m), one("change.radius", away - offer.radius_m))


def _times(need: NeedFacts, offer: OfferFacts, today: date) -> Iterator[Ways]:
    for group in time_steps(need, offer, today):
        yield tuple((Step(code, amount, params),) for code, amount, params in group)


def applied(step: Step, facts: Facts) -> Facts:
    """The facts once a step was done."""
    return EFFECTS[step.code](step, *facts)


def _open(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, is_open=True), at


def _need_open(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return replace(need, is_open=True), offer, at


def _places(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    opens = offer.is_open or offer.places_left <= 0
    return need, replace(offer, places=offer.places + step.amount, is_open=opens), at


def _household_min(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, household_min=(offer.household_min or 0) - step.amount), at


def _household_max(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, household_max=(offer.household_max or 0) + step.amount), at


def _need_tag(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return replace(need, requires=need.requires - {step.of("tag")}), offer, at


def _offer_tag(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, requires=offer.requires - {step.of("tag")}), at


def _interpreter(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, provides=offer.provides | {INTERPRETER}), at


def _language(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, languages=offer.languages | {step.of("language")}), at


def _accept_language(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return replace(need, languages=(*need.languages, LanguageWish(step.of("language")))), offer, at


def _topic(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    given = dict(step.params)
    wish = TopicWish(str(given["topic"]), str(given["wished"]) if "wished" in given else None, required=True)
    kept = tuple(each for each in need.topics if each != wish)
    if "level" in given:
        kept = (*kept, replace(wish, level=str(given["level"])))
    return replace(need, topics=kept), offer, at


def _remote(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, remote=True), at


def _place(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return replace(need, place=offer.place), offer, at


def _distance(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return replace(need, max_travel_m=need.max_travel_m + step.amount), offer, at


def _radius(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, radius_m=offer.radius_m + step.amount), at


def _end(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    """The last common day moves: each side that ends before it goes on until then."""
    last = min(day for day in (need.until_date, offer.valid_until) if day is not None) + timedelta(days=step.amount)
    until = need.until_date if need.until_date is None else max(need.until_date, last)
    valid = offer.valid_until if offer.valid_until is None else max(offer.valid_until, last)
    return replace(need, until_date=until), replace(offer, valid_until=valid), at


def _begin(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    """The first common day moves: each side that begins after it begins then."""
    first = max(day for day in (need.from_date, offer.valid_from) if day is not None) - timedelta(days=step.amount)
    from_date = need.from_date if need.from_date is None else min(need.from_date, first)
    valid = offer.valid_from if offer.valid_from is None else min(offer.valid_from, first)
    return replace(need, from_date=from_date), replace(offer, valid_from=valid), at


def _window(step: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    """Both sides have the window; who has any time already does."""
    window = TimeWindow(int(step.of("day")), minute_of(step.of("from")), minute_of(step.of("to")))
    return (
        replace(need, windows=(*need.windows, window) if need.windows else ()),
        replace(offer, windows=(*offer.windows, window) if offer.windows else ()),
        at,
    )


def _shared(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, replace(offer, audience=Audience.PEERS), at


def _consent(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return replace(need, consent_match=True, consent_until=None), offer, at


def _retry(_: Step, need: NeedFacts, offer: OfferFacts, at: Circumstances) -> Facts:
    return need, offer, replace(at, tried=False)


EFFECTS: dict[str, Callable[[Step, NeedFacts, OfferFacts, Circumstances], Facts]] = {
    "change.open": _open,
    "change.need_open": _need_open,
    "change.places": _places,
    "change.household_min": _household_min,
    "change.household_max": _household_max,
    "change.need_tag": _need_tag,
    "change.offer_tag": _offer_tag,
    "change.any_interpreter": _interpreter,
    "change.interpreter": _interpreter,
    "change.language": _language,
    "change.accept_language": _accept_language,
    "change.topic": _topic,
    "change.level": _topic,
    "change.remote": _remote,
    "change.place": _place,
    "change.distance": _distance,
    "change.radius": _radius,
    "change.end": _end,
    "change.begin": _begin,
    "change.hours": _window,
    "change.weekday": _window,
    "change.shared": _shared,
    "change.consent": _consent,
    "change.retry": _retry,
}
"""What each step does to the facts, by its code."""
