"""`./hub replay`: the recorded history with other weights, before they are used; a table in the terminal, and JSON for those who go on counting."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import orjson

from chassis.errors import Invalid, NotFound
from chassis.identity import SYSTEM
from hubctl.building import service_of
from hubctl.solve.positions import Path as Keys
from hubctl.solve.positions import offset_of
from hubctl.solve.reading import BadFile, Document, fault, read_text
from services.matching.engine.replay.compare import Comparison, Tell, assumptions, compare, sentences
from services.matching.engine.replay.figures import Figures, Group
from services.matching.engine.replay.history import History
from services.matching.engine.replay.policies import policy_of
from services.matching.engine.types import PartName
from services.matching.engine.weights import Weights
from services.matching.use_cases.replay import read_history
from services.matching.work import Work

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_NAME = 60
UNNAMED = "from-the-file"
REALLY = "really"
NOTHING = "–"


class NoSuchWeights(Invalid):
    """Neither a preset nor a file."""


class NoTime(Invalid):
    """The time ends before it begins."""


async def replay(chosen: str, since: datetime | None, until: datetime | None, json_file: str | None, policy_name: str) -> int:
    """Read, replay, print; the exit status: 2 where an option or a file cannot be used."""
    try:
        policy = policy_of(policy_name)
        first = since.replace(tzinfo=UTC) if since else None
        last = datetime.combine(until, time.max, UTC) if until else None
        if first and last and last < first:
            raise NoTime("--until must not lie before --from.")
        given = weights_of(read_text(chosen)) if is_file(chosen) else None
        async with service_of("matching") as service, service.open_work(SYSTEM, reading=True) as work:
            now, new = await work.weights.in_use(), given or await _preset(work, chosen)
            history = await read_history(work, first, min(last or work.now, work.now))
    except Invalid as refusal:
        print(refusal, file=sys.stderr)
        return 2
    with _progress() as tell:
        found = compare(history, now, new, policy, tell)
    if json_file is not None:
        _write(json_file, orjson.dumps(as_json(history, found, first), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    if json_file != "-":
        _print(history, found)
    return 0


def is_file(chosen: str) -> bool:
    """Whether `--weights` names a file: a preset's name has no point and no slash."""
    return chosen == "-" or NAME.fullmatch(chosen) is None


def weights_of(text: str) -> Weights:
    """The weights in a file: `{"version": NAME, "parts": {...}}` as the API takes them, or the ten parts alone. Raises BadFile with the line."""
    document = Document(text)
    top = document.value
    if not isinstance(top, dict):
        raise _wrong(document, (), "the weights must be an object with the ten parts")
    inside = "parts" in top
    parts, path = (top["parts"], ("parts",)) if inside else (top, ())
    if not isinstance(parts, dict):
        raise _wrong(document, path, "parts must be an object with the ten parts")
    known = [name.value for name in PartName]
    for key in parts:
        if key not in known:
            raise _wrong(document, (*path, key), f"this is no part of the score; the parts are {', '.join(known)}")
    for name in known:
        if name not in parts:
            raise _wrong(document, path, f"the part {name} is missing")
        if type(parts[name]) is not int or not 0 <= parts[name] <= 100:
            raise _wrong(document, (*path, name), f"{name} must be a whole number from 0 to 100")
    total = sum(parts.values())
    if total != 100:
        raise _wrong(document, path, f"the parts must sum to 100; these sum to {total}")
    return Weights(_version(document, top) if inside else UNNAMED, **parts)


def _version(document: Document, top: dict[str, Any]) -> str:
    for key in top:
        if key not in ("version", "parts", "note"):
            raise _wrong(document, (key,), "this is not known here; a preset has version, parts and note")
    version = top.get("version", UNNAMED)
    if not isinstance(version, str) or not NAME.fullmatch(version) or len(version) > LONGEST_NAME:
        raise _wrong(document, ("version",), "version must be a name such as fair-load-2")
    return version


def _wrong(document: Document, path: Keys, words: str) -> BadFile:
    """A fault with its line and column; it names our own fields, never what the file says."""
    offset = offset_of(document.text, path)
    start = document.text.rfind("\n", 0, offset) + 1
    return fault(document.text.count("\n", 0, offset) + 1, words, offset - start + 1)


