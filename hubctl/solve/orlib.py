"""Reads the OR-Library's generalised assignment and assignment files (Beasley 1990), and those of Yagiura in the same shape without a count."""

import re
from dataclasses import dataclass

import numpy as np

from hubctl.solve.case import Ints
from hubctl.solve.reading import BadFile, fault
from services.matching.engine.solving.instance import Instance

LARGEST = 10**12
"""The largest cost, resource or capacity."""
MOST_ROWS = 10**6
"""The most rows of an assignment: a file of pairs may name a size that no memory holds."""
MOST_VALUE = 2**62
"""Sums of costs stay below this."""


class Numbers:
    """The whole numbers of a text, in order, and the line of each."""

    def __init__(self, text: str) -> None:
        self.text = text
        words = text.split()
        if not words:
            raise fault(1, "the file holds no number")
        try:
            if any(len(word) > 19 for word in words):
                raise ValueError
            self.values: Ints = np.array([int(word) for word in words], np.int64)
        except (ValueError, OverflowError):
            wrong = next(at for at, word in enumerate(words) if not re.fullmatch(r"[+-]?[0-9]{1,18}", word, re.ASCII))
            raise self.fault(wrong, "is no whole number of at most 18 digits") from None
        if len(found := np.flatnonzero(np.abs(self.values) > LARGEST)):
            raise self.fault(int(found[0]), f"must be from {-LARGEST} to {LARGEST}")

    def fault(self, at: int, words: str) -> BadFile:
        """A fault of the number at a position, or of the end of the file where it has fewer."""
        for position, match in enumerate(re.finditer(r"\S+", self.text)):
            if position == at:
                return fault(self.text.count("\n", 0, match.start()) + 1, f"number {at + 1} of the file {words}")
        return fault(self.text.rstrip().count("\n") + 1, words)

    def not_negative(self, begin: int, end: int, what: str) -> Ints:
        """A stretch of numbers from 0."""
        part = self.values[begin:end]
        if len(found := np.flatnonzero(part < 0)):
            raise self.fault(begin + int(found[0]), f"is a {what} below 0")
        return part

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Generalised assignment: m agents, n jobs, costs and resources (m, n), capacities (m)."""

    cost: Ints
    resource: Ints
    capacity: Ints

    def instance(self, maximise: bool) -> Instance:
        """Each job a demand that must be placed, its options the agents that can take it alone; values are costs with the sign turned."""
        sign = 1 if maximise else -1
        job, agent = np.nonzero((self.resource <= self.capacity[:, None]).T)
        amount = self.resource[agent, job]
        used = amount > 0
        counts = np.bincount(job, minlength=self.cost.shape[1])
        return Instance(
            capacity=self.capacity,
            first=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int64),
            value=sign * self.cost[agent, job],
            uses=np.concatenate((np.zeros(1, np.int64), np.cumsum(used))).astype(np.int64),
            resource=agent[used].astype(np.int64),
            amount=amount[used],
            must=True,
        )

    def agent_of(self) -> Ints:
        """The agent of each option of `instance`, from 0."""
        agents: Ints = np.nonzero((self.resource <= self.capacity[:, None]).T)[1].astype(np.int64)
        return agents


def read_gap(text: str, problem: int | None) -> Gap:
    """The generalised assignment problem of a file: m and n, m rows of n costs, m rows of n resources, m capacities; before them, in files of the
    OR-Library, how many problems there are. `problem` (from 1) picks one of several. Where the numbers fit both readings, the count is taken."""
    numbers = Numbers(text)
    try:
        starts = _starts(numbers)
    except BadFile:
        if _gap_end(numbers.values, 0) != len(numbers):
            raise
        starts = [0]
    count = len(starts)
    if problem is None and count > 1:
        raise BadFile("line 1: the file holds {count} problems; pick one with --problem 1 to --problem {count}.", count=count)
    if problem is not None and problem > count:
        raise BadFile("line 1: there is no such problem; the file holds {count}.", count=count)
    return _gap(numbers, starts[(problem or 1) - 1])


def _starts(numbers: Numbers) -> list[int]:
    """Where each problem begins in a file that says first how many there are."""
    sizes, starts, at = numbers.values, [], 1
    count = int(sizes[0])
    if count < 1:
        raise numbers.fault(0, "must be how many problems there are, or how many agents: 1 or more")
    for which in range(1, count + 1):
        starts.append(at)
        short = f"the file ends too early: problem {which} of {count}"
        if at + 2 > len(sizes):
            raise numbers.fault(len(sizes), f"{short} is missing")
        if wrong := next((part for part in (at, at + 1) if sizes[part] < 1), None):
            raise numbers.fault(wrong, "must be a number of agents or jobs: 1 or more")
        at = _gap_end(sizes, at)
        if at > len(sizes):
            raise numbers.fault(len(sizes), f"{short} needs {at - len(sizes)} more numbers")
    if at < len(sizes):
        raise numbers.fault(at, "is one too many: the last problem ended before it")
    return starts


def _gap_end(sizes: Ints, at: int) -> int:
    """Where the problem that begins at a position ends; beyond the file where it is cut short."""
    if at + 2 > len(sizes):
        return len(sizes) + 1
    agents, jobs = int(sizes[at]), int(sizes[at + 1])
    return at + 2 + (2 * agents * jobs + agents if agents > 0 and jobs > 0 else 0)


def _gap(numbers: Numbers, at: int) -> Gap:
    agents, jobs = int(numbers.values[at]), int(numbers.values[at + 1])
    costs = at + 2
    resources, capacities = costs + agents * jobs, costs + 2 * agents * jobs
    cost = numbers.values[costs:resources].reshape(agents, jobs)
    _check_sum(cost.max(axis=0), cost.min(axis=0))
    return Gap(
        cost=cost,
        resource=numbers.not_negative(resources, capacities, "resource").reshape(agents, jobs),
        capacity=numbers.not_negative(capacities, capacities + agents, "capacity").copy(),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Assignment: n rows and n columns, and the cost of each allowed pair."""

    size: int
    row: Ints
    column: Ints
    cost: Ints


