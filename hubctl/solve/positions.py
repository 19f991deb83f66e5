"""Where in a JSON text something stands: read token by token, and only once a fault is to be told, so that good files are read fast."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

Path = tuple[str | int, ...]
"""The keys and positions that lead to a value: ("pairs", 3, "value")."""

DEEPEST = 16
"""How deep arrays and objects may be nested; the format itself needs 4."""
LONGEST_NUMBER = 40
"""How many characters a number may have."""

_TOKEN = re.compile(r'\s*(?P<word>"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+)', re.DOTALL)
_NOT_A_NUMBER = ("NaN", "Infinity", "-Infinity")


class Found(NamedTuple):
    """A place in the text, from 0, and what is wrong there (nothing where it was only looked up)."""

    offset: int
    words: str = ""


def offset_of(text: str, wanted: Path) -> int:
    """Where the value at a path begins, or, where the text does not have it, the innermost value on the way to it."""
    nearest, length = 0, -1
    for offset, _, path in _values(text):
        if path == list(wanted):
            return offset
        if length < len(path) < len(wanted) and path == list(wanted[: len(path)]):
            nearest, length = offset, len(path)
    return nearest


def first_oddity(text: str) -> Found | None:
    """The first thing that JSON's grammar lets pass, or that a reader may choke on: a key twice in one object, NaN, too deep nesting, a number
    of too many digits."""
    for offset, word, path in _values(text):
        if word is None:
            return Found(offset, "this key occurs twice in one object")
        if word in _NOT_A_NUMBER:
            return Found(offset, "NaN and Infinity are no numbers of JSON")
        if len(path) > DEEPEST:
            return Found(offset, f"nested more than {DEEPEST} deep")
        if word[0] in "-0123456789" and len(word) > LONGEST_NUMBER:
            return Found(offset, f"a number of more than {LONGEST_NUMBER} characters")
    return None


def _values(text: str) -> Iterator[tuple[int, str | None, list[str | int]]]:
    """Every value's offset, first token and path (one list, changed as it goes), in order; a key that occurs twice has no token."""
    path: list[str | int] = []
    expects_key: list[bool] = []
    keys: list[set[str]] = []
    position = 0
    while match := _TOKEN.match(text, position):
        position, offset, word = match.end(), match.start("word"), match["word"]
        if word in ("}", "]"):
            if not path:
                return
            path.pop()
            expects_key.pop()
            keys.pop()
        elif word == ",":
            _next(path, expects_key)
        elif expects_key and expects_key[-1]:
            path[-1] = key = _plain(word)
            expects_key[-1] = False
            if key in keys[-1]:
                yield offset, None, path
            keys[-1].add(key)
        elif word != ":":
            yield offset, word, path
            if word in ("{", "["):
                path.append("" if word == "{" else 0)
                expects_key.append(word == "{")
                keys.append(set())


def _next(path: list[str | int], expects_key: list[bool]) -> None:
    if path and isinstance(path[-1], int):
        path[-1] += 1
    elif expects_key:
        expects_key[-1] = True


def _plain(word: str) -> str:
    try:
        return str(json.loads(word))
    except ValueError:
        return word[1:-1]
