"""Two replicas of matching on one database, whoever posts to them without giving up, and what must be true of their proposals afterwards."""

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import func, select

from chassis.bus import Bus
from chassis.identity import SYSTEM
from chassis.service import Service
from chassis.testing import GATEWAY, account
from contracts.envelope import open_envelope
from contracts.matching import NeedProposalsReadyV1
from services.matching.engine.score import ranked, reference
from services.matching.engine.types import Circumstances, ProviderRecord
from services.matching.tables import Base
from services.matching.work import Resources, Work, need_facts

ROOT = Path(__file__).parent.parent.parent
CITY = UUID("00000000-0000-7000-8000-00000000c171")
PROVIDERS = [UUID(f"00000000-0000-7000-8000-0000000000{number:02d}") for number in range(10, 18)]
COORDINATOR = account("coordinator", actor=CITY)
HANDLED = re.compile(r'^hub_events_total\{.*outcome="handled".*\} (\d+)', re.MULTILINE)
Proposed = list[tuple[UUID, int]]
"""Offers and their scores, best first."""


@dataclass
class Replica:
    """One process of matching that can be killed and started again; it remembers how many events all its lives handled."""

    port: int
    settings: dict[str, Any]
    popen: subprocess.Popen[bytes] | None = None
    handled: int = 0
    handled_now: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        plan = json.dumps({"port": self.port, "settings": self.settings})
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.matching_serve", plan], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )

    def kill(self) -> None:
        assert self.popen is not None
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()
        self.handled, self.handled_now = self.handled + self.handled_now, 0

    async def until_ready(self, client: httpx2.AsyncClient, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if (await client.get(f"{self.url}/readyz")).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.1)
        raise AssertionError("a replica did not become ready")

    async def ask_how_many(self, client: httpx2.AsyncClient) -> None:
        try:
            found = HANDLED.findall((await client.get(f"{self.url}/metrics")).text)
        except httpx2.HTTPError:
            return
        self.handled_now = sum(map(int, found))


@dataclass
class Ledger:
    """What was acknowledged, kept outside the replicas."""

    needs: dict[str, str] = field(default_factory=dict)
    """State by id, as it was acknowledged last."""
    offers: dict[str, str] = field(default_factory=dict)
    matched_once: set[str] = field(default_factory=set)
    retried: int = 0
    acts: Counter[str] = field(default_factory=Counter)


