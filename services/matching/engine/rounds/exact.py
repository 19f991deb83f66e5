"""Rounds that can be proven: level by level beside what is seated, then the proof, level by level, that nothing else would be better."""

from collections.abc import Callable
from time import monotonic
from uuid import UUID

import numpy as np

from services.matching.engine.problem import RoundPair
from services.matching.engine.rounds.arrays import level_of
from services.matching.engine.rounds.helper import Helper
from services.matching.engine.rounds.outcome import Outcome
from services.matching.engine.rounds.programme import Flags, Floats, Goal, Programme, reach
from services.matching.engine.seating import Component, ceiling_by_level, fill, worth_by_level

Heard = Callable[[Outcome], None]
"""Told of each better plan or bound of a component."""
KEPT_FOR_BOUND = 0.15
"""The part of the time that proofs leave, so that what is not proven still gets a bound."""
FOR_THE_REST = 0.4
"""The part of the time left that the proof of a level leaves to the levels below it."""
FOR_PROOFS = 0.2
"""The part of a large level's time that is left for what follows it."""
MANY = 5000
"""Pairs from which search over arrays comes before branch and bound."""
FLOWING = 20_000
"""Pairs from which unit demand is solved by flows; below, branch and bound proves it before their process has started."""
WORTHWHILE = 1.5
"""Seconds from which that search is worth the start of its process."""
SEARCHING = 0.5
"""The part of a level's time that this search gets."""


