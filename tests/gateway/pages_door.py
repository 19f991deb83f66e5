"""Services that answer what a test chooses, and the door to the pages in front of them."""

from dataclasses import dataclass, field
from typing import Any

import httpx2
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from gateway.session import form_token

CANARY = "<script>window.canary=1</script>"
ID = "01980000-0000-7000-8000-000000000001"
NOW = "2026-11-21T09:00:00Z"
OFFER = {
    "id": ID, "version": 1, "state": "awaiting_moderation", "category": "language.class", "title": {"en": CANARY}, "description": {"en": CANARY},
    "provider": {"actor_id": None, "account_id": "volunteer-id"}, "unit": "person", "places": 2, "places_left": 2, "returns": True,
    "languages": ["fr", "ar"], "location": {"lat": 45.19, "lon": 5.72, "radius_km": 8, "remote": False},
    "topics": [{"topic": "french", "from": "a1", "to": "a2"}], "windows": [{"day": 1, "from": "18:00", "to": "20:00"}],
    "valid_from": "2026-11-21", "valid_until": None, "provides": [], "requires": [], "household": {"min": None, "max": 4}, "audience": "public",
    "review_on": "2027-02-21", "posted_at": NOW, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
CASE = {
    "id": ID, "code": "K7QX-9M2D", "version": 1, "state": "open", "household": {"adults": 1, "children": 2, "age_bands": ["6-11"]},
    "languages": ["ar"], "attributes": [], "location": {"lat": 45.18, "lon": 5.73}, "consent": {"match": True, "share_contact": True, "until": None},
    "recorded_by": None, "actor_id": None, "shared_with": [], "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
NEED = {
    "id": ID, "case_id": ID, "version": 1, "state": "open", "category": "language.class", "size": 1, "languages": [{"code": "ar", "required": True}],
    "topics": [{"topic": "french", "level": "a1", "required": True}], "max_travel_km": 5, "windows": [], "from": "2026-11-21", "until": None,
    "urgency": "urgent", "requires": [], "provides": [], "preferences": [], "links": [], "posted_at": NOW, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
REASON = {"code": "score.distance", "params": {}, "text": "They lie 900 metres apart."}
PROPOSAL = {
    "need_id": ID, "offer_id": ID, "rank": 1, "score": 81_500, "parts": [{"name": "distance", "points": 900, "weight": 20, "reason": REASON}],
    "reasons": ["They lie 900 metres apart."], "weights": "default-1", "offer": OFFER,
}  # fmt: skip
MATCH = {
    "id": ID, "version": 1, "state": "confirmed", "need_id": ID, "offer_id": ID, "case_id": ID, "category": "language.class",
    "provider": {"actor_id": None, "account_id": "volunteer-id"}, "size": 1, "score": 81_500, "weights": "default-1", "confirmed_by": ID,
    "answered_by": None, "on_behalf": False, "answer_by": NOW, "round_id": None, "accepted_at": None, "ended_at": None, "reason": None,
    "outcome": None, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
DESK_LINE = {
    "kind": "to_confirm", "id": ID, "at": NOW, "need": {**NEED}, "match": None, "case": {"id": ID, "code": "K7QX-9M2D", "updated_at": NOW},
    "offer": {"id": ID, "state": "open", "category": "language.class", "title": {"en": CANARY}}, "score": 81_500, "categories": [],
}  # fmt: skip
HAPPENED = {"at": NOW, "action": "match.confirmed", "subject_kind": "match", "subject_id": ID, "by": "you"}
OTHER = "01980000-0000-7000-8000-000000000002"
PAIR = {"need_id": ID, "offer_id": ID}
PROGRESS = {"value": 900, "bound": 1000, "gap": 0.1, "seconds": 3.2}
LEVELS = ("urgent", "high", "normal", "low")


def figures_of(*placed: int) -> dict[str, Any]:
    """What seats come to, level by level."""
    levels = [{"urgency": urgency, "placed": many, "value": many} for urgency, many in zip(LEVELS, placed, strict=True)]
    return {
        "placed": sum(placed), "value": 10, "levels": levels, "mean_metres": 2400, "mean_days_waited": None, "providers": 3, "most_asked": 2,
    }  # fmt: skip


ROUND = {
    "id": ID, "version": 2, "state": "ready", "seconds": 10, "needs": {}, "pinned": [], "forbidden": [], "excluded_needs": [],
    "excluded_offers": [], "progress": None, "stopping": False, "weights": "default-1",
    "seats": [{**PAIR, "value": 81_501, "score": 81_500, "eligible": True,
               "parts": [{"name": "distance", "points": 900, "weight": 20, "reason": REASON}]}],
    "unplaced": [{"need_id": OTHER, "code": "none", "why": "Nothing fits."}], "pins_lost": [],
    "certificate": {"value": 10, "bound": 10, "gap": 0.0, "seconds": 0.2, "proven": True, "components": 1,
                    "levels": [{"urgency": "urgent", "value": 10, "bound": 10, "gap": 0.0, "greedy": 9}]},
    "greedy_value": 9,
    "compared": {"proposals": figures_of(3, 2, 1, 0), "one_by_one": figures_of(4, 2, 1, 0), "plan": figures_of(5, 3, 1, 0)},
    "changed": None, "matches": [], "not_applied": [], "failure": None, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
LACKING = {
    "category": "language.class", "languages": ["ar"], "weekday": 1, "part": "evening", "area": {"lat": 45.19, "lon": 5.72}, "open_needs": 14,
    "free_places": None, "served_by_one_more": 12, "at_least": True, "shadow_price": 82_500, "sentence": "One more class is lacking.",
}  # fmt: skip
SCARCITY = {"items": [LACKING, {**LACKING, "languages": [], "weekday": None, "part": None, "area": None}], "total": 2, "computed_at": NOW,
            "weights": "default-1", "rounded": False}  # fmt: skip
PART_NAMES = ("distance", "language", "times", "topics", "size_fit", "continuity", "preferences", "fair_load", "answering", "waiting")
PRESET = {
    "version": "default-1", "parts": dict.fromkeys(PART_NAMES, 10),
    "explained": [{"name": name, "weight": 10, "text": f"What {name} asks."} for name in PART_NAMES],
    "text": "A balance.", "note": CANARY, "built_in": True, "in_use": True, "created_at": None, "used_since": NOW,
}  # fmt: skip
WEIGHTS = {"in_use": "default-1", "items": [PRESET, {**PRESET, "version": "near-first-1", "in_use": False, "used_since": None}], "total": 2}
CHANGE = {
    "steps": [{"code": "change.distance", "params": {"metres": 800}, "text": "Travel 800 metres further."}], "text": f"Travel further. {CANARY}",
    "offer_id": ID, "offers": 2, "cost": 14,
}  # fmt: skip
CATEGORIES = [
    {"code": "language", "parent": None, "unit": "person", "returns": True, "name": "Language", "hint": "", "names": {}},
    {"code": "language.class", "parent": "language", "unit": "person", "returns": True, "name": "Language class", "hint": "Say when.", "names": {}},
]
VOCABULARY = {
    "tags": [{"code": "lift", "kind": "provides", "name": "Lift"}],
    "topics": [{"code": "french", "scale": "cefr", "levels": ["a1"], "name": "French"}],
    "languages": ["en", "fr", "ar"],
}
ME = {
    "id": "volunteer-id", "version": 3, "role": "volunteer", "actor_id": None, "locale": "en", "second_factor": False, "second_factor_missing": False,
    "name": CANARY, "email": "v@demo.example", "phone": None, "email_refused_at": None, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
ACCOUNT = {**ME, "id": ID, "state": "active", "email_masked": "v…@d….example"}
CLIENT = {"id": ID, "name": CANARY, "scopes": ["read"], "revoked_at": None, "secrets": [], "client_id": ID, "client_secret": "shown-once"}
NOTICE = {
    "id": ID, "version": 1, "kind": "request_to_answer", "title": CANARY, "body": CANARY, "link": f"/matches/{ID}", "read": False, "created_at": NOW,
}  # fmt: skip
ACTOR = {"id": ID, "slug": "grenoble-fr", "kind": "municipality", "name": CANARY, "local_name": None, "country": "FR", "population": 158_000,
         "website": "javascript:alert(1)", "source": "https://example.org"}  # fmt: skip
LISTED = {**OFFER, "state": "open", "provider": None, "remote": False, "place": {"lat": 45.19, "lon": 5.72, "radius_km": 8},
          "household_min": None, "household_max": None, "topics": [{"topic": "french", "from_level": "a1", "to_level": "a2"}],
          "windows": [{"day": 1, "from_minute": 1080, "to_minute": 1200}]}  # fmt: skip
MEMBERSHIP = {"network": {**ACTOR, "id": "n"}, "member": ACTOR, "role": "member", "since": 2018}
NET = {**ACTOR, "id": "n", "slug": "net", "kind": "network", "name": "Net", "country": None}
GRAPH = {
    "kinds": ["network", "municipality"], "countries": ["FR"], "roles": ["member"],
    "nodes": {"id": ["n", ID], "slug": ["net", "grenoble-fr"], "name": ["Net", CANARY], "kind": [0, 1], "country": [None, 0],
              "x": [0, 60], "y": [0, -40], "degree": [1, 1], "community": [0, 0]},
    "edges": {"member": [1], "network": [0], "role": [0], "since": [2018]},
}  # fmt: skip
DRAWING = {"number": 3, "computed_at": NOW, "actors": 2, "memberships": 1, "components": 1, "communities": 1, "modularity": 0.0,
           "bridging_exact": True}  # fmt: skip
CENTRAL = {"actor": ACTOR, "degree": 1, "networks": 1, "members": 0, "bridging": 0.125, "community": 0, "x": 60, "y": -40}
LIKE = {"actor": ACTOR, "common": 1, "either": 2, "jaccard": 0.5}
YEARS = {
    "years": [{"year": 2016, "joined": 1, "total": 1}, {"year": 2018, "joined": 2, "total": 3}], "undated": 4, "total": 1,
    "networks": [{"network": NET, "members": 7, "undated": 4, "years": [{"year": 2016, "joined": 1, "total": 1}]}],
}  # fmt: skip
PLACES = {"id": ID, "version": 1, "municipality": ACTOR, "purpose": "families", "begins_on": "2027-01-01", "ends_on": None, "places": 40,
          "source": CANARY, "read_on": "2026-11-02", "entered_by": "member"}  # fmt: skip
PRACTICE = {"id": ID, "version": 1, "actor": ACTOR, "practice": "city_card", "since": 2024, "note": CANARY, "source": "https://example.org/card",
            "read_on": None, "entered_by": "editor"}  # fmt: skip
PRACTICE_KIND = {"code": "city_card", "group": "access", "name": "City card", "names": {"en": "City card"}, "source": "x"}
SCORE = {"score": 42, "completeness": 30, "freshness": 100, "confirmation": 30, "improve": [{"code": "website", "sentence": "Add it.", "gain": 10}]}
SCORED = {**SCORE, "record": "declaration", "id": ID, "title": CANARY, "about": [ACTOR]}
HISTORY_LINE = {"version": 2, "act": "changed", "entered_by": "member", "at": NOW, "source": "javascript:alert(1)", "read_on": None,
                "changes": [{"field": "name", "before": CANARY, "after": None}, {"field": "actor_id", "before": None, "after": ID},
                            {"field": "themes", "before": [], "after": ["housing"]}]}  # fmt: skip
COMPARED = {"actor": ACTOR, "kind": "municipality", "country": "FR", "population": 158_000, "quality": 42, "practices": [PRACTICE],
            "themes": {"housing": 2}, "networks": [ACTOR], "declarations": [{"title": CANARY, "date": "2015", "type": "council_motion"}],
            "capacity": {"general": 40}}  # fmt: skip
STATISTICS = {"actors": 934, "networks": 22, "declarations": 303, "initiatives": 116, "open_offers": 385, "open_offers_by_category": {"language": 45}}
CHOICE = {"kind": "proposals_ready", "title": "Proposals are ready", "in_app": True, "in_app_fixed": False, "email": "daily"}
CONSENT = {"given_at": NOW, "text_version": "2026-11", "live": True}
AUDIT = {"id": 1, "at": NOW, "action": "offer.posted", "caller_kind": "account", "caller_id": "x", "subject_kind": "offer", "subject_id": ID}


def page_of(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(rows), "total": len(rows)}


ANSWERS: dict[str, Any] = {
    "GET /api/v1/categories": CATEGORIES,
    "GET /api/v1/vocabulary": VOCABULARY,
    "GET /api/v1/statistics": STATISTICS,
    "GET /api/v1/directory": page_of(LISTED),
    f"GET /api/v1/directory/{ID}": LISTED,
    "GET /api/v1/actors": page_of(ACTOR),
    "GET /api/v1/actors/grenoble-fr": ACTOR,
    "GET /api/v1/memberships": page_of(MEMBERSHIP),
    "GET /api/v1/declarations": page_of({"title": CANARY, "type": "council_motion", "date": "2015-09"}),
    "GET /api/v1/initiatives": page_of({"title": CANARY, "year": 2018, "summary": CANARY}),
    "GET /api/v1/resources": page_of({"title": CANARY, "year": 2018, "authors": CANARY}),
    "GET /api/v1/capacities": page_of(PLACES),
    "GET /api/v1/practices": page_of(PRACTICE),
    "GET /api/v1/practice-kinds": {"items": [PRACTICE_KIND]},
    f"GET /api/v1/actors/{ID}/quality": {**SCORE, "actor": ACTOR, "records": [SCORED]},
    "GET /api/v1/quality": page_of(SCORED),
    f"GET /api/v1/actors/{ID}/history": page_of(HISTORY_LINE),
    f"GET /api/v1/practices/{ID}/history": page_of(HISTORY_LINE),
    "GET /api/v1/compare": {"day": "2026-11-21", "cities": [COMPARED, COMPARED]},
    "GET /api/v1/actors.geojson": {
        "features": [
            {"geometry": {"coordinates": [5.72, 45.19]}, "properties": {"slug": "grenoble-fr", "kind": "municipality", "name": CANARY}},
            {"geometry": {"coordinates": [13.4, 52.5]}, "properties": {"cluster": True, "count": 41}},
        ]
    },
    "GET /api/v1/network": GRAPH,
    "GET /api/v1/network/drawing": DRAWING,
    "GET /api/v1/network/central": page_of(CENTRAL),
    "GET /api/v1/network/communities": page_of(),
    "GET /api/v1/network/paths": {"drawing": 3, "length": 1, "count": 1, "paths": [[ACTOR, NET], [None, NET]]},
    "GET /api/v1/network/connect": {
        "drawing": 3,
        "shared": [{"network": NET, "actors": [ID]}],
        "actors": [ACTOR, NET],
        "links": [{"one": ID, "other": "n"}],
        "apart": [],
    },
    "GET /api/v1/network/overlap": {"sizes": [], "common": None, "jaccard": None, "members": [], "items": [LIKE]},
    "GET /api/v1/network/alike": {"items": [LIKE]},
    "GET /api/v1/network/years": YEARS,
    "GET /api/v1/actors/net": NET,
    "GET /api/v1/offers": page_of(OFFER),
    f"GET /api/v1/offers/{ID}": OFFER,
    "POST /api/v1/offers": OFFER,
    f"POST /api/v1/offers/{ID}/approve": OFFER,
    "GET /api/v1/asks": page_of(),
    "GET /api/v1/desk": {**page_of(DESK_LINE), "counts": {"to_confirm": 1}},
    f"GET /api/v1/cases/{ID}/history": page_of(HAPPENED),
    f"POST /api/v1/matches/{ID}/cancel": {**MATCH, "state": "cancelled"},
    f"POST /api/v1/matches/{ID}/remind": MATCH,
    f"POST /api/v1/matches/{ID}/extend": MATCH,
    f"POST /api/v1/matches/{ID}/start": {**MATCH, "state": "in_progress"},
    f"POST /api/v1/matches/{ID}/fulfil": {**MATCH, "state": "fulfilled"},
    f"POST /api/v1/offers/{ID}/refuse": OFFER,
    f"POST /api/v1/cases/{ID}/close": CASE,
    f"POST /api/v1/cases/{ID}/reopen": CASE,
    f"POST /api/v1/cases/{ID}/share": CASE,
    f"POST /api/v1/cases/{ID}/unshare": CASE,
    "GET /api/v1/cases": page_of(CASE),
    f"GET /api/v1/cases/{ID}": CASE,
    "POST /api/v1/cases": CASE,
    "GET /api/v1/needs": page_of(NEED),
    f"GET /api/v1/needs/{ID}": NEED,
    "POST /api/v1/needs": NEED,
    f"GET /api/v1/needs/{ID}/proposals": {**page_of(PROPOSAL), "fresh": True, "computed_at": NOW, "smallest_changes": []},
    f"GET /api/v1/needs/{ID}/proposals/{ID}": {"eligible": False, "why_not": [REASON], "hints": [], "parts": [], "score": 0},
    "GET /api/v1/matches": page_of(MATCH),
    f"GET /api/v1/matches/{ID}": MATCH,
    "POST /api/v1/matches": MATCH,
    f"POST /api/v1/matches/{ID}/accept": MATCH,
    "GET /api/v1/rounds": page_of(ROUND),
    f"GET /api/v1/rounds/{ID}": ROUND,
    "POST /api/v1/rounds": {**ROUND, "state": "solving"},
    f"PATCH /api/v1/rounds/{ID}": ROUND,
    f"POST /api/v1/rounds/{ID}/stop": ROUND,
    f"POST /api/v1/rounds/{ID}/apply": ROUND,
    "GET /api/v1/scarcity": SCARCITY,
    "POST /api/v1/scarcity/refresh": {"computed_at": NOW},
    "GET /api/v1/weights": WEIGHTS,
    "POST /api/v1/weights": PRESET,
    "POST /api/v1/weights/near-first-1/use": PRESET,
    f"PATCH /api/v1/needs/{ID}": NEED,
    f"PATCH /api/v1/offers/{ID}": OFFER,
    f"PATCH /api/v1/cases/{ID}": CASE,
    "GET /api/v1/notifications": page_of(NOTICE),
    "GET /api/v1/subscriptions": {"version": 0, "items": [CHOICE], "total": 1},
    "GET /api/v1/me": ME,
    "GET /api/v1/me/consents": page_of(CONSENT),
    "GET /api/v1/consents": page_of(CONSENT),
    "GET /api/v1/sessions": page_of({"id": ID, "current": True, "created_at": NOW, "last_seen_at": NOW, "expires_at": NOW}),
    "GET /api/v1/accounts": page_of(ACCOUNT),
    f"GET /api/v1/accounts/{ID}": ACCOUNT,
    "GET /api/v1/invitations": page_of({"id": ID, "role": "member", "created_at": NOW, "expires_at": NOW}),
    "GET /api/v1/clients": page_of(CLIENT),
    "POST /api/v1/clients": CLIENT,
    "GET /api/v1/messages": page_of({"kind": "invitation", "state": "sent", "attempts": 1, "created_at": NOW}),
    "GET /api/v1/messages/caught": page_of({"recipient": CANARY, "subject": CANARY, "text": CANARY, "caught_at": NOW}),
    "GET /internal/v1/audit": [AUDIT],
    "POST /api/v1/sessions": {"access_token": "volunteer-token", "expires_in": 43_200, "second_factor": "none", "session_id": ID},
    "POST /api/v1/disclosures": {"match_id": ID, "side": "provider", "contact": {"name": "Amina", "phone": "+33 4", "email": None}},
}


@dataclass
class Fakes:
    """Stand-ins for our own services: they answer what the test says and remember what was asked."""

    answers: dict[str, Any] = field(default_factory=lambda: dict(ANSWERS))
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    second_factor_missing: bool = False
    instance: dict[str, Any] = field(default_factory=dict)

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        async def anything(path: str, request: Request) -> Response:
            body = await request.json() if await request.body() and "json" in request.headers.get("content-type", "json") else None
            if path == "internal/v1/introspect":
                role = str(body["token"]).removesuffix("-token")
                known = {"active": True, "kind": "account", "id": f"{role}-id", "session_id": ID, "role": role, "actor_id": None, "locale": "en"}
                return JSONResponse({**known, "second_factor_missing": self.second_factor_missing} if role != body["token"] else {"active": False})
            if path == "internal/v1/instance":
                return JSONResponse(self.instance)
            self.asked.append((f"{request.method} /{path}", dict(request.headers), body))
            answer = self.answers.get(f"{request.method} /{path}")
            if answer is None:
                return JSONResponse({"code": "not_found", "detail": "There is nothing.", "errors": []}, 404)
            status, found = answer if isinstance(answer, tuple) else (200, answer)
            return JSONResponse(found, status)

        return app


@dataclass
class Door:
    client: httpx2.AsyncClient
    fakes: Fakes

    async def get(self, path: str, role: str | None = None, **headers: str) -> httpx2.Response:
        return await self.client.get(path, headers=self._as(role) | headers)

    async def post(self, path: str, role: str | None = None, csrf: str | None = None, **form: Any) -> httpx2.Response:
        token = form_token(f"{role}-token") if role and csrf is None else csrf or ""
        return await self.client.post(path, data={"csrf": token, **form}, headers=self._as(role))

    def _as(self, role: str | None) -> dict[str, str]:
        return {"Cookie": f"hub-session-loopback={role}-token"} if role else {}

    def bodies(self, what: str) -> list[Any]:
        return [body for asked, _, body in self.fakes.asked if asked == what]
