"""Linked data, written as JSON-LD or Turtle from the same statements."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_TURTLE = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Iri:
    """A thing by its address."""

    address: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in a language, or a value of a type."""

    text: str
    language: str | None = None
    datatype: str | None = None


@dataclass(slots=True)
class Thing:
    """What is said of one thing. Predicates and classes are written with a prefix."""

    address: str
    classes: tuple[str, ...]
    said: list[tuple[str, Iri | Literal]] = field(default_factory=list)

    def say(self, predicate: str, *values: "Iri | Literal | Thing | None") -> "Thing":
        """Add statements; None adds none."""
        for value in values:
            if value is not None:
                self.said.append((predicate, Iri(value.address) if isinstance(value, Thing) else value))
        return self


def texts(by_language: dict[str, str] | None) -> list[Literal]:
    """A text in each language that has one."""
    return [Literal(text, code) for code, text in sorted((by_language or {}).items()) if _LANGUAGE.fullmatch(code)]


def context() -> dict[str, str]:
    """The prefixes as a JSON-LD context."""
    return dict(PREFIXES)


def json_ld(thing: Thing) -> dict[str, Any]:  # Any: JSON
    """A thing as a JSON-LD node."""
    node: dict[str, Any] = {"@id": _iri(thing.address), "@type": list(thing.classes)}
    for predicate, value in thing.said:
        node.setdefault(predicate, []).append(_json_value(value))
    return node


def document(things: Iterable[Thing]) -> dict[str, Any]:  # Any: JSON
    """Things as a JSON-LD document."""
    return {"@context": context(), "@graph": [json_ld(thing) for thing in things]}


def turtle(things: Iterable[Thing]) -> str:
    """Things as Turtle."""
    lines = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    for thing in things:
        classes = ", ".join(_name(one) for one in thing.classes)
        said = "".join(f" ;\n    {predicate} {_turtle_value(value)}" for predicate, value in thing.said)
        lines.append(f"\n<{_iri(thing.address)}> a {classes}{said} .")
    return "\n".join(lines) + "\n"


def _iri(address: str) -> str:
    return _NOT_IN_IRI.sub(lambda found: f"%{ord(found[0]):02X}", address)


def _name(name: str) -> str:
    return f"<{name}>" if "://" in name else name


def _json_value(value: Iri | Literal) -> dict[str, str]:
    if isinstance(value, Iri):
        return {"@id": _iri(value.address)}
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return {"@value": value.text} | ({"@type": value.datatype} if value.datatype else {})


def _turtle_value(value: Iri | Literal) -> str:
    if isinstance(value, Iri):
        return f"<{_iri(value.address)}>"
    text = "".join(char if char >= " " else f"\\u{ord(char):04X}" for char in value.text.translate(_TURTLE))
    return f'"{text}"' + (f"@{value.language}" if value.language else f"^^{value.datatype}" if value.datatype else "")