class Exact:
    """The solver of one component. Stages: 0 pins kept, then the value of each level of urgency that occurs, most urgent first."""

    def __init__(self, component: Component, start: Outcome, seconds: float, heard: Heard, helper: Helper) -> None:
        self.component, self.heard, self.helper = component, heard, helper
        self.until = monotonic() + seconds
        self.proofs_until = self.until - KEPT_FOR_BOUND * seconds
        self.seconds = seconds
        self.programme = Programme(component)
        self.levels = component.levels()
        self.level_of = {need.id: group.level for group in component.groups for need in group.needs}
        self.pinned = {need_id for need_id, _ in component.pinned}
        self.ceiling = ceiling_by_level(component)
        self.best = start

    def run(self) -> Outcome:
        """The best seats within the time, bounds, and whether they are proven. Steps: large unit demand by flows, exactly; otherwise every stage
        beside the seats of the stages above it, which gives a good plan early and a bound a level; then stage by stage with everybody free again
        who counts so far and each proven stage held at its value, which proves the order of plans as a whole, ties included; where time runs out,
        a bound of all remaining stages together."""
        if len(self.programme.pairs) > FLOWING and self._by_flow():
            return self.best
        self._beside(0)
        if monotonic() < self.proofs_until:
            self._prove()
        return self.best

    def _by_flow(self) -> bool:
        """Where every need takes one place of one dimension, none belong together and all pins are kept: the optimum of all levels at once."""
        single = (
            bool(self.programme.single.all()) and bool(np.all(self.programme.amount == 1)) and len(self.programme.amount) == len(self.programme.pairs)
        )
        if not single or self.best.worth[0] < self.ceiling[0]:
            return False
        kept = {need_id: pair for need_id, pair in self.best.seats.items() if pair.key in self.component.pinned}
        arrays = level_of(self.component.groups, self.component.room, kept)
        # A pinned need comes first: it has one option only.
        levels = np.array([-1 if group.needs[0].id in kept else group.level for group in arrays.groups], np.int64)
        chosen = self.helper.by_level(arrays.instance, levels, self.proofs_until - monotonic())
        if chosen is None:
            return False
        seats = arrays.seats(chosen)
        worth = worth_by_level(self.component, seats)
        if worth < self.best.worth:
            return False
        self._tell(Outcome(seats, worth, worth, sum(worth[1:]), True))
        return True

    def _searched(self, stage: int, fixed: Flags, seconds: float) -> int:
        """A level of many pairs: search over arrays before branch and bound. Answers the bound beside the seats above that comes with it."""
        level = self.levels[stage - 1]
        groups = [group for group in self.component.groups if group.level == level]
        kept = {key: pair for key, pair in self.best.seats.items() if pair.key in self.component.pinned}
        left = dict(zip(self.component.room, np.rint(self.programme.room - self.programme.used(fixed)).astype(int).tolist(), strict=True))
        arrays = level_of(groups, left, kept)
        answer = self.helper.best(arrays.instance, seconds, arrays.choice(self.best.seats))
        if answer is None:
            return self.ceiling[stage]
        chosen, bound = answer
        self._take(self.programme.mask(arrays.seats(chosen)) | fixed, stage)
        return bound if arrays.whole else self.ceiling[stage]

    def _coefficients(self, stage: int) -> Floats:
        programme = self.programme
        return programme.pin if stage == 0 else np.where(programme.level_of == self.levels[stage - 1], programme.value, 0.0)

    def _of_stage(self, stage: int) -> Flags:
        """The pairs of every group that counts in a stage."""
        programme = self.programme
        group = programme.group_of[programme.need_of]
        counted = np.bincount(group, self._coefficients(stage) != 0, len(programme.single)) > 0
        return np.asarray(counted[group])

    def _take(self, chosen: Flags, stage: int) -> None:
        """Make a choice for the stages up to this one the new best, if it is better; less urgent seats stay where they still can, and what is
        free is filled by hand, which keeps the urgency floor."""
        below = self.levels[stage - 1] if stage else -1
        seats: dict[UUID, RoundPair] = {
            key: pair for key, pair in self.best.seats.items() if self.level_of[key] > below and (stage == 0 or key not in self.pinned)
        }
        if stage == 0:
            seats = {key: pair for key, pair in seats.items() if key not in self.pinned}
        seats |= {pair.need_id: pair for pair, there in zip(self.programme.pairs, chosen, strict=True) if there}
        filled = fill(self.component, seats)
        worth = worth_by_level(self.component, filled)
        if worth > self.best.worth:
            self._tell(Outcome(filled, worth, self.best.bounds, self.best.total, False))

    def _tell(self, outcome: Outcome) -> None:
        self.best = outcome
        self.heard(outcome)

    def _beside(self, first: int) -> None:
        """The stages from `first` on, each beside the seats of the stages above."""
        programme = self.programme
        bounds = list(self.best.bounds)
        for stage in range(first, len(self.ceiling)):
            bounds[stage] = self.ceiling[stage]
            if self.best.worth[stage] < self.ceiling[stage] and monotonic() < self.until:
                chosen = programme.mask(self.best.seats)
                among = self._of_stage(stage)
                above = np.logical_or.reduce([self._of_stage(earlier) for earlier in range(stage)]) if stage else np.zeros_like(among)
                fixed = chosen & above & ~among
                pins = np.where(among, programme.pin, 0.0)
                kept = int(pins[chosen].sum()) if stage else 0
                goal = Goal(self._coefficients(stage), among, programme.room - programme.used(fixed), ((pins, kept),) if kept else ())
                share = self._share(stage)
                if stage and int(among.sum()) > MANY and share > WORTHWHILE:
                    bounds[stage] = min(bounds[stage], self._searched(stage, fixed, share * SEARCHING))
                    chosen = programme.mask(self.best.seats)
                    share *= 1 - SEARCHING
                found = reach(programme, goal, chosen & among, monotonic() + share)
                self._take(found.chosen | fixed, stage)
                bounds[stage] = min(bounds[stage], found.bound)
        bounds = [max(pair) for pair in zip(bounds, self.best.worth, strict=True)]
        self._tell(Outcome(self.best.seats, self.best.worth, tuple(bounds), self.best.total, self.best.worth == self.ceiling))

    def _share(self, stage: int) -> float:
        """The seconds of a stage: half of what is left while the levels are small, for they end sooner; else by how many pairs it has."""
        left = max(0.0, self.proofs_until - monotonic())
        if len(self.programme.pairs) <= MANY:
            return left / 2
        counts = [int(self._of_stage(later).sum()) for later in range(stage, len(self.ceiling))]
        return left * (1 - FOR_PROOFS) * counts[0] / max(sum(counts), 1)

    def _prove(self) -> None:
        """Stage by stage over everybody who counts so far and is not settled. A stage is proven by its value beside seats that nobody could have
        otherwise, or by a search with the stages above held at their values. Where no other seats give the same values, they are settled, and the
        next stage is as easy to prove as it is beside them; where ties remain, they stay open for the benefit of the stages below."""
        programme = self.programme
        alive = np.ones(len(programme.pairs), np.bool_)
        settled, active = np.zeros_like(alive), np.zeros_like(alive)
        held: list[tuple[Floats, int]] = []
        for stage in range(len(self.ceiling)):
            of_stage = self._of_stage(stage)
            easy = not np.any(active & ~settled) and self.best.bounds[stage] == self.best.worth[stage]
            active |= of_stage
            goal = self._goal(stage, active & ~settled, alive, settled, held)
            if self.best.worth[stage] < self.ceiling[stage] and not easy:
                # Whatever is found here, the levels below are seated anew beside it: that needs time too.
                last = stage == len(self.ceiling) - 1
                until = self.proofs_until - (0.0 if last else FOR_THE_REST * (self.proofs_until - monotonic()))
                found = reach(programme, goal, programme.mask(self.best.seats) & goal.among, until)
                if found.value > self.best.worth[stage]:
                    self._take(found.chosen | programme.mask(self.best.seats) & settled, stage)
                    self._beside(stage + 1)
                if found.bound > self.best.worth[stage]:
                    total = min(self.best.total, self._joint(stage, held, alive, settled))
                    self._tell(Outcome(self.best.seats, self.best.worth, self.best.bounds, max(total, sum(self.best.worth[1:])), False))
                    return
                alive &= found.alive | ~goal.among
            held.append((self._coefficients(stage), self.best.worth[stage]))
            chosen = programme.mask(self.best.seats) & goal.among
            if 0 < stage < len(self.ceiling) - 1 and self._only_seats(goal, held, chosen):
                settled |= active
                held.clear()
        self._tell(Outcome(self.best.seats, self.best.worth, self.best.worth, sum(self.best.worth[1:]), True))

    def _goal(self, stage: int, open_to: Flags, alive: Flags, settled: Flags, held: list[tuple[Floats, int]]) -> Goal:
        programme = self.programme
        taken = programme.used(programme.mask(self.best.seats) & settled)
        return Goal(self._coefficients(stage), open_to & alive, programme.room - taken, tuple(held))

    def _only_seats(self, goal: Goal, held: list[tuple[Floats, int]], chosen: Flags) -> bool:
        """Whether nothing but these seats gives the values that are held: then giving up one of them must cost something."""
        if not chosen.any():
            return True
        programme, seconds = self.programme, (self.proofs_until - monotonic()) / 2
        other = (np.where(chosen, -1.0, 0.0), 1 - int(chosen.sum()))
        relaxed = programme.relax(Goal(goal.cost, goal.among, goal.room, (*goal.held, other)), seconds)
        least = int(np.rint(goal.cost[chosen].sum()))
        if relaxed.bound < least:
            return True
        among = relaxed.loss <= relaxed.bound - least + 1e-3
        return seconds > 0.01 and programme.is_impossible(Goal(goal.cost, among, goal.room, (*held, other)), seconds)

    def _joint(self, stage: int, held: list[tuple[Floats, int]], alive: Flags, settled: Flags) -> int:
        """A bound on the summed value of the best plan where the stages above are proven and this one is not: those at their values, and all
        others together, this one not below what is reached, their own order not asked for."""
        later = range(max(stage, 1), len(self.ceiling))
        cost = sum((self._coefficients(each) for each in later), np.zeros(len(alive)))
        goal = self._goal(stage, ~settled, alive, settled, [*held, (self._coefficients(stage), self.best.worth[stage])])
        relaxed = self.programme.relax(Goal(cost, goal.among, goal.room, goal.held), self.until - monotonic())
        return sum(self.best.worth[1:stage]) + int(np.floor(relaxed.bound))
