"""Writes what others read about our events: a JSON Schema per event, and one AsyncAPI document that says who sends and who receives what.

Run `python -m contracts.documents` after a change of an event; with `--check` nothing is written and a difference is an error.
"""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import contracts
from contracts.envelope import REGISTRY, Envelope, Event

Json = dict[str, Any]
"""A JSON object; Any, because schemas and examples nest freely."""

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
EXAMPLES = HERE / "examples"
ASYNCAPI = HERE / "asyncapi.json"
COMMAND = "python -m contracts.documents"

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CONTENT_TYPE = "application/cloudevents+json"
VERSION = "1.0.0"
"""Version of the AsyncAPI document as a whole; each event carries its own major version in its subject."""

SERVICE_WORDS = {
    "actors": "The public registry: organisations, their networks and declarations, and the directory of open public offers.",
    "people": "Accounts, consents and the vault. It tells ids and flags, never a name or an address.",
    "matching": "Offers, cases, needs, matches and rounds, under ids and codes.",
    "notifications": "Messages to people and to webhooks, and the deliveries that came to nothing.",
}

DESCRIPTION = """\
Everything that the services of a Hospitium instance tell each other. Every message is a CloudEvents 1.0 envelope in structured JSON and \
carries the whole public state of its subject with that state's version; a reader that knows a newer version ignores an older one.

Promises: at least once, in the producer's order, each event id handled once by each reader. Within a major version only optional fields \
are added; readers ignore fields that they do not know. No message carries a name of a person, an address, a telephone number or a document.

Webhooks deliver the same messages, signed; who receives which is set per webhook."""


class MissingExample(LookupError):
    """An event has no file in `examples/`."""


def load_all() -> dict[str, type[Event]]:
    """Every event of this package by its subject, sorted. Imports all contract modules; events declared elsewhere are not ours."""
    for module in pkgutil.iter_modules(contracts.__path__, "contracts."):
        if module.name != "contracts.documents":
            importlib.import_module(module.name)
    return {subject: event for subject, event in sorted(REGISTRY.items()) if event.__module__.startswith("contracts.")}


def service_of(subject: str) -> str:
    """The service that tells it: `matching` for `hub.matching.need.posted.v1`."""
    return subject.split(".")[1]


def schema_of(event: type[Event]) -> Json:
    """The JSON Schema (2020-12) of the whole message: the envelope with this event's type, and its fields as `data`.

    What a reader must not rely on is not required: optional fields may be missing, unknown fields are allowed.
    """
    data = event.model_json_schema(mode="validation")
    parts = data.pop("$defs", {})
    envelope = Envelope.model_json_schema(mode="validation")
    source = f"/hospitium/{service_of(event.type_name)}"
    fixed = {"specversion": "1.0", "source": source, "type": event.type_name, "datacontenttype": "application/json"}
    properties = {name: dict(field) for name, field in envelope["properties"].items()}
    for name, value in fixed.items():
        properties[name] = {key: words for key, words in properties[name].items() if key in ("title", "description")} | {"const": value}
    properties["data"] = data
    schema: Json = {
        "$schema": DIALECT,
        "$id": f"urn:hospitium:event:{event.type_name}",
        "title": event.__name__,
        "description": data["description"],
        "type": "object",
        "required": ["specversion", *envelope["required"]],
        "properties": properties,
    }
    return schema | ({"$defs": parts} if parts else {})


def example_of(subject: str) -> Json:
    """The message kept as the example of this subject. Raises MissingExample."""
    path = EXAMPLES / f"{subject}.json"
    if not path.is_file():
        raise MissingExample(f"contracts/examples/{subject}.json is missing: write one real message by hand; it is never edited after a release.")
    example: Json = json.loads(path.read_text(encoding="utf-8"))
    return example


def asyncapi_of(events: Mapping[str, type[Event]], consumers: Mapping[str, Sequence[str]]) -> Json:
    """The AsyncAPI 3.0 document of these events. `consumers` says for each producing service which services read its news."""
    schemas: Json = {}
    for event in events.values():
        schemas |= _component_schemas(event)
    readers = {subject: consumers.get(service_of(subject), ()) for subject in events}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:hospitium:events",
        "info": {
            "title": "Hospitium events",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "EUPL-1.2", "url": "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"},
            "tags": [{"name": service, "description": words} for service, words in SERVICE_WORDS.items()],
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "broker": {
                "host": "{address}",
                "protocol": "nats",
                "title": "The broker of an instance",
                "description": "NATS with JetStream, one stream and one account per service. It listens on the instance's own machine or private "
                "network only; whoever is outside receives the same messages by webhook.",
                "variables": {"address": {"description": "Host and port that the operator of the instance chose."}},
            }
        },
        "channels": {subject: _channel(event) for subject, event in events.items()},
        "operations": {name: operation for subject, event in events.items() for name, operation in _operations(event, readers[subject])},
        "components": {
            "messages": {event.__name__: _message(event) for event in events.values()},
            "schemas": dict(sorted(schemas.items())),
        },
    }


