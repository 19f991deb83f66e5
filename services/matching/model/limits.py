"""The bounds of what an offer, a case, a need and a round may hold, and the checks that collect every field at fault before refusing."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from chassis.errors import FieldError, Invalid
from services.matching.engine.levels import is_range, rank_of
from services.matching.engine.types import LanguageWish, LevelRange, Place, TimeWindow, TopicWish
from services.matching.engine.week import MINUTES_A_DAY
from services.matching.model.contact_hints import contact_hints

PLACES = (1, 10_000)
SIZE = (1, 100)
TITLE_LENGTH = 120
DESCRIPTION_LENGTH = 600
TEXT_BYTES = 9000
"""All texts of an offer together, in UTF-8, so that its events stay small whatever the number of languages."""
RADIUS_KM = (0, 200)
WINDOWS = 20
TOPICS = 20
LANGUAGES = 20
TAGS = 30
LINKS = 10
HOUSEHOLD = (1, 30)
ROUND_SECONDS = (1, 600)
ROUND_PAIRS = 10_000
SHARED_WITH = 50

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,59}(\.[a-z0-9][a-z0-9_-]{0,59}){0,5}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")


class Check:
    """Collects what is wrong with a record's fields; `done` refuses with all of them. Messages never repeat the value."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def wrong(self, pointer: str, code: str, message: str, **params: str | int) -> None:
        """Note a fault."""
        self.errors.append(FieldError(pointer, code, message.format(**params), tuple(params.items())))

    def done(self) -> None:
        """Refuse if anything was wrong."""
        if self.errors:
            raise Invalid("Some fields need another value.", fields=tuple(self.errors))

    def number(self, pointer: str, value: float, bounds: tuple[int, int]) -> None:
        """A number within bounds, ends included."""
        least, most = bounds
        if not least <= value <= most:
            self.wrong(pointer, "out_of_range", "Give a number from {least} to {most}.", least=least, most=most)

    def count(self, pointer: str, values: Collection[object], most: int) -> None:
        """A list that is not too long."""
        if len(values) > most:
            self.wrong(pointer, "too_many", "Give at most {most}.", most=most)

    def texts(self, pointer: str, texts: Mapping[str, str], longest: int, needed: bool = False, public: bool = False) -> None:
        """A text per language, each short enough; public ones without contact data (R14)."""
        if needed and not any(text.strip() for text in texts.values()):
            self.wrong(pointer, "missing", "Write it in at least one language.")
        self.count(pointer, texts, LANGUAGES)
        for number, (language, text) in enumerate(texts.items()):
            if not _LANGUAGE.fullmatch(language):
                self.wrong(pointer, "not_a_language", "Text {number} needs a language code such as en or fr.", number=number + 1)
                continue
            here = f"{pointer}/{language}"
            self.text(here, text, longest, public)

    def text(self, pointer: str, text: str, longest: int, public: bool = False) -> None:
        """One text, short enough; a public one without contact data (R14)."""
        if len(text) > longest:
            self.wrong(pointer, "too_long", "Use at most {most} characters.", most=longest)
        for kind in contact_hints(text) if public else ():
            self.wrong(pointer, f"contains_{kind}", "This text is public: leave out what looks like a {kind}.", kind=kind.value)

    def weight(self, pointer: str, *texts: Mapping[str, str]) -> None:
        """All texts together, as bytes of UTF-8."""
        if sum(len(text.encode()) for each in texts for text in each.values()) > TEXT_BYTES:
            self.wrong(pointer, "too_long_together", "All texts together are too long; shorten some or leave out a language.")

    def codes(self, pointer: str, codes: Collection[str], most: int = TAGS) -> None:
        """Codes (categories, tags) of the right form; whether they are in the vocabulary is asked where the vocabulary is."""
        self.count(pointer, codes, most)
        if not all(_CODE.fullmatch(code) for code in codes):
            self.wrong(pointer, "not_a_code", "Use codes of the vocabulary only.")

    def languages(self, pointer: str, codes: Iterable[str]) -> None:
        """BCP 47 tags."""
        codes = tuple(codes)
        self.count(pointer, codes, LANGUAGES)
        if not all(_LANGUAGE.fullmatch(code) for code in codes):
            self.wrong(pointer, "not_a_language", "Use language codes such as en, fr or zh-Hant.")

    def wishes(self, pointer: str, wishes: tuple[LanguageWish, ...]) -> None:
        """Languages of a need, each named once."""
        self.languages(pointer, (wish.code for wish in wishes))
        if len({wish.code.lower() for wish in wishes}) < len(wishes):
            self.wrong(pointer, "twice", "Name each language once.")

    def place(self, pointer: str, place: Place | None, coarse: bool = False) -> None:
        """A point on earth; a coarse one has two decimals at most."""
        if place is None:
            return
        self.number(f"{pointer}/lat", place.lat, (-90, 90))
        self.number(f"{pointer}/lon", place.lon, (-180, 180))
        if coarse and (round(place.lat, 2), round(place.lon, 2)) != (place.lat, place.lon):
            self.wrong(pointer, "too_exact", "Give the place with two decimals at most: a case is only ever placed coarsely.")

    def windows(self, pointer: str, windows: tuple[TimeWindow, ...]) -> None:
        """Weekly windows that begin before they end, within their day."""
        self.count(pointer, windows, WINDOWS)
        for number, window in enumerate(windows):
            if not (0 <= window.day <= 6 and 0 <= window.from_minute < window.to_minute <= MINUTES_A_DAY):
                self.wrong(f"{pointer}/{number}", "not_a_window", "A window lies within one day (0 Monday to 6 Sunday) and begins before it ends.")

    def dates(self, pointer: str, first: date | None, last: date | None) -> None:
        """A range of dates in order; the pointer names its end."""
        if first is not None and last is not None and last < first:
            self.wrong(pointer, "ends_before_it_begins", "The last day must not lie before the first.")

    def topic_ranges(self, pointer: str, topics: tuple[LevelRange, ...]) -> None:
        """Topics of an offer: both levels of one scale, in order, or none."""
        self.codes(pointer, [topic.topic for topic in topics], TOPICS)
        for number, topic in enumerate(topics):
            if (topic.from_level is None) is not (topic.to_level is None) or (
                topic.from_level is not None and topic.to_level is not None and not is_range(topic.from_level, topic.to_level)
            ):
                self.wrong(f"{pointer}/{number}", "not_a_range", "Give two levels of one scale in order (a1 to c2, or years 1 to 13), or none.")

    def topic_wishes(self, pointer: str, topics: tuple[TopicWish, ...]) -> None:
        """Topics of a need: a level of a scale, or none."""
        self.codes(pointer, [topic.topic for topic in topics], TOPICS)
        for number, topic in enumerate(topics):
            if topic.level is not None and rank_of(topic.level) is None:
                self.wrong(f"{pointer}/{number}/level", "not_a_level", "Give a level from a1 to c2, or a school year from 1 to 13.")
