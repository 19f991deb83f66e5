"""`hub words`: the sentences of the hub as a file that a city edits (gettext .po or CSV), checks and installs over the hub's own."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import write_po

from chassis.city_words import Fault, Words, checked
from chassis.context import LOCALES
from chassis.language import city_file, known_sentences, shipped
from hubctl.refusals import Refusal
from hubctl.secret_files import write_private

HEADER = ("sentence", "plural", "translation")


class WordsRefused(Refusal):
    """The file cannot be used; the message says why, line by line."""


class NoSuchLanguage(Refusal):
    """The hub does not speak it."""


def export(locale: str, folder: Path, to: Path) -> int:
    """Write all sentences with what readers see now, into a .po or .csv file; how many there are."""
    _require_known(locale)
    own, _ = checked(city_file(str(folder), locale), locale, known_sentences())
    words, known = shipped(locale).with_(own), known_sentences()
    to.write_text(_csv(words, known, locale) if to.suffix == ".csv" else _po(words, known, locale), encoding="utf-8")
    return len(known.sentences) + len(known.plurals)


def check(locale: str, path: Path) -> tuple[Words, list[Fault]]:
    """What of a city's file can be used, and what cannot, with reasons. Raises WordsRefused when there is no such file."""
    _require_known(locale)
    if not path.is_file():
        raise WordsRefused("There is no such file.")
    if path.suffix != ".csv":
        return checked(path, locale, known_sentences())
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / f"{locale}.po"
        made.write_text(_po_of_csv(path, locale), encoding="utf-8")
        return checked(made, locale, known_sentences())


def install(locale: str, path: Path, folder: Path) -> int:
    """Use a city's file from now on, without a restart; what is as the hub's own is not kept, so that later corrections of the hub reach it.
    How many sentences are the city's own. Raises WordsRefused, and changes nothing, when an entry cannot be used."""
    words, faults = check(locale, path)
    if faults:
        raise WordsRefused("Nothing was changed: {count} entries cannot be used; `./hub words check` names each.", count=len(faults))
    ours = shipped(locale)
    own = Words(
        {key: text for key, text in words.sentences.items() if text != ours.sentences.get(key, key)},
        {key: texts for key, texts in words.plurals.items() if texts != ours.plurals.get(key)},
        words.manys,
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_private(city_file(str(folder), locale), _po(own, own, locale))
    return len(own.sentences) + len(own.plurals)


def installed(folder: Path) -> Iterator[tuple[str, int, list[Fault]]]:
    """Each language that the city has words for: how many, and which entries are not used any more."""
    for locale in LOCALES:
        path = city_file(str(folder), locale)
        if path.is_file():
            words, faults = checked(path, locale, known_sentences())
            yield locale, len(words.sentences) + len(words.plurals), faults


def _require_known(locale: str) -> None:
    if locale not in LOCALES:
        raise NoSuchLanguage("The hub speaks {languages}.", languages=", ".join(LOCALES))


def _po(words: Words, keys: Words, locale: str) -> str:
    catalogue = Catalog(locale=locale, project="Hospitium", fuzzy=False)
    for sentence in sorted(keys.sentences):
        catalogue.add(sentence, words.sentences.get(sentence, "" if locale != "en" else sentence))
    for one in sorted(keys.plurals):
        catalogue.add((one, keys.manys[one]), words.plurals.get(one, ("",) * get_plural(locale).num_plurals))
    return _written(catalogue)


def _written(catalogue: Catalog) -> str:
    out = BytesIO()
    write_po(out, catalogue, width=0, no_location=True, sort_output=True)
    return out.getvalue().decode()


def _csv(words: Words, known: Words, locale: str) -> str:
    forms = get_plural(locale).num_plurals
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([*HEADER, *(f"translation {number}" for number in range(2, forms + 1))])
    writer.writerows([sentence, "", words.sentences.get(sentence, "")] for sentence in sorted(known.sentences))
    writer.writerows([one, known.manys[one], *words.plurals.get(one, ("",) * forms)] for one in sorted(known.plurals))
    return "\ufeff" + out.getvalue()


def _po_of_csv(path: Path, locale: str) -> str:
    catalogue = Catalog(locale=locale, project="Hospitium", fuzzy=False)
    try:
        rows: Sequence[Sequence[str]] = list(csv.reader(StringIO(path.read_text(encoding="utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise WordsRefused("This is no CSV file in UTF-8.") from None
    if not rows or tuple(rows[0][:3]) != HEADER:
        raise WordsRefused("The first line must be: {header}.", header=",".join(HEADER))
    for number, row in enumerate(rows[1:], 2):
        if len(row) < 3 or not row[0]:
            continue
        if row[1]:
            catalogue.add((row[0], row[1]), tuple(row[2 : 2 + get_plural(locale).num_plurals]), lineno=number)
        else:
            catalogue.add(row[0], row[2], lineno=number)
    return _written(catalogue)
