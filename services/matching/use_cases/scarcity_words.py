"""What is lacking as a sentence for a call for help, in the reader's language, without a word that would need a plural."""

from babel import Locale
from babel.lists import format_list

from chassis.context import locale
from chassis.language import translate
from services.matching.engine.scarcity.profiles import PARTS, Profile
from services.matching.engine.steps_in_time import clock
from services.matching.use_cases.wording import language_name, weekday_name
from services.matching.vocabulary import UnknownCode, name

SCARCITY_SENTENCES: dict[str, str] = {
    "any": "One more offer is lacking: {category}.",
    "language": "One more offer is lacking: {category}, in {language}.",
    "time": "One more offer is lacking: {category}, {time}.",
    "language and time": "One more offer is lacking: {category}, in {language}, {time}.",
    "area": "Area: about 5 km around {place}.",
    "exactly": "Open needs that it would serve: {needs}.",
    "at least": "Open needs that it would serve, at least: {needs}.",
    "rounded": "Open needs that it would serve at the hours they ask for, rounded: {needs}.",
}
"""The offer that is lacking, where, and how many needs it would serve."""


def call_for_help(profile: Profile, needs: int, certainty: str) -> str:
    """The sentence; `certainty` is exactly, at least, or rounded."""
    reader = locale()
    named = [word for word, there in (("language", profile.languages), ("time", profile.window)) if there]
    filled = {"category": _category(profile.category, reader), "language": _languages(profile.languages, reader), "time": _time(profile, reader)}
    sentences = [translate(SCARCITY_SENTENCES[" and ".join(named) or "any"], reader, filled)]
    if profile.cell is not None:
        sentences.append(translate(SCARCITY_SENTENCES["area"], reader, {"place": f"{profile.cell[0]}, {profile.cell[1]}"}))
    sentences.append(translate(SCARCITY_SENTENCES[certainty], reader, {"needs": needs}))
    return " ".join(sentences)


def _category(code: str, reader: str) -> str:
    try:
        return name(code, reader)
    except UnknownCode:
        return code


def _languages(codes: tuple[str, ...], reader: str) -> str:
    return str(format_list([language_name(code, reader) for code in codes], locale=Locale.parse(reader, sep="-"))) if codes else ""


def _time(profile: Profile, reader: str) -> str:
    """A weekday under its name, with the hours of its part."""
    if profile.window is None:
        return ""
    day, part = profile.window
    hours = "" if part is None else f", {clock(PARTS[part][0])}\N{EN DASH}{clock(PARTS[part][1])}"
    return weekday_name(day, reader) + hours
