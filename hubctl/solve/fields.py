"""What a field of a problem may hold: shapes, numbers, sizes and references, each refused with its line."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from hubctl.solve.case import DECIMALS, LARGEST, LEVELS, USUAL, Ints
from hubctl.solve.positions import Path
from hubctl.solve.reading import Document

LONGEST_ID = 200
"""How many characters an id may have."""


class Fields:
    """Reads fields of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.dimensions: dict[str, int] = {}
        self.scalar: bool | None = None

    def record(self, value: object, path: Path, fields: Sequence[str]) -> dict[str, Any]:
        """An object of the given fields only. `Any`: what a file holds is checked field by field."""
        if not isinstance(value, dict):
            raise self.document.fault(path, "must be an object" if path else "the file must hold one JSON object")
        if unknown := next((key for key in value if key not in fields), None):
            known = ", ".join(field for field in fields if field != "$schema")
            raise self.document.fault((*path, unknown), f"is a field that is not known here; known are {known}")
        if "" in value and "" not in fields:
            raise self.document.fault(path, "has a field without a name")
        return value

    def one_of(self, row: dict[str, Any], names: Sequence[str], path: Path) -> str:
        """The one of several names of a field that is given."""
        given = [name for name in names if name in row]
        if len(given) > 1:
            raise self.document.fault((*path, given[1]), f"says the same as {given[0]}; give one of them")
        if not given:
            raise self.document.fault(path, f"lacks {' or '.join(names)}" if path else f"the file lacks {' or '.join(names)}")
        return given[0]

    def array(self, value: object, path: Path) -> list[Any]:
        """A list."""
        if not isinstance(value, list):
            raise self.document.fault(path, "must be a list")
        return value

    def items(self, top: dict[str, Any], key: str) -> list[tuple[int, Any]]:
        """What a list of the file holds, with its positions; nothing where it is left out."""
        return list(enumerate(self.array(top.get(key, []), (key,))))

    def rows(self, top: dict[str, Any], key: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """The records of a list."""
        return [self.record(row, (key, at), fields) for at, row in self.items(top, key)]

    def ids(self, rows: list[dict[str, Any]], key: str) -> dict[str, int]:
        """The position of each id; every record has one, and no two the same."""
        found: dict[str, int] = {}
        for at, row in enumerate(rows):
            name = row.get("id")
            if name is None:
                raise self.document.fault((key, at), "lacks id")
            if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID or not _can_be_written(name):
                raise self.document.fault((key, at, "id"), f"must be a text of 1 to {LONGEST_ID} characters")
            if name in found:
                raise self.document.fault((key, at, "id"), f"is the same as that of {key}[{found[name]}]")
            found[name] = at
        return found

    def whole(self, value: object, path: Path, least: int) -> int:
        """A whole number from `least` to `LARGEST`."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.document.fault(path, "must be a whole number, without a point")
        if not least <= value <= LARGEST:
            raise self.document.fault(path, f"must be from {least} to {LARGEST}")
        return value

    def amounts(self, value: object, path: Path, least: int) -> dict[int, int]:
        """A size or a capacity, per dimension."""
        if self.scalar is None:
            self.scalar = not isinstance(value, dict)
        if isinstance(value, dict):
            if self.scalar:
                raise self.document.fault(path, "must be a number, as the sizes and capacities before it")
            if not value:
                raise self.document.fault(path, "names no dimension")
            return {self.dimensions.setdefault(key, len(self.dimensions)): self.whole(inner, (*path, key), 0) for key, inner in value.items()}
        if not self.scalar:
            raise self.document.fault(path, "must be an object with a number per dimension, as the sizes and capacities before it")
        return {self.dimensions.setdefault("", 0): self.whole(value, path, least)}

    def size(self, row: dict[str, Any], path: Path) -> dict[int, int]:
        """The size of a need: 1 where it is left out and capacities are plain numbers."""
        if "size" in row:
            return self.amounts(row["size"], (*path, "size"), 1)
        if self.scalar is False:
            raise self.document.fault(path, "lacks size; it may be left out only where capacities are plain numbers")
        return self.amounts(1, path, 1)

    def matrix(self, rows: Sequence[dict[int, int]]) -> Ints:
        """Amounts as an array, a row each, a column a dimension."""
        made = np.zeros((len(rows), len(self.dimensions) or 1), np.int64)
        for at, row in enumerate(rows):
            for dimension, amount in row.items():
                made[at, dimension] = amount
        return made

    def level(self, row: dict[str, Any], path: Path) -> int:
        """The level of urgency, as a position in `LEVELS`."""
        urgency = row.get("urgency", LEVELS[USUAL])
        if urgency not in LEVELS:
            raise self.document.fault((*path, "urgency"), f"must be one of {', '.join(LEVELS)}")
        return LEVELS.index(urgency)

    def reference(self, value: object, path: Path, known: dict[str, int], what: str) -> int:
        """The position of what an id names."""
        if not isinstance(value, str) or value not in known:
            raise self.document.fault(path, f"is the id of no {what}")
        return known[value]

    def list(self, row: dict[str, Any], key: str, path: Path, known: dict[str, int], what: str) -> dict[int, int] | None:
        """A list of preference: the position of each id; None where there is no list."""
        if key not in row:
            return None
        found: dict[int, int] = {}
        for at, value in enumerate(self.array(row[key], (*path, key))):
            reference = self.reference(value, (*path, key, at), known, what)
            if reference in found:
                raise self.document.fault((*path, key, at), "is in this list already")
            found[reference] = at
        return found

    def number(self, value: object, path: Path) -> int | Decimal:
        """A value: a whole number or one with a few digits after the point."""
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise self.document.fault(path, "must be a number")
        if not -LARGEST <= value <= LARGEST:
            raise self.document.fault(path, f"must be from {-LARGEST} to {LARGEST}")
        if isinstance(value, Decimal) and decimals(value) > DECIMALS:
            raise self.document.fault(path, f"has more than {DECIMALS} digits after the point")
        return value


def decimals(value: Decimal) -> int:
    """How many digits after the point are needed."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or not any(digits):
        return 0
    zeros = next(at for at, digit in enumerate(reversed(digits)) if digit)
    needed: int = -(exponent + zeros)
    return max(0, needed)


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