class Writer:
    """Posts through both replicas, each request again with its key until it is answered."""

    def __init__(self, client: httpx2.AsyncClient, replicas: list[Replica], seed: int) -> None:
        self.client, self.replicas, self.seed = client, replicas, seed
        self.chance, self.ledger = random.Random(seed), Ledger()
        self.cases: list[str] = []
        self.count = 0
        self.busy: set[str] = set()
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> httpx2.Response:
        """Ask one replica after the other until one answers; a POST always with the same key."""
        self.count += 1
        key, deadline = f"{self.seed}-{self.count}", time.monotonic() + 60
        replica = self.chance.choice(self.replicas)
        while time.monotonic() < deadline:
            sent = {"hub-identity": GATEWAY.token_for(COORDINATOR, "matching"), "Idempotency-Key": key, **(headers or {})}
            try:
                answer = await self.client.request(method, replica.url + path, json=body, headers=sent)
            except httpx2.HTTPError:
                answer = None
            if answer is not None and answer.status_code < 500 and "retry-after" not in answer.headers:
                return answer
            assert answer is None or answer.status_code != 500, answer.text
            self.ledger.retried += 1
            replica = self.chance.choice(self.replicas)
            await asyncio.sleep(0.1)
        raise AssertionError(f"{path} was never answered")

    async def make(self, path: str, body: Any) -> dict[str, Any]:
        answer = await self.ask("POST", path, body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def post_case(self) -> None:
        self.cases.append((await self.make("/api/v1/cases", case_body(self.chance)))["id"])

    async def post_offer(self) -> None:
        made = await self.make("/api/v1/offers", offer_body(self.chance))
        self.ledger.offers[made["id"]] = made["state"]

    async def post_need(self) -> None:
        made = await self.make("/api/v1/needs", need_body(self.chance, self.chance.choice(self.cases)))
        self.ledger.needs[made["id"]] = made["state"]

    async def turn_offer(self, offer_id: str) -> None:
        """Pause what is open, resume what is paused, now and then close."""
        verb = "resume" if self.ledger.offers[offer_id] == "paused" else self.chance.choice(("pause", "pause", "close"))
        answer = await self.ask("POST", f"/api/v1/offers/{offer_id}/{verb}")
        if answer.status_code == 200:
            self.ledger.offers[offer_id] = answer.json()["state"]
        self.ledger.acts[f"{verb} {answer.status_code}"] += 1

    async def change(self, kind: str, record_id: str, body: dict[str, Any]) -> None:
        """Change the version that was read, again after somebody else did."""
        for _ in range(20):
            read = await self.ask("GET", f"/api/v1/{kind}/{record_id}")
            answer = await self.ask("PATCH", f"/api/v1/{kind}/{record_id}", body, {"If-Match": read.headers["etag"]})
            if answer.status_code != 412:
                break
        self.ledger.acts[f"change {kind} {answer.status_code}"] += 1

    async def withdraw(self, need_id: str) -> None:
        answer = await self.ask("POST", f"/api/v1/needs/{need_id}/withdraw")
        if answer.status_code == 200:
            self.ledger.needs[need_id] = answer.json()["state"]
        self.ledger.acts[f"withdraw {answer.status_code}"] += 1

    async def match(self, need_id: str) -> None:
        """Confirm the best proposal; a third is declined again, a third accepted."""
        found = (await self.ask("GET", f"/api/v1/needs/{need_id}/proposals")).json()["items"]
        if not found:
            return
        answer = await self.ask("POST", "/api/v1/matches", {"need_id": need_id, "offer_id": found[0]["offer_id"]})
        self.ledger.acts[f"match {answer.status_code} {answer.json().get('code')}"] += 1
        if answer.status_code != 201:
            return
        self.ledger.matched_once.add(need_id)
        self.ledger.needs[need_id] = "matched"
        verb = self.chance.choice(("decline", "accept", None))
        if verb is not None:
            stepped = await self.ask("POST", f"/api/v1/matches/{answer.json()['id']}/{verb}")
            assert stepped.status_code == 200, stepped.text
            if verb == "decline":
                self.ledger.needs[need_id] = "open"

    async def alone(self, record_id: str, act: Any) -> None:
        """One act at a time on a record, so that the last acknowledged one is its state."""
        if record_id in self.busy:
            return
        self.busy.add(record_id)
        try:
            await act
        finally:
            self.busy.discard(record_id)

    def one_more(self) -> Any:
        """One act, mostly a new need."""
        draw, chance = self.chance.random(), self.chance
        offers = [key for key, state in self.ledger.offers.items() if state != "closed" and key not in self.busy]
        needs = [key for key, state in self.ledger.needs.items() if state == "open" and key not in self.busy]
        if draw < 0.5 or not needs or not offers:
            return self.post_need()
        if draw < 0.6:
            return self.post_offer()
        if draw < 0.78:
            return self.alone(key := chance.choice(offers), self.turn_offer(key))
        if draw < 0.85:
            return self.alone(key := chance.choice(offers), self.change("offers", key, {"languages": some_languages(chance)}))
        if draw < 0.9:
            return self.alone(key := chance.choice(needs), self.change("needs", key, {"max_travel_km": chance.randint(3, 12)}))
        if draw < 0.93:
            return self.alone(key := chance.choice(needs), self.withdraw(key))
        return self.alone(key := chance.choice(needs), self.match(key))

    async def move_offers(self, count: int) -> None:
        """Nothing but offers moves: what was computed for needs before must follow."""
        for _ in range(count):
            open_ones = [key for key, state in self.ledger.offers.items() if state != "closed"]
            key = self.chance.choice(open_ones)
            await self.chance.choice((self.post_offer, lambda key=key: self.turn_offer(key)))()

    async def keep_writing(self, a_second: float, ended: asyncio.Event) -> None:
        while not ended.is_set():
            self.tasks.append(asyncio.create_task(self.one_more()))
            await asyncio.sleep(1 / a_second)
        await asyncio.gather(*self.tasks)


def some_languages(chance: random.Random) -> list[str]:
    return sorted({"fr", *chance.sample(("ar", "uk", "en", "es"), 2)})


def offer_body(chance: random.Random) -> dict[str, Any]:
    """One of many classes around a town."""
    today = datetime.now(UTC).date()
    return {
        "category": chance.choice(("language.class", "language.class", "language.conversation")),
        "title": {"en": "An offer"},
        "description": {"en": "Made for a test."},
        "provider": {"actor_id": str(chance.choice(PROVIDERS))},
        "unit": "person",
        "places": chance.randint(1, 3),
        "returns": True,
        "languages": some_languages(chance),
        "location": {"lat": 45.19 + chance.randint(-4, 4) / 100, "lon": 5.72 + chance.randint(-4, 4) / 100, "radius_km": chance.randint(4, 15)},
        "windows": [{"day": chance.randrange(7), "from": "09:00", "to": "12:00"}, {"day": chance.randrange(7), "from": "17:00", "to": "20:00"}],
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=180)).isoformat(),
        "audience": "public",
    }


def case_body(chance: random.Random) -> dict[str, Any]:
    """A single person somewhere in that town."""
    until = (datetime.now(UTC).date() + timedelta(days=200)).isoformat()
    return {
        "household": {"adults": 1, "children": 0, "age_bands": ["18-64"]},
        "languages": ["ar"],
        "location": {"lat": 45.19 + chance.randint(-3, 3) / 100, "lon": 5.72 + chance.randint(-3, 3) / 100},
        "consent": {"match": True, "share_contact": False, "purpose": "matching", "until": until, "text_version": "2026-11"},
    }


