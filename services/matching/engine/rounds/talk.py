"""The worker's side of a talk: a question comes in on stdin, progress and the plan go out on stdout, and "stop" ends it with the best so far."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from threading import Event, Lock, Thread

from services.matching.engine.plan import plan_to_plain
from services.matching.engine.problem import problem_from
from services.matching.engine.rounds.outcome import Board

TICK = 0.5
"""Seconds between two lines of progress."""


def converse(solve: Callable[[Board, float], None]) -> None:
    """Read `{"problem": ..., "seconds": ...}` as one line; write `{"progress": ...}` lines, then `{"plan": ...}`. A line "stop" on stdin makes the
    best plan so far the answer at once. Ends the process, for a solver may still be at work in another thread."""
    asked = json.loads(sys.stdin.readline())
    board = Board(problem_from(asked["problem"]))
    lock, done = Lock(), Event()

    def say(line: object) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    def finish() -> None:
        with lock:
            say({"plan": plan_to_plain(board.plan())})
            os._exit(0)

    def listen() -> None:
        if sys.stdin.readline().strip() == "stop":
            finish()

    def report() -> None:
        while not done.wait(TICK):
            with lock:
                say({"progress": asdict(board.progress())})

    for other in (listen, report):
        Thread(target=other, daemon=True).start()
    solve(board, float(asked["seconds"]))
    finish()
