"""Pages of other sites may read what everybody may read of the registry, and nothing else; the open data have their own addresses."""

import pytest

OPEN = [
    "/api/v1/actors",
    "/api/v1/export/actors.csv",
    "/hsds/v3",
    "/hsds/v3/",
    "/hsds/v3/services",
    "/catalog.ttl",
    "/catalog.jsonld",
    "/api/v1/tombstones",
]
CLOSED = ["/api/v1/needs", "/api/v1/me", "/api/v1/audit", "/", "/open-data"]


@pytest.mark.parametrize("path", OPEN)
async def test_public_reading_of_the_registry_is_open_to_other_sites_without_credentials(hub, path: str) -> None:
    answer = await hub.client.get(path, headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers.get_list("cross-origin-resource-policy") == ["cross-origin"]
    assert "access-control-allow-credentials" not in answer.headers
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert hub.services["actors"].seen[-1]["caller"].kind == "anonymous"


@pytest.mark.parametrize("path", CLOSED)
async def test_nothing_else_is(hub, path: str) -> None:
    answer = await hub.client.get(path, headers={"Origin": "https://elsewhere.example", "Authorization": "Bearer admin-token"})

    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_change_or_a_search_by_post_is_not_open_to_other_sites(hub) -> None:
    headers = {"Origin": "https://elsewhere.example"}

    change = await hub.client.post("/api/v1/actors", json={}, headers={**headers, "Authorization": "Bearer admin-token"})
    search = await hub.client.post("/hsds/v3/services?search=french", headers=headers)

    assert "access-control-allow-origin" not in change.headers
    assert search.status_code == 200
    assert "access-control-allow-origin" not in search.headers


async def test_a_browser_that_asks_first_is_told(hub) -> None:
    asking = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}

    allowed = await hub.client.request("OPTIONS", "/hsds/v3/services", headers=asking)
    closed = await hub.client.request("OPTIONS", "/api/v1/needs", headers=asking)
    change = await hub.client.request("OPTIONS", "/api/v1/actors", headers={**asking, "Access-Control-Request-Method": "POST"})

    assert (allowed.status_code, allowed.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    assert "if-none-match" in allowed.headers["access-control-allow-headers"].lower()
    assert closed.status_code == change.status_code == 405
    assert "access-control-allow-origin" not in closed.headers
    assert "access-control-allow-origin" not in change.headers
    assert not hub.services["actors"].seen


async def test_an_address_under_the_open_data_that_is_not_served_is_a_problem(hub) -> None:
    answers = [await hub.client.get(path) for path in ("/hsds/v2", "/hsds/v3/people", "/catalog.xml")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
