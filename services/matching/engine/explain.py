"""Reasons in words: one English sentence per code, filled with numbers and codes only, ready for a translator to extract."""

from collections.abc import Callable
from dataclasses import dataclass

from services.matching.engine.score import reference
from services.matching.engine.types import Circumstances, NeedFacts, OfferFacts, PartName, Reason
from services.matching.engine.weights import DEFAULT, Weights

TEMPLATES: dict[str, str] = {
    "category.other": "The offer is of the category {offered}; the need asks for {needed}.",
    "offer.not_open": "The offer is not open.",
    "need.not_open": "The need is not open.",
    "places.too_few": "The offer has {left} places left; the need asks for {size}.",
    "household.too_small": "The offer is for households of at least {least}; this household is {household}.",
    "household.too_large": "The offer is for households of at most {most}; this household is {household}.",
    "need.requires": "The need requires {tag}, which the offer does not provide.",
    "offer.requires": "The offer requires {tag}, which the case does not state.",
    "language.required": "The need requires {language}, which the offer does not speak.",
    "language.none_shared": "They share no language.",
    "topic.missing": "The offer does not cover {topic}.",
    "topic.level": "The offer covers {topic}, but not at level {level}.",
    "place.unknown": "A place is missing, so only remote help can be judged.",
    "place.too_far": "They lie {metres} metres apart; the reach is {reach} metres.",
    "dates.apart": "There is no day on which both hold.",
    "times.apart": "They have no hour of the week in common.",
    "audience.not_shared": "The offer is not shared with other cities.",
    "consent.missing": "The case has not agreed to matching.",
    "consent.ended": "The case's consent to matching has ended.",
    "pair.tried": "The two were tried before, and the offer was declined or not answered.",
    "hint.interpreter": "Offers of an interpreter exist: {count}.",
    "change.accept_language": "Let {language} do for the household as well.",
    "change.any_interpreter": "Add an interpreter.",
    "change.begin": "Let the dates begin earlier by so many days: {days}.",
    "change.consent": "Ask the household whether it agrees to matching.",
    "change.distance": "Let the household travel {metres} metres further than it can now.",
    "change.end": "Let the dates end later by so many days: {days}.",
    "change.find": "No offer of {needed} is known. Find one.",
    "change.fits": "Offers that would then fit: {offers}.",
    "change.hours": "Allow more time on {day}, from {from} to {to}, in minutes: {minutes}.",
    "change.household_max": "Let the offer take a larger household, by so many persons: {persons}.",
    "change.household_min": "Let the offer take a smaller household, by so many persons: {persons}.",
    "change.interpreter": "Add an interpreter for {language}.",
    "change.language": "Find somebody for the offer who speaks {language}.",
    "change.level": "Let level {level} of {topic} do instead of {wished}.",
    "change.need_open": "Open the need again.",
    "change.need_tag": "Do without {tag}, which the need requires.",
    "change.offer_tag": "Ask the provider to do without {tag}, which the offer requires.",
    "change.open": "Ask the provider to open the offer again.",
    "change.place": "Record where the household is; near the offer it would fit.",
    "change.places": "Find more places at the offer, so many: {places}.",
    "change.radius": "Ask the provider to come {metres} metres further than now.",
    "change.remote": "Ask whether the help can be given remotely.",
    "change.retry": "Ask again where the offer was declined or not answered before.",
    "change.shared": "Ask the provider to share the offer with other cities.",
    "change.topic": "Do without {topic}, which the need requires.",
    "change.weekday": "Allow {day}, from {from} to {to}, as well.",
    "score.distance": "They lie {metres} metres apart; the reach is {reach} metres.",
    "score.distance.remote": "The help is given remotely.",
    "score.distance.unknown": "A place is missing, so the distance is not known.",
    "score.language": "They share {language}, choice {position} of {count}.",
    "score.language.not_asked": "No particular language is needed.",
    "score.language.interpreter": "They share no language; an interpreter helps.",
    "score.language.none": "They share no language.",
    "score.times": "They share {shared} of the {needed} minutes a week that are needed.",
    "score.times.any": "The need can use any time.",
    "score.times.none": "They have no time in common.",
    "score.topics": "The offer covers {covered} of {wished} wished topics.",
    "score.topics.not_asked": "No topic is wished.",
    "score.size_fit": "The need asks for {size} of {left} places left.",
    "score.continuity.known": "The provider already helps this case.",
    "score.continuity.new": "The provider does not yet help this case.",
    "score.preferences": "Of {asked} wishes of both sides, {met} are met.",
    "score.preferences.not_asked": "No preference is stated.",
    "score.fair_load": "Requests that wait for this provider: {open}.",
    "score.answering": "The provider answered {answered} of {asked} requests in time.",
    "score.waiting": "The need has waited {days} days.",
    "advice.keep_free": "Places here are scarce: to others they are worth {price} points, to this need {value}.",
    "advice.less_scarce": "Another place is less scarce: beyond what others would gain, this need gains {best} points there and {margin} here.",
    "advice.not_scarce": "Nobody else would gain from keeping this place free.",
    "advice.take": "The place is worth {value} points to this need and {price} to others.",
    "advice.urgent": "The need is urgent, so no place is kept free from it.",
    "advice.waited": "The need has waited {days} days, so no place is kept free from it.",
    "unplaced.no_offer": "No open offer is eligible for this need.",
    "unplaced.too_large": "Every eligible offer has fewer places left than the {size} that are asked for.",
    "unplaced.forbidden": "The offers that could take this need were ruled out for it.",
    "unplaced.together": "Needs that must be filled together could not all be seated.",
    "unplaced.lacks_room_for_all": "No eligible offer has room for everything that is asked for at once.",
    "unplaced.left_out": "This need was left out of the round.",
    "unplaced.contested": "The {offers} offers that could take this need are better used for others.",
}

