"""Relocation (goal b6): deferred acceptance against the same in plain Python, stability checked, and the welfare it costs against the flow."""

import sys
from heapq import heappush, heapreplace

import numpy as np

from bench.report import Report, Size, progress, timed
from services.matching.engine.relocate import instance_of, outcome, rank_values
from services.matching.engine.solving.flow import solve_flow
from services.matching.engine.solving.instance import Ints
from services.matching.engine.solving.stable import Market, blocking_pairs, defer, propose, wasted_pairs

SPEEDUP = 30
LIST = 20


def popular_market(households: int, places: int, wishes: int, seed: int, share: float = 0.95, sizes: bool = False, dimensions: int = 1) -> Market:
    """Lists of `wishes` places drawn by popularity (a few places are on most lists), random rankings by the places, capacities that sum to
    `share` of what the households use. With `sizes`, households of 1 to 8 persons; further dimensions are used by every third."""
    draw = np.random.default_rng(seed)
    popularity = np.log(1.0 / (1.0 + np.arange(places)) ** 0.5)
    place = np.empty((households, wishes), np.int64)
    for low in range(0, households, 20_000):
        # The largest `wishes` of popularity plus Gumbel noise are a draw without replacement, in order of preference.
        rows = popularity + draw.gumbel(size=(min(20_000, households - low), places)) if places * households <= 2e9 else None
        if rows is None:
            place[low : low + 20_000] = _drawn_by_parts(draw, popularity, min(20_000, households - low), wishes)
            continue
        top = np.argpartition(-rows, wishes - 1, axis=1)[:, :wishes]
        order = np.argsort(-np.take_along_axis(rows, top, axis=1), axis=1)
        place[low : low + 20_000] = np.take_along_axis(top, order, axis=1)
    size = np.ones((households, dimensions), np.int64)
    if sizes:
        size[:, 0] = np.minimum(8, draw.geometric(0.4, households))
        size[:, 1:] = draw.integers(0, 4, (households, dimensions - 1)) * (draw.random((households, dimensions - 1)) < 1 / 3)
    capacity = np.maximum(1, np.round(share * size.sum(axis=0) / places)).astype(np.int64)
    return Market(
        first=np.arange(households + 1, dtype=np.int64) * wishes,
        place=place.reshape(-1),
        standing=draw.permutation(households * wishes).astype(np.int64),
        size=np.repeat(size, wishes, axis=0),
        capacity=np.tile(capacity, (places, 1)),
    )


def _drawn_by_parts(draw: np.random.Generator, popularity: "np.ndarray[tuple[int], np.dtype[np.float64]]", rows: int, wishes: int) -> Ints:
    """The same draw where a row a household is too much: drawn with replacement, the first of each kept."""
    share = np.exp(popularity) / np.exp(popularity).sum()
    many = draw.choice(len(popularity), size=(rows, 4 * wishes), p=share)
    out = np.empty((rows, wishes), np.int64)
    for row in range(rows):
        out[row] = list(dict.fromkeys(many[row].tolist()))[:wishes]
    return out


