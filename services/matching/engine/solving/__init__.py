"""Solvers over plain arrays: only worker processes and benchmarks import this room, so that the compiled packages stay out of an idle hub."""

from pathlib import Path

from services.matching.engine.kernel_cache import forget_stale

_HERE = Path(__file__).resolve().parent
_KERNELS = sorted(_HERE.glob("*.py")) + sorted(_HERE.glob("live/*.py"))
for _cache in (_HERE / "__pycache__", _HERE / "live" / "__pycache__"):
    forget_stale(_cache, _KERNELS)
