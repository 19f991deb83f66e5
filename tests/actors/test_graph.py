"""The network drawn and asked: it stays where it was, and what it says is true."""

from typing import Any

from chassis.testing import Bench, TestClock, account, anonymous
from services.actors.app import import_files


async def fill(bench: Bench, files: dict[str, bytes]) -> None:
    await import_files(bench.service, files)
    await bench.run_timer("draw the network")


async def test_the_registry_is_drawn(either_bench: Bench, registry_files: dict[str, bytes]) -> None:
    await fill(either_bench, registry_files)

    async with either_bench.service.open_work(account("admin"), reading=True) as work:
        newest = await work.drawings.newest()

    assert newest is not None
    assert newest.figures["memberships"] == 1275
