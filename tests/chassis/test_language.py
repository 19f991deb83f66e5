"""Sentences in the reader's language: every message and mail is there in all seven, and a translation keeps its parameters."""

import re

import pytest
from babel.messages.pofile import read_po

from chassis.context import LOCALES, best_locale
from chassis.language import FOLDERS, ROOT, translate
from chassis.sentences import sentences_of

PARAMETER = re.compile(r"\{[a-z_]+\}")


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_every_message_and_mail_is_translated(locale: str) -> None:
    sentences = sentences_of(ROOT / "services" / "notifications" / "model" / "kinds.py")

    untranslated = [sentence for sentence in sentences if translate(sentence, locale) == sentence]

    assert len(sentences) > 40
    assert untranslated == []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_a_translation_keeps_exactly_the_parameters_of_its_sentence(locale: str) -> None:
    wrong = []
    for folder in FOLDERS:
        path = folder / f"{locale}.po"
        if path.exists():
            with path.open("rb") as file:
                catalogue = read_po(file, locale=locale)
            for message in catalogue:
                if message.id and message.string and set(PARAMETER.findall(str(message.id))) != set(PARAMETER.findall(str(message.string))):
                    wrong.append(str(message.id))

    assert wrong == []


def test_a_sentence_without_a_translation_is_given_in_english() -> None:
    assert translate("Nobody translated {count} of this.", "fr", {"count": 3}) == "Nobody translated 3 of this."


def test_a_misspelt_parameter_shows_and_is_no_error() -> None:
    assert translate("See {thing}.", "en", {"other": 1}) == "See {thing}."


@pytest.mark.parametrize(
    ("header", "locale"),
    [("fr-CH, fr;q=0.9, en;q=0.8", "fr"), ("tlh, ar;q=0.5", "ar"), ("en;q=0.1, uk;q=0.9", "uk"), ("", "en"), (None, "en"), ("xx;q=x", "en")],
)
def test_the_readers_first_language_that_we_speak_is_chosen(header: str | None, locale: str) -> None:
    assert best_locale(header) == locale
