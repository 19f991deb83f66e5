"""The main job on a whole running hub, in both shapes, and with the processes killed between any two steps."""

import importlib.util
import sys
from pathlib import Path

import pytest

for name in ("hub", "journey"):
    spec = importlib.util.spec_from_file_location(f"journeys_{name}", Path(__file__).parent / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[f"journeys_{name}"] = module
    spec.loader.exec_module(module)
running_hub, walk = sys.modules["journeys_hub"].running_hub, sys.modules["journeys_journey"].walk


async def walk_with_kills(tmp_path: Path, after: set[str] | None) -> list[str]:
    """The journey with the hub killed after these steps (None: after each)."""
    async with running_hub(tmp_path) as hub:

        async def kill_the_hub(step: str) -> None:
            if after is None or step in after:
                hub.kill("hub")

        return (await walk(hub.url, hub.accounts, kill_the_hub)).steps


async def test_the_main_job_ends_right_with_the_hub_killed_between_its_weightiest_steps(tmp_path: Path) -> None:
    steps = await walk_with_kills(tmp_path, {"coordinator_posts_need", "coordinator_confirms", "volunteer_accepts", "help_is_given"})

    assert len(steps) == 13


@pytest.mark.storm
async def test_the_main_job_ends_right_with_the_hub_killed_between_any_two_steps(tmp_path: Path) -> None:
    steps = await walk_with_kills(tmp_path, None)

    assert len(steps) == 13


@pytest.mark.storm
@pytest.mark.parametrize("victim", ["broker", "matching", "people", "notifications", "actors", "gateway"])
async def test_the_main_job_ends_right_with_one_part_killed_between_any_two_steps(tmp_path: Path, victim: str) -> None:
    async with running_hub(tmp_path, apart=True) as hub:

        async def kill_it(step: str) -> None:
            hub.kill(victim)

        journey = await walk(hub.url, hub.accounts, kill_it)

    assert len(journey.steps) == 13


async def test_the_main_job_ends_right_and_contact_data_lies_nowhere_but_in_the_vault(tmp_path: Path) -> None:
    canaries = list(sys.modules["journeys_journey"].CANARIES.values())

    async with running_hub(tmp_path) as hub:
        journey = await walk(hub.url, hub.accounts)

    assert len(journey.steps) == 13
    found = [
        (str(path.relative_to(tmp_path)), canary)
        for path in tmp_path.rglob("*")
        if path.is_file()
        for canary in canaries
        if canary.encode() in path.read_bytes()
    ]
    assert found == []
