"""Sentences in the reader's language, from gettext catalogues (`locales/<language>.po`) that a city can edit without a rebuild.

The English sentence, with `{named}` parameters, is the key. A sentence without a translation is given in English: better read than missing.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
FOLDERS = (
    ROOT / "chassis" / "locales",
    *(ROOT / "services" / name / "locales" for name in ("actors", "people", "matching", "notifications")),
    ROOT / "gateway" / "locales",
)


@cache
def catalogue(locale: str) -> Mapping[str, str]:
    """All sentences of one language, read once."""
    sentences: dict[str, str] = {}
    for folder in FOLDERS:
        path = folder / f"{locale}.po"
        if path.exists():
            with path.open("rb") as file:
                for message in read_po(file, locale=locale):
                    if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
                        sentences[message.id] = message.string
    return sentences


def translate(sentence: str, locale: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence in a language, filled with its parameters. A parameter that a translation misspells shows as `{name}`, never an error."""
    text = catalogue(locale).get(sentence, sentence) if locale != "en" else sentence
    return text.format_map(_Kept(params)) if params else text


class _Kept(dict[str, object]):
    """Leaves unknown parameters as they stand."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
