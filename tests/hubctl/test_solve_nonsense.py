"""`./hub solve` and nonsense: whatever a file holds, either a whole answer comes, or one sentence and status 2."""

import json
import random
import re
from pathlib import Path

import pytest

from hubctl.solve import command
from tests.hubctl.running import ROOT

HUB, GAP, ASSIGN = "hub", "orlib-gap", "orlib-assign"
SOUND = [(path.read_text(), HUB) for path in sorted((ROOT / "docs/examples/solve").glob("*.json"))] + [
    ("1\n2 3\n5 6 7\n4 3 2\n1 1 1\n1 1 1\n2 2\n", GAP),
    ("3\n1 2 3\n4 5 6\n7 8 9\n", ASSIGN),
    ("3\n1 1 5\n2 2 6\n3 3 7\n", ASSIGN),
]
ODD = [
    "NaN",
    "-Infinity",
    "1e999",
    "-1",
    "0",
    "1000000000001",
    "9" * 30,
    "0.0000001",
    '""',
    "null",
    "[]",
    "{}",
    '{"person":-1}',
    "\x00",
    '"\\ud800"',
    "[[[",
]
WORD = re.compile(r'-?\d+(\.\d+)?|"[^"]*"|\[|\{|true|null')


def spoilt(text: str, dice: random.Random) -> str:
    """The text cut off, with a piece missing or twice, or with another word in the place of one of its own."""
    at = dice.randrange(len(text) + 1)
    until = min(len(text), at + dice.randrange(1, 40))
    words = list(WORD.finditer(text)) or list(re.finditer("^", text))
    word = dice.choice(words)
    odd = [text[: word.start()] + each + text[word.end() :] for each in (dice.choice(ODD), "", dice.choice(words).group())]
    return dice.choice([text[:at], text[:at] + text[until:], text[:until] + text[at:], *odd, *odd])


@pytest.mark.parametrize("seed", range(6))
def test_a_spoilt_file_gives_a_whole_answer_or_one_sentence(seed: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dice, path = random.Random(seed), tmp_path / "problem"
    for _ in range(25):
        text, form = dice.choice(SOUND)
        path.write_text(spoilt(spoilt(text, dice), dice) if dice.random() < 0.4 else spoilt(text, dice))

        status = command.solve(str(path), dice.choice(["welfare", "greedy"]), 0.02, form, None, maximise=False)

        out, err = capfd.readouterr()
        if status:
            assert (status, out) == (2, "") and len(err.strip().splitlines()) == 1, err
        else:
            assert {"value", "bound", "gap", "seconds", "proven", "assignment"} <= json.loads(out).keys()


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        ("1000000000000\n1 1 5\n", ASSIGN, "line 1: number 1 of the file must be how many rows there are: at most 1000000"),
        ("1000000000000 1000000000000\n1\n", GAP, "line 2: the file ends too early: problem 1 of 1000000000000"),
        ('{"offers": [], "pairs": [], "needs": [' + "1," * 300_000 + "1]}", HUB, "line 1, column 39: needs[0]"),
        ("[" * 100_000, HUB, "line 1, column 18: nested more than 16 deep"),
    ],
    ids=["rows", "agents", "a long line", "nested"],
)
def test_what_is_far_too_large_is_refused_before_memory_is_taken(
    text: str, form: str, words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "problem").write_text(text)

    status = command.solve(str(tmp_path / "problem"), "welfare", 1.0, form, None, maximise=False)

    out, err = capfd.readouterr()
    assert (status, out) == (2, "") and words in err


@pytest.mark.parametrize(("raised", "status", "words"), [(MemoryError, 2, "does not fit into the memory"), (KeyboardInterrupt, 130, "Stopped")])
def test_without_memory_and_after_ctrl_c_one_sentence_is_said(
    raised: type[BaseException], status: int, words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(command, "_answer", fail)
    (tmp_path / "problem").write_text("{}")

    ended = command.solve(str(tmp_path / "problem"), "welfare", 1.0, HUB, None, maximise=False)

    out, err = capfd.readouterr()
    assert (ended, out) == (status, "") and words in err and len(err.strip().splitlines()) == 1
