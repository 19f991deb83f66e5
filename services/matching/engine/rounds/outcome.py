"""What a solver knows of each part of a round at a moment, and the plan and progress that this makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from services.matching.engine.plan import Certificate, LevelCertificate, Plan, Progress, gap_of
from services.matching.engine.problem import Problem, RoundPair
from services.matching.engine.seating import Component, Seats, ceiling_by_level, components, fill, pins_lost, unplaced, worth_by_level
from services.matching.engine.types import MOST_URGENT_FIRST


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seats of a component, their worth per stage (pins kept, then the levels that occur), a bound per stage beside the stages above, a bound on
    the summed value of the best plan, and whether the seats are shown to be such a best plan."""

    seats: Mapping[UUID, RoundPair]
    worth: tuple[int, ...]
    bounds: tuple[int, ...]
    total: int
    proven: bool


class Board:
    """The parts of a round and the best outcome of each so far; whoever looks at it gets a plan that holds, at any time."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.started = monotonic()
        self.parts = components(problem)
        self.greedy = [fill(part) for part in self.parts]
        at_first = [_better(part, fill(part, _standing(part, problem)), greedy) for part, greedy in zip(self.parts, self.greedy, strict=True)]
        self.outcomes = [_of_seats(part, seats) for part, seats in zip(self.parts, at_first, strict=True)]

    def note(self, at: int, outcome: Outcome) -> None:
        """A part has a better outcome."""
        self.outcomes[at] = outcome

    def progress(self) -> Progress:
        """Value and bound of the parts together, as they stand."""
        outcomes = list(self.outcomes)
        value = sum(sum(outcome.worth[1:]) for outcome in outcomes)
        bound = max(value, sum(outcome.total for outcome in outcomes))
        return Progress(value, bound, gap_of(value, bound), round(monotonic() - self.started, 3))

    def plan(self) -> Plan:
        """The plan of the outcomes as they stand."""
        outcomes = list(self.outcomes)
        seats: dict[UUID, RoundPair] = {}
        value, bound, greedy = ([0] * len(MOST_URGENT_FIRST) for _ in range(3))
        for part, outcome, by_hand in zip(self.parts, outcomes, self.greedy, strict=True):
            seats |= outcome.seats
            for totals, by_stage in ((value, outcome.worth), (bound, outcome.bounds), (greedy, worth_by_level(part, by_hand))):
                for level, amount in zip(part.levels(), by_stage[1:], strict=True):
                    totals[level] += amount
        now = self.progress()
        certificate = Certificate(
            value=now.value,
            bound=now.bound,
            gap=now.gap,
            seconds=now.seconds,
            proven=all(outcome.proven for outcome in outcomes),
            components=len(self.parts),
            levels=tuple(LevelCertificate(*row) for row in zip(MOST_URGENT_FIRST, value, bound, greedy, strict=True)),
        )
        return Plan(
            seats=tuple(seats[need_id] for need_id in sorted(seats)),
            unplaced=unplaced(self.problem, self.parts, seats),
            pins_lost=pins_lost(self.problem, seats),
            certificate=certificate,
            greedy_value=sum(greedy),
        )


def _standing(part: Component, problem: Problem) -> Seats:
    """The seats of the plan to start from that this part could still give."""
    return {pair.need_id: pair for group in part.groups for pairs in group.options for pair in pairs if pair.key in problem.start}


def _better(part: Component, one: Seats, other: Seats) -> Seats:
    return max(one, other, key=lambda seats: worth_by_level(part, seats))


def _of_seats(part: Component, seats: Seats) -> Outcome:
    worth, ceiling = worth_by_level(part, seats), ceiling_by_level(part)
    return Outcome(seats, worth, ceiling, sum(ceiling[1:]), worth == ceiling)
