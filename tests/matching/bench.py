"""Builders for the tests of the service: a known world of two organisations, and bodies that fit each other."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.identity import Caller
from chassis.testing import Bench, account
from contracts.actors import ActorCreatedV1
from contracts.people import AccountActivatedV1

CITY = UUID("00000000-0000-7000-8000-00000000c171")
CLUB = UUID("00000000-0000-7000-8000-0000000c1ab0")
OTHER = UUID("00000000-0000-7000-8000-000000000743")


class World:
    """Everybody who plays a part."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.url = ""
        self.coordinator = account("coordinator", actor=CITY)
        self.colleague = account("coordinator", actor=CITY)
        self.stranger = account("coordinator", actor=OTHER)
        self.member = account("member", actor=CLUB)
        self.other_member = account("member", actor=OTHER)
        self.volunteer = account("volunteer")
        self.other_volunteer = account("volunteer")
        self.observer = account("observer")
        self.admin = account("admin")

    async def settle(self) -> None:
        """Let matching hear of organisations and accounts."""
        for actor_id in (CITY, CLUB, OTHER):
            await self.bench.hear(ActorCreatedV1(actor_id=actor_id, version=1, slug=f"a-{actor_id.hex[-4:]}", kind="civil_society", name="A"))
        for who in (self.coordinator, self.member, self.volunteer, self.other_volunteer):
            event = AccountActivatedV1(account_id=who.id, version=1, role=who.role, actor_id=who.actor_id, locale="en", active=True)
            await self.bench.hear(event)

    def offer_body(self, **more: Any) -> dict[str, Any]:
        """A French class near the centre of Grenoble."""
        today = self.bench.service.clock().date()
        return {
            "category": "language.class",
            "title": {"fr": "Cours de français"},
            "description": {"fr": "Petit groupe."},
            "unit": "person",
            "places": 2,
            "returns": True,
            "languages": ["fr", "ar"],
            "location": {"lat": 45.19, "lon": 5.72, "radius_km": 8},
            "topics": [{"topic": "french", "from": "a1", "to": "a2"}],
            "windows": [{"day": 1, "from": "18:00", "to": "20:00"}],
            "valid_from": today.isoformat(),
            "valid_until": (today + timedelta(days=180)).isoformat(),
            "audience": "public",
            **more,
        }

    def case_body(self, **more: Any) -> dict[str, Any]:
        """A household of two."""
        return {
            "household": {"adults": 1, "children": 1, "age_bands": ["18-64", "6-11"]},
            "languages": ["ar"],
            "location": {"lat": 45.18, "lon": 5.73},
            "consent": {"match": True, "share_contact": True, "purpose": "matching", "until": "2027-06-01", "text_version": "2026-11"},
            **more,
        }

    def need_body(self, case_id: str, **more: Any) -> dict[str, Any]:
        """A French class for one."""
        return {
            "case_id": case_id,
            "category": "language.class",
            "size": 1,
            "languages": [{"code": "ar", "required": True}],
            "topics": [{"topic": "french", "level": "a1", "required": True}],
            "max_travel_km": 5,
            "windows": [{"day": 1, "from": "17:00", "to": "21:00"}],
            "urgency": "normal",
            **more,
        }

    async def make(self, who: Caller, path: str, body: Any, status: int = 201) -> dict[str, Any]:
        """POST that must succeed."""
        response = await self.bench.post(who, path, body)
        assert response.status_code == status, response.text
        return dict(response.json())

    async def an_offer(self, who: Caller | None = None, **more: Any) -> dict[str, Any]:
        """An open offer; of the volunteer unless told otherwise."""
        made = await self.make(who or self.volunteer, "/api/v1/offers", self.offer_body(**more))
        if made["state"] == "awaiting_moderation":
            made = await self.make(self.coordinator, f"/api/v1/offers/{made['id']}/approve", None, 200)
        return made

    async def a_case(self, who: Caller | None = None, **more: Any) -> dict[str, Any]:
        """A case of the coordinator."""
        return await self.make(who or self.coordinator, "/api/v1/cases", self.case_body(**more))

    async def a_need(self, case: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """An open need."""
        case = case or await self.a_case()
        return await self.make(self.coordinator, "/api/v1/needs", self.need_body(case["id"], **more))

    async def a_match(self, need: dict[str, Any] | None = None, offer: dict[str, Any] | None = None) -> dict[str, Any]:
        """A confirmed match."""
        offer = offer or await self.an_offer()
        need = need or await self.a_need()
        return await self.make(self.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": offer["id"]})

    async def do(self, who: Caller, record: dict[str, Any], kind: str, verb: str, body: Any = None) -> dict[str, Any]:
        """An act on a record that must succeed: `do(volunteer, match, "matches", "accept")`."""
        return await self.make(who, f"/api/v1/{kind}/{record['id']}/{verb}", body, 200)

    async def settled(self) -> None:
        """Let matching hear its own news, and compute what waits."""
        await self.bench.hear_own()
        await self.bench.run_timer("propose")
        await self.bench.hear_own()

    async def proposed(self, need: dict[str, Any]) -> list[str]:
        """The offers proposed to a need, best first."""
        return [item["offer_id"] for item in (await self.get(self.coordinator, f"/api/v1/needs/{need['id']}/proposals"))["items"]]

    async def get(self, who: Caller, path: str) -> dict[str, Any]:
        """GET that must succeed."""
        response = await self.bench.get(who, path)
        assert response.status_code == 200, response.text
        return dict(response.json())
