"""Runs a measurement of `bench/` (`./hub bench NAME`) and lists what there is to measure."""

import subprocess
import sys

from hubctl.checks import environment
from hubctl.instance import ROOT


def names() -> list[str]:
    """The measurements there are."""
    return sorted(path.parent.name for path in (ROOT / "bench").glob("*/__main__.py"))


def measure(name: str, rest: tuple[str, ...]) -> int:
    """Run one measurement; without a known name, say which there are. Answers its exit status."""
    if name not in names():
        print(f"Measurements: {', '.join(names())}. Run one with: ./hub bench NAME", file=sys.stderr)
        return 2 if name else 0
    return subprocess.run((sys.executable, "-m", f"bench.{name}", *rest), cwd=ROOT, env=environment(), check=False).returncode
