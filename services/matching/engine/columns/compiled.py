"""How the kernels are compiled: cached on disk, without the interpreter's lock, and without counting references to the columns."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
HERE = Path(__file__).resolve().parent
KERNELS = ("compiled", "heap", "identity", "judge", "kernels", "layout", "passes", "search")
READ_BY_KERNELS = (*(HERE / f"{name}.py" for name in KERNELS), *(HERE.parent / f"{name}.py" for name in ("distance", "score", "week")))


def forget_stale(cache: Path = HERE / "__pycache__", sources: tuple[Path, ...] = READ_BY_KERNELS) -> None:
    """Delete what was compiled from other sources than these. The compiler's own cache looks only at the file of the function that is called, so
    that a change to what it calls in another file would go unseen, and the answers would be those of yesterday's rules."""
    digest = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    stamp = cache / "kernels.sha256"
    # A read-only installation has no cache here either.
    with suppress(OSError):
        if not stamp.exists() or stamp.read_text() != digest:
            for compiled_file in (*cache.glob("*.nbi"), *cache.glob("*.nbc")):
                compiled_file.unlink(missing_ok=True)
            cache.mkdir(exist_ok=True)
            stamp.write_text(digest)


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


forget_stale()
