"""A small city with something of everything in it, made by the API as programs would: each page has something to show."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.conftest import Hub
from tests.browser.reader import NEWS
from tests.journeys.journey import CANARIES, case_body, need_body, offer_body

SOURCE = {"source": "https://example.org/made-for-a-test", "read_on": "2026-11-02"}
ACTORS: dict[str, dict[str, Any]] = {
    "grenoble-fr": {"kind": "municipality", "name": "Grenoble", "country": "FR", "lat": 45.19, "lon": 5.72, "population": 158_000},
    "palermo-it": {"kind": "municipality", "name": "Palermo", "local_name": "Palermu", "country": "IT", "lat": 38.11, "lon": 13.36},
    "berlin-de": {"kind": "municipality", "name": "Berlin", "country": "DE", "lat": 52.52, "lon": 13.4, "website": "https://example.org/berlin"},
    "welcome-house": {"kind": "civil_society", "name": "Welcome House", "country": "FR", "lat": 45.18, "lon": 5.73},
    "eurocities": {"kind": "network", "name": "Eurocities"},
    "anvita": {"kind": "network", "name": "Association of welcoming towns", "country": "FR"},
}
MEMBERS = [
    ("eurocities", "grenoble-fr", 2008),
    ("eurocities", "palermo-it", 2010),
    ("eurocities", "berlin-de", None),
    ("anvita", "grenoble-fr", 2018),
]


def fill(hub: Hub) -> None:
    """Everything, in a few seconds."""
    _registry(hub)
    today = datetime.now(UTC).date()
    waiting = hub.ask("volunteer", "POST", "/api/v1/offers", {**offer_body(today), "title": {"en": "An offer that waits"}})
    offers = [hub.ask("volunteer", "POST", "/api/v1/offers", offer_body(today)) for _ in range(2)]
    offers.append(hub.ask("member", "POST", "/api/v1/offers", {**offer_body(today), "title": {"en": "Conversation table"}, "places": 5}))
    for offer in offers:
        if offer["state"] == "awaiting_moderation":
            hub.ask("coordinator", "POST", f"/api/v1/offers/{offer['id']}/approve")
    cases = [hub.ask("coordinator", "POST", "/api/v1/cases", case_body(today)) for _ in range(3)]
    hub.ask("member", "POST", "/api/v1/cases", case_body(today))
    needs = [hub.ask("coordinator", "POST", "/api/v1/needs", need_body(case["id"], today)) for case in cases]
    hopeless = {**need_body(cases[0]["id"], today), "category": "language.mentor", "urgency": "urgent", "topics": []}
    hub.ask("coordinator", "POST", "/api/v1/needs", hopeless, well=False)
    made = [match for need in needs[:2] if (match := _match(hub, need["id"]))]
    if made:
        hub.ask(_who(made[0], offers), "POST", f"/api/v1/matches/{made[0]['id']}/accept", well=False)
    _until(lambda: hub.ask("coordinator", "PUT", f"/api/v1/cases/{cases[0]['code']}/contact", CANARIES, well=False) is not None or True)
    hub.ask("coordinator", "POST", "/api/v1/rounds", {"seconds": 1}, well=False)
    hub.ask(None, "POST", "/api/v1/asks", _ask(today), well=False)
    hub.ask("admin", "POST", "/api/v1/invitations", {"email": "invited@demo.example", "role": "volunteer", "locale": "fr"}, well=False)
    hub.ask("admin", "POST", "/api/v1/clients", {"name": "A system", "scopes": ["read"]}, well=False)
    assert waiting["state"] == "awaiting_moderation"


def _registry(hub: Hub) -> None:
    made = {slug: hub.ask("admin", "POST", "/api/v1/actors", {"slug": slug, **SOURCE, **body})["id"] for slug, body in ACTORS.items()}
    for network, member, since in MEMBERS:
        body = {"network_id": made[network], "member_id": made[member], "role": "member", "since": since, **SOURCE}
        hub.ask("admin", "POST", "/api/v1/memberships", body)
    declaration = {"municipality_id": made["grenoble-fr"], "type": "council_motion", "date": "2015-09", "title": "Motion for a welcoming city"}
    hub.ask("admin", "POST", "/api/v1/declarations", {**declaration, **SOURCE})
    initiative = {"actor_id": made["grenoble-fr"], "title": "Language tandems", "themes": ["language"], "year": 2019, "summary": "Two people meet."}
    hub.ask("admin", "POST", "/api/v1/initiatives", {**initiative, **SOURCE})
    resource = {"title": "Report on reception", "kind": "report", "topic_themes": ["reception"], "actors": [made["grenoble-fr"]], "year": 2020}
    hub.ask("admin", "POST", "/api/v1/resources", {**resource, **SOURCE})
    suggestion = {"kind": "missing_actor", "values": {"country": "FR", "kind": "civil_society", "name": "A club that lacks"}, **SOURCE}
    hub.ask(None, "POST", "/api/v1/suggestions", suggestion, well=False)


def _match(hub: Hub, need_id: str) -> Any:
    """A match with the need's first proposal."""
    found: list[Any] = []

    def proposed() -> bool:
        found[:] = hub.ask("coordinator", "GET", f"/api/v1/needs/{need_id}/proposals")["items"]
        return bool(found)

    _until(proposed)
    return hub.ask("coordinator", "POST", "/api/v1/matches", {"need_id": need_id, "offer_id": found[0]["offer_id"]})


def _who(match: Any, offers: list[Any]) -> str:
    return "member" if match["offer_id"] == offers[-1]["id"] else "volunteer"


def _ask(today: Any) -> dict[str, Any]:
    need = {"category": "language.class", "size": 1, "max_travel_km": 5, "windows": [], "from": (today + timedelta(days=1)).isoformat()}
    return {
        "household": {"adults": 1, "children": 0},
        "languages": ["ar"],
        "location": {"lat": 45.19, "lon": 5.72},
        "needs": [need],
        "consent": {"match": True, "text_version": "2026-11"},
    }


def _until(holds: Callable[[], bool], seconds: float = NEWS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the city was not filled in time"
        time.sleep(0.2)
