"""Tells the operator what is being done, step by step: bars on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]
"""Say that so many more things are done."""


class Steps:
    """The steps of one command."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()

    def say(self, words: str) -> None:
        """One line."""
        print(words, flush=True)

    @contextmanager
    def step(self, words: str, total: int | None = None) -> Iterator[Advance]:
        """One step; `total` is the number of things in it, if there are many."""
        began = time.monotonic()
        if self._is_terminal:
            with self._bar(words, total) as advance:
                yield advance
        else:
            yield lambda count: None
        self.say(f"  {words}: done ({time.monotonic() - began:.1f} s)")

    @contextmanager
    def _bar(self, words: str, total: int | None) -> Iterator[Advance]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        text = TextColumn("{task.description}")
        columns = (SpinnerColumn(), text, TimeElapsedColumn()) if total is None else (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, transient=True) as bar:
            task = bar.add_task(words, total=total)
            yield lambda count: bar.advance(task, count)
