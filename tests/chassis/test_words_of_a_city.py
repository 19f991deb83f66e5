"""A city's own words: used over the hub's, read again when they change, refused in a sentence where they could show wrongly; and plural forms."""

from pathlib import Path

import pytest

from chassis import language
from chassis.city_words import checked
from chassis.language import known_sentences, plural_place, translate, translate_count
from chassis.pseudo import outside, pseudo

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUB_WORDS", str(tmp_path))
    monkeypatch.setattr(language, "LOOK_SECONDS", 0.0)
    return tmp_path


def test_a_citys_word_is_used_over_the_hubs_and_without_a_restart(folder: Path) -> None:
    before = translate("Sign in", "fr")

    (folder / "fr.po").write_text(HEAD + 'msgid "Sign in"\nmsgstr "Entrer"\n', encoding="utf-8")
    during = translate("Sign in", "fr")
    (folder / "fr.po").unlink()

    assert (during, translate("Sign in", "fr")) == ("Entrer", before)
    assert translate("Sign out", "fr") != "Sign out", "the others stay"


def test_english_can_be_changed_as_well(folder: Path) -> None:
    (folder / "en.po").write_text(HEAD + 'msgid "Sign in"\nmsgstr "Log on"\n', encoding="utf-8")

    assert translate("Sign in", "en") == "Log on"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ('msgid "Case {code}"\nmsgstr "Dossier"\n', "braces"),
        ('msgid "Case {code}"\nmsgstr "Dossier {cod}"\n', "braces"),
        ('msgid "Sign in"\nmsgstr "Entrer {name}"\n', "braces"),
        ('msgid "Sign in"\nmsgstr "Entrer {"\n', "brace stands alone"),
        ('msgid "Nobody says this"\nmsgstr "Rien"\n', "does not say"),
        (f'msgid "Sign in"\nmsgstr "{"x" * 500}"\n', "longer"),
        ('msgid "Sign in"\nmsgstr "a\\u0007"\n'.replace("\\u0007", "\u0007"), "cannot be shown"),
    ],
)
def test_an_entry_that_could_show_wrongly_is_refused_and_the_hubs_own_is_used(folder: Path, entry: str, reason: str) -> None:
    path = folder / "fr.po"
    path.write_text(HEAD + entry, encoding="utf-8")

    words, faults = checked(path, "fr", known_sentences())

    assert (dict(words.sentences), len(faults)) == ({}, 1)
    assert reason in faults[0].reason
    assert translate("Sign in", "fr") not in ("Entrer {", "Sign in")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00no", b"msgid broken", b'msgid "Sign in"\nmsgstr "a', b"\x00" * 50])
def test_a_file_that_is_no_catalogue_never_stops_the_hub(folder: Path, content: bytes) -> None:
    (folder / "fr.po").write_bytes(content)

    assert translate("Sign in", "fr") not in ("", "Sign in")


def test_doubtful_and_empty_entries_are_left_out(folder: Path) -> None:
    (folder / "fr.po").write_text(HEAD + '#, fuzzy\nmsgid "Sign in"\nmsgstr "Peut-être"\n\nmsgid "Sign out"\nmsgstr ""\n', encoding="utf-8")

    assert "Peut-être" not in translate("Sign in", "fr")
    assert translate("Sign out", "fr") != ""


@pytest.mark.parametrize(
    ("locale", "places"),
    [
        ("en", {0: 1, 1: 0, 2: 1}),
        ("fr", {0: 0, 1: 0, 2: 1}),
        ("uk", {1: 0, 2: 1, 5: 2, 11: 2, 21: 0, 22: 1}),
        ("ar", {0: 0, 1: 1, 2: 2, 3: 3, 11: 5, 100: 4}),
    ],
)
def test_each_language_has_its_own_forms_for_numbers(locale: str, places: dict[int, int]) -> None:
    assert {number: plural_place(locale)(number) for number in places} == places


def test_a_sentence_that_counts_without_a_translation_is_english() -> None:
    said = [translate_count("{count} never said", "{count} never saids", "uk", count, {"count": count}) for count in (1, 2)]

    assert said == ["1 never said", "2 never saids"]


def test_the_pseudo_language_is_longer_keeps_parameters_and_is_found_again() -> None:
    text = pseudo("Case {code} of Ana").format(code="K7QX")

    assert "K7QX" in text and len(text) > 1.4 * len("Case K7QX of Ana")
    assert outside(f"before {text} after") == "before  after"
