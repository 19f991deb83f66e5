"""What a measurement prints: a figure a line, beside the goal that it should reach, and the machine it was taken on."""

import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


class Size(StrEnum):
    """How large a measurement is: a look, what is compared between releases, or all of it."""

    QUICK = "quick"
    USUAL = "usual"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: what it says, its value, its unit, the goal in words, and whether that is reached (None: no goal is set)."""

    name: str
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None


class Report:
    """Prints figures as they come, and writes them all as JSON at the end where asked to."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.figures: list[Figure] = []
        print(f"{title}\n{machine()}\n", flush=True)

    def section(self, words: str) -> None:
        """Begin a group of figures."""
        print(f"\n{words}", flush=True)

    def add(self, name: str, value: float, unit: str = "", goal: str = "", met: bool | None = None) -> None:
        """Print one figure beside its goal."""
        self.figures.append(Figure(name, value, unit, goal, met))
        verdict = {None: "", True: "  reached", False: "  NOT reached"}[met]
        print(f"  {name:<70} {_short(value):>12} {unit:<8}{'goal ' + goal if goal else '':<34}{verdict}", flush=True)

    def note(self, words: str) -> None:
        """Print a sentence that belongs to the figures."""
        print(f"  {words}", flush=True)

    def write(self, path: Path) -> None:
        """Keep the figures as JSON."""
        path.write_text(json.dumps({"title": self.title, "machine": machine(), "figures": [asdict(each) for each in self.figures]}, indent=1))

    def missed(self) -> list[Figure]:
        """The figures that did not reach their goal."""
        return [each for each in self.figures if each.met is False]


def machine() -> str:
    """The machine in a line: cores, memory, how busy it is, system and Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, load {load:.1f}, {platform.platform()}, Python {platform.python_version()}"


def timed(run: Callable[[], T]) -> tuple[T, float]:
    """What a call answers, and the seconds that it took."""
    started = perf_counter()
    answer = run()
    return answer, perf_counter() - started


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share (0 to 1) of the values lies: the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def progress(words: str) -> None:
    """Say on standard error what is going on."""
    print(f"... {words}", file=sys.stderr, flush=True)


def _short(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.3f}" if abs(value) >= 0.01 else f"{value:.2g}"
