"""The live plan: what each change costs, against a full solve of the same instance in the same run."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from time import thread_time

import numpy as np

from bench.matching.worlds import a_world
from bench.report import Report, Size, T, progress, quantile
from services.matching.engine.prices import served_by_new_places
from services.matching.engine.solving.flow import best_flow, solve_flow
from services.matching.engine.solving.instance import Instance
from services.matching.engine.solving.live import LivePlan
from services.matching.engine.solving.network import unit_network

GOAL = 1000
"""How many times cheaper than a full solve the 99th percentile of an operation must be."""
USERS = 200
"""How many needs could use a place that opens."""


def run(report: Report, size: Size) -> None:
    """Goal b2 at 100 000 needs, 10 000 offers, 20 candidates each; `quick` takes a tenth, where no goal is set."""
    _measure(a_world(200, 40).instance, a_world(200, 40, seed=2).instance, 20)
    needs, offers, rounds = (10_000, 2_000, 500) if size is Size.QUICK else (100_000, 10_000, 2_000)
    progress(f"live plan of {needs} needs")
    instance = a_world(needs, offers).instance
    started = thread_time()
    best_flow(unit_network(instance))
    full = thread_time() - started
    started = thread_time()
    solve_flow(instance)
    quick_full = thread_time() - started
    times, plan = _measure(instance, a_world(needs, offers, seed=2).instance, rounds)
    report.note(
        f"{needs:,} needs, {offers:,} offers, {instance.options / needs:.1f} candidates each; processor time, so that other work does not count"
    )
    report.add("a full solve by minimum-cost flow (the goal's measure)", full, "s")
    report.add("a full solve by auction and paths (our quickest)", quick_full, "s")
    for kind, taken in times.items():
        report.add(f"{kind}: p50", 1e3 * quantile(taken, 0.5), "ms")
        report.add(f"{kind}: p99 (of {len(taken):,}; the slowest {1e3 * max(taken):.1f} ms)", 1e3 * quantile(taken, 0.99), "ms")
        cheaper = full / quantile(taken, 0.99)
        report.add(
            f"{kind}: full flow / p99",
            cheaper,
            "times",
            "" if size is Size.QUICK else f"b2: >= {GOAL:,}",
            None if size is Size.QUICK else cheaper >= GOAL,
        )
        report.add(f"{kind}: our quickest full solve / p99", quick_full / quantile(taken, 0.99), "times")
    now, _ = plan.instance()
    network = unit_network(now)
    units = best_flow(network)
    assert units is not None, "nobody has to be placed, so there is always a plan"
    again = int((units * network.value).sum())
    report.add("value of the live plan less that of a full flow, after all that", plan.value - again, "", "0", plan.value == again)
    _new_places(report, plan)


def _measure(instance: Instance, others: Instance, rounds: int) -> tuple[dict[str, list[float]], LivePlan]:
    """Many operations of every kind in turn on one plan, and the processor seconds of each."""
    chosen = solve_flow(instance).chosen
    assert chosen is not None, "nobody has to be placed, so there is always a plan"
    plan, dice = LivePlan.from_answer(instance, chosen), np.random.default_rng(5)
    times: defaultdict[str, list[float]] = defaultdict(list)

    def clocked(kind: str, operation: Callable[[], T]) -> T:
        started = thread_time()
        result = operation()
        times[kind].append(thread_time() - started)
        return result

    for turn in range(rounds):
        which = int(dice.integers(others.demands))
        mine = slice(int(others.first[which]), int(others.first[which + 1]))
        clocked("a need comes", partial(plan.insert, others.resource[mine], others.value[mine]))
        leaving = int(dice.choice(plan.needs()))
        clocked("a need leaves", partial(plan.withdraw, leaving))
        place = int(dice.integers(len(instance.capacity)))
        room = int(instance.capacity[place])
        clocked("a place gains a unit", partial(plan.set_capacity, place, room + 1))
        clocked("a place loses a unit", partial(plan.set_capacity, place, room))
        if turn % 4 == 0:
            users = np.sort(dice.choice(plan.needs(), min(USERS, instance.demands // 4), replace=False))
            values = dice.integers(1, 60_000, len(users))
            opened = clocked("a place of 5 opens", partial(plan.open_place, 5, users, values))
            clocked("a place of 5 closes", partial(plan.close_place, opened))
    return dict(times), plan


def _new_places(report: Report, plan: LivePlan) -> None:
    """What a scarcity page asks: how many open needs up to 20 more places of a kind would serve."""
    twin, dice = plan.copy(), np.random.default_rng(6)
    waiting = plan.needs()[plan.seats()[plan.needs()] < 0]
    taken, served = [], []
    for _ in range(50):
        users = dice.choice(plan.needs(), USERS, replace=False).tolist() + dice.choice(waiting, min(20, len(waiting)), replace=False).tolist()
        values = {int(need): int(dice.integers(1, 60_000)) for need in users}
        started = thread_time()
        served.append(served_by_new_places(twin, values, 20).serves)
        taken.append(thread_time() - started)
    report.add("what 20 more places of a kind would serve, exactly: p50", 1e3 * quantile(taken, 0.5), "ms")
    report.add("needs without a seat that those 20 would serve, in the mean", float(np.mean(served)))
