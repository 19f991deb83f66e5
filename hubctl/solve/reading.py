"""Reads a file whole and says where a fault stands: the line, never what was written there."""

import json
import sys
from decimal import Decimal
from functools import cached_property
from pathlib import Path as File

from chassis.errors import Invalid
from hubctl.solve.positions import Found, Path, first_oddity, offset_of


class BadFile(Invalid):
    """A file cannot be used: its line and what is wrong there."""


class _Twice(Exception):
    """A key occurs twice in an object."""


class _NotFinite(Exception):
    """NaN or Infinity."""


def fault(line: int, words: str, column: int | None = None) -> BadFile:
    """A fault on a line (from 1), and in a column where that helps."""
    return BadFile(f"line {line}{f', column {column}' if column else ''}: {words}")


def read_text(name: str) -> str:
    """The text of a file, or of standard input for `-`; UTF-8, with or without a byte order mark."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else File(name).read_bytes()
    except OSError as error:
        raise BadFile("The file cannot be read: {reason}.", reason=(error.strerror or "unknown reason").lower()) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(raw.count(b"\n", 0, error.start) + 1, "the file is not UTF-8") from None


class Document:
    """A JSON text as values (numbers with a point as `Decimal`), that finds the line of any of them."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def value(self) -> object:
        """The value of the whole text; raises `BadFile` with line and column where it is no JSON."""
        try:
            return json.loads(self.text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
        except json.JSONDecodeError as error:
            raise fault(error.lineno, f"no JSON: {error.msg[0].lower()}{error.msg[1:]}", error.colno) from None
        except (_Twice, _NotFinite, RecursionError, ArithmeticError, ValueError):
            raise self._odd(first_oddity(self.text) or Found(0, "the numbers of this file cannot be read")) from None

    def fault(self, path: Path, words: str) -> BadFile:
        """A fault of the value at a path."""
        return self._odd(Found(offset_of(self.text, path), f"{named(path)}{words}"))

    def _odd(self, found: Found) -> BadFile:
        start = self.text.rfind("\n", 0, found.offset) + 1
        return fault(self.text.count("\n", 0, found.offset) + 1, found.words, found.offset - start + 1)


def named(path: Path) -> str:
    """A path as one reads it: `pairs[3].value `; keys that the file chose are left out."""
    words = ""
    for key in path:
        words += f"[{key}]" if isinstance(key, int) else f"{'.' if words else ''}{key if key in _OURS else '...'}"
    return f"{words} " if words else ""


_LISTS = ("needs", "households", "offers", "places", "municipalities", "pairs", "together", "pinned", "forbidden", "preferences", "priorities")
_OURS = frozenset((*_LISTS, "id", "size", "urgency", "capacity", "need", "household", "offer", "place", "municipality", "value"))


def _refuse(_: str) -> object:
    raise _NotFinite


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Twice
    return made
