"""One need and many needs against up to a million offers: the column index beside the plain loop, numpy and SQLite, with equal answers."""

import gc
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from statistics import median
from uuid import UUID

import numpy as np

from bench.matching.scoring_world import NOW, needs, offers, records
from bench.report import Report, Size, progress, quantile, timed
from services.matching.engine.columns.index import ColumnIndex
from services.matching.engine.columns.layout import FIRST, LAST, LEAST, LEFT, MOST, PROVIDES, RADIUS, REQUIRES, Rows
from services.matching.engine.distance import EARTH_RADIUS_M, unit_vector
from services.matching.engine.quick import NO, OfferSketch, provider_points, quick_score, sketch_need, sketch_offer, waiting_points
from services.matching.engine.score import ranked, reference
from services.matching.engine.types import Circumstances, NeedFacts, OfferFacts, ProviderRecord
from services.matching.engine.weights import DEFAULT

K = 20
HOT_BYTES = 72
"""What the first pass reads of a row."""
GOALS = {100_000: 80, 1_000_000: 500}
BULK_GOAL, BANDWIDTH_GOAL = 300, 50
Answer = list[tuple[int, UUID]]


@dataclass(slots=True)
class World:
    """The same offers for every contestant: as facts, as sketches for the loops (only the open ones), and in the column index."""

    facts: dict[UUID, OfferFacts]
    categories: list[str]
    sketches: list[OfferSketch]
    provider: dict[str, int]
    records: dict[str, ProviderRecord]
    index: ColumnIndex
    asked: list[NeedFacts]


def run(report: Report, size: Size) -> None:
    """Goals a1 and a3; `quick` stops at 100 000 offers and takes a tenth of the needs in bulk."""
    _warm()
    for count in (1_000, 10_000, 100_000) if size is Size.QUICK else (1_000, 10_000, 100_000, 1_000_000):
        progress(f"{count:,} offers: making and loading them")
        world, seconds = timed(lambda count=count: a_world(count, 300 if size is Size.QUICK else 500))  # type: ignore[misc]
        report.note(f"{count:,} offers ({seconds:.0f} s to make and load), the {K} best with their parts")
        _one(report, world, count)
        if count == 10_000:
            _bulk(report, world, count, 10_000 if size is Size.QUICK else 100_000)
        if count == 100_000:
            _bulk(report, world, count, 1_000 if size is Size.QUICK else 10_000)
        del world
        gc.collect()


def a_world(count: int, asked: int) -> World:
    """So many offers, loaded into everything that is measured."""
    gc.disable()
    index, facts = ColumnIndex(), {}

    def kept(offer: OfferFacts) -> OfferFacts:
        facts[offer.id] = offer
        return offer

    index.load_offers(map(kept, offers(count)))
    known = dict(records(count))
    for provider_id, record in known.items():
        index.put_record(provider_id, record)
    open_ones = [offer for offer in facts.values() if offer.is_open]
    unknown = provider_points(ProviderRecord(), DEFAULT)
    points = {offer.provider_id: unknown for offer in open_ones} | {key: provider_points(record, DEFAULT) for key, record in known.items()}
    some = list(needs(asked))
    index.load_needs(some)
    gc.enable()
    gc.freeze()
    return World(facts, [offer.category for offer in open_ones], [sketch_offer(offer) for offer in open_ones], points, known, index, some)


def loop(world: World, need: NeedFacts, k: int = K) -> Answer:
    """The honest plain loop: category first, then the rest (what one side alone decides is worked out before), then the best by a heap."""
    wanted, below = need.category, need.category + "."
    among = (offer for category, offer in zip(world.categories, world.sketches, strict=True) if category == wanted or category.startswith(below))
    return _judged(world, need, among, k)


def _judged(world: World, need: NeedFacts, among: Iterable[OfferSketch], k: int) -> Answer:
    asked, today, extra = sketch_need(need), NOW.toordinal(), 0
    extra, found = waiting_points(asked, NOW, DEFAULT), []
    for offer in among:
        score = quick_score(asked, offer, today, DEFAULT)
        if score != NO:
            found.append((-score - extra - world.provider[offer.provider_id], offer.posted_at, offer.id))
    return [(-score, key) for score, _, key in nsmallest(k, found)]