def read_assignment(text: str) -> Costs:
    """The assignment problem of a file: n, then n rows of n costs, or a line `i j cost` for each allowed pair (from 1). It is read as lines of pairs
    where the numbers are not exactly 1 + n x n, or where they are but every line after the first holds three, the first two from 1 to n, and n is
    not 3."""
    numbers = Numbers(text)
    size = int(numbers.values[0])
    if size < 1:
        raise numbers.fault(0, "must be how many rows there are: 1 or more")
    if size > MOST_ROWS:
        raise numbers.fault(0, f"must be how many rows there are: at most {MOST_ROWS}")
    body = numbers.values[1:]
    if len(body) == size * size and not _is_list(text, body, size):
        row, column = np.divmod(np.arange(len(body), dtype=np.int64), size)
        cost = body
    else:
        if len(body) % 3:
            raise numbers.fault(len(numbers), f"the file ends with {len(body)} numbers after the first: neither {size} x {size} nor three a pair")
        row, column, cost = (body[part::3].copy() for part in range(3))
        outside = np.flatnonzero((row < 1) | (row > size) | (column < 1) | (column > size))
        if len(outside):
            at = int(outside[0])
            wrong = 1 + 3 * at + (0 if not 1 <= row[at] <= size else 1)
            raise numbers.fault(wrong, f"must be a row or column from 1 to {size}")
        row, column = row - 1, column - 1
        _, seen = np.unique(row * size + column, return_index=True)
        if len(seen) < len(row):
            raise numbers.fault(1 + 3 * int(np.setdiff1d(np.arange(len(row)), seen)[0]), "begins a pair that was given already")
    _check_sum(np.full(size, np.abs(cost).max(initial=0)), np.zeros(size, np.int64))
    return Costs(size, row, column, cost)


def _is_list(text: str, body: Ints, size: int) -> bool:
    if size == 3 or len(body) % 3:
        return False
    lines = [line for line in text.splitlines() if line.strip()][1:]
    pairs = body.reshape(-1, 3)[:, :2]
    return all(len(line.split()) == 3 for line in lines) and bool(np.all((pairs >= 1) & (pairs <= size)))


def _check_sum(most: Ints, least: Ints) -> None:
    if float(np.maximum(np.abs(most), np.abs(least)).astype(np.float64).sum()) * (len(most) + 1) >= MOST_VALUE:
        raise BadFile("The costs are so large that their sums could leave 64 bits; scale them down.")


def assign(costs: Costs) -> tuple[Ints | None, int]:
    """The column of each row, and the least cost; None where the allowed pairs do not give everyone a partner. Exact: cost-scaling push-relabel
    (Goldberg, Kennedy 1995), as implemented by OR-tools."""
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    solver = SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(costs.row.astype(np.int32), costs.column.astype(np.int32), costs.cost)
    status = solver.solve() if np.array_equal(np.unique(costs.row), np.arange(costs.size)) else solver.INFEASIBLE
    if status == solver.INFEASIBLE:
        return None, 0
    if status != solver.OPTIMAL:
        raise BadFile("The costs are so large that their sums could leave 64 bits; scale them down.")
    return np.array([solver.right_mate(row) for row in range(costs.size)], np.int64), int(solver.optimal_cost())
