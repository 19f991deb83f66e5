"""The best choice for any instance in the time given, with a proven bound: several methods, each where it is strong."""

import os
from collections.abc import Callable
from threading import Thread
from time import perf_counter

import numpy as np

from services.matching.engine.solving.branch import branched
from services.matching.engine.solving.core import Core, core_of
from services.matching.engine.solving.greedy import in_order, repaired
from services.matching.engine.solving.incumbent import Incumbent
from services.matching.engine.solving.instance import Answer, Instance, Ints
from services.matching.engine.solving.lagrange import Prices, subgradient
from services.matching.engine.solving.prover import Prover
from services.matching.engine.solving.search import NONE, Search

Tell = Callable[[Answer], None]
SMALL = 4_000
"""Options of a part that are searched completely at first, as far as the nodes go."""
FIRST, SECOND = 4_000, 3_000_000
"""Nodes a part before and after the first search (5 to 20 million a second)."""
ALONE = 0.3
"""The share of the time in which the worker has a core for itself where it is expected to finish."""
SHARE = 0.25
"""The share of the time that the first run of the search gets."""
NEARER = 0.4
"""The share of the time in which the nearer bound is lowered."""
LONG, CYCLE = 2.0, 20_000
"""Moves a demand of a cycle, and how many cycles the second run may last; then the best is melted and firmed up again, cycle after cycle."""
MELT = 0.5
"""Where in a run such a cycle begins: 0 would forget everything."""
SOFT, FIRM = 0.01, 2.0
"""The weight on resources at the beginning and the end of a run of the search."""
HOT, COLD = 0.05, 0.003
"""The temperature then, as a share of what a typical option loses."""


