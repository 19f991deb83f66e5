"""The gate: deny by default, one identity, nothing of the outside's own making passes, limits, forms, headers."""

import asyncio
from types import SimpleNamespace

import pytest
from limits import RateLimitItemPerMinute

from chassis.identity import Caller
from gateway.news import _stream, decode_place, encode_place
from gateway.permissions import TABLE, NoSuchRoute, OtherMethod, Permissions, uncovered
from gateway.session import form_token
from gateway.settings import GatewaySettings
from gateway.transport_security import PlainHttpRefused, decide

ROLES = ("volunteer", "member", "coordinator", "observer", "admin")


def sample(path: str) -> str:
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize("path", ["/api/v1/secrets", "/api/v1/introspect", "/api/v2/offers", "/api/v1/offers/x/steal", "/api/"])
async def test_what_is_not_in_the_table_is_not_served(hub, path: str) -> None:
    response = await hub.client.get(path, headers=hub.as_("admin"))

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert all(not service.seen for service in hub.services.values())


async def test_internal_routes_of_services_are_out_of_reach(hub) -> None:
    answers = [await hub.client.post(path, headers=hub.as_("admin"), json={}) for path in ("/internal/v1/introspect", "/internal/v1/addresses")]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert all(not service.seen for service in hub.services.values())


async def test_every_rule_refuses_whom_it_does_not_name(hub) -> None:
    hub.app.state.keeper.limits._quotas.update(reads=100_000, writes=100_000, anonymous=100_000)
    for name in hub.app.state.keeper.limits._items:
        hub.app.state.keeper.limits._items[name] = RateLimitItemPerMinute(100_000)
    wrong = []

    for rule in TABLE:
        if rule.service == "gateway":
            continue
        for who in (None, *ROLES, "client"):
            headers = {"content-type": "application/json"} | (hub.as_(who) if who else {})
            if rule.path == "/oauth2/token":
                headers["content-type"] = "application/x-www-form-urlencoded"
            if rule.path == "/api/v1/imports":
                headers["content-type"] = "multipart/form-data; boundary=x"
            status = (await hub.client.request(rule.method, sample(rule.path), headers=headers)).status_code
            allowed = rule.public or (who in rule.roles) or (who == "client" and bool({"read", "offers"} & rule.scopes))
            expected = 200 if allowed else 401 if who is None else 403
            if status != expected:
                wrong.append((rule.method, rule.path, who, status, expected))

    assert wrong == []


async def test_a_method_that_is_not_named_is_refused(hub) -> None:
    response = await hub.client.delete("/api/v1/actors", headers=hub.as_("admin"))

    assert response.status_code == 405


async def test_identity_of_the_outside_never_passes(hub) -> None:
    headers = {**hub.as_("volunteer"), "hub-identity": "forged", "hub-session": "forged", "X-Forwarded-For": "9.9.9.9", "Cookie": "a=b"}

    await hub.client.get("/api/v1/offers", headers=headers)

    seen = hub.services["matching"].seen[0]
    assert (seen["issuer"], seen["caller"].id, seen["caller"].role, seen["caller"].locale) == ("gateway", "volunteer-id", "volunteer", "fr")
    assert "authorization" not in seen["headers"] and "cookie" not in seen["headers"] and "hub-session" not in seen["headers"]


async def test_a_token_that_does_not_hold_is_an_error_and_not_anonymous(hub) -> None:
    unknown = await hub.client.get("/api/v1/offers", headers={"Authorization": "Bearer nobody"})
    malformed = await hub.client.get("/api/v1/offers", headers={"Authorization": "Basic x"})

    assert (unknown.status_code, malformed.status_code) == (401, 401)
    assert "nobody" not in unknown.text


async def test_a_revoked_token_is_refused(hub) -> None:
    before = await hub.client.get("/api/v1/notifications", headers=hub.as_("volunteer"))
    hub.services["people"].tokens.pop("volunteer-token")

    after = await hub.client.get("/api/v1/notifications", headers=hub.as_("volunteer"))

    assert (before.status_code, after.status_code) == (200, 401)


async def test_an_account_without_its_second_factor_may_only_set_it_up(hub) -> None:
    headers = {"Authorization": "Bearer unfinished-token"}

    cases = await hub.client.get("/api/v1/cases", headers=headers)
    setup = await hub.client.post("/api/v1/me/second-factor", headers=headers)

    assert (cases.status_code, cases.json()["code"], setup.status_code) == (403, "second_factor_missing", 200)


@pytest.mark.parametrize(
    ("origin", "token", "status"),
    [("http://hub.test", "right", 200), ("http://hub.test", "", 403), ("http://evil.test", "right", 403), ("null", "right", 403)],
)
async def test_a_browser_changes_something_only_from_our_own_page(hub, origin: str, token: str, status: int) -> None:
    cookie = f"{hub.app.state.security.cookie}=volunteer-token"
    given = form_token("volunteer-token") if token == "right" else token
    headers = {"Cookie": cookie, "Origin": origin, "X-CSRF-Token": given}

    response = await hub.client.post("/api/v1/offers", json={}, headers=headers)

    assert response.status_code == status


