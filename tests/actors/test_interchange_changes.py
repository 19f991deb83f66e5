"""Copies of the registry: with the changes and the tombstones a copy ends with exactly what the registry holds."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.testing import Bench, TestClock, account, anonymous
from contracts.matching import OfferClosedV1
from tests.actors.interchange_help import an_offer, enter

LISTS = {
    "actors": "actor", "memberships": "membership", "declarations": "declaration", "initiatives": "initiative", "resources": "resource",
    "capacities": "capacity", "practices": "practice", "directory": "offer",
}  # fmt: skip
BEGINNING = "1970-01-01T00:00:00Z"


async def _all(bench: Bench, path: str, **params: Any) -> tuple[list[dict[str, Any]], str]:
    """Every page of a list, and from when to ask the next time (as the first page tells)."""
    found: list[dict[str, Any]] = []
    answer = await bench.get(anonymous(), path, params={**params, "limit": 3})
    begins = answer.headers["hub-harvest-from"]
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        link = answer.headers.get("link")
        if link is None:
            return found, begins
        answer = await bench.get(anonymous(), link.split(">")[0].removeprefix("<"))


class Copy:
    """A reader's copy, kept as the page of the open data tells."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], dict[str, Any]] = {}
        self.since = BEGINNING

    async def pull(self, bench: Bench) -> None:
        """Take what changed and what left."""
        begins = ""
        for noun, kind in LISTS.items():
            rows, first = await _all(bench, f"/api/v1/{noun}", modified_after=self.since)
            begins = begins or first
            self.records |= {(kind, row["id"]): row for row in rows}
        stones, _ = await _all(bench, "/api/v1/tombstones", since=self.since)
        for stone in stones:
            key = stone["kind"], stone["record_id"]
            if key in self.records and self.records[key]["updated_at"] <= stone["removed_at"]:
                del self.records[key]
        self.since = begins


async def _registry(bench: Bench) -> dict[tuple[str, str], int]:
    """What the registry holds, by the plain lists."""
    found: dict[tuple[str, str], int] = {}
    for noun, kind in LISTS.items():
        more = [{}, {"archived": "true"}] if noun == "actors" else [{"state": ["open", "paused", "full"]}] if noun == "directory" else [{}]
        for params in more:
            answer = await bench.get(anonymous(), f"/api/v1/{noun}", params={**params, "limit": 200})
            assert answer.status_code == 200, answer.text
            found |= {(kind, row["id"]): row["version"] for row in answer.json()["items"]}
    return found


