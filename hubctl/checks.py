"""Runs all checks of the project (`./hub test`): format, lint, types, import rules, tests; says what was skipped and why."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hubctl.instance import ROOT


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, the command that answers 0 when all is well, and whether it may run beside those before it."""

    name: str
    command: tuple[str, ...]
    beside: bool = False


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
        Check("tests", (*pytest, "-n", "3", "--dist", "loadfile", "--ignore", "tests/browser", "--ignore", "tests/proofs", *storms, *rest)),
        # HiGHS and OR-tools cannot be loaded in one process.
        Check("tests of proofs", (*pytest, "tests/proofs", "-n", "2", *storms, *rest)),
        # Browser tests by themselves: playwright keeps an event loop running, beside which no other test could have its own.
        Check("browser tests", (*pytest, "tests/browser", *rest)),
    ]


def run(*, long: bool, rest: tuple[str, ...]) -> int:
    """Run them all, also after one failed; 0 when all are well."""
    began = time.monotonic()
    if shutil.which("chromium") is None:
        print("Notice: no chromium on this machine, so the browser tests are skipped.")
    if not long:
        print("Notice: the storms (long measurements) are skipped; ./hub test --long runs them too.")
    failed = []
    all_checks = checks(long=long, rest=rest)
    begun = {check.name: _begin(check) for check in all_checks if check.beside}
    for check in all_checks:
        started = time.monotonic()
        print(f"== {check.name}", flush=True)
        code = (begun.get(check.name) or _begin(check)).wait()
        print(f"== {check.name}: {'well' if code == 0 else 'FAILED'} ({time.monotonic() - started:.0f} s)", flush=True)
        if code != 0:
            failed.append(check.name)
    seconds = time.monotonic() - began
    print(f"All checks are well ({seconds:.0f} s)." if not failed else f"FAILED: {', '.join(failed)} ({seconds:.0f} s).", flush=True)
    return 1 if failed else 0


def _begin(check: Check) -> subprocess.Popen[bytes]:
    return subprocess.Popen(check.command, cwd=ROOT, stdin=subprocess.DEVNULL, env=environment())


def _typed_packages() -> tuple[str, ...]:
    return tuple(name for name in ("contracts", "chassis", "services", "gateway", "hubctl", "bench") if any((ROOT / name).rglob("*.py")))


def environment() -> dict[str, str]:
    """The environment of a check: with the tools of this Python first."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
