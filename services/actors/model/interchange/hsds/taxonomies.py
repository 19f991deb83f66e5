"""Taxonomies of HSDS: what is offered (a tree), what kind an organisation is, which solidarity practices it has."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.ids import derived_id
from services.actors.model.texts import folded
from services.actors.model.vocabulary import ActorKind
from services.actors.model.vocabulary import Practice as PracticeTag

Record = dict[str, Any]
"""A record of HSDS (Any: JSON)."""


class Taxonomy(StrEnum):
    """The taxonomies that there are."""

    OFFERS = "offers"
    KINDS = "kinds"
    PRACTICES = "practices"


NAMES = {
    Taxonomy.OFFERS: ("What is offered", "Categories of help that is offered, as a tree."),
    Taxonomy.KINDS: ("Kinds of organisation", "What an organisation is: municipality, network, civil society and so on."),
    Taxonomy.PRACTICES: ("Practices of solidarity", "Kinds of solidarity practice that municipalities and others have."),
}
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a taxonomy."""

    taxonomy: Taxonomy
    code: str

    @property
    def id(self) -> UUID:
        """Derived from taxonomy and code: the same on every hub."""
        return derived_id("hsds", "taxonomy_term", self.taxonomy, self.code)

    @property
    def parent(self) -> "Term | None":
        """The entry above: `language` of `language.class`."""
        return Term(self.taxonomy, self.code.rsplit(".", 1)[0]) if "." in self.code else None

    @property
    def name(self) -> str:
        """The last word of the code, for readers."""
        return named(self.code.rsplit(".", 1)[-1])

    @property
    def description(self) -> str:
        """The way from the top of the tree."""
        return f"{NAMES[self.taxonomy][0]}: {' > '.join(named(part) for part in self.code.split('.'))}."


def named(code: str) -> str:
    """A code for readers: `civil_society` is `Civil society`."""
    words = code.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def taxonomy_id(taxonomy: Taxonomy) -> UUID:
    """Derived from its name: the same on every hub."""
    return derived_id("hsds", "taxonomy", taxonomy)


def taxonomy_record(taxonomy: Taxonomy) -> Record:
    """A taxonomy of HSDS."""
    name, description = NAMES[taxonomy]
    return {"id": str(taxonomy_id(taxonomy)), "name": name, "description": description, "version": VERSION}


def term_record(term: Term, *, nested: bool = True) -> Record:
    """A taxonomy term of HSDS; `nested` adds its taxonomy."""
    found: Record = {
        "id": str(term.id), "code": term.code, "name": term.name, "description": term.description, "taxonomy": NAMES[term.taxonomy][0],
        "language": "en", "taxonomy_id": str(taxonomy_id(term.taxonomy)),
    }  # fmt: skip
    if term.parent:
        found["parent_id"] = str(term.parent.id)
    return found | ({"taxonomy_detail": taxonomy_record(term.taxonomy)} if nested else {})


def all_terms(categories: Iterable[str]) -> list[Term]:
    """Every term that there is: the categories in use with all above them, the kinds, the practices."""
    codes = {".".join(code.split(".")[:depth]) for code in categories for depth in range(1, code.count(".") + 2)}
    found = [Term(Taxonomy.OFFERS, code) for code in sorted(codes)]
    found += [Term(Taxonomy.KINDS, kind) for kind in ActorKind]
    return found + [Term(Taxonomy.PRACTICES, tag) for tag in PracticeTag]


def attribute(owner: str, owner_id: UUID, term: Term, link_type: str) -> Record:
    """That an entity is described by a term."""
    return {
        "id": str(derived_id("hsds", "attribute", owner, str(owner_id), term.taxonomy, term.code)), "link_id": str(owner_id),
        "taxonomy_term_id": str(term.id), "link_type": link_type, "link_entity": owner, "value": term.code, "label": link_type,
        "taxonomy_term": term_record(term),
    }  # fmt: skip


def has_words(words: str, *texts: str) -> bool:
    """Whether texts have all of these words, whatever case and accents; without a word none has."""
    wanted, found = folded(words).split(), folded(*texts)
    return bool(wanted) and all(word in found for word in wanted)