def in_numpy(world: World, rows: Rows, by_row: list[OfferSketch | None], categories: np.ndarray, need: NeedFacts) -> Answer:
    """Brute force over whole columns in numpy for what one comparison can tell, the rest of the rules by the loop."""
    masks, limits, spot, used = rows.masks, rows.limits, rows.spot, len(by_row)
    encoded = world.index._encoder.need(need)
    ok = np.isin(categories, np.flatnonzero(world.index._encoder.categories.below[encoded.facts[1]]))
    ok &= (limits[LEFT, :used] >= need.size) & (limits[LEAST, :used] <= need.household) & (limits[MOST, :used] >= need.household)
    ok &= (limits[FIRST, :used] <= encoded.limits[LAST]) & (limits[LAST, :used] >= max(encoded.limits[FIRST], NOW.toordinal()))
    ok &= (np.uint64(encoded.masks[REQUIRES]) & ~masks[PROVIDES, :used]) == 0
    ok &= (masks[REQUIRES, :used] & ~np.uint64(encoded.masks[PROVIDES])) == 0
    assert need.place is not None
    here = np.array(unit_vector(need.place), np.float32)[:, None]
    away = np.sqrt(((spot[:, :used] - here) ** 2).sum(axis=0)) * np.float32(EARTH_RADIUS_M)
    ok &= (away <= np.maximum(limits[RADIUS, :used], need.max_travel_m) + 10) | (rows.facts[:used, 0] & 2 != 0)
    return _judged(world, need, (offer for at in np.flatnonzero(ok).tolist() if (offer := by_row[at]) is not None), K)


def in_sqlite(world: World) -> Callable[[NeedFacts], Answer]:
    """SQLite in memory with an index on (category, lat, lon): what lies in the largest box, then the loop."""
    base = sqlite3.connect(":memory:")
    base.execute("create table offer (at integer primary key, category text, lat real, lon real, remote integer, radius integer)")
    lines = ((kind, world.facts[offer.id]) for kind, offer in zip(world.categories, world.sketches, strict=True))
    values = ((at, kind, offer.place.lat, offer.place.lon, offer.remote, offer.radius_m) for at, (kind, offer) in enumerate(lines) if offer.place)
    base.executemany("insert into offer values (?, ?, ?, ?, ?, ?)", values)
    base.execute("create index by_place on offer (category, lat, lon, remote, radius)")
    base.execute("create index by_remote on offer (category) where remote")
    kinds = sorted(set(world.categories))
    farthest = max((offer.radius_m for offer in world.sketches), default=0)
    near = "select at from offer where category = ? and lat between ? and ? and lon between ? and ?"
    remote = "select at from offer where category = ? and remote"

    def ask(need: NeedFacts) -> Answer:
        assert need.place is not None
        high = max(farthest, need.max_travel_m) / 111_000
        wide = high / 0.68
        lat, lon = need.place.lat, need.place.lon
        found: set[int] = set()
        for kind in kinds:
            if kind == need.category or kind.startswith(need.category + "."):
                found.update(at for (at,) in base.execute(near, (kind, lat - high, lat + high, lon - wide, lon + wide)))
                found.update(at for (at,) in base.execute(remote, (kind,)))
        return _judged(world, need, (world.sketches[at] for at in found), K)

    return ask


def _one(report: Report, world: World, count: int) -> None:
    index, asked = world.index, world.asked
    few = asked[: {1_000: 100, 10_000: 60, 100_000: 20}.get(count, 6)]
    slow = [timed(lambda need=need: loop(world, need)) for need in few]  # type: ignore[misc]
    given = [timed(lambda need=need: index.top_k(need, K, NOW))[1] for need in asked]  # type: ignore[misc]
    index.seen[:] = 0
    held = [timed(lambda need=need: index.top_k_of(need.id, K, NOW))[1] for need in asked]  # type: ignore[misc]
    seen = index.seen / len(asked)
    plain = 1000 * median(seconds for _, seconds in slow)
    for name, times in (("a need that the index holds", held), ("a need given as facts", given)):
        p50 = 1000 * median(times)
        report.add(f"{name}, p50", p50, "ms")
        report.add(f"{name}, p99", 1000 * quantile(times, 0.99), "ms")
        goal = GOALS.get(count)
        report.add(f"{name}: times faster than the loop", plain / p50, "x", f"a1: >= {goal}" if goal else "", plain / p50 >= goal if goal else None)
    report.add("the plain loop", plain, "ms")
    report.add("rows read, of them judged exactly", float(seen[0]), "rows")
    report.note(f"{seen[1]:.0f} judged a need")
    rows, used = index._offers.rows, index._offers.used
    by_key = {offer.id: offer for offer in world.sketches}
    ids = [UUID(int=high << 64 | low) for high, low in rows.ids[:used].tolist()]
    by_row, categories = [by_key.get(key) for key in ids], rows.facts[:used, 1].copy()
    ask = in_sqlite(world)
    for name, method in (("numpy over whole columns", lambda need: in_numpy(world, rows, by_row, categories, need)), ("SQLite", ask)):
        answers = [timed(lambda need=need, method=method: method(need)) for need in few]  # type: ignore[misc]
        report.add(f"{name}", 1000 * median(seconds for _, seconds in answers), "ms")
        differing = sum(answer != truth for (answer, _), (truth, _) in zip(answers, slow, strict=True))
        report.add(f"{name}: answers other than the loop's", differing, "", "0", differing == 0)
    differing = sum(not _equal(world, need, answer) for need, (answer, _) in zip(few, slow, strict=True))
    report.add(f"ids, scores or parts other than the definition's, of {len(few)} needs", differing, "", "0", differing == 0)
    if count == 1_000:
        verdicts, seconds = timed(lambda: ranked((offer, _reference(world, few[0], offer)) for offer in world.facts.values()))
        report.add("the plain definition itself, with its words, over all", 1000 * seconds, "ms")
        same = [(verdict.score, verdict.offer_id) for _, verdict in verdicts[:K]] == slow[0][0]
        report.add("the loop differs from the definition", int(not same), "", "0", same)
    report.add("bytes an offer", index._offers.bytes / count, "B")
    offer = world.facts[ids[1]]
    found, seconds = min((timed(lambda: index.needs_for(offer, NOW)) for _ in range(5)), key=lambda pair: pair[1])
    report.add(f"needs for an offer ({len(found)} of {len(asked)} held)", 1000 * seconds, "ms")