Translate = Callable[[str], str]


def in_english(text: str) -> str:
    """The reader's language is English: the sentence as it stands."""
    return text


def sentence(reason: Reason, translate: Translate = in_english) -> str:
    """A reason in words: the template is translated, then filled."""
    return translate(TEMPLATES[reason.code]).format(**dict(reason.params))


@dataclass(frozen=True, slots=True)
class Told:
    """A reason with its sentence."""

    code: str
    params: tuple[tuple[str, str | int], ...]
    text: str


@dataclass(frozen=True, slots=True)
class ToldPart:
    """A part of a score with its sentence."""

    name: PartName
    points: int
    weight: int
    told: Told


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer about a pair: eligible or not, why not, hints, and the parts of the score."""

    eligible: bool
    score: int
    weights: str
    reasons: tuple[Told, ...]
    hints: tuple[Told, ...]
    parts: tuple[ToldPart, ...]


def told(reason: Reason, translate: Translate = in_english) -> Told:
    """A reason with its code, its parameters and its sentence."""
    return Told(reason.code, reason.params, sentence(reason, translate))


def why(
    need: NeedFacts,
    offer: OfferFacts,
    at: Circumstances,
    weights: Weights = DEFAULT,
    translate: Translate = in_english,
    interpreter_offers: int = 0,
) -> Explanation:
    """Why this pair, or why not. `interpreter_offers` is how many open interpreter offers exist: a way out where only the language fails."""
    verdict = reference(need, offer, at, weights)
    by_language = any(reason.code.startswith("language.") for reason in verdict.reasons)
    hints = (told(Reason("hint.interpreter", (("count", interpreter_offers),)), translate),) if by_language and interpreter_offers else ()
    return Explanation(
        eligible=verdict.eligible,
        score=verdict.score,
        weights=verdict.weights,
        reasons=tuple(told(reason, translate) for reason in verdict.reasons),
        hints=hints,
        parts=tuple(ToldPart(part.name, part.points, part.weight, told(part.reason, translate)) for part in verdict.parts),
    )
