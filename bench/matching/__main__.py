"""`./hub bench matching [PART ...] [--quick | --full] [--json FILE]`: the figures of matching, each beside its goal.

Each part runs in a process of its own: one that fails, or for which the memory is not enough, leaves the others alone, and one that takes four
times as long as it should is ended. At the end all figures that have a goal stand in one table. Without PART, the whole takes about half an hour on
two idle cores."""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bench.report import Figure, Report, Size, progress

ROOT = Path(__file__).parents[2]
SLOWER = 4.0
"""A part is ended after so many times its minutes: the machine is busy, or something is wrong."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part: what it measures, the goals that it belongs to, and the minutes that it takes on two idle cores in each size."""

    words: str
    goals: str
    quick: float
    usual: float
    full: float

    def minutes(self, size: Size) -> float:
        """The minutes that it takes in this size."""
        return {Size.QUICK: self.quick, Size.USUAL: self.usual, Size.FULL: self.full}[size]


PARTS = {
    "scoring": Part("one need and many needs against up to a million offers", "a1, a3", 2, 5, 5),
    "posting": Part("a posted need with its best offers, against the same request that looks for none", "a2", 2, 3, 3),
    "rounds": Part("many needs at once, unit demand and households", "b1, b3", 1, 5, 5),
    "plan": Part("the live plan against a full solve", "b2", 0.5, 2, 2),
    "assignment": Part("generalised assignment by the published recipes", "b4", 1, 7, 45),
    "arrivals": Part("arrivals one by one against hindsight", "b5", 1, 4, 8),
    "relocation": Part("households and municipalities: stable and best for all", "b6", 1, 2, 2),
    "events": Part("from a posted need to its proposals, against the bare round trip of the broker", "c1", 3, 5, 7),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of a part: its figures, its minutes, and what went wrong (empty: nothing)."""

    name: str
    figures: tuple[Figure, ...]
    minutes: float
    fault: str


def main() -> None:
    """Run the parts that are asked for, all by default."""
    parser = argparse.ArgumentParser(prog="hub bench matching", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="; ".join(f"{name}: {part.words} ({part.goals})" for name, part in PARTS.items()))
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", dest="size", action="store_const", const=Size.QUICK, help="smaller sizes, for a look")
    sizes.add_argument("--full", dest="size", action="store_const", const=Size.FULL, help="all sizes, in all times")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"unknown part: {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    size = asked.size or Size.USUAL
    names = [name for name in PARTS if name in asked.parts or not asked.parts]
    report = Report("Matching")
    done = [_apart(report, name, size, names[at:]) for at, name in enumerate(names)]
    for each in done:
        report.figures += each.figures
    if asked.json:
        report.write(asked.json)
    print("\n" + "\n".join(table(done)))
    sys.exit(1 if any(each.fault for each in done) else 0)


def _apart(report: Report, name: str, size: Size, still: list[str]) -> Measured:
    part, began = PARTS[name], monotonic()
    report.section(f"{name}: {part.words} ({part.goals})")
    left = sum(PARTS[each].minutes(size) for each in still)
    progress(f"{name}: about {part.minutes(size):g} minutes on two idle cores, {left:g} until the end")
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        figures, fault = Path(folder) / "figures.json", ""
        try:
            command = (sys.executable, "-m", "bench.matching.part", name, size, str(figures))
            status = subprocess.run(command, cwd=ROOT, check=False, timeout=60 * SLOWER * part.minutes(size)).returncode
            if status:
                fault = f"ended by signal {-status}, 9 mostly means: out of memory" if status < 0 else f"ended with status {status}"
        except subprocess.TimeoutExpired:
            fault = f"ended after {SLOWER:g} times its minutes"
        rows = json.loads(figures.read_text())["figures"] if figures.exists() else []
    if fault:
        report.note(f"{name}: {fault}; the other parts go on")
    return Measured(name, tuple(Figure(**row) for row in rows), (monotonic() - began) / 60, fault)


def table(done: list[Measured]) -> list[str]:
    """Every figure that has a goal, part by part, and what became of the parts, as lines."""
    lines = [f"{'goal':<34}{'figure':>14}  {'':<12}what", "-" * 110]
    for each in done:
        for figure in each.figures:
            if figure.met is not None:
                verdict = "reached" if figure.met else "NOT reached"
                lines.append(f"{figure.goal:<34}{figure.value:>14,.3f}  {verdict:<12}{each.name}: {figure.name} ({figure.unit})")
        lines.append(f"{PARTS[each.name].goals:<34}{each.minutes:>10.1f} min  {each.fault or 'done':<12}  {each.name}")
    met = [figure.met for each in done for figure in each.figures if figure.met is not None]
    lines += ["-" * 110, f"{len(met)} goals and checks, {met.count(False)} not reached, {sum(bool(each.fault) for each in done)} parts failed"]
    return lines


if __name__ == "__main__":
    main()