class World:
    """Somebody who changes the registry at random."""

    def __init__(self, bench: Bench, clock: TestClock, chance: random.Random) -> None:
        self.bench, self.clock, self.chance = bench, clock, chance
        self.actors: list[dict[str, Any]] = []
        self.offers: list[tuple[UUID, int]] = []

    async def change(self) -> None:
        """One act."""
        act = self.chance.choice([self.add, self.rename, self.archive, self.join, self.leave, self.declare, self.offer, self.withdraw])
        self.clock.forward(seconds=self.chance.choice([0, 1, 40, 400]))
        await act()

    async def add(self) -> None:
        kind = self.chance.choice(["network", "municipality"])
        self.actors.append(await enter(self.bench, f"Actor {len(self.actors)}", kind=kind, slug=f"actor-{len(self.actors)}"))

    async def _fresh(self) -> dict[str, Any] | None:
        if not self.actors:
            return None
        found: dict[str, Any] = (await self.bench.get(anonymous(), f"/api/v1/actors/{self.chance.choice(self.actors)['id']}")).json()
        return found

    async def rename(self) -> None:
        if actor := await self._fresh():
            changes = {"name": f"Renamed {self.chance.random()}"}
            await self.bench.patch(account("coordinator"), f"/api/v1/actors/{actor['id']}", changes, version=actor["version"])

    async def archive(self) -> None:
        if actor := await self._fresh():
            await self.bench.post(account("coordinator"), f"/api/v1/actors/{actor['id']}/archive")

    async def join(self) -> None:
        networks = [actor for actor in self.actors if actor["kind"] == "network"]
        cities = [actor for actor in self.actors if actor["kind"] == "municipality"]
        if networks and cities:
            sides = {"network_id": self.chance.choice(networks)["id"], "member_id": self.chance.choice(cities)["id"]}
            await self.bench.post(account("coordinator"), "/api/v1/memberships", {**sides, "source": "https://example.org/m"})

    async def leave(self) -> None:
        for noun in ("memberships", "declarations"):
            rows = (await self.bench.get(anonymous(), f"/api/v1/{noun}")).json()["items"]
            if rows:
                row = self.chance.choice(rows)
                headers = {"If-Match": f'"{row["version"]}"'}
                done = await self.bench.call(account("coordinator"), "DELETE", f"/api/v1/{noun}/{row['id']}", headers=headers)
                assert done.status_code == 204, done.text

    async def declare(self) -> None:
        if (actor := await self._fresh()) and actor["kind"] == "municipality":
            title = f"Motion {self.chance.randint(1, 3)}"
            body = {"municipality_id": actor["id"], "type": "council_motion", "date": "2019", "title": title, "source": "https://example.org/d"}
            await self.bench.post(account("coordinator"), "/api/v1/declarations", body)

    async def offer(self) -> None:
        self.offers.append((await an_offer(self.bench), 1))

    async def withdraw(self) -> None:
        if self.offers:
            offer_id, version = self.offers.pop(self.chance.randrange(len(self.offers)))
            await self.bench.hear(
                OfferClosedV1(
                    offer_id=offer_id, version=version + 1, state="closed", category="language.class", audience="public", unit="person",
                    places=10, places_left=4, returns=True,
                )
            )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_copy_ends_with_exactly_what_the_registry_holds(either_bench: Bench, clock: TestClock, seed: int) -> None:
    chance = random.Random(seed)
    world, copy = World(either_bench, clock, chance), Copy()

    for _ in range(4):
        for _ in range(12):
            await world.change()
        await copy.pull(either_bench)
        assert {key: row["version"] for key, row in copy.records.items()} == await _registry(either_bench)


async def test_what_is_stored_late_is_not_missed(bench: Bench, clock: TestClock) -> None:
    copy = Copy()
    await enter(bench, "First")
    await copy.pull(bench)

    clock.at -= timedelta(minutes=5)
    late = await enter(bench, "A long import, whose moment was before the copy was taken")
    clock.at += timedelta(minutes=6)
    await copy.pull(bench)

    assert ("actor", late["id"]) in copy.records


async def test_tombstones_name_what_was_merged_and_what_was_withdrawn(bench: Bench, clock: TestClock) -> None:
    offer = await an_offer(bench)
    clock.forward(days=1)
    await bench.hear(
        OfferClosedV1(
            offer_id=offer, version=2, state="closed", category="language.class", audience="public", unit="person", places=1, places_left=1,
            returns=True,
        )
    )  # fmt: skip

    answer = (await bench.get(anonymous(), "/api/v1/tombstones", params={"kind": "offer"})).json()
    later = (await bench.get(anonymous(), "/api/v1/tombstones", params={"since": "2026-11-23T00:00:00Z"})).json()

    (stone,) = answer["items"]
    assert (stone["kind"], stone["record_id"], stone["merged_into"]) == ("offer", str(offer), None)
    assert answer["offers_complete_since"] == "2026-10-23T09:00:00Z"
    assert later["items"] == []


async def test_bad_questions_are_told(either_bench: Bench) -> None:
    for number in range(4):
        await enter(either_bench, f"Actor {number}")
    first = await either_bench.get(anonymous(), "/api/v1/actors", params={"modified_after": BEGINNING, "limit": 2})
    cursor = first.headers["link"].split("cursor=")[1].split(">")[0]
    plain = await either_bench.get(anonymous(), "/api/v1/actors", params={"limit": 2})
    other = plain.headers["link"].split("cursor=")[1].split(">")[0]

    paths = [
        "/api/v1/actors?modified_after=x", f"/api/v1/actors?modified_after={BEGINNING}&q=a", f"/api/v1/actors?cursor={cursor}",
        f"/api/v1/actors?modified_after={BEGINNING}&cursor={other}", "/api/v1/tombstones?since=0001-01-01T00:00:00%2B14:00",
        "/api/v1/tombstones?kind=person", f"/api/v1/directory?modified_after={BEGINNING}&state=open",
    ]  # fmt: skip
    for path in paths:
        assert (await either_bench.get(anonymous(), path)).status_code == 422, path
