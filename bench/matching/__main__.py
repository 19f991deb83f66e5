"""`./hub bench matching [PART ...] [--quick] [--json FILE]`: the figures of matching, each beside its goal."""

import argparse
import importlib
from pathlib import Path

from bench.report import Report

PARTS = {
    "scoring": "one need and many needs against up to a million offers",
    "rounds": "many needs at once, unit demand and households",
    "assignment": "generalised assignment by the published recipes",
    "plan": "the live plan against a full solve",
    "relocation": "households and municipalities: stable and best for all",
    "arrivals": "arrivals one by one against hindsight",
    "posting": "a posted need with its best offers, against the same request that looks for none",
    "events": "from a posted need to its proposals, against the bare round trip of the broker",
}


def main() -> None:
    """Run the parts that are asked for, all by default."""
    parser = argparse.ArgumentParser(prog="hub bench matching", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="; ".join(f"{name}: {words}" for name, words in PARTS.items()))
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for a look")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"unknown part: {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    report = Report("Matching")
    for name in asked.parts or PARTS:
        report.section(f"{name}: {PARTS[name]}")
        importlib.import_module(f"bench.matching.{name}").run(report, quick=asked.quick)
    missed = report.missed()
    print(f"\n{len(report.figures)} figures, {len(missed)} goals not reached" + "".join(f"\n  {each.name}" for each in missed))
    if asked.json:
        report.write(asked.json)


if __name__ == "__main__":
    main()
