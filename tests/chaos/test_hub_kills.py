"""T1: kill -9 of any process of a whole hub under load, with a ledger outside that knows every acknowledged write."""

import asyncio
import importlib.util
import random
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

JOURNEYS = Path(__file__).parent.parent / "journeys"
for name in ("hub", "journey"):
    if f"journeys_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(f"journeys_{name}", JOURNEYS / f"{name}.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[f"journeys_{name}"] = module
        spec.loader.exec_module(module)
running_hub, sign_in = sys.modules["journeys_hub"].running_hub, sys.modules["journeys_hub"].sign_in
bodies = sys.modules["journeys_journey"]
PLACES = 5


HANGING = 20.0
"""Seconds after which a request counts as hanging while other tests share the machine; the storm, which runs alone, holds 6."""


@dataclass
class Ledger:
    """What was acknowledged."""

    needs: list[str] = field(default_factory=list)
    matches: list[str] = field(default_factory=list)
    retried: int = 0
    slowest: float = 0.0
    server_errors: list[int] = field(default_factory=list)


class Writer:
    """Posts needs and confirms matches, patiently, each with an idempotency key."""

    def __init__(self, client: httpx2.AsyncClient, token: str, case_id: str, offers: list[str], ledger: Ledger, seed: int) -> None:
        self.client, self.token, self.case_id, self.offers, self.ledger, self.seed = client, token, case_id, offers, ledger, seed
        self.today = datetime.now(UTC).date()

    async def post(self, path: str, body: Any, key: str) -> httpx2.Response:
        deadline = time.monotonic() + 90
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"{self.seed}-{key}"}
        while time.monotonic() < deadline:
            began = time.monotonic()
            try:
                response = await self.client.post(path, json=body, headers=headers)
            except httpx2.HTTPError:
                response = None
            if response is not None:
                self.ledger.slowest = max(self.ledger.slowest, time.monotonic() - began)
                if response.status_code == 500:
                    self.ledger.server_errors.append(500)
                if response.status_code < 500 and "retry-after" not in response.headers:
                    return response
            self.ledger.retried += 1
            await asyncio.sleep(0.25)
        raise AssertionError(f"{path} was never answered")

    async def write(self, number: int) -> None:
        need = await self.post("/api/v1/needs", bodies.need_body(self.case_id, self.today), f"need-{number}")
        assert need.status_code == 201, need.text
        self.ledger.needs.append(need.json()["id"])
        if number % 3 == 0:
            offer_id = self.offers[number // 3 % len(self.offers)]
            match = await self.post("/api/v1/matches", {"need_id": need.json()["id"], "offer_id": offer_id}, f"match-{number}")
            assert match.status_code in (201, 409), match.text
            if match.status_code == 201:
                self.ledger.matches.append(match.json()["id"])


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def hexed(ids: list[str]) -> set[str]:
    return {each.replace("-", "") for each in ids}


async def run_storm(tmp_path: Path, kills: int, writes_per_second: int, gap: tuple[float, float], seed: int, longest: float) -> None:
    chance, ledger = random.Random(seed), Ledger()
    async with running_hub(tmp_path, apart=True) as hub:
        limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=20)
        async with httpx2.AsyncClient(base_url=hub.url, timeout=5, limits=limits) as client:
            volunteer, coordinator = await sign_in(client, hub, "volunteer"), await sign_in(client, hub, "coordinator")
            today = datetime.now(UTC).date()
            asked = Writer(client, coordinator, "", [], ledger, seed)
            case = (await asked.post("/api/v1/cases", bodies.case_body(today), "case")).json()
            offers = []
            for number in range(12):
                own = Writer(client, volunteer, "", [], ledger, seed)
                made = (await own.post("/api/v1/offers", {**bodies.offer_body(today), "places": PLACES}, f"offer-{number}")).json()
                await asked.post(f"/api/v1/offers/{made['id']}/approve", None, f"approve-{number}")
                offers.append(made["id"])
            writer = Writer(client, coordinator, case["id"], offers, ledger, seed)
            tasks: list[asyncio.Task[None]] = []
            ended = False

            async def keep_writing() -> None:
                while not ended:
                    tasks.append(asyncio.create_task(writer.write(len(tasks))))
                    await asyncio.sleep(1 / writes_per_second)

            writing = asyncio.create_task(keep_writing())
            victims = ["broker", "actors", "people", "matching", "notifications", "gateway"]
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(*gap))
                hub.kill(chance.choice(victims))
            await asyncio.sleep(1)
            ended = True
            await writing
            await asyncio.gather(*tasks)
            await hub.until_ready(90)
            told: list[tuple[Any, ...]] = []
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                told = rows(hub.database("notifications"), "SELECT account_id, event_id, kind FROM notice WHERE kind = 'request_to_answer'")
                if len(told) >= len(ledger.matches):
                    break
                await asyncio.sleep(0.5)
        stored = {str(need) for (need,) in rows(hub.database("matching"), "SELECT id FROM need")}
        matched = {str(match) for (match,) in rows(hub.database("matching"), "SELECT id FROM hub_match")}
        used = rows(hub.database("matching"), "SELECT id, places_used, places FROM offer")
        live = dict(rows(hub.database("matching"), "SELECT offer_id, sum(size) FROM hub_match WHERE places = 'held' GROUP BY offer_id"))
    print(
        f"\nseed {seed}: {kills} kills, {len(ledger.needs)} needs and {len(ledger.matches)} matches acknowledged, {ledger.retried} retried, "
        f"slowest answer {ledger.slowest:.1f} s, {len(told)} notices"
    )
    assert hexed(ledger.needs) - stored == set(), "acknowledged needs that are not stored"
    assert hexed(ledger.matches) - matched == set(), "acknowledged matches that are not stored"
    assert stored == hexed(ledger.needs), "needs that nobody posted"
    assert [offer for offer, held, places in used if held > places] == [], "over capacity"
    assert [offer for offer, held, _ in used if held != live.get(offer, 0)] == [], "places held do not equal the live matches"
    assert len(told) == len(set(told)) == len(matched), "each match is told once"
    assert ledger.server_errors == []
    assert ledger.slowest < longest


async def test_ten_kills_lose_nothing_double_nothing_and_overbook_nothing(tmp_path: Path) -> None:
    await run_storm(tmp_path, kills=10, writes_per_second=15, gap=(0.5, 1.5), seed=21, longest=HANGING)


@pytest.mark.storm
async def test_sixty_kills_lose_nothing_double_nothing_and_overbook_nothing(tmp_path: Path) -> None:
    await run_storm(tmp_path, kills=60, writes_per_second=50, gap=(3, 6), seed=22, longest=6)
