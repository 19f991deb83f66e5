"""How the kernels are compiled: cached on disk, without the interpreter's lock, and without counting references to the columns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

from services.matching.engine.kernel_cache import forget_stale

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
HERE = Path(__file__).resolve().parent
KERNELS = ("compiled", "heap", "identity", "judge", "kernels", "layout", "passes", "search")
READ_BY_KERNELS = (*(HERE / f"{name}.py" for name in KERNELS), *(HERE.parent / f"{name}.py" for name in ("distance", "score", "week")))


def entry(function: Kernel) -> Kernel:
    """Compile what the index calls."""
    options: dict[str, Any] = {"cache": True, "nogil": True}
    kernel: Kernel = njit(**options)(function)
    return kernel


def compiled(function: Kernel) -> Kernel:
    """Compile what only reads and writes arrays of its caller and makes none. Each mention of a column would otherwise raise and lower its count of
    references by two atomic additions, which took two thirds of the time; the index holds the columns for as long as a call lasts."""
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
    kernel: Kernel = njit(**options)(function)
    return kernel


def inlined(function: Kernel) -> Kernel:
    """Compile into the caller: a call passes all columns by value, 2 kB, which takes longer than most parts of a verdict."""
    options: dict[str, Any] = {"inline": "always", "_nrt": False}
    kernel: Kernel = njit(**options)(function)
    return kernel


forget_stale(HERE / "__pycache__", READ_BY_KERNELS)
