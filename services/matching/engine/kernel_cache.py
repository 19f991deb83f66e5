"""Keeps compiled kernels true to their sources."""

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path


def forget_stale(cache: Path, sources: Sequence[Path]) -> None:
    """Delete what lies in a folder of compiled kernels and was made from other sources than these. The compiler's own cache looks only at the file
    of the function that is called, so that a change to what it calls in another file would go unseen, and the answers would be those of
    yesterday's rules."""
    digest = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    stamp = cache / "kernels.sha256"
    # A read-only installation has no cache here either.
    with suppress(OSError):
        if not stamp.exists() or stamp.read_text() != digest:
            for compiled_file in (*cache.glob("*.nbi"), *cache.glob("*.nbc")):
                compiled_file.unlink(missing_ok=True)
            cache.mkdir(exist_ok=True)
            stamp.write_text(digest)