def _equal(world: World, need: NeedFacts, truth: Answer) -> bool:
    found = world.index.top_k_of(need.id, K, NOW)
    verdicts = [_reference(world, need, world.facts[place.id]) for place in found]
    parts = [tuple(part.points for part in verdict.parts) for verdict in verdicts]
    return (
        found == world.index.top_k(need, K, NOW)
        and [(place.score, place.id) for place in found] == truth
        and [place.points for place in found] == parts
        and all(verdict.eligible and verdict.score == place.score for verdict, place in zip(verdicts, found, strict=True))
    )


def _reference(world: World, need: NeedFacts, offer: OfferFacts):  # type: ignore[no-untyped-def]
    return reference(need, offer, Circumstances(NOW, world.records.get(offer.provider_id, ProviderRecord())))


def _bulk(report: Report, world: World, offers: int, count: int) -> None:
    index, sample = world.index, {10_000: 150}.get(offers, 40)
    progress(f"{count:,} needs in bulk")
    many = list(islice(needs(count, seed=77), count))
    index.load_needs(many)
    ids = [need.id for need in many]
    index.seen[:] = 0
    (bulk, fast), slow = timed(lambda: index.bulk_top_k(ids, K, NOW)), [timed(lambda need=need: loop(world, need)) for need in many[:sample]]  # type: ignore[misc]
    seen = float(index.seen[0])
    twice = timed(lambda: index.bulk_top_k(ids, K, NOW))[1]
    both = timed(lambda: index.bulk_top_k(ids, K, NOW, threads=2))[1]
    fast = min(fast, twice)
    scaled = sum(seconds for _, seconds in slow) / sample * count
    report.add(f"{count:,} needs x {offers:,} offers, all lists, one thread", fast, "s")
    report.add("the same by two threads", both, "s")
    report.add(f"the plain loop, measured on {sample} needs and scaled", scaled, "s")
    report.add(
        "one thread: times faster",
        scaled / fast,
        "x",
        f"a3: >= {BULK_GOAL}" if offers == 10_000 else "",
        scaled / fast >= BULK_GOAL if offers == 10_000 else None,
    )
    report.add("two threads: times faster", scaled / both, "x")
    lists = [[(int(bulk.scores[at, place]), bulk.offer_id(at, place)) for place in range(bulk.counts[at])] for at in range(sample)]
    differing = sum(found != truth for found, (truth, _) in zip(lists, slow, strict=True))
    report.add(f"lists other than the loop's, of {sample}", differing, "", "0", differing == 0)
    _bandwidth(report, seen * HOT_BYTES / fast, goal=offers >= 100_000)


def _bandwidth(report: Report, read: float, goal: bool) -> None:
    block = np.ones(1 << 24)
    widest = block.nbytes / min(timed(block.sum)[1] for _ in range(5))
    share = 100 * read / widest
    report.add("bytes of rows visited", read / 2**30, "GiB/s")
    words, met = (f"a3: >= {BANDWIDTH_GOAL}", share >= BANDWIDTH_GOAL) if goal else ("", None)
    report.add("of the read bandwidth of one thread (a sum over 128 MiB)", share, "%", words, met)


def _warm() -> None:
    """Compile, or load from the cache, everything that is measured."""
    index, some, other = ColumnIndex(), list(needs(3)), list(offers(3))
    index.load_offers(other)
    index.load_needs(some)
    index.bulk_top_k([need.id for need in some], K, NOW)
    index.top_k(some[0], K, NOW)
    index.needs_for(other[0], NOW)
