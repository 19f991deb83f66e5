"""An idle hub stays small: the service does not load what only its workers need."""

import subprocess
import sys

HEAVY = ("numpy", "numba", "llvmlite", "ortools", "highspy", "pandas", "scipy")


def test_the_service_starts_without_compiled_solvers():
    question = f"import sys, services.matching.app; print([name for name in {HEAVY!r} if name in sys.modules])"

    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
