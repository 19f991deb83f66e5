"""`./hub` before there is any environment: which Python it takes, what it says without one, and when it makes `.venv` anew."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hubctl.environment import STAMP, NotMade, _cause, ensure, is_made, wanted_stamp

ROOT = Path(__file__).parents[2]


def fake_python(folder: Path, name: str, version: str, *, is_new: bool, has_venv: bool) -> None:
    path = folder / name
    path.write_text(
        "#!/bin/sh\n"
        'case "$2" in\n'
        f"  *version_info\\[:2\\]*) echo {version} ;;\n"
        f"  *'< (3, 11)'*) exit {0 if is_new else 1} ;;\n"
        f"  *ensurepip*) exit {0 if has_venv else 1} ;;\n"
        '  *) echo "handed over to" "$@" ;;\n'
        "esac\n",
        encoding="utf-8",
    )
    path.chmod(0o755)


def hub(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    for tool in ("dirname", "readlink"):
        target = shutil.which(tool)
        assert target is not None
        (folder / tool).symlink_to(target)
    environment = {"PATH": str(folder)}
    return subprocess.run(["/bin/sh", str(ROOT / "hub"), *arguments], env=environment, capture_output=True, text=True, check=False)


def test_without_python_it_says_what_to_install(tmp_path: Path) -> None:
    refused = hub(tmp_path, "demo")

    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("on Debian or Ubuntu: apt install python3 python3-venv")


def test_an_old_python_is_named(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", "3.9", is_new=False, has_venv=True)

    refused = hub(tmp_path, "demo")

    assert refused.returncode == 1
    assert "needs Python 3.11 or newer, and this machine has Python 3.9" in refused.stderr


def test_a_python_without_venv_is_named(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", "3.12", is_new=True, has_venv=False)

    refused = hub(tmp_path, "demo")

    assert refused.returncode == 1
    assert "apt install python3-venv" in refused.stderr


def test_a_newer_python_beside_an_old_one_is_taken(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", "3.9", is_new=False, has_venv=True)
    fake_python(tmp_path, "python3.13", "3.13", is_new=True, has_venv=True)

    taken = hub(tmp_path, "demo", "--port", "9")

    assert taken.returncode == 0
    assert taken.stdout.strip().endswith("hubctl/environment.py demo --port 9")


def test_an_environment_is_made_once_anew_for_another_lock_and_after_an_interruption(tmp_path: Path) -> None:
    root = tmp_path / "a check out"
    root.mkdir()
    (root / "requirements.lock").write_text("# nothing\n", encoding="utf-8")

    python = ensure(root)
    mark = root / ".venv" / "mark"
    mark.touch()
    ensure(root)
    kept = mark.exists()
    (root / "requirements.lock").write_text("# another\n", encoding="utf-8")
    ensure(root)
    remade = not mark.exists()
    mark.touch()
    (root / ".venv" / STAMP).unlink()
    ensure(root)

    assert subprocess.run([python, "-c", ""], check=False).returncode == 0
    assert kept and remade
    assert not mark.exists()
    assert is_made(root / ".venv", wanted_stamp(root, dev=False))


def test_an_environment_that_was_moved_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("", encoding="utf-8")
    wanted = wanted_stamp(tmp_path, dev=False)

    elsewhere = wanted | {"root": "/elsewhere"}

    assert not is_made(tmp_path / ".venv", wanted)
    assert elsewhere != wanted


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "nothing was installed"),
        ("WARNING: Retrying after connection broken by NewConnectionError", "Check the network"),
        ("ERROR: something else", "something else"),
    ],
)
def test_what_went_wrong_is_one_sentence(output: str, words: str) -> None:
    sentence = _cause(output)

    assert words in sentence
    assert "\n" not in sentence


def test_too_little_space_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.lock").write_text("", encoding="utf-8")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: os.terminal_size((0, 0)) and type("Disk", (), {"free": 1})())

    with pytest.raises(NotMade, match="600 MB"):
        ensure(tmp_path)

    assert not (tmp_path / ".venv").exists()


def test_the_ci_script_is_valid_bash() -> None:
    checked = subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=False)

    assert checked.returncode == 0
    assert sys.version_info >= (3, 11)
