"""The solvers over arrays in a process beside the exact solver, for their libraries cannot share one: jobs go in and answers come out, pickled."""

import os
import pickle
import select
import subprocess
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

from services.matching.engine.solving.instance import Instance, Ints

START = 5.0
"""Seconds beyond a job's own that its answer may take: the process starts and loads its kernels."""


class Helper:
    """The other end of the process: started at the first job, ended with its parent. On a machine where the kernels are not compiled yet it is
    given up at its first late answer, so that a round keeps its time; what was compiled by then stays on disk."""

    def __init__(self, grace: float = START) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._grace = grace
        self._given_up = False

    def best(self, instance: Instance, seconds: float, start: Ints) -> tuple[Ints, int] | None:
        """The best choice that `portfolio.best` finds, and its bound; None where there is none, or the process died or is late: then the start
        stands."""
        answer: tuple[Ints, int] | None = self._ask(seconds, "best", instance, seconds, start)
        return answer

    def by_level(self, instance: Instance, level: Ints, seconds: float) -> Ints | None:
        """The optimum of `lexicographic.solve_levels`: unit demand, level by level, exactly; None where it takes longer than these seconds."""
        answer: Ints | None = self._ask(seconds, "by_level", instance, level)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _ask(self, seconds: float, *job: object) -> Any:  # Any: what the job answers
        if self._given_up:
            return None
        if self._process is None:
            command = (sys.executable, "-m", "services.matching.engine.rounds.helper")
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            pickle.dump(job, self._process.stdin)
            self._process.stdin.flush()
            if not select.select([self._process.stdout], [], [], seconds + self._grace)[0]:
                self._given_up = True
                self.close()
                return None
            answer = pickle.load(self._process.stdout)  # noqa: S301 - from our own process only
        except (EOFError, OSError, pickle.UnpicklingError):
            self.close()
            return None
        return answer


def _best(instance: Instance, seconds: float, start: Ints) -> tuple[Ints, int] | None:
    from services.matching.engine.solving import portfolio

    answer = portfolio.best(instance, seconds, start)
    return None if answer.chosen is None else (answer.chosen, answer.bound)


def _by_level(instance: Instance, level: Ints) -> Ints | None:
    from services.matching.engine.solving.lexicographic import solve_levels

    return solve_levels(instance, level).chosen


JOBS: dict[str, Callable[..., object]] = {"best": _best, "by_level": _by_level}


def main() -> None:
    """Answer jobs until the other end is gone, then end at once, whatever is under way."""
    jobs: SimpleQueue[tuple[Any, ...]] = SimpleQueue()

    def receive() -> None:
        try:
            while True:
                jobs.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - from our own parent only
        except Exception:  # whatever is wrong with the pipe, nobody waits for an answer any more
            os._exit(0)

    Thread(target=receive, daemon=True).start()
    while True:
        name, *job = jobs.get()
        pickle.dump(JOBS[name](*job), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
