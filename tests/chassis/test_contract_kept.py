"""The contract of a service is made once for each version of its code, and none of another version is ever answered."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import contract
from chassis.contract import Contract, fingerprint


class Counted(FastAPI):
    """An application that counts how often its document is made."""

    made = 0

    def openapi(self) -> dict[str, Any]:
        self.made += 1
        return super().openapi()


def an_app(*paths: str) -> Counted:
    app = Counted(title="Bells", openapi_url=None)
    for path in paths:
        app.add_api_route(path, lambda: {}, methods=["GET"])
    return app


async def test_a_document_is_made_once_and_then_read_by_other_processes(tmp_path: Path) -> None:
    first, second = an_app("/bells"), an_app("/bells")
    one, other = Contract(first, "actors", tmp_path), Contract(second, "actors", tmp_path)

    texts = [*await asyncio.gather(one.read(), one.read()), await other.read()]

    assert (first.made, second.made) == (1, 0) and len(set(texts)) == 1
    assert list(json.loads(texts[0])["paths"]) == ["/bells"] and [file.name for file in tmp_path.iterdir()] == [one.file.name]


async def test_other_code_or_other_routes_have_a_document_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await Contract(an_app("/bells"), "actors", tmp_path).read()
    routed, changed = an_app("/bells", "/towers"), an_app("/bells")

    found = json.loads(await Contract(routed, "actors", tmp_path).read())
    monkeypatch.setattr(contract, "version", lambda name: "another")
    await Contract(changed, "actors", tmp_path).read()

    assert set(found["paths"]) == {"/bells", "/towers"} and changed.made == 1
    assert len(list(tmp_path.iterdir())) == 3


async def test_documents_of_versions_that_are_long_gone_are_let_go_of(tmp_path: Path) -> None:
    for number in range(contract.KEPT + 3):
        old = Contract(an_app(f"/bells{number}"), "actors", tmp_path)
        await old.read()
        os.utime(old.file, (number, number))

    newest = Contract(an_app("/bells"), "actors", tmp_path)
    await newest.read()

    assert len(list(tmp_path.iterdir())) == contract.KEPT and newest.file.exists()


def test_the_fingerprint_follows_every_file_that_says_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "ROOT", tmp_path)
    for folder in ("services/actors/locales", "chassis", "contracts/codes"):
        (tmp_path / folder).mkdir(parents=True)
    files = [tmp_path / name for name in ("services/actors/api.py", "chassis/web.py", "contracts/codes/a.json", "services/actors/locales/fr.po")]
    seen = []

    for file in (None, *files):
        if file is not None:
            file.write_text("x", encoding="utf-8")
        contract._of_folder.cache_clear()
        seen.append(fingerprint("actors"))

    contract._of_folder.cache_clear()
    assert len(set(seen[:4])) == 4 and seen[4] == seen[3]


@pytest.mark.parametrize("damage", [b"", b"{}", b"abc\n{}"])
async def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    before = Contract(an_app("/bells"), "actors", tmp_path)
    whole = await before.read()
    before.file.write_bytes(damage)
    app = an_app("/bells")

    found = await Contract(app, "actors", tmp_path).read()

    assert found == whole and app.made == 1 and before.file.read_bytes().endswith(whole)


async def test_where_nothing_can_be_written_the_document_is_answered_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    found = json.loads(await Contract(an_app("/bells"), "actors", tmp_path / "file").read())

    assert list(found["paths"]) == ["/bells"]