def best(instance: Instance, seconds: float, start: Ints | None = None, tell: Tell | None = None) -> Answer:
    """The best choice found in so many wall-clock seconds (compilation aside: `warm`), never worse than `start`, and a proven upper bound.

    Steps: reduce and split into parts; unit demand exactly as a flow; prices and their bound; greedy by reduced value; small parts by branch and
    bound; then side by side: the search, branch and bound of what reduced-cost fixing leaves in a worker process, and a nearer bound where each
    option uses one resource. The choice always holds; `proven` only where value and bound meet; `tell` hears of the best about once a second.
    What is proven by counted steps or by the worker is the same for the same input."""
    started = perf_counter()
    core = core_of(instance)
    held = Incumbent(core, started)
    held.impossible = instance.must and bool(np.any(np.diff(core.instance.first) == 0))
    if held.impossible or core.instance.options == 0:
        return held.answer()
    if instance.single and np.all(instance.amount == instance.amount[0]) and (exact := _as_flow(instance)) is not None:
        return Answer(exact.chosen, exact.value, exact.bound, perf_counter() - started, exact.proven)
    prices = subgradient(core, _steps(core, seconds))
    held.bound = prices.bound.copy()
    guess = repaired(core.instance, in_order(core.instance, np.argsort(-prices.reduced, kind="stable")), prices.reduced)
    held.offer(guess)
    if start is not None and not instance.faults(start):
        held.offer(repaired(core.instance, core.into(start), prices.reduced))
    _branch(core, prices, held, FIRST)
    if not held.proven:
        search = Search(core, prices, guess)
        # What comes after the last run (repair, answer) takes time too: half a microsecond an option.
        until = started + seconds - min(0.1 * seconds, 5e-7 * instance.options)
        # As many moves as the size asks for, not as the clock allows: so far all is the same for the same input.
        moves = min(400 * core.instance.demands, 400_000)
        _run(search, held, lambda done: done / moves, min(until, perf_counter() + seconds / 4), None, slice_of=max(moves // 40, 1))
        _branch(core, prices, held, int(min(SECOND, 3e5 * seconds)))
        if not held.proven and perf_counter() < until:
            _together(core, prices, held, search, until, tell)
    return held.answer()


def _steps(core: Core, seconds: float) -> int:
    """Steps of the subgradient: 300, fewer where they would take more than a tenth of the time (some 160 million uses a second)."""
    return int(min(300, max(30, 0.1 * seconds * 1.6e8 / max(len(core.instance.resource), 1))))


def _as_flow(instance: Instance) -> Answer | None:
    # Imported here: OR-tools is large, and only unit demand needs it.
    from services.matching.engine.solving.flow import ValuesTooLarge, solve_flow

    try:
        return solve_flow(instance)
    except ValuesTooLarge:
        return None


def _branch(core: Core, prices: Prices, held: Incumbent, nodes: int) -> None:
    """Search the small open parts completely, as far as the nodes go."""
    sizes = np.bincount(core.part[core.owner], minlength=core.parts)
    parts = held.unsettled()
    parts = parts[sizes[parts] <= SMALL]
    if not len(parts):
        return
    chosen, status = branched(core, prices, parts, np.where(held.open, NONE, held.value), held.chosen, max(200, min(nodes, 3 * nodes // len(parts))))
    held.offer(chosen)
    held.impossible |= bool(np.any(status == 2))
    done = parts[status == 1]
    held.bound[done] = held.value[done]


def _together(core: Core, prices: Prices, held: Incumbent, search: Search, until: float, tell: Tell | None) -> None:
    """Search, worker and nearer bound side by side until the time is up or the optimum is proven."""
    from services.matching.engine.solving.nearer import NearerBound

    begun = perf_counter()
    prover = Prover(core, prices, held, until)
    nearer = NearerBound(core, prices, int(held.value.sum()), NEARER * (until - begun))
    if core.instance.must and held.open.any():
        nearer.target = held.least - abs(held.least) // 50
    useful = bool(np.all(np.diff(core.instance.uses) <= 1)) and (os.cpu_count() or 1) > 1
    told = begun

    def between() -> bool:
        nonlocal told, useful
        if useful and (not prover.nearly_done or perf_counter() - begun > ALONE * (until - begun)):
            useful = False
            nearer.start()
        if prover.step() or search.found:
            nearer.target = int(held.value.sum()) if not held.open.any() else nearer.target
        if nearer.least is not None:
            held.total = min(held.least, nearer.least)
        if tell and perf_counter() - told >= 1:
            told = perf_counter()
            if search.found:
                held.offer(search.best)
            tell(held.answer())
        return held.proven and not prover.nearly_done

    try:
        first = begun + SHARE * (until - begun)
        done = _run(search, held, lambda _: (perf_counter() - begun) / max(first - begun, 1e-9), first, between)
        pace = max(done, 1_000) / max(perf_counter() - begun, 1e-6)
        cycle = CYCLE * core.instance.demands / pace
        last = first + LONG * cycle if first + (LONG + 1) * cycle < until else until
        _run(search, held, lambda _: (perf_counter() - first) / (last - first), last, between)
        other = Search(core, prices, held.chosen, seed=2) if last < until and (os.cpu_count() or 1) > 1 else None
        while (now := perf_counter()) < until - 0.01 and not between():
            ends = min(until, now + cycle)
            _melt(search, other if not prover.worker.busy else None, held, now, ends, between)
    finally:
        nearer.ended.set()
        prover.close()
        if nearer.is_alive():
            nearer.join(0.5)


def _run(
    search: Search,
    held: Incumbent,
    passed: Callable[[int], float],
    until: float,
    between: Callable[[], bool] | None,
    slice_of: int = 2_000,
) -> int:
    """One run of the search from soft and hot to firm and cold; `passed` says which share of it is over after so many moves. The moves made."""
    search.factor[:] = 1.0
    done = 0
    while (now := perf_counter()) < until and (share := passed(done)) < 1:
        _slice(search, share, slice_of)
        done += slice_of
        if between is None:
            continue
        took = perf_counter() - now
        slice_of = int(min(2_000_000, max(500, slice_of * min(2.0, min(0.1, (until - now) / 50) / max(took, 1e-5)))))
        if search.found and search.best_value > int(held.value.sum()):
            held.offer(search.best)
        if between():
            return done
    _collect(search, held)
    return done


def _melt(search: Search, other: Search | None, held: Incumbent, begins: float, ends: float, between: Callable[[], bool]) -> None:
    """Melt the best choice a little and firm it up again, on a second core too where `other` is given: iterated local search (Lourenco, Martin,
    Stutzle 2003) between good choices."""

    def share(_: int) -> float:
        return MELT + (1 - MELT) * (perf_counter() - begins) / (ends - begins)

    def beside() -> None:
        assert other is not None
        while (now := share(0)) < 1:
            _slice(other, now, 50_000)

    for each in (search, other):
        if each is not None and not held.open.any():
            each.restart(held.chosen)
    thread = Thread(target=beside, daemon=True) if other is not None else None
    if thread:
        thread.start()
    _run(search, held, share, ends, between)
    if thread and other is not None:
        thread.join()
        _collect(other, held)


def _slice(search: Search, share: float, moves: int) -> None:
    search.run(moves, search.unit * HOT * (COLD / HOT) ** share, SOFT * (FIRM / SOFT) ** share)


def _collect(search: Search, held: Incumbent) -> None:
    """Take over what a search has found, and what becomes of where it stands when it is made to hold."""
    instance = search.core.instance
    if search.found:
        held.offer(repaired(instance, search.best, search.reduced))
    last = repaired(instance, search.now, search.reduced)
    if not np.any(instance.used(last) > instance.capacity):
        held.offer(last)


def warm() -> None:
    """Compile the kernels, or load them from the cache on disk: seconds the first time, so never within a request."""
    from services.matching.engine.solving.ahead import prices_ahead
    from services.matching.engine.solving.nearer import NearerBound

    capacity, first, ends = np.array([3, 3], np.int64), np.array([0, 2, 4, 6], np.int64), np.arange(7, dtype=np.int64)
    resource, amount = np.array([0, 1] * 3, np.int64), np.array([2, 1, 2, 2, 1, 2], np.int64)
    for must in (False, True):
        tiny = Instance(capacity, first, np.array([5, 4, 6, 5, 3, 3], np.int64), ends, resource, amount, must)
        best(tiny, 0.05)
        core = core_of(tiny)
        prices = subgradient(core, 5)
        guess = repaired(core.instance, in_order(core.instance, np.argsort(-prices.reduced, kind="stable")), prices.reduced)
        _branch(core, prices, Incumbent(core, perf_counter()), 10)
        Search(core, prices, guess).run(10, 1.0)
        NearerBound(core, prices, 0, 1.0).run()
    prices_ahead(capacity, tiny, np.arange(3), np.ones(3), 2)
    _warm_single_places(Instance(np.array([1, 1], np.int64), first, np.array([5, 4, 6, 5, 3, 3], np.int64), ends, resource, np.ones(6, np.int64)))


def _warm_single_places(tiny: Instance) -> None:
    """The auction, its paths, and the live plan that uses the same kernels."""
    from services.matching.engine.solving.auction import auctioned
    from services.matching.engine.solving.live import LivePlan
    from services.matching.engine.solving.network import unit_network

    chosen = auctioned(unit_network(tiny))
    if chosen is None:
        raise AssertionError("the tiny auction comes to an end")
    plan = LivePlan.from_answer(tiny, chosen)
    need = plan.insert([0, 1], [9, 8])
    place = plan.open_place(1, [need], [7])
    plan.set_capacity(0, 2)
    plan.set_capacity(0, 0)
    plan.withdraw(need)
    plan.close_place(place)
    plan.instance()
