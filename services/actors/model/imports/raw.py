"""Bytes to text, archives to members, lists of JSON to records: with bounds, and one record at a time."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, NoReturn

from services.actors.model.imports.forms import refuse_file
from services.actors.model.imports.limits import MAX_LINE, MAX_MEMBERS, MAX_RATIO, MAX_ROWS, MAX_UNPACKED, RATIO_FROM

Json = dict[str, Any]
"""A JSON object (Any: values nest freely)."""
_BLANK = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")
_HINTS = (
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"\xd0\xcf\x11\xe0", "an old Excel format (xls)"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
)


def text_of(content: bytes) -> str:
    """The text of a file. Raises FileRefused by line for another encoding than UTF-8, and for NUL characters."""
    for mark, name in _HINTS:
        if content.startswith(mark):
            raise refuse_file("not_utf8", "This file is {name}. Save it as CSV in UTF-8, or as XLSX, and send it again.", 1, name=name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse_file(
            "not_utf8",
            "Line {number} is not UTF-8; it looks like {name}. In your spreadsheet choose CSV UTF-8 when you save.",
            line, number=line, name=_guess(content),
        ) from None  # fmt: skip
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise refuse_file("characters", "Line {number} holds characters that no text has (NUL); this is no text file.", line, number=line)
    return text


def _guess(content: bytes) -> str:
    return "Windows-1252" if any(0x80 <= byte <= 0x9F for byte in content[:200_000]) else "ISO 8859-1 (Latin 1)"


def looks_like_html(text: str) -> bool:
    """Whether this is a web page under another name."""
    return bool(re.match(r"\s*<(?:!doctype|html|head|body|table|\?xml)", text[:500], re.IGNORECASE))


def archive_of(content: bytes) -> zipfile.ZipFile:
    """An archive whose members are few, small and honest about their size. Raises FileRefused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        raise refuse_file("not_an_archive", "This archive is damaged; make it anew and send it again.") from None
    if len(members) > MAX_MEMBERS:
        raise refuse_file("too_many_files", "This archive holds more than {most} files.", most=MAX_MEMBERS)
    unpacked = 0
    for member in members:
        unpacked += member.file_size
        dense = member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(1, member.compress_size)
        if dense or unpacked > MAX_UNPACKED:
            raise refuse_file("zip_bomb", "This archive unpacks to far more than files that people make; it was not opened.")
        if member.flag_bits & 1:
            raise refuse_file("encrypted", "This archive needs a password; send it without one.")
    return archive


def member_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member, not longer than its archive said. Raises FileRefused."""
    try:
        said = archive.getinfo(name).file_size
        with archive.open(name) as stream:
            content = stream.read(said + 1)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, EOFError, ValueError, RuntimeError, zlib.error):
        raise refuse_file("not_an_archive", "This archive is damaged; make it anew and send it again.") from None
    if len(content) > said:
        raise refuse_file("zip_bomb", "This archive unpacks to far more than files that people make; it was not opened.")
    return content


def json_records(text: str, *names: str) -> Iterator[tuple[int, Any]]:
    """The records of a JSON text: its top list, the list under the first of these names, its lines (ndjson), or the one object that it is."""
    kind, lists = top_of(text)
    if kind == "list":
        yield from records_of(text, lists[""])
        return
    for name in () if "id" in lists else names:  # an object with an id is a record itself, whatever lists it holds
        if name in lists and lists[name] >= 0:
            yield from records_of(text, lists[name])
            return
    place = 0
    for number in range(1, MAX_ROWS + 2):
        place = _BLANK.match(text, place).end()  # type: ignore[union-attr]
        if place == len(text):
            return
        if number > MAX_ROWS:
            raise refuse_file("too_many_rows", "Send at most {most} records in one file.", most=MAX_ROWS)
        record, place = _decode(text, place, number)
        yield number, record


def top_of(text: str) -> tuple[str, dict[str, int]]:
    """What a JSON text is: `list`, or `object` with the place of each list under a top-level name (-1: no list). Raises FileRefused."""
    start = _BLANK.match(text, 0).end()  # type: ignore[union-attr]
    if text.startswith("[", start):
        return "list", {"": start}
    if not text.startswith("{", start):
        raise refuse_file("not_json", "This file is neither a list nor an object of JSON.")
    lists: dict[str, int] = {}
    place = start + 1
    while True:
        place = _BLANK.match(text, place).end()  # type: ignore[union-attr]
        if text.startswith("}", place):
            return "object", lists
        name, place = _decode(text, place)
        colon = _COLON.match(text, place)
        if colon is None or not isinstance(name, str):
            _not_json()
        place = colon.end()
        if text.startswith("[", place):
            lists[name] = place
            place = _end_of_list(text, place)
        else:
            lists[name] = -1
            _, place = _decode(text, place)


def records_of(text: str, place: int) -> Iterator[tuple[int, Any]]:
    """The records of the list that begins at `place`, each with its number, one at a time. Raises FileRefused."""
    place += 1
    for number in range(1, MAX_ROWS + 2):
        place = _BLANK.match(text, place).end()  # type: ignore[union-attr]
        if text.startswith("]", place):
            return
        if number > MAX_ROWS:
            raise refuse_file("too_many_rows", "Send at most {most} records in one file.", most=MAX_ROWS)
        began = place
        record, place = _decode(text, place, number)
        if place - began > MAX_LINE:
            raise refuse_file("too_long", "Record {number} is longer than any description needs.", number, number=number)
        yield number, record


def _end_of_list(text: str, place: int) -> int:
    depth, strings = 0, re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
    for found in strings.finditer(text, place):
        mark = found.group()
        if mark in ("[", "{"):
            depth += 1
        elif mark in ("]", "}"):
            depth -= 1
            if depth == 0:
                return found.end()
    _not_json()


def _decode(text: str, place: int, number: int = 0) -> tuple[Any, int]:
    try:
        found: tuple[Any, int] = _DECODER.raw_decode(text, place)
        return found
    except (ValueError, RecursionError):
        _not_json(number)


def _number(text: str) -> float:
    if len(text) > 40:
        raise ValueError("a number of so many digits")
    return float(text)


def _no_constant(_: str) -> float:
    raise ValueError("NaN and Infinity are no JSON")


def _whole(text: str) -> float:
    return int(text) if len(text) <= 18 else _number(text)


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_number, parse_int=_whole)


def _not_json(number: int = 0) -> NoReturn:
    if number:
        raise refuse_file("not_json", "Record {number} is not well-formed JSON.", number, number=number)
    raise refuse_file("not_json", "This file is not well-formed JSON.")