async def test_too_many_requests_are_told_when_to_come_back(hub) -> None:
    answers = [await hub.client.post("/api/v1/sessions", json={}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[0].headers["ratelimit-policy"] == '"sign-in";q=5;w=60'


async def test_a_body_that_is_too_large_is_refused(hub) -> None:
    declared = await hub.client.post("/api/v1/offers", content=b"x" * 1_000_001, headers={**hub.as_("admin"), "content-type": "application/json"})

    async def drip():
        for _ in range(1100):
            yield b"x" * 1000

    streamed = await hub.client.post("/api/v1/offers", content=drip(), headers={**hub.as_("admin"), "content-type": "application/json"})

    assert declared.status_code == 413
    assert streamed.status_code == 413
    assert hub.services["matching"].seen == []


async def test_a_body_of_another_type_is_refused(hub) -> None:
    response = await hub.client.post("/api/v1/offers", content=b"a=b", headers={**hub.as_("admin"), "content-type": "text/plain"})

    assert response.status_code == 415


async def test_security_headers_are_on_every_answer(hub) -> None:
    answers = [await hub.client.get(path) for path in ("/healthz", "/api/v1/actors", "/api/v1/nothing", "/static/none.css")]

    for answer in answers:
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["hub-correlation-id"]
        assert answer.headers.get("server") != "secret"


async def test_live_news_resumes_where_the_reader_left(hub) -> None:
    hub.services["actors"].news = [
        {"seq": 1, "envelope": '{"type":"hub.actors.actor.created.v1","id":"1"}'},
        {"seq": 2, "envelope": '{"type":"hub.actors.actor.created.v1","id":"2"}'},
    ]
    place = encode_place({"actors": 1, "people": 0, "matching": 0, "notifications": 0})

    request = SimpleNamespace(app=hub.app, scope={"type": "http", "path": "/api/v1/events", "headers": [(b"authorization", b"Bearer admin-token")]})
    visitor = await hub.app.state.sessions.visitor(request.scope)
    hub.app.state.streams.take("x")
    stream = _stream(request, visitor, hub.app.state.lines, decode_place(place, set(hub.services)), hub.app.state.streams, "x")
    pieces = [await asyncio.wait_for(anext(stream), 5) for _ in range(2)]
    await stream.aclose()

    assert b'"id":"2"' in pieces[1] and b'"id":"1"' not in pieces[1]


async def test_a_made_up_place_in_the_news_is_refused(hub) -> None:
    response = await hub.client.get("/api/v1/events", headers={**hub.as_("admin"), "Last-Event-ID": "zzz"})

    assert response.status_code == 422


async def test_the_audit_trail_is_for_administrator_and_observer(hub) -> None:
    statuses = {role: (await hub.client.get("/api/v1/audit", headers=hub.as_(role))).status_code for role in ROLES}

    assert statuses == {"volunteer": 403, "member": 403, "coordinator": 403, "observer": 200, "admin": 200}


def test_the_most_literal_path_wins() -> None:
    permissions = Permissions()

    assert permissions.rule("GET", "/api/v1/actors.geojson").path == "/api/v1/actors.geojson"
    assert permissions.rule("GET", "/api/v1/messages/caught").path == "/api/v1/messages/caught"
    assert permissions.rule("DELETE", "/api/v1/sessions/current").path == "/api/v1/sessions/current"
    assert permissions.rule("GET", "/api/v1/cases/K7QX/contact").service == "people"
    with pytest.raises(NoSuchRoute):
        permissions.rule("GET", "/api/v1/offers//pause")
    with pytest.raises(OtherMethod):
        permissions.rule("PUT", "/api/v1/offers")


def test_a_route_that_nobody_reviewed_is_found() -> None:
    found = uncovered({"gateway": {"paths": {"/api/v1/new": {"get": {}}, "/api/v1/events": {"get": {}}}}})

    assert found == ["not in the table: gateway GET /api/v1/new", "not served: gateway GET /api/v1/audit"]


@pytest.mark.parametrize(
    ("more", "secure"),
    [
        ({"host": "127.0.0.1"}, False),
        ({"host": "0.0.0.0", "trusted_proxies": ["10.0.0.1"], "public_url": "https://hub.city"}, True),
        ({"host": "0.0.0.0", "tls_certificate": "a", "tls_key": "b"}, True),
    ],
)
def test_cookies_are_secure_wherever_readers_come_over_tls(more: dict[str, object], secure: bool) -> None:
    security = decide(GatewaySettings(signing_key="x", **more))

    assert security.secure is secure
    assert security.cookie.startswith("__Host-") is secure


@pytest.mark.parametrize("more", [{"host": "0.0.0.0"}, {"host": "192.168.1.4"}, {"host": "0.0.0.0", "trusted_proxies": ["10.0.0.1"]}])
def test_plain_http_to_the_network_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(PlainHttpRefused):
        decide(GatewaySettings(signing_key="x", **more))


def test_an_anonymous_caller_is_nobody() -> None:
    assert Caller().principal == "anonymous:-"
