"""`hub import FILE...`: the same path as an upload, from the command line."""

from pathlib import Path
from typing import Any

import pytest

from chassis.testing import Databases, settings_for_tests
from hubctl import importing
from services.actors.app import JobState, build
from services.actors.settings import Settings


@pytest.fixture
async def service(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Any:
    from contextlib import asynccontextmanager

    made, _ = build(Settings(**settings_for_tests(await databases.fresh("sqlite", "actors"))))

    @asynccontextmanager
    async def service_of(name: str) -> Any:
        yield made

    monkeypatch.setattr(importing, "service_of", service_of)
    yield made
    await made.database.close()


def a_file(folder: Path, text: str = "id;nom;pays\n1;Entraide;FR\n2;;FR\n") -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_file_is_imported_and_its_refused_lines_are_named(service: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = await importing.import_paths([a_file(tmp_path)], "town", None, dry_run=False, remove_gone=False)

    said = capsys.readouterr().out
    assert job.state is JobState.FINISHED
    assert "organisation: 1 new" in said and "line 3, column nom: This must not be empty." in said and "Imported." in said


async def test_a_dry_run_shows_the_preview_and_writes_nothing(service: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await importing.import_paths([a_file(tmp_path)], "town", None, dry_run=True, remove_gone=False)

    async with service.open_work(reading=True) as work:
        assert await work.actors.records.known(["Entraide"], "name") == {}
    assert "Nothing was written (dry run)." in capsys.readouterr().out


@pytest.mark.parametrize(("text", "words"), [("<html><table></table></html>", "web page"), ("Q1;Q2\n1;2\n", "choose them once on the page")])
async def test_what_cannot_be_read_is_one_sentence(service: Any, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(importing.FileNotTaken, match=words):
        await importing.import_paths([a_file(tmp_path, text)], "town", None, dry_run=False, remove_gone=False)
