"""Finds every sentence that a reader may see, so that none stays untranslated. `python -m chassis.sentences` adds new ones to the catalogues.

A sentence is: title and body of a message (`Sentences("...", "...")`), the text of a refusal (`SomeError("...")`, `invalid_field(.., .., "...")`,
`Refused(.., "...")`), a text in `_("...")` (Python and
templates), and each value of a module's dictionary whose name ends in TITLES, MESSAGES, TEMPLATES or SENTENCES.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import write_po

from chassis.city_words import Words, read_file
from chassis.context import LOCALES
from chassis.language import FOLDERS, ROOT

PLACES = {
    "invalid_field": 2, "Refused": 1, "FieldError": 2, "_": 0, "problem": 2, "translate": 0, "refuse_file": 1, "wrong": 2, "fault": 2, "add": 3,
    "refused": 4, "_no": 3
}  # fmt: skip
"""Which argument of these calls is a sentence (`add`: of `faults.add`, the only one with so many)."""
TABLES = ("_DONE", "TITLES", "MESSAGES", "MESSAGE", "TEMPLATES", "SENTENCES")
TEXT = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
COUNTING = ("_n", "say_count", "translate_count")
"""Calls whose first two arguments are the singular and the plural of a sentence that counts."""
PLURALS_IN_TEMPLATES = re.compile(rf"""\b_n\(\s*{TEXT}\s*,\s*{TEXT}""")
IN_TEMPLATES = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _in_call(node: ast.Call) -> Iterator[str]:
    name = _name(node.func)
    if name == "Sentences":
        yield from (text for text in map(_text, node.args[:2]) if text)
    elif name in PLACES:
        if len(node.args) > PLACES[name] and (text := _text(node.args[PLACES[name]])) and (name == "_" or " " in text):
            yield text
    elif name == "_refused":
        yield from (text for arg in node.args for part in ast.walk(arg) if (text := _text(part)) and " " in text)
    elif name[:1].isupper() and node.args and (text := _text(node.args[0])) and " " in text and text.rstrip()[-1:] in ".?!":
        yield text


def _in_table(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if (
        any(_name(target).endswith(TABLES) or _name(target).startswith("MAIL_") or _name(target) == "message" for target in targets)
        and node.value is not None
    ):
        for child in ast.walk(node.value):
            if isinstance(child, ast.Dict):
                yield from (text for value in child.values if (text := _text(value)) and " " in text)
        if (text := _text(node.value)) and " " in text:
            yield text


def sentences_of(path: Path) -> set[str]:
    """The sentences of one file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return {ast.literal_eval(found) for found in IN_TEMPLATES.findall(source)}
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            found.update(_in_call(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found.update(_in_table(node))
    return found


def plurals_of(path: Path) -> set[tuple[str, str]]:
    """The sentences of one file that count: singular and plural."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return {(ast.literal_eval(one), ast.literal_eval(many)) for one, many in PLURALS_IN_TEMPLATES.findall(source)}
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and _name(node.func) in COUNTING and len(node.args) > 1)
    return {(one, many) for node in calls if (one := _text(node.args[0])) and (many := _text(node.args[1]))}


def plurals_below(room: Path) -> set[tuple[str, str]]:
    """The counting sentences of one room."""
    return set().union(*(plurals_of(path) for path in _files(room)))


def sentences_below(room: Path) -> set[str]:
    """The sentences of one room: chassis, a service, or the gateway."""
    return set().union(*(sentences_of(path) for path in _files(room)))


def _files(room: Path) -> list[Path]:
    return [path for pattern in ("*.py", "*.html") for path in room.rglob(pattern) if "migrations" not in path.parts]


def missing(folder: Path, locale: str) -> set[str]:
    """The room's sentences that have no translation into that language; of those that count, every form is needed."""
    path = folder / f"{locale}.po"
    known = read_file(path, locale) if path.exists() else Words()
    return (sentences_below(folder.parent) - set(known.sentences)) | ({one for one, _ in plurals_below(folder.parent)} - set(known.plurals))


def update(folder: Path) -> None:
    """Write every sentence into the room's catalogues, keeping translations; sentences that are gone are dropped."""
    wanted, counting = sorted(sentences_below(folder.parent)), sorted(plurals_below(folder.parent))
    if not wanted:
        return
    folder.mkdir(exist_ok=True)
    for locale in LOCALES[1:]:
        path = folder / f"{locale}.po"
        known = read_file(path, locale) if path.exists() else Words()
        catalogue = Catalog(locale=locale, project="Hospitium", copyright_holder="The Hospitium contributors", fuzzy=False)
        for sentence in wanted:
            catalogue.add(sentence, known.sentences.get(sentence, ""))
        for one, many in counting:
            catalogue.add((one, many), known.plurals.get(one, ("",) * get_plural(locale).num_plurals))
        with path.open("wb") as out:
            write_po(out, catalogue, width=0, no_location=True, omit_header=False, sort_output=True)


if __name__ == "__main__":
    for each in FOLDERS:
        update(each)
        for language in LOCALES[1:]:
            if lacking := missing(each, language):
                print(f"{each.relative_to(ROOT)}/{language}.po lacks {len(lacking)} translations")
