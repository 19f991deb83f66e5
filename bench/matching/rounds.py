"""Rounds of many needs: unit demand exactly, households with their proven gap, and what greedy ways lose against them."""

from itertools import accumulate
from statistics import median

import numpy as np

from bench.matching.worlds import World, a_world
from bench.report import Report, Size, progress, timed
from services.matching.engine.solving.bounds import persons_flow
from services.matching.engine.solving.flow import best_flow, solve_flow
from services.matching.engine.solving.greedy import greedy
from services.matching.engine.solving.instance import UNPLACED, Instance, Ints
from services.matching.engine.solving.knapsack import knapsack_bound
from services.matching.engine.solving.lexicographic import solve_levels
from services.matching.engine.solving.network import certify, prices_of, unit_network
from services.matching.engine.solving.portfolio import best

SIZES = ((1_000, 200, 5.0), (10_000, 2_000, 10.0), (100_000, 10_000, 60.0))
"""Needs, offers, and the seconds that households get."""
LEVELS = 4
PROOF = 0.16
"""The share of the time of households that is kept for the second bound."""


def run(report: Report, size: Size) -> None:
    """Goals b1 (at 100 000 x 10 000) and b3; `quick` leaves the largest size out, and gives households 5 s."""
    _warm()
    sizes = SIZES[:2] if size is Size.QUICK else SIZES
    for needs, offers, _ in sizes:
        progress(f"unit demand, {needs} needs")
        report.note(f"unit demand, {needs:,} needs, {offers:,} offers, 20 candidates each")
        _unit(report, a_world(needs, offers), goals=needs == 100_000)
    for needs, offers, seconds in sizes:
        progress(f"households, {needs}")
        report.note(f"households of 1 to 9, {needs:,} of them, {offers:,} offers, 20 candidates each")
        _households(
            report,
            a_world(needs, offers, households=True),
            min(seconds, 5.0) if size is Size.QUICK else seconds,
            goals=size is not Size.QUICK and needs >= 10_000,
        )


def as_they_come(instance: Instance) -> Ints:
    """Greedy as people work, in plain Python: in order of arrival, each need gets its best offer that still has room."""
    place, value, size = (column.tolist() for column in (instance.resource, instance.value, instance.amount))
    left, first = instance.capacity.tolist(), instance.first.tolist()
    chosen = [UNPLACED] * instance.demands
    for need in range(instance.demands):
        fitting = [option for option in range(first[need], first[need + 1]) if left[place[option]] >= size[option]]
        if fitting:
            option = max(fitting, key=value.__getitem__)
            chosen[need] = option
            left[place[option]] -= size[option]
    return np.array(chosen, np.int64)


def best_first(instance: Instance) -> Ints:
    """The good greedy in plain Python: all pairs, the most valuable first, each taken where the need is free and the offer has room."""
    place, owner, size = (column.tolist() for column in (instance.resource, instance.owner(), instance.amount))
    left, value, chosen = instance.capacity.tolist(), instance.value.tolist(), [UNPLACED] * instance.demands
    for option in sorted(range(instance.options), key=value.__getitem__, reverse=True):
        need, offer = owner[option], place[option]
        if chosen[need] == UNPLACED and left[offer] >= size[option]:
            chosen[need] = option
            left[offer] -= size[option]
    return np.array(chosen, np.int64)


GREEDY = {
    "greedy, best pair first, plain Python": best_first,
    "greedy, best pair first, compiled": greedy,
    "greedy, as they come, plain Python": as_they_come,
}


def _warm() -> None:
    """Compile, or load from the cache, everything that is measured."""
    world, houses = a_world(100, 30), a_world(100, 30, households=True)
    answer = solve_flow(world.instance)
    assert answer.chosen is not None, "nobody has to be placed, so there is always a plan"
    prices_of(world.instance, answer.chosen)
    greedy(world.instance)
    knapsack_bound(houses.instance, persons_flow(houses.instance).price, 0, 2)
    best(houses.instance, 0.2)


