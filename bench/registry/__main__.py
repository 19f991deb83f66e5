"""`./hub bench registry [--quick] [--postgres] [--networks] [--json FILE]`: the figures of the registry, each beside its goal."""

import argparse
import asyncio
import importlib
from pathlib import Path

from bench.registry.figures import report_import, report_pages, report_search
from bench.registry.hub import filled
from bench.registry.world import Size
from bench.report import Report

FULL, QUICK = Size(100_000, 500_000), Size(5_000, 25_000)


async def measure(report: Report, kind: str, size: Size, quick: bool) -> None:
    """All figures on one kind of database."""
    report.section(f"{kind}: {size.actors:,} actors, {size.memberships:,} memberships")
    async with filled(kind, size) as hub:
        await report_search(report, hub, 200 if quick else 600)
        await report_pages(report, hub)
        await report_import(report, hub, 1_000 if quick else 10_000)


def main() -> None:
    """SQLite always, PostgreSQL where asked for."""
    parser = argparse.ArgumentParser(prog="hub bench registry", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 actors instead of 100,000, for a look")
    parser.add_argument("--postgres", action="store_true", help="also on PostgreSQL")
    parser.add_argument("--networks", action="store_true", help="also draw a network of 100,000, which takes many minutes")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    asked = parser.parse_args()
    report = Report("Registry")
    for kind in ("sqlite", "postgresql") if asked.postgres else ("sqlite",):
        asyncio.run(measure(report, kind, QUICK if asked.quick else FULL, asked.quick))
    report.section("the network drawn")
    # Loaded here: the compiler takes a second.
    importlib.import_module("bench.registry.graph").run(report, large=asked.networks)
    missed = report.missed()
    print(f"\n{len(report.figures)} figures, {len(missed)} goals not reached" + "".join(f"\n  {each.name}" for each in missed))
    if asked.json:
        report.write(asked.json)


if __name__ == "__main__":
    main()
