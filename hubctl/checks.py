"""Runs all checks of the project (`./hub test`): format, lint, types, import rules, tests; says what was skipped and why."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hubctl.instance import ROOT


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name and the command that answers 0 when all is well. `beside`: it begins with the first check; `partner`: it runs
    beside the check of that name, after others that do, and tells what it said when that one is over."""

    name: str
    command: tuple[str, ...]
    beside: bool = False
    partner: str = ""


def checks(*, long: bool, rest: tuple[str, ...]) -> list[Check]:
    """The checks in their order; `rest` goes to pytest."""
    python = sys.executable
    tools = Path(python).parent
    pytest = (python, "-m", "pytest", "-q", "-rs")
    storms = ("-m", "storm or not storm") if long else ("-m", "not storm")
    return [
        Check("format", (python, "-m", "ruff", "format", "--check", ".")),
        Check("lint", (python, "-m", "ruff", "check", ".")),
        Check("types", (python, "-m", "mypy", *_typed_packages())),
        Check("import rules", (python, str(tools / "lint-imports"))),
        Check("contracts", (python, "-m", "contracts.documents", "--check")),
        Check("kernels", (python, "-m", "hubctl.kernels"), beside=True),
        Check("tests", (*pytest, *_places_of_tests(), "-n", "2", "--dist", "loadfile", *storms, *rest)),
        Check("tests of whole hubs", (*pytest, *WHOLE_HUBS, *storms, *rest), partner="tests"),
        # HiGHS and OR-tools cannot be loaded in one process.
        Check("tests of proofs", (*pytest, "tests/proofs", *storms, *rest), partner="tests"),
        # Browser tests by themselves: playwright keeps an event loop running, beside which no other test could have its own. After the others: a
        # browser beside them made kills and starts of hubs run out of time on two cores. In two lines with a hub each: one walks through all pages,
        # and leaves its hub full of strangers' words.
        Check("browser tests", (*pytest, "tests/browser", *(f"--ignore={place}" for place in WALKS), *storms, *rest)),
        Check("walks through all pages", (*pytest, *WALKS, *storms, *rest), partner="browser tests"),
    ]


def run(*, long: bool, rest: tuple[str, ...]) -> int:
    """Run them all, also after one failed; 0 when all are well."""
    began = time.monotonic()
    if shutil.which("chromium") is None:
        print("Notice: no chromium on this machine, so the browser tests are skipped.")
    if not long:
        print("Notice: the storms (long measurements) are skipped; ./hub test --long runs them too.")
    failed: list[str] = []
    all_checks = checks(long=long, rest=rest)
    begun = {check.name: _begin(check) for check in all_checks if check.beside}
    for check in (each for each in all_checks if not each.partner):
        second = _second_line([each for each in all_checks if each.partner == check.name])
        started = time.monotonic()
        print(f"== {check.name}", flush=True)
        _tell(check, (begun.get(check.name) or _begin(check)).wait(), time.monotonic() - started, failed)
        for other, result in second:
            code, seconds, said = result.result()
            print(f"== {other.name}\n{said}", end="", flush=True)
            _tell(other, code, seconds, failed)
    seconds = time.monotonic() - began
    print(f"All checks are well ({seconds:.0f} s)." if not failed else f"FAILED: {', '.join(failed)} ({seconds:.0f} s).", flush=True)
    return 1 if failed else 0


def _tell(check: Check, code: int, seconds: float, failed: list[str]) -> None:
    print(f"== {check.name}: {'well' if code == 0 else 'FAILED'} ({seconds:.0f} s)", flush=True)
    if code != 0:
        failed.append(check.name)


def _second_line(partners: list[Check]) -> list[tuple[Check, "Future[tuple[int, float, str]]"]]:
    """Begin these checks, one after the other: many tests wait for hubs, so that the machine has time for both lines."""
    line = ThreadPoolExecutor(1)
    begun = [(check, line.submit(_heard, check)) for check in partners]
    line.shutdown(wait=False)
    return begun


def _heard(check: Check) -> tuple[int, float, str]:
    started = time.monotonic()
    done = subprocess.run(
        check.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(), check=False
    )
    return done.returncode, time.monotonic() - started, done.stdout


WHOLE_HUBS = (
    "tests/journeys",
    "tests/gateway/test_fuzz.py",
    "tests/chaos",
    "tests/hubctl/test_demo.py",
    "tests/hubctl/test_up.py",
    "tests/deploy",
)
"""Tests that start whole hubs and kill them: one after the other beside the rest, for several at once run out of time on two cores."""


WALKS = (
    "tests/browser/test_an_empty_hub.py",
    "tests/browser/test_every_page.py",
    "tests/browser/test_untranslated.py",
    "tests/browser/test_zz_strangers_words.py",
)
"""Browser tests that walk through all pages of every role, first in a hub with nothing in it."""


def _places_of_tests() -> tuple[str, ...]:
    apart = {*WHOLE_HUBS, "tests/browser", "tests/proofs"}
    places = sorted(f"tests/{folder.name}" for folder in (ROOT / "tests").iterdir() if any(folder.glob("test_*.py")))
    return (*(place for place in places if place not in apart), *(f"--ignore={place}" for place in WHOLE_HUBS))


def _begin(check: Check) -> subprocess.Popen[bytes]:
    return subprocess.Popen(check.command, cwd=ROOT, stdin=subprocess.DEVNULL, env=environment())


def _typed_packages() -> tuple[str, ...]:
    return tuple(name for name in ("contracts", "chassis", "services", "gateway", "hubctl", "bench") if any((ROOT / name).rglob("*.py")))


def environment() -> dict[str, str]:
    """The environment of a check: with the tools of this Python first."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
