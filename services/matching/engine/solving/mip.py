"""A worker process that proves or improves with branch and bound (HiGHS), fed over stdin and stdout, on a core of its own beside the search."""

import io
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

import numpy as np

from services.matching.engine.solving.instance import UNPLACED, Instance, Ints

ROOT = Path(__file__).parents[4]
FIELDS = ("capacity", "first", "value", "uses", "resource", "amount")
HUGE = 1e30


class Worker:
    """One worker process; it ends when it is closed, when its time is up, and when this process is gone (its stdin closes)."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        environment = dict(os.environ) | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.matching.engine.solving.mip"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.heard: SimpleQueue[dict[str, Ints] | None] = SimpleQueue()
        self.busy = False
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, instance: Instance, start: Ints, seconds: float, gap: int = 0) -> None:
        """Have an instance solved within so many seconds from a choice that holds (or one that leaves all out); stop at `gap` value units."""
        parts = {name: getattr(instance, name) for name in FIELDS} | {"start": start, "must": np.array([int(instance.must)]), "gap": np.array([gap])}
        assert self.process.stdin is not None
        self.busy = True
        try:
            _send(self.process.stdin, parts | {"milliseconds": np.array([int(seconds * 1000)])})
        except OSError:
            self.busy = False

    def news(self) -> list[dict[str, Ints]]:
        """What the worker has said since: `chosen` for a better choice, `bound` and `done` (1: solved, 2: impossible, 0: out of time) at the end."""
        said: list[dict[str, Ints]] = []
        while True:
            try:
                each = self.heard.get_nowait()
            except Empty:
                return said
            if each is None:
                self.busy = False
                return said
            if "done" in each:
                self.busy = False
            said.append(each)

    def close(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue

    def _listen(self) -> None:
        assert self.process.stdout is not None
        try:
            while (each := _receive(self.process.stdout)) is not None:
                self.heard.put(each)
        except (OSError, ValueError):
            pass
        self.heard.put(None)


def _send(pipe: IO[bytes], arrays: dict[str, Ints]) -> None:
    kept = io.BytesIO()
    np.savez(kept, **arrays)  # type: ignore[arg-type]
    pipe.write(struct.pack("<q", kept.tell()) + kept.getvalue())
    pipe.flush()


def _receive(pipe: IO[bytes]) -> dict[str, Ints] | None:
    head = pipe.read(8)
    if len(head) < 8:
        return None
    with np.load(io.BytesIO(pipe.read(struct.unpack("<q", head)[0])), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _solve(asked: dict[str, Ints], out: IO[bytes]) -> None:
    """Solve one instance with HiGHS; say each better choice as it comes, then the bound."""
    import highspy  # only here: the process that asks must be able to hold OR-tools, which cannot share one with HiGHS

    capacity, first, value, uses, resource, amount = (asked[name] for name in FIELDS)
    instance = Instance(capacity, first, value, uses, resource, amount, bool(asked["must"][0]))
    options, demands, resources = instance.options, instance.demands, len(instance.capacity)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in OPTIONS.items():
        highs.setOptionValue(name, setting)
    highs.setOptionValue("mip_abs_gap", float(asked["gap"][0]) + 0.5)
    highs.setOptionValue("time_limit", max(0.01, float(asked["milliseconds"][0]) / 1000))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = options, resources + demands
    model.col_cost_ = -instance.value.astype(np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(options), np.ones(options)
    model.row_lower_ = np.concatenate((np.full(resources, -HUGE), np.full(demands, 1.0 if instance.must else -HUGE)))
    model.row_upper_ = np.concatenate((instance.capacity.astype(np.float64), np.ones(demands)))
    # Column by column: its uses, then the row of its demand.
    ends = instance.uses[1:] + np.arange(1, options + 1)
    row, entry = np.zeros(len(instance.resource) + options, np.int32), np.ones(len(instance.resource) + options)
    place = np.ones(len(row), np.bool_)
    place[ends - 1] = False
    row[place], entry[place], row[ends - 1] = instance.resource, instance.amount, resources + instance.owner()
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate((np.zeros(1, np.int64), ends)).astype(np.int32)
    model.a_matrix_.index_, model.a_matrix_.value_ = row, entry
    model.integrality_ = [highspy.HighsVarType.kInteger] * options
    highs.passModel(model)
    if (asked["start"] >= 0).all() or not instance.must:
        columns = np.zeros(options)
        columns[asked["start"][asked["start"] >= 0]] = 1.0
        begin = highspy.HighsSolution()
        begin.col_value = columns.tolist()
        highs.setSolution(begin)
    highs.cbMipImprovingSolution.subscribe(lambda event: _send(out, {"chosen": _choice(instance, np.asarray(event.data_out.mip_solution))}))
    highs.run()
    status, found = highs.getModelStatus(), highs.getInfo()
    solved = status == highspy.HighsModelStatus.kOptimal
    last = {"done": np.array([1 if solved else 2 if status == highspy.HighsModelStatus.kInfeasible else 0])}
    if found.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        last["chosen"] = _choice(instance, np.asarray(highs.getSolution().col_value))
    if solved and "chosen" in last and not int(asked["gap"][0]):
        last["bound"] = np.array([instance.worth(last["chosen"])])
    elif abs(found.mip_dual_bound) < HUGE / 10:
        # Values are whole, so the bound is too: rounded down, with a tolerance for floating point.
        last["bound"] = np.array([int(np.floor(-found.mip_dual_bound + 1e-6 + 1e-9 * abs(found.mip_dual_bound)))])
    _send(out, last)


def _choice(instance: Instance, columns: np.ndarray) -> Ints:
    chosen = np.full(instance.demands, UNPLACED, np.int64)
    taken = np.flatnonzero(columns > 0.5)
    chosen[instance.owner()[taken]] = taken
    return chosen


OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
}


def main() -> None:
    """Solve what comes in, one after another, until stdin closes; then end at once, even in the middle of one."""
    inbox: SimpleQueue[dict[str, Ints]] = SimpleQueue()

    def listen() -> None:
        while (asked := _receive(sys.stdin.buffer)) is not None:
            inbox.put(asked)
        os._exit(0)

    import highspy  # noqa: F401  loaded while the parent is still at its prices

    threading.Thread(target=listen, daemon=True).start()
    while True:
        _solve(inbox.get(), sys.stdout.buffer)


if __name__ == "__main__":
    main()