def need_body(chance: random.Random, case_id: str) -> dict[str, Any]:
    """A class for one, on some days."""
    return {
        "case_id": case_id,
        "category": chance.choice(("language.class", "language.class", "language")),
        "size": 1,
        "languages": [{"code": chance.choice(("ar", "uk", "en", "es")), "required": chance.random() < 0.5}],
        "max_travel_km": chance.randint(4, 12),
        "windows": [{"day": day, "from": "08:00", "to": "20:00"} for day in sorted(chance.sample(range(7), 3))],
        "urgency": "normal",
    }


class Ears:
    """Hears the stream as another service does: which proposals were told, and how often each message was stored."""

    def __init__(self, url: str, seed: str) -> None:
        self._bus = Bus(url=url, seed=seed, service="notifications")
        self.told: dict[int, tuple[UUID, int]] = {}

    async def listen(self) -> None:
        await self._bus.start()
        source = self._bus.pull("HUB_MATCHING")
        while True:
            for delivery in await source.fetch(50, 0.5):
                _, event = open_envelope(delivery.data)
                if isinstance(event, NeedProposalsReadyV1):
                    self.told[delivery.stream_seq] = event.need_id, event.version
                await delivery.ack()

    async def close(self) -> None:
        await self._bus.close()


async def is_quiet(service: Service[Work, Resources]) -> bool:
    """Whether all that was written was published, all that is handled was handled, and no need waits for its proposals."""
    outbox, inbox, need = service.ledger.outbox, service.ledger.inbox, Base.metadata.tables["need"].c
    handled = [event.type_name for event in service.handlers]
    async with service.database.reading() as session:
        unsent = (await session.execute(select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None)))).scalar_one()
        asked = select(func.count()).select_from(outbox).where(outbox.c.subject.in_(handled), outbox.c.id.not_in(select(inbox.c.event_id)))
        unheard = (await session.execute(asked)).scalar_one()
        stale = (await session.execute(select(func.count()).where(need.proposals_of < need.version))).scalar_one()
    return not unsent and not unheard and not stale


async def until_quiet(service: Service[Work, Resources], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if await is_quiet(service):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("news was left unhandled")


async def stored_and_defined(service: Service[Work, Resources]) -> dict[UUID, tuple[Proposed, Proposed]]:
    """For each open need its stored proposals, and those that the plain definition gives over all rows as they are now."""
    async with service.open_work(SYSTEM, reading=True) as work:
        offers = [offer.facts() async for offer in work.offers.all_open()]
        needs = await need_facts(work, await work.needs.all_open(SYSTEM))
        records, helpers, tried = await work.matches.records(), await work.matches.helpers(), await work.matches.tried()
        weights, kept = await work.weights.in_use(), work.settings.proposals_kept
        proposal = Base.metadata.tables["proposal"].c
        stored: dict[UUID, Proposed] = {}
        query = select(proposal.need_id, proposal.offer_id, proposal.score).order_by(proposal.need_id, proposal.rank)
        for row in (await work.session.execute(query)).all():
            stored.setdefault(row.need_id, []).append((row.offer_id, row.score))
        now = work.now
    found: dict[UUID, tuple[Proposed, Proposed]] = {}
    for need in needs:
        helping = helpers.get(need.case_id, set())
        pairs = []
        for offer in offers:
            record = records.get(offer.provider_id, ProviderRecord())
            at = Circumstances(now, record, offer.provider_id in helping, offer.id in tried.get(need.id, set()))
            pairs.append((offer, reference(need, offer, at, weights)))
        found[need.id] = stored.pop(need.id, []), [(offer.id, verdict.score) for offer, verdict in ranked(pairs)[:kept]]
    assert not stored, "proposals are stored of needs that are not open"
    return found


async def told_in_outbox(service: Service[Work, Resources]) -> list[tuple[UUID, int]]:
    """The needs and numbers of the sets of proposals that were told, as they were written."""
    outbox = service.ledger.outbox
    async with service.database.reading() as session:
        query = select(outbox.c.body).where(outbox.c.subject == NeedProposalsReadyV1.type_name)
        events = [open_envelope(body.encode())[1] for body in (await session.execute(query)).scalars()]
    return [(event.need_id, event.version) for event in events if isinstance(event, NeedProposalsReadyV1)]


async def numbers(service: Service[Work, Resources]) -> dict[UUID, int]:
    """The number of each need's present set of proposals."""
    need = Base.metadata.tables["need"].c
    async with service.database.reading() as session:
        return {row.id: row.proposals_version for row in (await session.execute(select(need.id, need.proposals_version))).all()}


async def states(service: Service[Work, Resources], table: str) -> dict[str, str]:
    """The state of each row by id."""
    columns = Base.metadata.tables[table].c
    async with service.database.reading() as session:
        return {str(row.id): row.state for row in (await session.execute(select(columns.id, columns.state))).all()}


def gaps(told: Iterable[tuple[UUID, int]], now: dict[UUID, int], whose: set[UUID]) -> list[UUID]:
    """Those of the needs whose told numbers are not 1, 2, 3 up to the present one."""
    heard: dict[UUID, list[int]] = {}
    for need_id, number in told:
        heard.setdefault(need_id, []).append(number)
    return [need_id for need_id in sorted(whose) if sorted(heard.get(need_id, [])) != list(range(1, now[need_id] + 1))]
