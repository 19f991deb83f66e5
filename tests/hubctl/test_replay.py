"""`./hub replay` as an operator meets it: beside a running service, on its database, reading only."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chassis.identity import new_signing_key
from chassis.testing import NKEY_SEED, Databases, TestClock, bench_for, settings_for_tests
from chassis.work import utc_now
from hubctl import replay as replaying
from hubctl.solve.reading import BadFile
from services.matching.app import build
from services.matching.engine.types import PartName
from services.matching.engine.weights import BUILT_IN
from services.matching.settings import Settings
from tests.hubctl.running import ROOT, run
from tests.matching.bench import World

PARTS = {part.value: 10 for part in PartName}


@pytest.fixture
def clock() -> TestClock:
    """The command looks at the real clock, so the town's past lies before it."""
    return TestClock(utc_now() - timedelta(days=30))


@pytest.fixture
async def town(databases: Databases, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A matching service that runs, with a near and a far offer and six needs, one of them answered; its settings stand in the environment."""
    url = await databases.fresh("sqlite", "matching")
    async with bench_for(lambda: build(Settings(**settings_for_tests(url)), clock)) as bench:
        world = World(bench)
        world.url = url
        await world.settle()
        near = await world.an_offer(world.member, places=6, languages=["fr", "ar"], location={"lat": 45.18, "lon": 5.73, "radius_km": 8})
        await world.an_offer(places=6, languages=["ar"], location={"lat": 45.21, "lon": 5.73, "radius_km": 8})
        case = await world.a_case(consent={**world.case_body()["consent"], "until": None})
        needs = [await world.a_need(case) for _ in range(6)]
        clock.forward(days=3)
        match = await world.a_match(needs[0], near)
        clock.forward(days=1)
        await world.do(world.member, match, "matches", "accept")
        for name, value in {"DATABASE_URL": url, "SIGNING_KEY": new_signing_key(), "NATS_SEED": NKEY_SEED}.items():
            monkeypatch.setenv(f"MATCHING_{name}", value)
        yield world


async def answer_of(capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    asked = {"chosen": "near-first-1", "since": None, "until": None, "json_file": "-", "policy_name": "greedy", **options}
    capsys.readouterr()
    assert await replaying.replay(**asked) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


async def test_it_compares_what_happened_with_both_replays_and_names_nobody(town: World, capsys: pytest.CaptureFixture[str]) -> None:
    found = await answer_of(capsys)

    assert (found["weights"]["in_use"]["version"], found["weights"]["new"]["version"]) == ("default-1", "near-first-1")
    assert [found[column]["total"]["matched"] for column in ("really", "in_use", "new")] == [1, 6, 6]
    assert found["really"]["total"]["waiting_median"] == 4.0
    assert found["really"]["by_category"]["language.class"]["needs"] == 6
    assert found["assumptions"] and found["differences"]
    known = [*(await ids_of(town)), str(town.volunteer.id), str(town.coordinator.id)]
    assert not [each for each in known if each in json.dumps(found)]


async def ids_of(world: World) -> list[str]:
    needs = (await world.get(world.coordinator, "/api/v1/needs"))["items"]
    offers = (await world.get(world.coordinator, "/api/v1/offers"))["items"]
    return [each["id"] for each in (*needs, *offers)] + [needs[0]["case_id"]]


async def test_the_table_the_sentences_and_the_assumptions_are_printed_and_nothing_is_written(
    town: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digest(town)

    status = await replaying.replay("fair-load-1", None, None, str(tmp_path / "found.json"), "round:7")

    printed = capsys.readouterr().out
    assert status == 0 and digest(town) == before
    assert all(
        words in printed for words in ("really", "replay: default-1", "replay: fair-load-1", "policy round:7", "Gini", "What changes", "assume")
    )
    assert json.loads((tmp_path / "found.json").read_text())["policy"] == "round:7"


def digest(world: World) -> str:
    return sha256(Path(world.url.partition(":///")[2]).read_bytes()).hexdigest()


async def test_stored_presets_and_files_can_be_tried_and_the_days_be_narrowed(
    town: World, clock: TestClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await town.make(town.admin, "/api/v1/weights", {"version": "all-alike-1", "parts": PARTS})
    file = tmp_path / "tried.json"
    file.write_text(json.dumps({"version": "all-alike-2", "parts": PARTS, "note": "The same again."}))
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps(PARTS))

    tried = [await answer_of(capsys, chosen=name) for name in ("all-alike-1", str(file), str(bare))]
    later = await answer_of(capsys, since=clock.at.replace(tzinfo=None))

    assert [each["weights"]["new"]["version"] for each in tried] == ["all-alike-1", "all-alike-2", "from-the-file"]
    assert tried[0]["new"] == tried[1]["new"] == tried[2]["new"]
    assert later["really"]["total"]["needs"] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "line 1, column 2"),
        ("[]", "line 1, column 1: the weights must be an object"),
        (json.dumps(PARTS | {"distance": 11}), "the parts must sum to 100; these sum to 101"),
        (json.dumps(PARTS | {"distance": "ten"}, indent=1), "line 2, column 14: distance must be a whole number from 0 to 100"),
        (json.dumps(PARTS | {"religion": 0}, indent=1), "line 12, column 14: this is no part of the score"),
        (json.dumps({"distance": 100}), "the part language is missing"),
        (json.dumps({"version": "Not a name", "parts": PARTS}), "version must be a name such as fair-load-2"),
        (json.dumps({"parts": PARTS, "secret": 1}), "this is not known here"),
        (json.dumps({"parts": 3}), "parts must be an object"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_line(text: str, expected: str) -> None:
    with pytest.raises(BadFile) as refused:
        replaying.weights_of(text)

    assert expected in str(refused.value)
    assert "religion" not in str(refused.value) and "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "option",
    [{"chosen": "no-such-1"}, {"chosen": "no/such.json"}, {"policy_name": "best"}, {"since": "later"}],
    ids=["preset", "file", "policy", "days"],
)
async def test_an_option_that_cannot_be_used_is_one_sentence_and_status_2(
    town: World, clock: TestClock, capsys: pytest.CaptureFixture[str], option: dict[str, Any]
) -> None:
    today = clock.at.replace(tzinfo=None)
    asked = {"chosen": "near-first-1", "since": None, "until": None, "json_file": None, "policy_name": "greedy", **option}
    if option.get("since"):
        asked |= {"since": today, "until": today.replace(year=2020)}

    status = await replaying.replay(**asked)

    told = capsys.readouterr()
    assert (status, told.out, told.err.count("\n")) == (2, "", 1)
    assert all(name in told.err for name in BUILT_IN) == (option.get("chosen") == "no-such-1")


async def test_the_command_itself_runs_beside_the_service(town: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name: value for name, value in os.environ.items() if name.startswith("MATCHING_")} | {"HUB_SETTINGS": "environment"}
    monkeypatch.setattr("tests.hubctl.running.clean_environment", lambda: {**os.environ, **given, "PYTHONPATH": str(ROOT)})

    first = (utc_now() - timedelta(days=60)).date().isoformat()
    done = await asyncio.to_thread(run, "replay", "--weights", "continuity-1", "--from", first)
    wrong = await asyncio.to_thread(run, "replay", "--weights", "continuity-1", "--from", "yesterday")

    assert done.returncode == 0, done.stderr
    assert "replay: continuity-1" in done.stdout and "Traceback" not in done.stderr
    assert wrong.returncode == 2
