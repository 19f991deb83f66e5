"""The main job, step by step as docs/flow.md tells it, against any running hub. Between two steps the caller may break what it likes.

Each step asks with an Idempotency-Key and tries again while the hub is away, as a careful client does; a step that was done before the
break is answered the same way after it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2

BETWEEN = Callable[[str], Awaitable[None]]
PATIENCE = 45.0
"""Seconds after which a step that gets no answer counts as failed."""

CANARIES = {
    "name": "Canary Nomdefamille",
    "phone": "+33 7 99 88 77 66",
    "email": "canary.person@demo.example",
}
"""Contact of the person behind the case: it may be seen by the two parties, and nowhere else."""


@dataclass
class Person:
    """Somebody who is signed in."""

    role: str
    token: str


@dataclass
class Walk:
    """One journey: who walks, and what they learnt on the way."""

    base_url: str
    accounts: dict[str, tuple[str, str]]
    """Role -> (email, password): coordinator, volunteer, member, observer."""
    between: BETWEEN | None = None
    run: str = field(default_factory=lambda: uuid4().hex)
    people: dict[str, Person] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    async def call(
        self, who: str | None, method: str, path: str, body: Any = None, *, key: str | None = None, patient: bool = True
    ) -> httpx2.Response:
        """One request; 5xx answers and broken connections are tried again until PATIENCE runs out."""
        deadline = time.monotonic() + PATIENCE
        while True:
            headers = {"Accept-Language": "en"}
            if who is not None:
                headers["Authorization"] = f"Bearer {self.people[who].token}"
            if key is not None:
                headers["Idempotency-Key"] = f"{self.run}-{key}"
            try:
                async with httpx2.AsyncClient(base_url=self.base_url, timeout=10) as client:
                    response = await client.request(method, path, json=body, headers=headers)
            except httpx2.HTTPError:
                response = None
            retry = response is None or response.status_code in (502, 503, 504) or (response.status_code == 409 and _still_running(response))
            if response is not None and not (retry and patient):
                return response
            if time.monotonic() > deadline:
                raise AssertionError(f"{method} {path} got no answer within {PATIENCE} s")
            await asyncio.sleep(0.2)

    async def until(self, who: str, path: str, holds: Callable[[Any], bool], what: str) -> Any:
        """Ask until the answer is as expected: news travels by event."""
        deadline = time.monotonic() + PATIENCE
        last: Any = None
        while time.monotonic() < deadline:
            response = await self.call(who, "GET", path)
            if response.status_code == 200:
                last = response.json()
                if holds(last):
                    return last
            await asyncio.sleep(0.1)
        raise AssertionError(f"{what} did not come about; the last answer had the keys {list(last) if isinstance(last, dict) else type(last)}")

    async def step(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        """One step, and what happens between it and the next."""
        await act()
        self.steps.append(name)
        if self.between is not None:
            await self.between(name)

    async def sign_in(self, who: str) -> None:
        """A session for one person."""
        email, password = self.accounts[who]
        response = await self.call(None, "POST", "/api/v1/sessions", {"email": email, "password": password})
        assert response.status_code in (200, 201), (who, response.status_code, response.text)
        self.people[who] = Person(who, response.json()["access_token"])

    async def post(self, who: str, path: str, body: Any, key: str, *statuses: int) -> Any:
        """POST that must succeed; the answer as JSON."""
        response = await self.call(who, "POST", path, body, key=key)
        assert response.status_code in (statuses or (200, 201)), (path, response.status_code, response.text)
        return response.json()


def _still_running(response: httpx2.Response) -> bool:
    return response.headers.get("retry-after") is not None


def offer_body(today: date) -> dict[str, Any]:
    """A French class of a volunteer, on Tuesday evenings near the centre of Grenoble."""
    return {
        "category": "language.class",
        "title": {"fr": "Cours de français du mardi", "en": "French class on Tuesdays"},
        "description": {"fr": "Petit groupe, débutants bienvenus.", "en": "A small group, beginners are welcome."},
        "unit": "person",
        "places": 2,
        "returns": True,
        "languages": ["fr", "ar"],
        "location": {"lat": 45.19, "lon": 5.72, "radius_km": 8},
        "topics": [{"topic": "french", "from": "a1", "to": "a2"}],
        "windows": [{"day": 1, "from": "18:00", "to": "20:00"}],
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=180)).isoformat(),
        "provides": [],
        "requires": [],
        "audience": "public",
    }


def case_body(today: date) -> dict[str, Any]:
    """A household of two."""
    return {
        "household": {"adults": 1, "children": 1, "age_bands": {"18-64": 1, "6-11": 1}},
        "languages": ["ar"],
        "attributes": [],
        "location": {"lat": 45.18, "lon": 5.73},
        "consent": {
            "match": True,
            "share_contact": True,
            "purpose": "matching",
            "until": (today + timedelta(days=90)).isoformat(),
            "text_version": "2026-11",
        },
    }


def need_body(case_id: str, today: date) -> dict[str, Any]:
    """A French class for one."""
    return {
        "case_id": case_id,
        "category": "language.class",
        "size": 1,
        "languages": [{"code": "ar", "required": True}],
        "topics": [{"topic": "french", "level": "a1", "required": True}],
        "max_travel_km": 5,
        "windows": [{"day": 1, "from": "17:00", "to": "21:00"}],
        "from": today.isoformat(),
        "until": (today + timedelta(days=60)).isoformat(),
        "urgency": "normal",
        "requires": [],
        "provides": [],
        "preferences": [],
        "links": [],
    }


async def walk(base_url: str, accounts: dict[str, tuple[str, str]], between: BETWEEN | None = None) -> Walk:
    """The whole journey; raises AssertionError at the first step that ends wrong."""
    journey = Walk(base_url, accounts, between)
    for who in ("volunteer", "coordinator", "member", "observer"):
        await journey.sign_in(who)
    today = datetime.now(UTC).date()
    known = journey.known

    async def volunteer_posts() -> None:
        known["offer"] = await journey.post("volunteer", "/api/v1/offers", offer_body(today), "offer", 201)

    async def coordinator_approves() -> None:
        if known["offer"]["state"] == "awaiting_moderation":
            approved = await journey.post("coordinator", f"/api/v1/offers/{known['offer']['id']}/approve", None, "approve")
            assert approved["state"] == "open"
        await journey.until(
            "coordinator", f"/api/v1/directory/{known['offer']['id']}", lambda found: found["id"] == known["offer"]["id"], "the public offer"
        )

    async def coordinator_records() -> None:
        known["case"] = await journey.post("coordinator", "/api/v1/cases", case_body(today), "case", 201)

    async def coordinator_adds_contact() -> None:
        path = f"/api/v1/cases/{known['case']['code']}/contact"
        deadline = time.monotonic() + PATIENCE
        while (response := await journey.call("coordinator", "PUT", path, CANARIES)).status_code == 404:
            assert time.monotonic() < deadline, "people never heard of the case"
            await asyncio.sleep(0.1)
        assert response.status_code in (200, 201, 204), (response.status_code, response.text)

    async def coordinator_posts_need() -> None:
        known["need"] = await journey.post("coordinator", "/api/v1/needs", need_body(known["case"]["id"], today), "need", 201)

    async def proposals_arrive() -> None:
        offer_id = known["offer"]["id"]
        found = await journey.until(
            "coordinator",
            f"/api/v1/needs/{known['need']['id']}/proposals",
            lambda answer: any(item["offer_id"] == offer_id for item in answer["items"]),
            "a proposal of the volunteer's offer",
        )
        ours = next(item for item in found["items"] if item["offer_id"] == offer_id)
        assert 0 < ours["score"] <= 100_000
        assert ours["reasons"], "a proposal says why"

    async def coordinator_confirms() -> None:
        body = {"need_id": known["need"]["id"], "offer_id": known["offer"]["id"]}
        known["match"] = await journey.post("coordinator", "/api/v1/matches", body, "match", 201)
        assert known["match"]["state"] == "confirmed"
        offer = (await journey.call("coordinator", "GET", f"/api/v1/offers/{known['offer']['id']}")).json()
        assert offer["places_left"] == 1
        await contact_is_hidden("volunteer", 403, 404, 409)

    async def volunteer_is_told() -> None:
        await told("volunteer", "request_to_answer")

    async def volunteer_accepts() -> None:
        accepted = await journey.post("volunteer", f"/api/v1/matches/{known['match']['id']}/accept", None, "accept")
        assert accepted["state"] == "accepted"

    async def told(who: str, kind: str) -> None:
        match_id = known["match"]["id"]
        found = await journey.until(
            who,
            "/api/v1/notifications?limit=200",
            lambda answer: any(item["kind"] == kind and match_id in str(item) for item in answer["items"]),
            f"the notice {kind} for the {who}",
        )
        mine = [item for item in found["items"] if item["kind"] == kind and match_id in str(item)]
        assert len(mine) == 1, f"{who} was told {len(mine)} times"

    async def contact_is_hidden(who: str, *statuses: int) -> None:
        response = await journey.call(who, "POST", "/api/v1/disclosures", {"match_id": known["match"]["id"]}, patient=False)
        assert response.status_code in statuses, (who, response.status_code)
        assert CANARIES["name"] not in response.text and CANARIES["phone"] not in response.text

    async def contact_is_disclosed_to_the_two_parties() -> None:
        await told("coordinator", "match_accepted")
        deadline = time.monotonic() + PATIENCE
        while True:
            response = await journey.call("volunteer", "POST", "/api/v1/disclosures", {"match_id": known["match"]["id"]})
            if response.status_code in (200, 201):
                break
            assert time.monotonic() < deadline, (response.status_code, response.text)
            await asyncio.sleep(0.1)
        assert CANARIES["phone"] in response.text
        other_side = await journey.call("coordinator", "POST", "/api/v1/disclosures", {"match_id": known["match"]["id"]})
        assert other_side.status_code in (200, 201), other_side.text
        assert journey.accounts["volunteer"][0] in other_side.text
        await contact_is_hidden("member", 403, 404)
        await contact_is_hidden("observer", 403, 404)

    async def help_begins() -> None:
        started = await journey.post("volunteer", f"/api/v1/matches/{known['match']['id']}/start", None, "start")
        assert started["state"] == "in_progress"

    async def help_is_given() -> None:
        done = await journey.post("coordinator", f"/api/v1/matches/{known['match']['id']}/fulfil", {"outcome": "helped"}, "fulfil")
        assert done["state"] == "fulfilled"

    async def both_are_told() -> None:
        await told("coordinator", "match_fulfilled")
        await told("volunteer", "match_fulfilled")
        offer = (await journey.call("coordinator", "GET", f"/api/v1/offers/{known['offer']['id']}")).json()
        assert offer["places_left"] == 2, "a returning place came back exactly once"
        await contact_is_hidden("volunteer", 403, 404, 409)

    for act in (
        volunteer_posts,
        coordinator_approves,
        coordinator_records,
        coordinator_adds_contact,
        coordinator_posts_need,
        proposals_arrive,
        coordinator_confirms,
        volunteer_is_told,
        volunteer_accepts,
        contact_is_disclosed_to_the_two_parties,
        help_begins,
        help_is_given,
        both_are_told,
    ):
        await journey.step(act.__name__, act)
    return journey
