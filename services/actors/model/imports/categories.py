"""From the words that others use for kinds of help to our own categories: a reviewed table, and what a source's own list adds to it."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from services.actors.model.texts import folded

CODE = re.compile(r"[a-z][a-z_]{0,40}(\.[a-z][a-z_]{0,40}){0,3}")
"""The form of our own categories; a term that has it and is known to `matching` needs no table."""


@cache
def table() -> Mapping[str, str]:
    """The reviewed table, from folded words or data-inclusion themes to categories."""
    found: dict[str, str] = json.loads((Path(__file__).parent / "categories.json").read_text(encoding="utf-8"))
    return found


@cache
def own_codes() -> frozenset[str]:
    """The categories that the table speaks of, and those above them."""
    codes = set(table().values())
    return frozenset(codes | {code.split(".")[0] for code in codes})


def category_of(terms: Iterable[str], chosen: Mapping[str, str]) -> str | None:
    """The category of a service: what its source's list says, else the most exact entry of the table; None where nothing fits."""
    best: str | None = None
    for term in terms:
        found = chosen.get(term) or _known(term)
        if found is not None and (best is None or found.count(".") > best.count(".")):
            best = found
    return best


def _known(term: str) -> str | None:
    exact = table().get(term) or table().get(folded(term))
    if exact is not None:
        return exact
    if "--" in term:
        return table().get(term.split("--")[0])
    return term if CODE.fullmatch(term) and (term in own_codes() or ("." in term and term.split(".")[0] in own_codes())) else None
