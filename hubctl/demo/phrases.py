"""Sentences that state an offer's facts (places, hours, languages) in each language in which offers of the demo world are written."""

from collections.abc import Iterable

from babel import Locale

from hubctl.demo.specs import Body
from services.matching.vocabulary import name

DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "uk": ("понеділок", "вівторок", "середа", "четвер", "п'ятниця", "субота", "неділя"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}

WHEN = {
    "fr": "Quand : {times}.",
    "en": "When: {times}.",
    "ar": "المواعيد: {times}.",
    "uk": "Коли: {times}.",
    "es": "Cuándo: {times}.",
}

SPOKEN = {
    "fr": "Langues parlées : {languages}.",
    "en": "Languages spoken: {languages}.",
    "ar": "اللغات: {languages}.",
    "uk": "Мови: {languages}.",
    "es": "Idiomas: {languages}.",
}

PLACES = {
    "fr": {"person": "Places : {n}.", "household": "Foyers : {n}.", "item": "Objets : {n}.", "hour": "Heures disponibles : {n}."},
    "en": {"person": "Places: {n}.", "household": "Households: {n}.", "item": "Items: {n}.", "hour": "Hours available: {n}."},
    "ar": {"person": "عدد الأماكن: {n}.", "household": "عدد الأسر: {n}.", "item": "عدد القطع: {n}.", "hour": "الساعات المتاحة: {n}."},
    "uk": {"person": "Місць: {n}.", "household": "Родин: {n}.", "item": "Речей: {n}.", "hour": "Вільних годин: {n}."},
    "es": {"person": "Plazas: {n}.", "household": "Hogares: {n}.", "item": "Objetos: {n}.", "hour": "Horas disponibles: {n}."},
}

COMMA = {"ar": "، "}

CLOSING = {
    "fr": (
        "Posez vos questions, nous répondons vite.",
        "On fait connaissance avant de commencer.",
        "Pas besoin d'expérience ni de matériel.",
        "Si cela ne convient pas, on cherche autre chose ensemble.",
    ),
    "en": (
        "Ask your questions, we answer quickly.",
        "We get to know each other before we start.",
        "No experience and nothing to bring.",
        "If it does not suit you, we look for something else together.",
    ),
}


def clock(minute: int) -> str:
    """A minute of the day as a time: 1110 is "18:30"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def facts(locale: str, unit: str, places: int, windows: Iterable[Body], languages: Iterable[str]) -> str:
    """The places, hours and languages of an offer, in one of the languages of `DAYS`."""
    times = "; ".join(f"{DAYS[locale][window['day']]} {window['from']}–{window['to']}" for window in windows)
    said = [PLACES[locale][unit].format(n=places)]
    if times:
        said.append(WHEN[locale].format(times=times))
    said.append(SPOKEN[locale].format(languages=COMMA.get(locale, ", ").join(language(code, locale) for code in languages)))
    return " ".join(said)


def language(code: str, locale: str) -> str:
    """The name of a language in another one, from CLDR; its code where CLDR has none."""
    names = Locale.parse(locale).languages
    return str(names.get(code.replace("-", "_"), code))


def plain_title(category: str, place: str, locale: str) -> str:
    """A title in a language for which no text was written: the category's name and the neighbourhood."""
    return f"{name(category, locale)} – {place}"