def documents(consumers: Mapping[str, Sequence[str]]) -> dict[Path, str]:
    """Every generated file with the text that it should have. Raises MissingExample."""
    events = load_all()
    files = {SCHEMAS / f"{subject}.json": _written(schema_of(event)) for subject, event in events.items()}
    return files | {ASYNCAPI: _written(asyncapi_of(events, consumers))}


def differing(consumers: Mapping[str, Sequence[str]]) -> list[Path]:
    """The files that are missing, differ from what the code says, or belong to no event. Empty when all is well."""
    wanted = documents(consumers)
    changed = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    return sorted([*changed, *(path for path in SCHEMAS.glob("*.json") if path not in wanted)])


def write_all(consumers: Mapping[str, Sequence[str]]) -> list[Path]:
    """Bring the files in line with the code; answers with those that changed."""
    wanted = documents(consumers)
    changed = differing(consumers)
    SCHEMAS.mkdir(exist_ok=True)
    for path in changed:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: writes all files, or with `--check` answers 1 if one differs."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the JSON Schemas and the AsyncAPI document of all events.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file differs")
    # Named, not imported: contracts stand below the chassis, and only this command needs to know who reads what.
    parser.add_argument("--consumers", default="chassis.topology:CONSUMERS", help="module:table of producing service -> reading services")
    chosen = parser.parse_args(arguments)
    module, _, table = chosen.consumers.partition(":")
    consumers: Mapping[str, Sequence[str]] = getattr(importlib.import_module(module), table)
    try:
        changed = differing(consumers) if chosen.check else write_all(consumers)
    except MissingExample as error:
        print(error, file=sys.stderr)
        return 1
    names = "\n".join(f"  {path.relative_to(HERE.parent)}" for path in changed)
    if chosen.check and changed:
        print(f"The events and their documents differ. Run: {COMMAND}\n{names}", file=sys.stderr)
        return 1
    print(f"written:\n{names}" if changed else "The documents of all events are up to date.")
    return 0


def _channel(event: type[Event]) -> Json:
    return {
        "address": event.type_name,
        "title": event.__name__,
        "description": event.__doc__,
        "servers": [{"$ref": "#/servers/broker"}],
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
        "tags": [{"name": service_of(event.type_name)}],
    }


def _operations(event: type[Event], readers: Sequence[str]) -> Iterator[tuple[str, Json]]:
    subject, producer = event.type_name, service_of(event.type_name)
    channel = {"$ref": f"#/channels/{subject}"}
    news = "_".join(subject.split(".")[2:])
    messages = [{"$ref": f"#/channels/{subject}/messages/{event.__name__}"}]
    parties = [(producer, "sends", "send"), *((reader, f"receives_{producer}", "receive") for reader in readers)]
    for service, verb, action in parties:
        yield (
            f"{service}_{verb}_{news}",
            {
                "action": action,
                "channel": channel,
                "summary": f"{service} {'sends' if action == 'send' else 'receives'} {event.__name__}.",
                "tags": [{"name": service}],
                "messages": messages,
            },
        )


def _message(event: type[Event]) -> Json:
    header = {"type": "string", "format": "uuid"}
    return {
        "name": event.type_name,
        "title": event.__name__,
        "summary": event.__doc__,
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "properties": {
                "Nats-Msg-Id": header | {"description": "The event id; the broker drops repeats."},
                "Hub-Correlation-Id": header | {"description": "The same as `correlationid`."},
            },
        },
        "correlationId": {"location": "$message.payload#/correlationid", "description": "One id from click to e-mail."},
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "examples": [{"name": "released", "payload": example_of(event.type_name)}],
    }


def _component_schemas(event: type[Event]) -> Json:
    """The message's schema and its parts under the names that they have inside the AsyncAPI document (its dialect has no `$defs`)."""
    schema = schema_of(event)
    parts = schema.pop("$defs", {})
    own = {key: value for key, value in schema.items() if key not in ("$schema", "$id")}
    moved: Json = _moved({event.__name__: own, **parts})
    return moved


def _moved(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: value.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else _moved(value) for key, value in node.items()}
    return [_moved(item) for item in node] if isinstance(node, list) else node


def _written(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
