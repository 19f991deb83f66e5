"""Urgency as an order, not as a weight: the best value of the most urgent level first, then of the next among all plans that give that, and so on."""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from services.matching.engine.solving.flow import best_flow
from services.matching.engine.solving.instance import Instance, Ints
from services.matching.engine.solving.network import Flags, Network, least_duals, picked, unit_network


@dataclass(frozen=True, slots=True, eq=False)
class LevelAnswer:
    """The lexicographic optimum: per demand the option or `UNPLACED` (None where all must be placed and cannot be), the value of each level, most
    urgent first, and the seconds that it took. It is always proven: each level is solved exactly."""

    chosen: Ints | None
    values: tuple[int, ...]
    seconds: float

    @property
    def value(self) -> int:
        """The summed value of all levels."""
        return sum(self.values)


def solve_levels(instance: Instance, level: Ints) -> LevelAnswer:
    """The best plan of unit demand by levels (0 first; `level` per demand, any whole numbers): no other plan gives level 0 more, none
    that gives it as much gives the next level more, and so on. Exact, without weights that could overflow or blur.

    Each level is a minimum-cost flow over the plans that are still optimal for all levels before (goal programming on the optimal face): with
    optimal duals of a level, its optimal plans are exactly those that use tight options only, seat every demand with a positive utility and fill
    every place with a positive price (complementary slackness; Schrijver 1986, section 7.9). So non-tight options are dropped, such
    demands become bound and such places full, the level's own values turn to 0, and the next level is solved there. One flow a level.
    Raises `NotUnitDemand`, `ValuesTooLarge`."""
    started = perf_counter()
    whole = unit_network(instance)
    owner, levels = whole.owner, np.unique(level)
    kept = np.arange(instance.options)
    bound, full = whole.bound.copy(), whole.full.copy()
    units, values = np.zeros(0, np.int64), []
    for now in levels.tolist():
        present = np.full(instance.demands, True) if instance.must else level <= now
        inside = kept[present[owner[kept]]]
        network = _part(whole, owner, inside, np.where(level[owner[inside]] == now, whole.value[inside], 0), bound, full, present)
        found = best_flow(network)
        if found is None:
            return LevelAnswer(None, (), perf_counter() - started)
        units = np.zeros(instance.options, np.int64)
        units[inside] = found
        values.append(int((found * network.value).sum()))
        duals = least_duals(network, found)
        tight = duals.utility[owner[inside]] + duals.price[network.place] == network.value
        later = kept[~present[owner[kept]]]
        full = full | (duals.price > 0)
        bound = bound | (present & (duals.utility > 0))
        # A place that only earlier levels can fill has nothing for later ones.
        kept = np.sort(np.concatenate((inside[tight], later[~full[whole.place[later]]])))
    return LevelAnswer(picked(whole, units), tuple(values), perf_counter() - started)


def _part(whole: Network, owner: Ints, options: Ints, value: Ints, bound: Flags, full: Flags, present: Flags) -> Network:
    """The network of the options that are left; demands that are not present send nothing."""
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(owner[options], minlength=len(whole.supply)))))
    supply = np.where(present, whole.supply, 0)
    return replace(whole, first=first, place=whole.place[options], value=value, supply=supply, bound=bound & present, full=full)
