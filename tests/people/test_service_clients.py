"""API clients: registering, rotating, revoking, and buying tokens as RFC 6749 says."""

import base64
from typing import Any
from urllib.parse import urlencode

import pytest

from chassis.testing import TestClock, anonymous


async def registered(town: Any, **more: Any) -> tuple[Any, Any]:
    admin = await town.person("admin")
    response = await town.bench.post(admin, "/api/v1/clients", {"name": "Library calendar", "scopes": ["read", "statistics"], **more})
    assert response.status_code == 201, response.text
    return admin, response.json()


async def buy(town: Any, client: Any, *, basic: bool = False, headers: Any = None, **more: Any) -> Any:
    form = {"grant_type": "client_credentials", **more}
    sent = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    if basic:
        sent["authorization"] = "Basic " + base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    else:
        form |= {"client_id": client["client_id"], "client_secret": client["client_secret"]}
    return await town.bench.call(anonymous(), "POST", "/oauth2/token", content=urlencode(form), headers=sent)


@pytest.mark.parametrize("basic", [True, False])
async def test_a_client_buys_a_token_within_its_scopes(both: Any, basic: bool, clock: TestClock) -> None:
    _, client = await registered(both)

    whole, part = await buy(both, client, basic=basic), await buy(both, client, basic=basic, scope="read")
    behind = await both.introspect(part.json()["access_token"])
    clock.forward(minutes=16)

    assert (whole.status_code, whole.json()["scope"], whole.json()["expires_in"]) == (200, "read statistics", 900)
    assert whole.headers["cache-control"] == "no-store"
    assert (behind["active"], behind["kind"], behind["id"], behind["scopes"]) == (True, "client", client["client_id"], ["read"])
    assert (await both.introspect(part.json()["access_token"]))["active"] is False


async def test_refusals_are_in_the_form_of_the_rfc(town: Any) -> None:
    _, client = await registered(town)
    plain = {"content-type": "text/plain"}
    cases = [
        (await buy(town, {**client, "client_secret": "wrong"}), 401, "invalid_client"),
        (await buy(town, {**client, "client_id": "nobody"}), 401, "invalid_client"),
        (await buy(town, client, headers={"authorization": "Bearer x"}), 400, "invalid_request"),
        (await buy(town, client, grant_type="password"), 400, "unsupported_grant_type"),
        (await buy(town, client, grant_type=""), 400, "invalid_request"),
        (await buy(town, client, scope="registry"), 400, "invalid_scope"),
        (await buy(town, client, headers=plain), 400, "invalid_request"),
        (await buy(town, client, basic=True, client_secret="twice"), 400, "invalid_request"),
    ]

    for response, status, error in cases:
        assert (response.status_code, response.json()["error"]) == (status, error)
        assert client["client_secret"] not in response.text
    assert "www-authenticate" in cases[0][0].headers


async def test_secrets_rotate_without_a_gap(town: Any) -> None:
    admin, first = await registered(town)
    path = f"/api/v1/clients/{first['id']}"

    second = (await town.bench.post(admin, f"{path}/secrets", {})).json()
    third = await town.bench.post(admin, f"{path}/secrets", {})
    both_live = (await buy(town, first)).status_code, (await buy(town, second)).status_code
    withdrawn = await town.bench.call(admin, "DELETE", f"{path}/secrets/{first['client_secret'].split('.')[0]}")

    assert (third.status_code, both_live, withdrawn.status_code) == (409, (200, 200), 204)
    assert ((await buy(town, first)).status_code, (await buy(town, second)).status_code) == (401, 200)


async def test_a_client_loses_scopes_and_life_at_once(town: Any) -> None:
    admin, client = await registered(town)
    token = (await buy(town, client)).json()["access_token"]
    path = f"/api/v1/clients/{client['id']}"

    narrowed = await town.bench.patch(admin, path, {"scopes": ["read"]}, version=1)
    fewer = await town.introspect(token)
    revoked = await town.bench.call(admin, "DELETE", path)

    assert (narrowed.status_code, fewer["scopes"], revoked.status_code) == (200, ["read"], 204)
    assert (await town.introspect(token))["active"] is False
    assert (await buy(town, client)).status_code == 401
    assert (await town.bench.patch(admin, path, {"name": "x"}, version=3)).status_code == 409


async def test_only_admins_keep_clients_and_secrets_are_shown_once(town: Any) -> None:
    admin, client = await registered(town)
    path = f"/api/v1/clients/{client['id']}"

    for role in ("coordinator", "member", "volunteer", "observer"):
        caller = await town.person(role)
        asked = [
            await town.bench.post(caller, "/api/v1/clients", {"name": "x", "scopes": ["read"]}),
            await town.bench.get(caller, "/api/v1/clients"),
            await town.bench.get(caller, path),
            await town.bench.patch(caller, path, {"name": "x"}, version=1),
            await town.bench.call(caller, "DELETE", path),
            await town.bench.post(caller, f"{path}/secrets", {}),
        ]
        assert {response.status_code for response in asked} == {403}
    assert (await town.bench.get(anonymous(), "/api/v1/clients")).status_code == 401
    secret = client["client_secret"].split(".")[1]
    assert secret not in (await town.bench.get(admin, path)).text + (await town.bench.get(admin, "/api/v1/clients")).text


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scopes": ["everything"]}, "/scopes/0"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["offers"]}, "/actor_id"),
        ({"actor_id": "00000000-0000-0000-0000-000000000001"}, "/actor_id"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, "/expires_at"),
        ({"name": " "}, "/name"),
    ],
)
async def test_bad_clients_are_refused_by_field(town: Any, change: dict[str, Any], pointer: str) -> None:
    admin = await town.person("admin")

    response = await town.bench.post(admin, "/api/v1/clients", {"name": "x", "scopes": ["read"], **change})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_unknown_client_is_not_found(town: Any) -> None:
    admin = await town.person("admin")

    response = await town.bench.get(admin, "/api/v1/clients/00000000-0000-0000-0000-000000000001")

    assert response.status_code == 404
