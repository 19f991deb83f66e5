"""`hub words`: a city exports the sentences, edits some, checks and installs them; what could show wrongly changes nothing."""

from pathlib import Path

import pytest

from chassis.context import LOCALES
from hubctl import words


@pytest.mark.parametrize("ending", ["po", "csv"])
@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_exported_is_read_back_whole(tmp_path: Path, locale: str, ending: str) -> None:
    file = tmp_path / f"words.{ending}"

    count = words.export(locale, tmp_path / "locales", file)
    good, faults = words.check(locale, file)

    assert faults == []
    assert count > 1000 and (locale == "en" or len(good.sentences) + len(good.plurals) > 0.5 * count)


@pytest.mark.parametrize("ending", ["po", "csv"])
def test_an_edited_sentence_is_installed_and_only_that_one(tmp_path: Path, ending: str) -> None:
    file, folder = tmp_path / f"words.{ending}", tmp_path / "locales"
    words.export("fr", folder, file)
    file.write_text(file.read_text(encoding="utf-8").replace("Se connecter", "Entrer ici"), encoding="utf-8")

    count = words.install("fr", file, folder)

    assert 1 <= count < 10
    assert [(locale, found) for locale, found, _ in words.installed(folder)] == [("fr", count)]


def test_a_translation_without_its_parts_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    file, folder = tmp_path / "words.csv", tmp_path / "locales"
    file.write_text("sentence,plural,translation\nCase {code},,Dossier\n", encoding="utf-8")

    with pytest.raises(words.WordsRefused):
        words.install("fr", file, folder)

    assert not folder.exists()
    assert [fault.reason for fault in words.check("fr", file)[1]] == ["The parts in braces must stay as they are: {code}."]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "words.csv"
    file.write_bytes(content)

    with pytest.raises(words.WordsRefused):
        words.check("fr", file)


def test_a_language_that_the_hub_does_not_speak_is_refused(tmp_path: Path) -> None:
    with pytest.raises(words.NoSuchLanguage):
        words.export("xx", tmp_path, tmp_path / "words.po")