def plain(market: Market) -> Ints:
    """Deferred acceptance as one writes it in Python: a `heapq` a place. For sizes alike; the reference of the compiled one."""
    first, place, standing = market.first.tolist(), market.place.tolist(), market.standing.tolist()
    unit = int(market.size[0, 0]) if len(market.size) else 1
    room = [int(capacity) // unit for capacity in market.capacity[:, 0]]
    heaps: list[list[tuple[int, int]]] = [[] for _ in room]
    ask = first[:-1]
    for newcomer in range(market.households):
        household = newcomer
        while ask[household] < first[household + 1]:
            pair = ask[household]
            heap, at = heaps[place[pair]], place[pair]
            mine = (-standing[pair], -household)
            if len(heap) < room[at]:
                heappush(heap, mine)
                break
            if heap and mine > heap[0]:
                household = -heapreplace(heap, mine)[1]
            ask[household] += 1
    return np.array([pair if pair < first[each + 1] else -1 for each, pair in enumerate(ask)], np.int64)


def run(report: Report, size: Size) -> None:
    """Deferred acceptance against plain Python and against the welfare optimum; then sizes and several dimensions; the largest without `quick`."""
    defer(popular_market(50, 5, 3, seed=1))
    defer(popular_market(50, 5, 3, seed=1, sizes=True))
    households, places = (20_000, 200) if size is Size.QUICK else (100_000, 1_000)
    _unit(report, households, places)
    for dimensions in (1, 3):
        _sizes(report, households // 10, places // 10, dimensions)
    if size is not Size.QUICK:
        _largest(report, 1_000_000, 5_000)


def _unit(report: Report, households: int, places: int) -> None:
    name = f"{households:,} x {places:,} x {LIST}"
    progress(f"{name}: making the market")
    market = popular_market(households, places, LIST, seed=3)
    reference, slow = timed(lambda: plain(market))
    matched, fast = min((timed(lambda: propose(market)) for _ in range(5)), key=lambda pair: pair[1])
    blocking, checked = timed(lambda: blocking_pairs(market, matched))
    report.add(f"{name}: deferred acceptance", 1000 * fast, "ms")
    goal = (f"b6: >= {SPEEDUP}", slow / fast >= SPEEDUP) if households >= 100_000 else ("", None)
    report.add(f"{name}: times faster than plain Python", slow / fast, "x", *goal)
    differing = int(np.sum(reference != matched))
    report.add(f"{name}: households matched otherwise than by plain Python", differing, "", "0", differing == 0)
    report.add(f"{name}: blocking pairs", len(blocking), "", "0", len(blocking) == 0)
    report.add(f"{name}: the check for blocking pairs", 1000 * checked, "ms")
    _costs(report, name, market, matched)


def _costs(report: Report, name: str, market: Market, chosen: Ints) -> None:
    """Against two welfares: what households alone wish, and the sum of both sides' wishes, each from 0 to 1000."""
    wished = rank_values(market) * 1000 // LIST
    ranked = 1000 - market.standing * 1000 // max(1, int(market.standing.max(initial=1)))
    for side, value in (("households' wishes", wished), ("both sides' wishes", wished + ranked)):
        best = solve_flow(instance_of(market, value))
        assert best.chosen is not None
        calm = outcome(market, value, chosen, best.bound, 0.0)
        most = outcome(market, value, best.chosen, best.bound, best.seconds)
        report.add(f"{name}, {side}: stable, of the proven optimum", 100 * calm.value / best.bound, "%")
        report.add(f"{name}, {side}: blocking pairs of the optimum", most.blocking)
        report.note(f"mean rank {calm.mean_rank:.2f} stable, {most.mean_rank:.2f} optimum ({best.seconds:.2f} s by flow)")
        shares = [100 * each / market.households for each in (calm.first_choice, most.first_choice, calm.placed, most.placed)]
        report.note("first choice {:.1f} % and {:.1f} %, placed {:.1f} % and {:.1f} %".format(*shares))


def _sizes(report: Report, households: int, places: int, dimensions: int) -> None:
    name = f"{households:,} x {places:,} x {LIST}, sizes 1-8, {dimensions} dimension{'s' if dimensions > 1 else ''}"
    market = popular_market(households, places, LIST, seed=5, sizes=True, dimensions=dimensions)
    matched, seconds = timed(lambda: defer(market))
    report.add(f"{name}: deferred acceptance with calling back", 1000 * seconds, "ms")
    report.add(f"{name}: blocking pairs (none need be reachable)", matched.blocking)
    wasted = len(wasted_pairs(market, matched.chosen))
    report.add(f"{name}: pairs that would find free room", wasted, "", "0", wasted == 0)


def _largest(report: Report, households: int, places: int) -> None:
    name = f"{households:,} x {places:,} x {LIST}"
    progress(f"{name}: making the market")
    market = popular_market(households, places, LIST, seed=7)
    matched, seconds = timed(lambda: defer(market))
    report.add(f"{name}: deferred acceptance with its check", seconds, "s")
    report.add(f"{name}: blocking pairs", matched.blocking, "", "0", matched.blocking == 0)


if __name__ == "__main__":
    run(Report("Relocation"), Size.QUICK if "--quick" in sys.argv else Size.FULL)
