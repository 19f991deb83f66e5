"""One part of `./hub bench matching`, in this process: its name, its size, and the file for its figures, which holds them as far as it came."""

import importlib
import sys
from pathlib import Path

from bench.report import Report, Size


class Kept(Report):
    """A report that writes each figure down at once: whoever is ended in the middle leaves what it had."""

    def __init__(self, title: str, path: Path) -> None:
        super().__init__(title)
        self._path = path

    def add(self, name: str, value: float, unit: str = "", goal: str = "", met: bool | None = None) -> None:
        """Print and keep one figure."""
        super().add(name, value, unit, goal, met)
        self.write(self._path)


def main(name: str, size: Size, figures: Path) -> None:
    """Run the part."""
    importlib.import_module(f"bench.matching.{name}").run(Kept(name, figures), size)


if __name__ == "__main__":
    main(sys.argv[1], Size(sys.argv[2]), Path(sys.argv[3]))
