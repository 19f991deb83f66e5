"""The gate: deny by default, one identity, nothing of the outside's own making passes, limits, forms, headers."""

import pytest
from limits import RateLimitItemPerMinute

from chassis.call import AsgiTransport, HttpTransport
from chassis.identity import Caller
from gateway.app import SERVICES, RoutesNotReviewed, build
from gateway.limits import QUOTA_TYPE, neighbourhood
from gateway.permissions import TABLE, NoSuchRoute, OtherMethod, Permissions, uncovered
from gateway.session import form_token
from gateway.settings import GatewaySettings

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
    assert response.headers["allow"] == "GET, HEAD, POST"


async def test_head_answers_like_get_without_the_body(hub) -> None:
    got = await hub.client.get("/api/v1/actors")

    head = await hub.client.head("/api/v1/actors")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))


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


async def test_when_people_is_away_nobody_is_told_that_they_are_signed_out(hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.app.state.lines["people"], "transport", HttpTransport("http://127.0.0.1:1"))
    refused = await hub.client.get("/api/v1/offers", headers=hub.as_("volunteer"))
    anonymous = await hub.client.get("/api/v1/offers")
    static = await hub.client.get("/static/hub.css", headers={"Cookie": f"{hub.app.state.security.cookie}=volunteer-token"})

    assert (refused.status_code, anonymous.status_code, static.status_code) == (503, 200, 200)
    assert refused.headers["retry-after"] == "1"


async def test_an_answer_of_people_that_is_no_answer_about_the_token_is_not_a_refusal(hub) -> None:
    hub.services["people"].fault = 500

    response = await hub.client.get("/api/v1/offers", headers=hub.as_("volunteer"))

    assert response.status_code == 503


async def test_whoever_tries_out_tokens_is_stopped_before_people_is_asked(hub) -> None:
    hub.app.state.keeper.limits._items["unknown-tokens"] = RateLimitItemPerMinute(3)

    answers = [await hub.client.get("/api/v1/offers", headers={"Authorization": f"Bearer guess-{number}"}) for number in range(5)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert hub.services["people"].introspected == ["guess-0", "guess-1", "guess-2"]


async def test_a_token_is_asked_for_once_in_the_few_seconds_that_it_is_believed(hub) -> None:
    hub.app.state.sessions._seconds = 5

    for token in ("volunteer-token", "nobody") * 3:
        await hub.client.get("/api/v1/offers", headers={"Authorization": f"Bearer {token}"})

    assert hub.services["people"].introspected == ["volunteer-token", "nobody"]


async def test_a_signed_out_token_is_forgotten_at_once(hub) -> None:
    hub.app.state.sessions._seconds = 5
    await hub.client.get("/api/v1/notifications", headers=hub.as_("volunteer"))
    hub.services["people"].tokens.pop("volunteer-token")

    await hub.client.delete("/api/v1/sessions/current", headers=hub.as_("volunteer"))

    assert (await hub.client.get("/api/v1/notifications", headers=hub.as_("volunteer"))).status_code == 401


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
    assert answers[-1].headers["ratelimit"].startswith('"sign-in";r=0;t=')
    problem = answers[-1].json()
    assert (problem["type"], problem["violated-policies"], problem["code"]) == (QUOTA_TYPE, ["sign-in"], "quota_exceeded")


def test_a_subscriber_of_ipv6_counts_as_one() -> None:
    same = {neighbourhood("2001:db8:1:2::1"), neighbourhood("2001:db8:1:2:ffff::9")}

    assert len(same) == 1
    assert neighbourhood("2001:db8:1:3::1") not in same
    assert (neighbourhood("192.0.2.1"), neighbourhood("account:1")) == ("192.0.2.1", "account:1")


async def test_security_headers_are_on_every_answer(hub) -> None:
    answers = [await hub.client.get(path) for path in ("/healthz", "/api/v1/actors", "/api/v1/nothing", "/static/none.css")]

    for answer in answers:
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["hub-correlation-id"]
        assert answer.headers.get("server") != "secret"


async def test_a_correlation_id_of_a_client_is_taken_only_when_it_is_one(hub) -> None:
    given = "01980000-0000-7000-8000-00000000000a"

    kept = await hub.client.get("/api/v1/offers", headers={"Hub-Correlation-Id": given})
    made = await hub.client.get("/api/v1/offers", headers={"Hub-Correlation-Id": "x; DROP"})

    assert kept.headers["hub-correlation-id"] == hub.services["matching"].seen[0]["headers"]["hub-correlation-id"] == given
    assert made.headers["hub-correlation-id"] == hub.services["matching"].seen[1]["headers"]["hub-correlation-id"] != "x; DROP"


@pytest.mark.parametrize(("wish", "language"), [("uk, en;q=0.5", "uk"), ("xx", "en"), (None, "en")])
async def test_a_stranger_is_answered_in_the_language_that_their_browser_names(hub, wish: str | None, language: str) -> None:
    await hub.client.get("/api/v1/offers", headers={"Accept-Language": wish} if wish else {})

    assert hub.services["matching"].seen[0]["caller"].locale == language


async def test_the_credentials_of_a_client_reach_people_where_tokens_are_given_and_nowhere_else(hub) -> None:
    form = {"content-type": "application/x-www-form-urlencoded", "authorization": "Basic eDp5"}

    await hub.client.post("/oauth2/token", content=b"grant_type=client_credentials", headers=form)
    await hub.client.post("/api/v1/sessions", json={}, headers={"Cookie": "a=b"})

    token, session = (seen["headers"] for seen in hub.services["people"].seen)
    assert token["authorization"] == "Basic eDp5" and "authorization" not in session
    assert token["hub-source"] == session["hub-source"] == "127.0.0.1"


async def test_readiness_tells_each_part(hub, monkeypatch: pytest.MonkeyPatch) -> None:
    well = await hub.client.get("/readyz")
    monkeypatch.setattr(hub.app.state.lines["matching"], "transport", HttpTransport("http://127.0.0.1:1"))

    ill = await hub.client.get("/readyz")

    assert (well.status_code, set(well.json()["services"])) == (200, set(SERVICES))
    assert (ill.status_code, ill.json()["services"]["matching"]) == (503, "away")


async def test_where_to_report_a_weakness_is_told(hub) -> None:
    response = await hub.client.get("/.well-known/security.txt")

    assert response.text.startswith("Contact: mailto:") and "Expires: " in response.text


async def test_headers_that_are_too_large_are_refused(hub) -> None:
    response = await hub.client.get("/api/v1/offers", headers={"x-much": "x" * 33_000})

    assert response.status_code == 413


async def test_a_start_with_routes_that_nobody_reviewed_is_refused(hub) -> None:
    transports = {name: AsgiTransport(each.app()) for name, each in hub.services.items()}
    app = build(GatewaySettings(signing_key=hub.key), transports)

    with pytest.raises(RoutesNotReviewed, match="not served: actors GET /api/v1/actors"):
        async with app.router.lifespan_context(app):
            pass


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

    missing = ["not served: gateway GET /api/v1/audit", "not served: gateway GET /api/v1/me/data"]
    assert found == ["not in the table: gateway GET /api/v1/new", *missing]


def test_an_anonymous_caller_is_nobody() -> None:
    assert Caller().principal == "anonymous:-"