def _unit(report: Report, world: World, goals: bool) -> None:
    instance = world.instance
    # Both sides of the ratio in turn, the middle of three: a busy machine disturbs one, not both.
    turns = [(timed(lambda: solve_flow(instance)), timed(lambda: best_first(instance))[1]) for _ in range(3)]
    (answer, _), _ = turns[0]
    assert answer.chosen is not None, "nobody has to be placed, so there is always a plan"
    chosen, optimum = answer.chosen, answer.value
    seconds = median(taken for (_, taken), _ in turns)
    report.add("optimum, by auction and paths", seconds, "s")
    report.add("optimum, by minimum-cost flow", timed(lambda: best_flow(unit_network(instance)))[1], "s")
    report.add("needs served", int(np.sum(chosen >= 0)))
    duals, taken = timed(lambda: prices_of(instance, chosen))
    missing, checked = timed(lambda: certify(instance, chosen, duals))
    report.add("prices of every place", taken, "s")
    report.add(f"faults in the proof (checked in {1e3 * checked:.0f} ms)", len(missing), "", "0", not missing)
    for name, method in GREEDY.items():
        plain, used = timed(lambda method=method: method(instance))  # type: ignore[misc]
        used = median(each for _, each in turns) if method is best_first else used
        report.add(f"{name}: time", used, "s")
        report.add(f"{name}: needs served", int(np.sum(plain >= 0)))
        goal = goals and method is not greedy
        report.add(f"optimum / {name}: time", seconds / used, "times", "b1: <= 5" if goal else "", seconds <= 5 * used if goal else None)
        better = optimum / instance.worth(plain)
        report.add(f"optimum / {name}: value", better, "times", "b1: >= 1.15" if goal else "", better >= 1.15 if goal else None)
    level = np.random.default_rng(3).choice(LEVELS, instance.demands, p=[0.1, 0.2, 0.5, 0.2])
    levels = solve_levels(instance, level)
    report.add("four levels of urgency, each exact in its order", levels.seconds, "s")
    report.add("value that keeping to the order costs", 100 * (1 - levels.value / optimum), "%")


def _households(report: Report, world: World, seconds: float, goals: bool) -> None:
    instance = world.instance
    flow, taken = timed(lambda: persons_flow(instance))
    report.add("bound by the flow of persons", taken, "s")
    steps: list[tuple[float, int]] = []
    # One budget for the plan and its proof: the search gets what the two bounds leave.
    answer = best(instance, seconds - taken - PROOF * seconds, tell=lambda found: steps.append((found.seconds, found.value)))
    assert answer.chosen is not None and not instance.faults(answer.chosen), "a plan that holds"
    left = 0.98 * seconds - taken - answer.seconds
    nearer, proving = timed(lambda: knapsack_bound(instance, flow.price, answer.value, 300, left))
    least = min(flow.bound, answer.bound, nearer.bound)
    gap = 100 * (least - answer.value) / least
    reached = list(accumulate((value for _, value in steps), max))
    whole = taken + answer.seconds + proving
    report.add(f"bound by whole fillings, {nearer.steps} steps", proving, "s")
    report.add("plan and proof together", whole, "s", f"<= {seconds:g}" if goals else "", whole <= seconds * 1.02 if goals else None)
    report.add("the bound of whole fillings is below that of persons by", 100 * (1 - nearer.bound / flow.bound), "%")
    report.add("gap to the proven bound", gap, "%", "b3: <= 0.5" if goals else "", gap <= 0.5 if goals else None)
    for share in (0.1, 0.3):
        known = [value for (at, _), value in zip(steps, reached, strict=True) if at <= share * seconds]
        if known:
            report.add(f"gap after {share * seconds:.1f} s", 100 * (least - known[-1]) / least, "%")
    persons = int(world.sizes[answer.chosen >= 0].sum())
    report.add(f"persons served of {int(world.sizes.sum()):,} (places: {int(instance.capacity.sum()):,})", persons)
    for name, method in GREEDY.items():
        plain, used = timed(lambda method=method: method(instance))  # type: ignore[misc]
        report.add(f"{name} ({used:.2f} s): gap to the bound", 100 * (least - instance.worth(plain)) / least, "%")
