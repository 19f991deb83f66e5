"""Arrivals one by one (goal b5): the policy with foresight and greedy against the proven hindsight optimum, on made-up years of resettlement."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic, perf_counter, sleep

import numpy as np

from bench.matching.arrival_worlds import a_land, a_year, quotas
from bench.matching.days import BACK, DAYS, Prices, ahead, joined, known_from_the_start, lived, no_prices, of_open_needs, opened
from bench.matching.policy import Foresight, OnlinePolicy, best_option, take
from bench.report import Report, Size, progress, quantile
from services.matching.engine.solving.ahead import Floats, prices_ahead
from services.matching.engine.solving.core import core_of
from services.matching.engine.solving.instance import Instance, Ints
from services.matching.engine.solving.lagrange import subgradient
from services.matching.engine.solving.mip import Worker

PLACES = 16
REACHED, GREEDY = 98.0, 88.0
PAST_YEARS = 3
ROUNDS = 12
"""Rounds in a year, for the prices of the last round."""

FORTNIGHTS = 26
"""Times of a year at which places open, where they do not all at once."""

Decide = Callable[[int, float], int]
"""The option of arrival number so and so, when so many more are expected."""


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """A year as it came, when in the year (0 to 1) each family came, years before it, and how many families were expected."""

    arrivals: Instance
    when: Floats
    past: Instance
    expected: int


@dataclass(slots=True)
class Shares:
    """One way to place, over all years: worth, families without a place, microseconds per arrival, and the share of each year."""

    worth: int = 0
    unplaced: int = 0
    families: int = 0
    spent: list[float] = field(default_factory=list)
    each: list[float] = field(default_factory=list)


def a_simulated_year(families: int, dimensions: int, seed: int) -> Year:
    """So many families are expected, as many as the quotas have room for in the mean; how many come, and when, is a Poisson process."""
    land = a_land(PLACES, dimensions, seed)
    capacity = quotas(land, families)
    dice = np.random.default_rng(100 + seed)
    came = int(dice.poisson(families))
    return Year(
        a_year(land, came, capacity, 10 * seed + 1),
        np.sort(dice.random(came)),
        a_year(land, PAST_YEARS * families, capacity, 10 * seed + 2),
        families,
    )


def one_by_one(year: Year, decide: Decide, shares: Shares) -> Ints:
    """Have every family of a year placed as it comes."""
    chosen = np.empty(year.arrivals.demands, np.int64)
    for number in range(year.arrivals.demands):
        started = perf_counter()
        chosen[number] = decide(number, year.expected * (1.0 - float(year.when[number])))
        shares.spent.append(1e6 * (perf_counter() - started))
    assert not year.arrivals.faults(chosen)
    shares.worth += year.arrivals.worth(chosen)
    shares.unplaced += int(np.sum(chosen < 0))
    shares.families += year.arrivals.demands
    return chosen


def with_foresight(year: Year, foresight: Foresight) -> Decide:
    """The policy, which knows past years and how many are expected."""
    policy = OnlinePolicy(year.arrivals.capacity, year.past, foresight)
    return lambda number, to_come: policy.place(year.arrivals, number, to_come)


def greedy(year: Year) -> Decide:
    """Each family to its most valuable place that has room: all prices 0."""
    left = year.arrivals.capacity.copy()
    free = np.zeros(len(left))

    def decide(number: int, _: float) -> int:
        option = best_option(year.arrivals, number, left, free)
        take(year.arrivals, option, left)
        return option

    return decide


def with_last_round(year: Year) -> Decide:
    """Prices of the last round only, as a hub has them that keeps no history: what was asked for since the round before stands for all that is
    expected. Greedy until the first round."""
    left = year.arrivals.capacity.copy()
    price = np.zeros(len(left))
    turn = 0
    begun = 0

    def decide(number: int, to_come: float) -> int:
        nonlocal price, turn, begun
        if (now := int(ROUNDS * year.when[number])) > turn and number > begun:
            needs = np.arange(begun, number, dtype=np.int64)
            price = prices_ahead(left, year.arrivals, needs, np.full(len(needs), to_come / len(needs)), 200, price)
            turn, begun = now, number
        option = best_option(year.arrivals, number, left, price)
        take(year.arrivals, option, left)
        return option

    return decide


def hindsight(arrivals: Instance, start: Ints, seconds: float) -> tuple[int, int]:
    """The best whole placement found by whoever knows the year from the start, and the upper bound that is proven for it: the lower of branch and
    bound's (HiGHS, in a process of its own, at least its LP) and of Lagrangian prices'. `start` is a placement to go on from."""
    value, bound = arrivals.worth(start), subgradient(core_of(arrivals), 1000).total
    worker = Worker()
    try:
        worker.ask(arrivals, start, seconds)
        until = monotonic() + seconds + 10
        while worker.busy and monotonic() < until:
            sleep(0.02)
            for said in worker.news():
                if "chosen" in said and not arrivals.faults(said["chosen"]):
                    value = max(value, arrivals.worth(said["chosen"]))
                if "bound" in said:
                    bound = min(bound, int(said["bound"][0]))
    finally:
        worker.close()
    return value, bound


def run(report: Report, size: Size) -> None:
    """One and three dimensions, several made-up years each: every way to place, as a share of the summed bounds of hindsight."""
    families, seeds, seconds = (300, 1, 2.0) if size is Size.QUICK else (1_200, 2 if size is Size.USUAL else 4, 6.0)
    report.note("Made-up years: real placement data may not be passed on. Family sizes, dimensions and greedy's loss follow what is published.")
    report.note("The number of families is a Poisson draw; the policies know only its mean. A family without a place counts 0.")
    warm = a_simulated_year(20, 3, 1)
    one_by_one(warm, with_foresight(warm, Foresight()), Shares())
    for dimensions in (1, 3):
        _compare(report, families, dimensions, range(1, seeds + 1), seconds, binding=size is not Size.QUICK)
    if size is not Size.QUICK:
        _compare(report, 300, 3, range(1, 4), 4.0, binding=False)
    report.note(
        "As the hub runs it: prices found every morning from those who wait and those who came in eight weeks, looking four weeks ahead; needs"
    )
    report.note(
        "may wait two weeks. Of what could be reached by whoever knows the year from the start (bounds, the looser the more often places open)."
    )
    for openings in (1, FORTNIGHTS):
        _as_the_hub(report, 300, openings, range(1, 2 if size is Size.QUICK else 4))


def _as_the_hub(report: Report, families: int, openings: int, seeds: range) -> None:
    """Greedy, prices of the open needs alone, and prices that look ahead, where all places are there at once or open in the course of the year."""
    name = f"day by day, {families} families x {PLACES} places, " + ("places of a year" if openings == 1 else f"places open {openings} times a year")
    ways: dict[str, Prices] = {"greedy": no_prices, "prices of the open needs alone": of_open_needs, "prices as the hub finds them": ahead}
    worth, left_out, bounds, came = dict.fromkeys(ways, 0), dict.fromkeys(ways, 0), 0, 0
    for seed in seeds:
        progress(f"{name}: year {seed}")
        year = a_simulated_year(families, 1, seed)
        day, quotas_opened = year.when * DAYS, opened(year.arrivals.capacity, openings)
        weeks = round(families * BACK / DAYS)
        before = joined((year.past, np.arange(year.past.demands - weeks, year.past.demands)))
        whole = known_from_the_start(year.arrivals, day, quotas_opened)
        bounds, came = bounds + subgradient(core_of(whole), 1000).total, came + year.arrivals.demands
        for way, prices in ways.items():
            chosen = lived(year.arrivals, day, before, quotas_opened, prices)
            assert not year.arrivals.faults(chosen) and not whole.faults(chosen)
            worth[way] += year.arrivals.worth(chosen)
            left_out[way] += int(np.sum(chosen < 0))
    for way, each in worth.items():
        report.add(f"{name}: {way}", 100 * each / bounds, "%")
        report.note(f"without a place {left_out[way]} of {came}")


def _compare(report: Report, families: int, dimensions: int, seeds: range, seconds: float, binding: bool) -> None:
    name = f"{families:,} families x {PLACES} places, {dimensions} dimension{'s' if dimensions > 1 else ''}"
    foresight = Foresight()
    ways: dict[str, Callable[[Year], Decide]] = {
        "greedy in order of arrival": greedy,
        "prices of the last round only": with_last_round,
        "policy that must place where there is room": lambda year: with_foresight(year, replace(foresight, may_wait=False)),
        "policy": lambda year: with_foresight(year, foresight),
    }
    shares = {way: Shares() for way in ways}
    whole, bounds = 0, 0
    for seed in seeds:
        progress(f"{name}: year {seed}")
        year = a_simulated_year(families, dimensions, seed)
        chosen = [(one_by_one(year, make(year), shares[way]), way) for way, make in ways.items()]
        value, bound = hindsight(year.arrivals, max((each for each, _ in chosen), key=year.arrivals.worth), seconds)
        whole, bounds = whole + value, bounds + bound
        for each, way in chosen:
            shares[way].each.append(100 * year.arrivals.worth(each) / bound)
    report.add(f"{name}: best whole placement found in hindsight, of its bound", 100 * whole / bounds, "%")
    for way, found in shares.items():
        share = 100 * found.worth / bounds
        goals = {"policy": (f"b5: >= {REACHED:.0f} %", share >= REACHED), "greedy in order of arrival": (f"b5: <= {GREEDY:.0f} %", share <= GREEDY)}
        words, met = goals.get(way, ("", None))
        report.add(f"{name}: {way}", share, "%", words if binding else f"{words} at 1,200" if words else "", met if binding else None)
        years = ", ".join(f"{each:.1f}" for each in found.each)
        times = f"{quantile(found.spent, 0.5) / 1000:.3f} / {quantile(found.spent, 0.99) / 1000:.1f} ms an arrival (p50 / p99)"
        report.note(f"by year {years} %; without a place {found.unplaced} of {found.families}; {times}")


if __name__ == "__main__":
    run(Report("Arrivals"), Size.QUICK if "--quick" in sys.argv else Size.FULL)
