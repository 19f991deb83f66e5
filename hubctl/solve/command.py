"""`./hub solve`: a problem in a file becomes one JSON object on standard output; a bad file becomes a line on standard error and status 2."""

import math
import sys
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson

from chassis.errors import Invalid
from hubctl.solve.mechanism import Mechanism
from hubctl.solve.reading import BadFile, read_text

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it: 128 and the number of the signal."""


class Format(StrEnum):
    """What the file holds."""

    HUB = "hub"
    GAP = "orlib-gap"
    ASSIGN = "orlib-assign"


def solve(name: str, mechanism_name: str, seconds: float, form_name: str, problem: int | None, maximise: bool) -> int:
    """Read, solve, print; the exit status."""
    try:
        if mechanism_name not in set(Mechanism) or form_name not in set(Format):
            raise BadFile(f"--mechanism is one of {', '.join(Mechanism)}; --format one of {', '.join(Format)}.")
        mechanism, form = Mechanism(mechanism_name), Format(form_name)
        if not math.isfinite(seconds):
            raise BadFile("--seconds must be a number.")
        if form is not Format.GAP and (problem is not None or maximise):
            raise BadFile("--problem and --maximise belong to --format orlib-gap.")
        if form is not Format.HUB and mechanism is Mechanism.STABLE:
            raise BadFile("A stable plan needs preferences, which these files do not have.")
        text = read_text(name)
        answer = _answer(text, mechanism, seconds, form, problem, maximise)
    except Invalid as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except MemoryError:
        print("The problem does not fit into the memory of this machine.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; there is no plan.", file=sys.stderr)
        return INTERRUPTED
    sys.stdout.buffer.write(written(answer))
    sys.stdout.buffer.flush()
    return 0


def written(answer: dict[str, Any]) -> bytes:
    """An answer as JSON text."""
    return orjson.dumps(answer, default=_exactly, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _exactly(value: object) -> orjson.Fragment:
    """A decimal as it is, without the detour over binary fractions."""
    assert isinstance(value, Decimal)
    return orjson.Fragment(f"{value.normalize():f}")


def _answer(text: str, mechanism: Mechanism, seconds: float, form: Format, problem: int | None, maximise: bool) -> dict[str, Any]:
    # Each on demand: compiled code takes a second to load, and an assignment needs little of it.
    if form is Format.HUB:
        from hubctl.solve.planning import plan

        return plan(text, mechanism, seconds)
    from hubctl.solve import orlib_answers

    if form is Format.GAP:
        return orlib_answers.gap(text, mechanism, seconds, problem, maximise)
    return orlib_answers.assignment(text, mechanism)
