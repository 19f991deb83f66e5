"""The measured process of `events`: a running matching service, or an echo on the bare broker."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import uvicorn
import uvloop

from chassis.bus import Bus
from chassis.testing import Bench, settings_for_tests
from contracts.actors import ActorCreatedV1
from services.matching.app import build
from services.matching.settings import Settings

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


CASE: dict[str, Any] = {
    "household": {"adults": 1, "children": 0, "age_bands": ["18-64"]},
    "languages": ["ar"],
    "location": {"lat": 45.25, "lon": 5.8},
    "consent": {"match": True, "share_contact": False, "purpose": "matching", "until": "2030-06-01", "text_version": "2026-11"},
}


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


def service_settings(task: dict[str, Any]) -> Settings:
    """The settings of the measured service: it trusts the measuring process in the gateway's place."""
    more = {"nats_url": task["url"], "nats_seed": task["seeds"]["matching"], "log_level": "WARNING", "trusted_keys": {"gateway": task["trusted"]}}
    return Settings(**{**settings_for_tests(task["database"]), **more})


async def serve(task: dict[str, Any]) -> None:
    """Run the service behind a real HTTP server until it is killed."""
    service, app = build(service_settings(task))
    await Bench(service, app).hear(ActorCreatedV1(actor_id=TEAM, version=1, slug="measured", kind="municipality", name="A"))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=task["port"], log_level="warning", access_log=False))
    print("ready", flush=True)
    await server.serve()


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    uvloop.run(echo(asked) if asked["role"] == "echo" else serve(asked))
