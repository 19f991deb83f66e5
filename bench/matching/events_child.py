"""The measured process of `events`: a running matching service that posts needs at a rate, or an echo on the bare broker."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.bus import Bus
from chassis.testing import Bench, account, settings_for_tests
from contracts.actors import ActorCreatedV1
from services.matching.app import build
from services.matching.settings import Settings

IN_FLIGHT = 16
"""Requests that wait for their answer at once; where the service does not keep up, fewer are asked than the rate says."""
TEAM = UUID("00000000-0000-7000-8000-00000000c171")


async def echo(task: dict[str, Any]) -> None:
    """Answer every message through JetStream."""
    bus = Bus(url=task["url"], seed=task["seeds"]["matching"], service="matching")
    await bus.start()
    source = bus.pull("HUB_PEOPLE")
    await source.fetch(1, 0.1)
    print("ready", flush=True)
    number = 0
    while True:
        for delivery in await source.fetch(50, 0.5):
            number += 1
            await bus.publish("hub.matching.bench.answered.v1", delivery.data, event_id=f"a-{number}-{time.monotonic_ns()}")
            await delivery.ack()


def offer_body(number: int) -> dict[str, Any]:
    """One of many classes around a town, alike and not the same."""
    today = datetime.now(UTC).date()
    return {
        "category": ("language.class", "language.conversation", "language.literacy", "education.adult")[number % 4],
        "title": {"en": "An offer"},
        "description": {"en": "Made for a measurement."},
        "unit": "person",
        "places": 1_000,
        "returns": True,
        "languages": [("fr", "ar", "uk", "en", "es")[number % 5], "fr"],
        "location": {"lat": 45.19 + number % 20 / 100, "lon": 5.72 + number // 20 % 20 / 100, "radius_km": 5 + number % 10},
        "windows": [{"day": number % 7, "from": "09:00", "to": "12:00"}, {"day": (number + 2) % 7, "from": "17:00", "to": "20:00"}],
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=180)).isoformat(),
        "audience": "public",
    }


def need_body(case_id: str, number: int) -> dict[str, Any]:
    """A class for one, at one of several times."""
    days = (number % 7, (number + 3) % 7)
    return {
        "case_id": case_id,
        "category": "language.class",
        "size": 1,
        "languages": [{"code": ("ar", "uk", "es", "en")[number % 4], "required": False}, {"code": "fr", "required": False}],
        "max_travel_km": 8,
        "windows": [{"day": day, "from": "08:00", "to": "20:00"} for day in days],
        "urgency": "normal",
    }


async def made(bench: Bench, who: Any, path: str, body: dict[str, Any]) -> dict[str, Any]:  # Any: a caller; JSON values
    """POST that must succeed."""
    answer = await bench.post(who, path, body)
    if answer.status_code != 201:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
    return dict(answer.json())


async def serve(task: dict[str, Any]) -> None:
    """Run the service; post needs at each rate that is asked for, and tell when each was answered."""
    settings = Settings(**settings_for_tests(task["database"], nats_url=task["url"], nats_seed=task["seeds"]["matching"], log_level="WARNING"))
    service, app = build(settings)
    coordinator = account("coordinator", actor=TEAM)
    async with service.running():
        bench = Bench(service, app)
        await bench.hear(ActorCreatedV1(actor_id=TEAM, version=1, slug="measured", kind="municipality", name="A"))
        for number in range(task["offers"]):
            await made(bench, coordinator, "/api/v1/offers", offer_body(number) | {"provider": {"actor_id": str(TEAM)}})
        case = await made(
            bench,
            coordinator,
            "/api/v1/cases",
            {
                "household": {"adults": 1, "children": 0, "age_bands": ["18-64"]},
                "languages": ["ar"],
                "location": {"lat": 45.25, "lon": 5.8},
                "consent": {"match": True, "share_contact": False, "purpose": "matching", "until": "2030-06-01", "text_version": "2026-11"},
            },
        )
        await asyncio.sleep(2)
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            rate, seconds = (float(word) for word in line.split())
            await _post_needs(bench, coordinator, case["id"], rate, seconds)
            print("end", flush=True)


async def _post_needs(bench: Bench, coordinator: Any, case_id: str, rate: float, seconds: float) -> None:  # Any: a caller
    room = asyncio.Semaphore(IN_FLIGHT)

    async def post(number: int) -> None:
        async with room:
            need = await made(bench, coordinator, "/api/v1/needs", need_body(case_id, number))
            print(need["id"], time.monotonic_ns(), flush=True)

    began, tasks = time.monotonic(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        if room.locked():
            await asyncio.sleep(0.001)
        if time.monotonic() > began + seconds:
            break
        if not room.locked():
            tasks.append(asyncio.create_task(post(number)))
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    asyncio.run(echo(asked) if asked["role"] == "echo" else serve(asked))
