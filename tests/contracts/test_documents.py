"""The AsyncAPI document and the command that writes it: whole, pointing only at what exists, and loud when a file differs."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jsonschema import Draft7Validator

from chassis.topology import CONSUMERS
from contracts import documents
from contracts.envelope import REGISTRY, Event

Json = dict[str, Any]

# The parts of the AsyncAPI 3.0 specification that our document uses, with the fields that it allows and requires there. Unknown fields are
# refused, as the official schema refuses them. The official one is in no Python package that we install.
NAME = r"^[\w.\-]+$"
REFERENCE = {"type": "object", "required": ["$ref"], "properties": {"$ref": {"type": "string", "pattern": "^#/"}}, "additionalProperties": False}
TEXT = {"type": "string", "minLength": 1}


def _object(required: list[str], **properties: object) -> Json:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _map_of(what: Json) -> Json:
    return {"type": "object", "minProperties": 1, "propertyNames": {"pattern": NAME}, "additionalProperties": what}


TAGS = {"type": "array", "uniqueItems": True, "items": _object(["name"], name=TEXT, description=TEXT)}
INFO = _object(["title", "version"], title=TEXT, version=TEXT, description=TEXT, license=_object(["name"], name=TEXT, url=TEXT), tags=TAGS)
SERVER = _object(["host", "protocol"], host=TEXT, protocol=TEXT, title=TEXT, description=TEXT, variables=_map_of(_object([], description=TEXT)))
CHANNEL = _object(
    [],
    address={"type": ["string", "null"]},
    title=TEXT,
    description=TEXT,
    servers={"type": "array", "uniqueItems": True, "items": REFERENCE},
    messages=_map_of(REFERENCE),
    tags=TAGS,
)
OPERATION = _object(
    ["action", "channel"],
    action={"enum": ["send", "receive"]},
    channel=REFERENCE,
    summary=TEXT,
    tags=TAGS,
    messages={"type": "array", "uniqueItems": True, "items": REFERENCE},
)
MESSAGE = _object(
    [],
    name=TEXT,
    title=TEXT,
    summary=TEXT,
    contentType=TEXT,
    headers={"type": "object", "required": ["type"], "properties": {"type": {"const": "object"}}},
    correlationId=_object(["location"], location={"type": "string", "pattern": r"^\$message\.(header|payload)#(/.*)*$"}, description=TEXT),
    payload=REFERENCE,
    examples={"type": "array", "items": {**_object([], name=TEXT, payload={"type": "object"}), "minProperties": 1}},
)
STRUCTURE = _object(
    ["asyncapi", "info"],
    asyncapi={"const": "3.0.0"},
    id={"type": "string", "pattern": "^urn:"},
    info=INFO,
    defaultContentType=TEXT,
    servers=_map_of(SERVER),
    channels=_map_of(CHANNEL),
    operations=_map_of(OPERATION),
    components=_object([], messages=_map_of(MESSAGE), schemas=_map_of({"type": "object"})),
)


@pytest.fixture
def document() -> Json:
    """The AsyncAPI document of all events, made from the table of this release."""
    return documents.asyncapi_of(documents.load_all(), CONSUMERS)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _found(document: Json, reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_the_document_has_the_structure_of_asyncapi_3(document: Json):
    checker = Draft7Validator(STRUCTURE)

    faults = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)]

    assert faults == []


def test_every_reference_leads_somewhere(document: Json):
    references = set(_references(document))

    found = [_found(document, reference) for reference in references]

    assert len(found) > len(documents.load_all()) and None not in found


def test_an_operation_speaks_only_of_messages_of_its_channel(document: Json):
    operations = document["operations"].values()

    strangers = [
        message["$ref"] for one in operations for message in one["messages"] if not message["$ref"].startswith(f"{one['channel']['$ref']}/messages/")
    ]

    assert strangers == []


def test_the_producer_sends_and_exactly_the_services_of_the_table_receive(document: Json):
    told = {(name.split("_")[0], one["action"], one["channel"]["$ref"].removeprefix("#/channels/")) for name, one in document["operations"].items()}

    wanted = {
        party
        for subject in documents.load_all()
        for producer in (documents.service_of(subject),)
        for party in [(producer, "send", subject), *((reader, "receive", subject) for reader in CONSUMERS[producer])]
    }

    assert told == wanted
    assert len(document["operations"]) == len(wanted)


def test_every_message_carries_an_example_that_fits_its_payload_in_the_documents_own_dialect(document: Json):
    faults = []
    for message in document["components"]["messages"].values():
        schema = {"$ref": message["payload"]["$ref"], "components": document["components"]}
        Draft7Validator.check_schema(_found(document, message["payload"]["$ref"]))

        checker = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
        faults += [error.message for example in message["examples"] for error in checker.iter_errors(example["payload"])]

    assert faults == []


def test_the_document_names_its_licence_and_no_host(document: Json):
    info, servers = document["info"], document["servers"]

    hosts = [server["host"] for server in servers.values()]

    assert info["license"]["name"] == "EUPL-1.2"
    assert hosts == ["{address}"]


def test_contracts_know_nothing_of_the_services_or_the_chassis():
    script = (
        "import sys, contracts.documents as d; d.load_all(); print({name.split('.')[0] for name in sys.modules} & {'chassis', 'services', 'gateway'})"
    )

    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert seen.stdout.strip() == "set()"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command writes into an empty folder; the examples stay those of the project."""
    monkeypatch.setattr(documents, "HERE", tmp_path)
    monkeypatch.setattr(documents, "SCHEMAS", tmp_path / "schemas")
    monkeypatch.setattr(documents, "ASYNCAPI", tmp_path / "asyncapi.json")
    return tmp_path


def test_the_command_writes_all_then_finds_nothing_to_do(elsewhere: Path, capsys: pytest.CaptureFixture[str]):
    before = documents.main(["--check"])

    written = documents.main([])
    again = documents.main(["--check"])

    assert (before, written, again) == (1, 0, 0)
    assert len(list((elsewhere / "schemas").glob("*.json"))) == len(documents.load_all())
    assert "up to date" in capsys.readouterr().out


def test_a_difference_fails_the_check_with_the_command_to_run(elsewhere: Path, capsys: pytest.CaptureFixture[str]):
    documents.main([])
    (elsewhere / "schemas" / "hub.matching.need.posted.v1.json").write_text("{}", encoding="utf-8")
    (elsewhere / "schemas" / "hub.matching.need.forgotten.v1.json").write_text("{}", encoding="utf-8")

    code = documents.main(["--check"])

    told = capsys.readouterr().err
    assert code == 1
    assert "python -m contracts.documents" in told
    assert "need.posted.v1.json" in told and "need.forgotten.v1.json" in told and "need.changed" not in told


def test_a_new_event_without_an_example_is_refused(capsys: pytest.CaptureFixture[str]):
    class KeyLentV1(Event):
        """Emitted when a key was lent."""

        type_name: ClassVar[str] = "hub.matching.key.lent.v1"
        about: ClassVar[str] = "key_id"
        key_id: str

    KeyLentV1.__module__ = "contracts.matching"

    try:
        code = documents.main(["--check"])
    finally:
        del REGISTRY["hub.matching.key.lent.v1"]

    assert code == 1
    assert "contracts/examples/hub.matching.key.lent.v1.json" in capsys.readouterr().err
