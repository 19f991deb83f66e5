"""The commands `./hub words ...`: export the hub's sentences, check a city's, use them, list what is in use."""

from pathlib import Path
from typing import Annotated

import typer

from hubctl.instance import instance_at
from hubctl.using import Data

words_commands = typer.Typer(help="The sentences of the pages and mails, to be changed by the city.", no_args_is_help=True)
Language = Annotated[str, typer.Argument(help="en, fr, de, es, it, uk or ar.")]
MOST_SHOWN = 50


@words_commands.command("export")
def export(
    language: Language,
    file: Annotated[Path, typer.Argument(help="Where to write them: a .po file, or a .csv file for a spreadsheet.")],
    data: Data = None,
) -> None:
    """Write all sentences with their present translation into a file."""
    from hubctl import words

    print(f"{words.export(language, instance_at(data).words_folder, file)} sentences are in {file.name}.")


@words_commands.command("check")
def check(language: Language, file: Annotated[Path, typer.Argument(help="The edited file.")]) -> None:
    """Check an edited file; nothing is changed."""
    from hubctl import words

    good, faults = words.check(language, file)
    for fault in faults[:MOST_SHOWN]:
        print(f"line {fault.line}: {fault.reason}" if fault.line else fault.reason)
    print(f"{len(good.sentences) + len(good.plurals)} sentences can be used, {len(faults)} cannot.")
    raise typer.Exit(1 if faults else 0)


@words_commands.command("install")
def install(language: Language, file: Annotated[Path, typer.Argument(help="The edited file.")], data: Data = None) -> None:
    """Use an edited file from now on. A running hub shows it within seconds."""
    from hubctl import words

    print(f"{words.install(language, file, instance_at(data).words_folder)} sentences are now your own.")


@words_commands.command("list")
def show(data: Data = None) -> None:
    """The languages in which the city has words of its own, and entries that are not used (any more)."""
    from hubctl import words

    found = list(words.installed(instance_at(data).words_folder))
    for language, count, faults in found:
        print(f"{language}: {count} sentences of your own, {len(faults)} not used")
        for fault in faults[:MOST_SHOWN]:
            print(f"  line {fault.line}: {fault.reason}")
    if not found:
        print("All sentences are the hub's own.")