async def _preset(work: Work, name: str) -> Weights:
    try:
        return (await work.weights.get(name)).weights
    except NotFound:
        known = ", ".join(preset.version for preset in await work.weights.all())
        raise NoSuchWeights("There is no preset of this name. There are: {known}. Or name a JSON file.", known=known) from None


def as_json(history: History, found: Comparison, since: datetime | None) -> dict[str, Any]:  # Any: JSON
    """The whole comparison; it holds counts only, never an id."""
    return {
        "from": since.isoformat() if since else None,
        "until": history.until.isoformat(),
        "policy": found.policy.name,
        "weights": {"in_use": _weights(found.now), "new": _weights(found.new)},
        "really": _figures(found.happened),
        "in_use": _figures(found.with_now),
        "new": _figures(found.with_new),
        "differences": sentences(found),
        "assumptions": assumptions(history, found.policy),
        "left_out": dict(history.left_out),
    }


def _weights(weights: Weights) -> dict[str, Any]:
    return {"version": weights.version, "parts": weights.parts}


def _figures(figures: Figures) -> dict[str, Any]:
    plain = asdict(figures)
    plain["total"] = _group(figures.total)
    for name, groups in (("by_category", figures.by_category), ("by_urgency", figures.by_urgency)):
        plain[name] = {key: _group(group) for key, group in groups.items()}
    return plain


def _group(group: Group) -> dict[str, Any]:
    return asdict(group) | {"share": round(group.share, 4)}


def _write(name: str, content: bytes) -> None:
    if name == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        Path(name).write_bytes(content)


def rows(found: Comparison) -> Iterator[tuple[str, ...]]:
    """The table's lines: what is measured, then what really happened and both replays; an empty line before each block."""
    columns = (found.happened, found.with_now, found.with_new)

    def line(name: str, *values: str) -> tuple[str, ...]:
        return (name, *values)

    yield line("Needs matched", *(_share(each.total) for each in columns))
    yield line("Days to the yes, median", *(_days(each.total.waiting_median) for each in columns))
    yield line("Days to the yes, 9 of 10", *(_days(each.total.waiting_p90) for each in columns))
    yield line("Days waited, all needs, median", *(_days(each.waited_median) for each in columns))
    yield line("Distance, median", *(_km(each.distance_median) for each in columns))
    yield line("Distance, 9 of 10", *(_km(each.distance_p90) for each in columns))
    yield line("Requests", *(str(each.requests) for each in columns))
    yield line("Providers asked", *(f"{each.asked} of {each.providers}" for each in columns))
    yield line("Gini coefficient of requests", *(f"{each.gini:.2f}" for each in columns))
    yield line("Requests to the most asked", *(str(each.most_loaded) for each in columns))
    for blocks in ([each.by_urgency for each in columns], [each.by_category for each in columns]):
        yield ("",) * 4
        for name in blocks[0]:
            yield line(name, *(f"{_share(block[name])}, {_days(block[name].waiting_median)} d" for block in blocks))


def _share(group: Group) -> str:
    return f"{group.matched} of {group.needs} ({group.share:.0%})"


def _days(days: float | None) -> str:
    return NOTHING if days is None else f"{days:.1f}"


def _km(metres: int | None) -> str:
    return NOTHING if metres is None else f"{metres / 1000:.1f} km"


def _print(history: History, found: Comparison) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{len(history.needs)} needs until {history.until:%Y-%m-%d}, policy {found.policy.name}")
    for name in ("", REALLY, f"replay: {found.now.version}", f"replay: {found.new.version}"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    for row in rows(found):
        table.add_section() if not any(row) else table.add_row(*row)
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(table)
    for heading, lines in (("What changes", sentences(found)), ("What the replays assume", assumptions(history, found.policy))):
        console.print(f"\n[bold]{heading}[/bold]")
        for each in lines:
            console.print(f"- {each}", markup=False)


@contextmanager
def _progress() -> Iterator[Tell | None]:
    """A bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("Replaying"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1)
        yield lambda done, steps: bar.update(task, completed=done, total=steps)
