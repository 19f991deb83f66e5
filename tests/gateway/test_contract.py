"""The merged contract, from the real services' own: complete, valid, unambiguous, and the same routes that the permission table names."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chassis.call import Answer, AsgiTransport, Line
from chassis.testing import GATEWAY, settings_for_tests
from gateway import openapi
from gateway.permissions import TABLE, uncovered

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
OTHER_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The real services' applications; no database is opened for what they say of themselves."""
    from services.actors.app import build as actors
    from services.actors.settings import Settings as ActorsSettings
    from services.matching.app import build as matching
    from services.matching.settings import Settings as MatchingSettings
    from services.notifications.app import build as notifications
    from services.notifications.settings import Settings as NotificationsSettings
    from services.people.app import build as people
    from services.people.settings import Settings as PeopleSettings

    given = settings_for_tests(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('contract')}/never.db")
    apps = {
        "actors": actors(ActorsSettings(**given)),
        "people": people(PeopleSettings(**given, vault_key=KEY, lookup_key=OTHER_KEY)),
        "matching": matching(MatchingSettings(**given)),
        "notifications": notifications(NotificationsSettings(**given)),
    }
    return {name: app for name, (_, app) in apps.items()}


@pytest.fixture(scope="module")
def documents(services: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each service says of itself."""
    return {name: app.openapi() for name, app in services.items()}


@pytest.fixture(scope="module")
def merged(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return openapi.merge(documents, "https://hub.city")


def operations(merged: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, operation) for path, methods in merged["paths"].items() for method, operation in methods.items()]


def test_the_table_names_exactly_what_the_services_serve(documents: dict[str, dict[str, Any]]) -> None:
    assert uncovered(documents) == []


async def test_the_list_that_a_start_compares_names_what_the_contract_names(services: dict[str, Any], documents: dict[str, dict[str, Any]]) -> None:
    lists = await openapi.fetch({name: Line(name, AsgiTransport(app), GATEWAY) for name, app in services.items()}, "/internal/v1/routes")

    assert uncovered(lists) == []
    for name, document in documents.items():
        named = {(path, method.lower()) for path, methods in lists[name]["paths"].items() for method in methods}
        assert named == {(path, method) for path, methods in document["paths"].items() for method in methods}


def test_no_route_stands_twice_in_the_table() -> None:
    shapes = Counter((rule.method, re.sub(r"\{[^}]+\}", "{}", rule.path)) for rule in TABLE)

    assert [shape for shape, times in shapes.items() if times > 1] == []


def test_the_contract_is_valid_openapi(merged: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(merged).iter_errors()] == []


def test_every_rule_is_an_operation_of_the_contract_and_nothing_else_is(merged: dict[str, Any]) -> None:
    named = {(rule.method.lower(), re.sub(r"\{[^}]+\}", "{}", rule.path)) for rule in TABLE}
    described = {(method, re.sub(r"\{[^}]+\}", "{}", path)) for method, path, _ in operations(merged)}

    assert named == described
    assert "/internal/" not in json.dumps(merged)


def test_operation_ids_are_unique(merged: dict[str, Any]) -> None:
    ids = Counter(operation["operationId"] for _, _, operation in operations(merged))

    assert [name for name, times in ids.items() if times > 1] == []


def test_every_operation_says_who_may_call_it_and_how_it_refuses(merged: dict[str, Any]) -> None:
    lacking = []

    for method, path, operation in operations(merged):
        answers = operation["responses"]
        problems = [status for status in ("400", "401", "403", "404", "413", "415", "422", "429", "500", "503") if status not in answers]
        unshaped = [status for status, answer in answers.items() if status >= "4" and "application/problem+json" not in answer["content"]]
        says = operation["security"] and operation["summary"] and operation["description"] and len(operation["tags"]) == 1
        if problems or unshaped or not says:
            lacking.append((method, path, problems, unshaped))

    assert lacking == []


def test_what_needs_no_sign_in_is_what_the_table_calls_public(merged: dict[str, Any]) -> None:
    open_to_all = {(method, path) for method, path, operation in operations(merged) if {} in operation["security"]}

    assert open_to_all == {(method, path) for method, path, operation in operations(merged) if operation["x-permission"]["public"]}
    assert ("post", "/api/v1/sessions") in open_to_all and ("get", "/api/v1/cases") not in open_to_all


def test_scopes_of_the_contract_are_declared(merged: dict[str, Any]) -> None:
    declared = set(merged["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]["scopes"])
    used = {scope for _, _, operation in operations(merged) for way in operation["security"] for scope in way.get("client", ())}

    assert used <= declared


def test_every_reference_leads_somewhere(merged: dict[str, Any]) -> None:
    schemas = set(merged["components"]["schemas"])

    assert set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(merged))) <= schemas


def test_two_schemas_of_one_name_stay_apart() -> None:
    def service(path: str, kind: str) -> dict[str, Any]:
        answer = {"200": {"description": "x", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
        return {
            "paths": {path: {"get": {"operationId": path, "summary": "x", "responses": answer}}},
            "components": {"schemas": {"Thing": {"type": kind}, "Same": {"type": "string"}}},
        }

    merged = openapi.merge({"actors": service("/api/v1/actors", "object"), "matching": service("/api/v1/offers", "array")}, "https://hub.city")

    refs = {path: methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"] for path, methods in merged["paths"].items()
            if path in ("/api/v1/actors", "/api/v1/offers")}  # fmt: skip
    schemas = merged["components"]["schemas"]
    assert schemas[refs["/api/v1/actors"].rsplit("/", 1)[1]] == {"type": "object"}
    assert schemas[refs["/api/v1/offers"].rsplit("/", 1)[1]] == {"type": "array"}
    assert "MatchingSame" not in schemas


def test_a_route_outside_the_table_is_not_described() -> None:
    secret = {"paths": {"/api/v1/secrets": {"get": {"operationId": "x", "summary": "x", "responses": {}}}}, "components": {}}

    assert "/api/v1/secrets" not in openapi.merge({"actors": secret}, "https://hub.city")["paths"]


async def test_the_contract_is_served_for_programs_and_as_a_list_for_people(hub) -> None:
    document = await hub.client.get("/openapi.json")
    page = await hub.client.get("/docs")

    assert document.json()["openapi"].startswith("3.1")
    assert "/api/v1/audit" in page.text and "<script" not in page.text


async def test_a_reader_who_has_the_contract_gets_it_again_only_when_a_service_s_part_is_another(hub, monkeypatch: pytest.MonkeyPatch) -> None:
    merged: list[int] = []
    merge = openapi.merge
    monkeypatch.setattr(openapi, "merge", lambda parts, url: merged.append(1) or merge(parts, url))
    first = await hub.client.get("/openapi.json")
    monkeypatch.setattr("gateway.contract.SECONDS", -1)

    same = await hub.client.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    kept = len(merged)
    shown = {"paths": {"/api/v1/results": {"get": {"operationId": "x", "summary": "New", "responses": {}}}}}
    monkeypatch.setattr(hub.app.state.lines["matching"], "ask", _answers(json.dumps(shown).encode()))
    renewed = await hub.client.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})

    assert (same.status_code, kept) == (304, 1)
    assert renewed.status_code == 200 and "/api/v1/results" in renewed.json()["paths"] and len(merged) == 2


def _answers(body: bytes) -> Any:
    async def ask(*asked: object) -> Answer:
        return Answer(200, {}, body)

    return ask


async def test_a_part_of_a_contract_is_not_served_as_a_whole(hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*asked: object) -> Answer:
        return Answer(500, {}, b"{}")

    monkeypatch.setattr(hub.app.state.lines["people"], "ask", broken)

    response = await hub.client.get("/openapi.json")

    assert response.status_code == 503
