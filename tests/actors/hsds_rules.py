"""The HSDS schemas for tests: references local, formats checked, unknown fields refused, list forms derived as the specification derives them."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

FOLDER = Path(__file__).parent / "hsds_schema"
Schema = dict[str, Any]
CHECKER = FormatChecker()
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]+(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")


@CHECKER.checks("uri")
def _is_uri(value: object) -> bool:
    """RFC 3986: ASCII only, percent signs before two hexadecimal digits, brackets nowhere."""
    return not isinstance(value, str) or _URI.fullmatch(value) is not None


@cache
def _sources() -> dict[str, Schema]:
    found = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
    for schema in found.values():
        schema["additionalProperties"] = False
    service = copy.deepcopy(found["service"])
    del service["properties"]["organization"]
    found["service_of_organization"] = {**service, "$id": "service_of_organization.json"}
    service = copy.deepcopy(found["service"])
    del service["properties"]["service_at_locations"]
    found["service_of_place"] = {**service, "$id": "service_of_place.json"}
    full = copy.deepcopy(found["organization"])
    full["properties"]["services"] = {"type": "array", "items": {"$ref": "service_of_organization.json"}}
    found["organization_full"] = {**full, "$id": "organization_full.json"}
    full = copy.deepcopy(found["service_at_location"])
    full["properties"]["service"] = {"$ref": "service_of_place.json"}
    found["service_at_location_full"] = {**full, "$id": "service_at_location_full.json"}
    return found


def _one_to_one(schema: Schema) -> Schema:
    """What the specification leaves in lists: everything but arrays, down to the last nested record."""
    kept: Schema = {}
    for name, rule in schema["properties"].items():
        if rule.get("type") == "array":
            continue
        kept[name] = _one_to_one(_sources()[rule["$ref"].removesuffix(".json")]) if "$ref" in rule else rule
    return {"type": "object", "properties": kept, "required": schema["required"], "additionalProperties": False}


@cache
def validator(name: str, *, in_list: bool = False) -> Draft202012Validator:
    """Checks a record of that kind, or a record as it stands in a list."""
    schema = _sources()[name]
    registry: Registry[Any] = Registry().with_resources((f"{stem}.json", Resource.from_contents(one)) for stem, one in _sources().items())
    return Draft202012Validator(_one_to_one(schema) if in_list else schema, registry=registry, format_checker=CHECKER)


def faults(record: Any, name: str, *, in_list: bool = False) -> list[str]:
    """What is wrong with a record, in a few words each."""
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name, in_list=in_list).iter_errors(record)]


def ids_of(record: Any) -> list[str]:
    """All ids in a record, nested ones too."""
    if isinstance(record, list):
        return [found for one in record for found in ids_of(one)]
    if not isinstance(record, dict):
        return []
    own = [value for name, value in record.items() if (name == "id" or name.endswith("_id")) and isinstance(value, str)]
    return own + [found for value in record.values() for found in ids_of(value)]
