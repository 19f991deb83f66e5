"""Reads gettext catalogues, and checks those that a city has edited: what could show wrongly is refused, and the hub's own words stay in use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po

PARAMETER = re.compile(r"\{[a-z_]+\}")
BRACES = re.compile(r"[{}]")
MOST_BYTES = 5_000_000
LONGEST = 4
"""A translation may be so many times as long as its sentence, and 200 characters more."""


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of one language: the English sentence -> its translation; and of those that count things: the singular -> every form."""

    sentences: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    manys: Mapping[str, str] = field(default_factory=dict)
    """The English singular -> the English plural."""

    def with_(self, over: "Words") -> "Words":
        """These, with others over them."""
        return Words({**self.sentences, **over.sentences}, {**self.plurals, **over.plurals}, {**self.manys, **over.manys})


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry that is not used, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class _Reading:
    """The entries that were taken so far."""

    sentences: dict[str, str] = field(default_factory=dict)
    plurals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    manys: dict[str, str] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """One entry; what is empty or marked as doubtful (fuzzy) is left out."""
        texts = _texts(message.string)
        if not message.id or message.fuzzy or not texts or not all(texts):
            return
        if isinstance(message.id, str):
            self.sentences[message.id] = texts[0]
        else:
            self.plurals[message.id[0]], self.manys[message.id[0]] = texts, message.id[1]

    def words(self) -> Words:
        """All of them."""
        return Words(self.sentences, self.plurals, self.manys)


def read_file(path: Path, locale: str) -> Words:
    """The translations of a catalogue that comes with the hub."""
    reading = _Reading()
    with path.open("rb") as file:
        for message in read_po(file, locale=locale):
            reading.take(message)
    return reading.words()


def checked(path: Path, locale: str, known: Words) -> tuple[Words, list[Fault]]:
    """A city's catalogue: what can be used of it, and what cannot, with reasons in plain words. It never raises."""
    reading, faults = _Reading(), list[Fault]()
    try:
        if path.stat().st_size > MOST_BYTES:
            return Words(), [Fault(0, f"The file is larger than {MOST_BYTES} bytes.")]
        with path.open("rb") as file:
            entries = list(read_po(file, locale=locale, abort_invalid=True))
    except PoFileError as error:
        return Words(), [Fault(int(getattr(error, "lineno", 0) or 0), "This is no gettext catalogue: from here on, it cannot be read.")]
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return Words(), [Fault(0, "This is no gettext catalogue in UTF-8.")]
    for message in entries:
        if not message.id or not any(_texts(message.string)) or message.fuzzy:
            continue
        reason = _reason(message, locale, known)
        if reason:
            faults.append(Fault(message.lineno or 0, reason))
        else:
            reading.take(message)
    return reading.words(), faults


def _texts(string: object) -> tuple[str, ...]:
    return tuple(str(text) for text in string) if isinstance(string, list | tuple) else (str(string or ""),)


def _reason(message: Message, locale: str, known: Words) -> str | None:
    """Why an entry cannot be used; None when it can."""
    texts = _texts(message.string)
    plural = not isinstance(message.id, str)
    key = message.id if isinstance(message.id, str) else message.id[0]
    whole = message.id if isinstance(message.id, str) else "".join(message.id)
    if key not in (known.plurals if plural else known.sentences):
        return "The hub does not say this sentence (any more)."
    if plural and len(texts) != get_plural(locale).num_plurals:
        return f"This language needs {get_plural(locale).num_plurals} forms of the sentence; the entry has {len(texts)}."
    if not all(texts):
        return "One form of the sentence is empty."
    wanted = set(PARAMETER.findall(whole))
    for text in texts:
        found = set(PARAMETER.findall(text))
        # A form for one or two things may leave the number itself out ("one offer").
        lacking = wanted - found - ({"{count}"} if plural else set())
        if lacking or found - wanted:
            return f"The parts in braces must stay as they are: {', '.join(sorted(wanted)) or 'this sentence has none'}."
        if BRACES.search(PARAMETER.sub("", text)):
            return "A brace stands alone."
        if len(text) > LONGEST * len(key) + 200:
            return "The translation is far longer than the sentence."
        if any(ord(letter) < 32 and letter not in "\n\t" for letter in text):
            return "The translation holds a character that cannot be shown."
    return None
