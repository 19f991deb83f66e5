"""The one OpenAPI 3.1 document, merged from the services' own: nothing is declared twice. Only what the permission table names is in it."""

import asyncio
import copy
from collections.abc import Mapping
from typing import Any

import orjson

from chassis.call import Line, ServiceAway
from chassis.identity import Caller
from chassis.live import AuditEntry
from chassis.problems import MEDIA_TYPE, Problem
from chassis.service import VERSION
from chassis.web import PROBLEM_STATUSES
from contracts.roles import Scope
from gateway.permissions import TABLE, Rule

Document = dict[str, Any]  # Any: an OpenAPI document
TAGS = {
    "actors": "The public registry: actors, networks, declarations, initiatives, resources, public offers.",
    "people": "Accounts, sessions, API clients, consents, and the vault of contacts.",
    "matching": "Offers, cases, needs, proposals, matches and rounds.",
    "notifications": "Notices, preferences and webhooks.",
    "gateway": "Live news and the audit trail of all services.",
}
SCOPES = {
    Scope.READ: "Read the registry and public offers.",
    Scope.OFFERS: "Post and change the own actor's offers, answer requests.",
    Scope.NEEDS: "Record and change cases and needs.",
    Scope.MATCHES: "See proposals, confirm matches, run rounds.",
    Scope.STATISTICS: "Read statistics.",
    Scope.REGISTRY: "Change the registry.",
}
ALL_OWN_DATA: Document = {
    "type": "object",
    "required": ["account", "made_at", "services"],
    "properties": {
        "account": {"type": "string"},
        "made_at": {"type": "string", "format": "date-time"},
        "services": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["kept", "trail", "shortened"],
                "properties": {
                    "kept": {"type": "object", "additionalProperties": True},
                    "trail": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
                    "shortened": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}
SSE_NOTE = "Server-sent events; each `data` is a CloudEvents envelope, each `id` a place to go on from (`Last-Event-ID`)."


async def texts(lines: Mapping[str, Line], path: str) -> dict[str, bytes]:
    """What each service answers there. Raises ServiceAway: a part of a contract is no contract."""
    asker = Caller(kind="service", id="gateway")
    answers = await asyncio.gather(*(line.ask(asker, "GET", path) for line in lines.values()))
    if any(answer.status != 200 for answer in answers):
        raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.")
    return {service: answer.body for service, answer in zip(lines, answers, strict=True)}


async def fetch(lines: Mapping[str, Line], path: str) -> dict[str, Document]:
    """The document that each service has there. Raises ServiceAway."""
    return {service: orjson.loads(text) for service, text in (await texts(lines, path)).items()}


def merge(documents: dict[str, Document], public_url: str) -> Document:
    """The document of the whole hub."""
    merged: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Hospitium",
            "version": VERSION,
            "summary": "The hub of welcome that a municipality hosts for itself.",
            "description": "Every refusal is an RFC 9457 problem. Lists go on with the `Link` header. A POST takes an `Idempotency-Key`.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
            "contact": {"name": "The municipality that runs this hub", "url": public_url},
        },
        "servers": [{"url": public_url, "description": "This hub"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": _schemes(public_url)},
    }
    merged["components"]["schemas"].update(_problem_schemas())
    for service, document in documents.items():
        _add_service(merged, service, document)
    _add_own(merged)
    return merged


def _add_service(merged: Document, service: str, document: Document) -> None:
    schemas = document.get("components", {}).get("schemas", {})
    taken = merged["components"]["schemas"]
    renamed = {name: f"{service.title()}{name}" for name, schema in schemas.items() if name in taken and taken[name] != schema}
    rules = {(rule.method.lower(), _shape(rule.path)): rule for rule in TABLE if rule.service == service}
    for name, schema in schemas.items():
        taken[renamed.get(name, name)] = _rename(copy.deepcopy(schema), renamed)
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            rule = rules.get((method, _shape(path)))
            if rule is not None:
                merged["paths"].setdefault(path, {})[method] = _finish(_rename(copy.deepcopy(operation), renamed), service, rule)


def _finish(operation: Document, service: str, rule: Rule) -> Document:
    operation["tags"] = [service]
    operation["security"] = _security(rule)
    operation.setdefault("description", operation.get("summary", rule.action))
    operation["x-permission"] = {"action": rule.action, "public": rule.public, "roles": sorted(rule.roles), "scopes": sorted(rule.scopes)}
    for status, meaning in PROBLEM_STATUSES.items():
        operation["responses"].setdefault(str(status), _problem(meaning)) if status not in (412, 428) else None
    return operation


def _problem(meaning: str) -> Document:
    return {"description": meaning, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _security(rule: Rule) -> list[dict[str, list[str]]]:
    if rule.public:
        return [{}, {"session": []}, {"client": []}]
    ways: list[dict[str, list[str]]] = []
    if rule.roles:
        ways.append({"session": []})
    ways.extend({"client": [scope]} for scope in sorted(rule.scopes))
    return ways


def _schemes(public_url: str) -> Document:
    return {
        "session": {"type": "http", "scheme": "bearer", "description": "The access token that POST /api/v1/sessions answers."},
        "client": {
            "type": "oauth2",
            "description": "An API client, registered by the administrator.",
            "flows": {"clientCredentials": {"tokenUrl": f"{public_url}/oauth2/token", "scopes": {str(key): text for key, text in SCOPES.items()}}},
        },
    }


def _problem_schemas() -> Document:
    definition = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**definition.pop("$defs", {}), "Problem": definition}


def _add_own(merged: Document) -> None:
    rules = {rule.path: rule for rule in TABLE if rule.service == "gateway"}
    errors = {str(status): _problem(meaning) for status, meaning in PROBLEM_STATUSES.items() if status not in (412, 428)}
    merged["components"]["schemas"]["AuditEntry"] = AuditEntry.model_json_schema(ref_template="#/components/schemas/{model}")
    stream = {
        "operationId": "stream_events",
        "summary": "Live news that the caller may see.",
        "parameters": [
            {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200}},
        ],
        "responses": {"200": {"description": SSE_NOTE, "content": {"text/event-stream": {"schema": {"type": "string"}}}}, **errors},
    }
    trail = {
        "operationId": "read_audit",
        "summary": "The audit trail of all services, newest first.",
        "parameters": [
            {"name": "before", "in": "query", "required": False, "schema": {"type": "string", "format": "date-time"}},
            {"name": "before_id", "in": "query", "required": False, "schema": {"type": "string", "format": "uuid"}},
            {"name": "correlation", "in": "query", "required": False, "schema": {"type": "string", "format": "uuid"}},
            {"name": "since", "in": "query", "required": False, "schema": {"type": "string", "format": "date-time"}},
            {"name": "action", "in": "query", "required": False, "schema": {"type": "string", "maxLength": 80, "pattern": "^[a-z0-9_.]*$"}},
            {"name": "subject_kind", "in": "query", "required": False, "schema": {"type": "string", "maxLength": 40, "pattern": "^[a-z0-9_]*$"}},
            {"name": "subject_id", "in": "query", "required": False, "schema": {"type": "string", "maxLength": 80, "pattern": "^[A-Za-z0-9-]*$"}},
            {"name": "person", "in": "query", "required": False, "schema": {"type": "string", "format": "uuid"}},
            {"name": "limit", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
        ],
        "responses": {
            "200": {
                "description": "A page; `Link: rel=next` leads on, with `before` and `before_id` of the last line.",
                "headers": {"Link": {"description": "The next page, if there is one (RFC 8288).", "schema": {"type": "string"}}},
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["items", "total"],
                            "properties": {
                                "items": {"type": "array", "items": {"$ref": "#/components/schemas/AuditEntry"}},
                                "total": {"type": ["integer", "null"]},
                            },
                        }
                    }
                },
            },
            **errors,
        },
    }
    data = {
        "operationId": "read_own_data",
        "summary": "All that the hub keeps about you, from every service, in one document (GDPR, Articles 15 and 20).",
        "parameters": [],
        "responses": {
            "200": {
                "description": "By service: what is kept, by kind; your trail; and which lists hold more than is given here.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AllOwnData"}}},
            },
            **errors,
        },
    }
    merged["components"]["schemas"] |= {"AllOwnData": ALL_OWN_DATA}
    merged["paths"]["/api/v1/me/data"] = {"get": _finish(data, "gateway", rules["/api/v1/me/data"])}
    merged["paths"]["/api/v1/events"] = {"get": _finish(stream, "gateway", rules["/api/v1/events"])}
    merged["paths"]["/api/v1/audit"] = {"get": _finish(trail, "gateway", rules["/api/v1/audit"])}


def _rename(node: Any, renamed: dict[str, str]) -> Any:  # Any: a piece of an OpenAPI document
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            name = reference.rsplit("/", 1)[-1]
            if name in renamed:
                node["$ref"] = f"#/components/schemas/{renamed[name]}"
        return {key: _rename(value, renamed) for key, value in node.items()}
    if isinstance(node, list):
        return [_rename(item, renamed) for item in node]
    return node


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
