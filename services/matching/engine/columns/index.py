"""The index for many offers: columns sorted into grids, searched by compiled code; it answers exactly what the plain definition answers."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np

from services.matching.engine.columns.encode import NO_CASE, Encoder, microseconds
from services.matching.engine.columns.identity import find_many
from services.matching.engine.columns.kernels import eligible_needs, top, top_many
from services.matching.engine.columns.layout import I32, I64, NEED_FACTS, NEVER, OFFER_FACTS, OUT, POSTED, SCRATCH, U64, Shared
from services.matching.engine.columns.passes import accept
from services.matching.engine.columns.table import LOW, NEED_POOLS, OFFER_POOLS, Encoded, Table
from services.matching.engine.score import FULL
from services.matching.engine.types import NeedFacts, OfferFacts, PartName, ProviderRecord
from services.matching.engine.weights import DEFAULT, Weights

AT_A_TIME = 5_000


class Ranked(NamedTuple):
    """One place in a list: the other side's id, the score, and the points of the ten parts in the order of `PartName`. (A named tuple: a list of
    twenty is built in half the time that dataclasses take, which is as long as the search itself.)"""

    id: UUID
    score: int
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The best offers of many needs: need i has `counts[i]` of them, best first in line i of `offers` (positions in `ids`) and `scores`; `ids` holds
    each offer's UUID as its upper and lower 64 bits."""

    counts: I64
    offers: I32
    scores: I32
    ids: U64

    def offer_id(self, need: int, place: int) -> UUID:
        """The offer at a place of a need's list."""
        high, low = self.ids[self.offers[need, place]].tolist()
        return UUID(int=high << 64 | low)


class ColumnIndex:
    """Follows every change of offers, needs, provider records, helped cases and tried pairs, as `engine.index.Index` does, in about 200 bytes an
    offer. One at a time may write or ask; compiled code runs without the interpreter's lock."""

    def __init__(self, weights: Weights = DEFAULT) -> None:
        self._encoder = Encoder()
        self._offers = Table(OFFER_FACTS, 1, OFFER_POOLS, OUT)
        self._needs = Table(NEED_FACTS, 2, NEED_POOLS, NEVER)
        self._tried: dict[UUID, list[UUID]] = {}
        self._helpers: dict[UUID, tuple[int, ...]] = {}
        self._points = np.tile(np.array(_points(ProviderRecord()), np.int32), (64, 1))
        self._cases, self._pool, self._pooled = np.zeros((64, 2), np.int32), np.zeros(64, np.int32), 0
        self._best, self._weights_now = np.zeros(1, np.int64), np.zeros(10, np.int64)
        self._shared: Shared | None = None
        self.seen = np.zeros(2, np.int64)
        """How many rows all searches read, and how many of them they judged."""
        self.use_weights(weights)

    def __len__(self) -> int:
        return self._offers.live

    @property
    def needs(self) -> int:
        """How many needs it holds."""
        return self._needs.live

    def use_weights(self, weights: Weights) -> None:
        """From now on score by other weights."""
        self.weights = weights
        self._weights_now[:] = [weights.of(name) for name in PartName]
        self._best[0] = max((self._worth(points) for points in np.unique(self._points, axis=0).tolist()), default=0)

    def put_offer(self, offer: OfferFacts) -> None:
        """Insert an offer, or replace what was known of it."""
        encoded = self._encoder.offer(offer)
        self._fit()
        self._offers.put(encoded)

    def load_offers(self, offers: Iterable[OfferFacts]) -> None:
        """Insert many offers, none of them known before or twice among them; faster than one by one."""
        self._offers.load(self._encoded(map(self._encoder.offer, offers)))

    def remove_offer(self, offer_id: UUID) -> None:
        """Forget an offer; unknown ids are fine."""
        self._offers.remove(offer_id)

    def put_need(self, need: NeedFacts) -> None:
        """Insert a need, or replace what was known of it."""
        encoded = self._kept(need)
        self._fit()
        row = self._needs.put(encoded)
        if self._shared is None or self._encoder.languages.changed:
            self._stale()
        else:
            accept(self._needs.rows, self._shared, row, row + 1)

    def load_needs(self, needs: Iterable[NeedFacts]) -> None:
        """Insert many needs, none of them known before or twice among them."""
        self._needs.load(self._encoded(map(self._kept, needs)))
        self._stale()

    def remove_need(self, need_id: UUID) -> None:
        """Forget a need; unknown ids are fine. What it tried is kept by the pair, for it may come back."""
        self._needs.remove(need_id)

    def put_record(self, provider_id: str, record: ProviderRecord) -> None:
        """Set a provider's counters."""
        number, points = self._provider(provider_id), _points(record)
        self._points[number] = points
        self._best[0] = max(int(self._best[0]), self._worth(points))

    def put_helpers(self, case_id: UUID, provider_ids: Iterable[str]) -> None:
        """Set which providers already help a case."""
        number, helpers = self._encoder.case(case_id), tuple(sorted({self._provider(each) for each in provider_ids}))
        if self._helpers.get(case_id, ()) == helpers:
            return
        self._helpers[case_id] = helpers
        if number >= len(self._cases):
            self._cases = np.pad(self._cases, ((0, max(number + 1, len(self._cases)) - len(self._cases) + number // 2), (0, 0)))
            self._shared = None
        if self._pooled + len(helpers) > len(self._pool):
            self._compact_helpers(len(helpers))
        self._pool[self._pooled : self._pooled + len(helpers)] = helpers
        self._cases[number] = self._pooled, len(helpers)
        self._pooled += len(helpers)

    def put_tried(self, need_id: UUID, offer_id: UUID) -> None:
        """Remember that a pair was tried, and declined or left unanswered."""
        tried = self._tried.setdefault(need_id, [])
        if offer_id in tried:
            return
        tried.append(offer_id)
        row = self._needs.find(need_id)
        if row >= 0:
            self._needs.pool_tried(row, [(each.int >> 64, each.int & LOW) for each in tried])

    def top_k(self, need: NeedFacts, k: int, as_of: datetime) -> list[Ranked]:
        """The k best eligible offers of a need (which need not be in the index), best first; ties by earlier offer, then id."""
        encoded = self._encoder.need(need, self._tried.get(need.id, ()))
        self._fit()
        self._needs.ask(encoded)
        accept(self._needs.rows, self._ready(), SCRATCH, SCRATCH + 1)
        return self._top(SCRATCH, k, as_of)

    def top_k_of(self, need_id: UUID, k: int, as_of: datetime) -> list[Ranked]:
        """The same for a need that the index holds, without reading its facts again; none where it is unknown."""
        self._ready()
        row = self._needs.find(need_id)
        return self._top(row, k, as_of) if row >= 0 else []

    def needs_for(self, offer: OfferFacts, as_of: datetime) -> list[Ranked]:
        """Every need that an offer (which need not be in the index) is eligible for, best first; ties by earlier need, then id."""
        encoded = self._encoder.offer(offer)
        self._fit()
        self._offers.ask(encoded)
        shared, table, (today, moment) = self._ready(), self._needs, _moment(as_of)
        rows, scores, parts = eligible_needs(self._offers.rows, table.rows, shared, table.grid, SCRATCH, table.sorted_to, table.used, today, moment)
        ids = table.rows.ids[rows]
        order = np.lexsort((ids[:, 1], ids[:, 0], table.rows.moments[rows, POSTED], -scores))
        return _ranked(ids[order], scores[order], parts[order])

    def bulk_top_k(self, need_ids: Sequence[UUID], k: int, as_of: datetime, threads: int = 1) -> Candidates:
        """The k best eligible offers of many needs that the index holds (none for an unknown id), for rounds; the order as in `top_k`. The needs
        are dealt out to `threads`; the answer does not depend on their number."""
        shared, table, (today, moment) = self._ready(), self._offers, _moment(as_of)
        asked = np.array([(each.int >> 64, each.int & LOW) for each in need_ids], np.uint64).reshape(-1, 2)
        rows = np.full(len(asked), -1, np.int32)
        find_many(self._needs._row_of, self._needs.rows.ids, asked, rows)
        live = self._needs.rows.facts[rows, 0] != 0
        offers, scores = np.full((len(rows), k), -1, np.int32), np.zeros((len(rows), k), np.int32)
        counts = np.zeros(len(rows), np.int64)
        which = np.where(live & (rows >= 0), rows, -1).astype(np.int64)

        def part(number: int) -> None:
            seen, mine = np.zeros(2, np.int64), slice(len(which) * number // threads, len(which) * (number + 1) // threads)
            top_many(
                *(table.rows, self._needs.rows, shared, table.grid, which[mine], table.sorted_to, table.used),
                *(today, moment, offers[mine], scores[mine], counts[mine], seen),
            )
            self.seen += seen

        if threads == 1:
            part(0)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(part, range(threads)))
        return Candidates(counts, offers, scores, table.rows.ids[: table.used].copy())

    def memory_bytes(self) -> int:
        """What the columns, grids and tables take; the dictionaries of words, which grow with the vocabulary, are not counted."""
        return self._offers.bytes + self._needs.bytes + sum(array.nbytes for array in (self._points, self._cases, self._pool))

    def _top(self, row: int, k: int, as_of: datetime) -> list[Ranked]:
        shared, table, (today, moment) = self._ready(), self._offers, _moment(as_of)
        ids, scores, parts = top(table.rows, self._needs.rows, shared, table.grid, row, table.sorted_to, table.used, today, moment, k, self.seen)
        return _ranked(ids, scores, parts)

    def _kept(self, need: NeedFacts) -> Encoded:
        self._encoder.case(need.case_id)
        return self._encoder.need(need, self._tried.get(need.id, ()))

    def _encoded(self, source: Iterator[Encoded]) -> Iterator[Encoded]:
        """Widen the tables as the dictionaries grow, before what needs the room is written."""
        for encoded in source:
            self._fit()
            yield encoded

    def _fit(self) -> None:
        tags, langs = self._encoder.tags.words, self._encoder.languages.words
        for table in (self._offers, self._needs):
            table.widen(tags, langs)

    def _provider(self, provider_id: str) -> int:
        number = self._encoder.providers.number(provider_id)
        self._room_for_providers()
        return number

    def _room_for_providers(self) -> None:
        known = len(self._encoder.providers)
        if known > len(self._points):
            more = np.tile(np.array(_points(ProviderRecord()), np.int32), (max(known, len(self._points) * 3 // 2) - len(self._points), 1))
            self._points = np.concatenate((self._points, more))
            self._shared = None

    def _compact_helpers(self, more: int) -> None:
        """Write the helpers of all cases anew, with room for more."""
        total = sum(map(len, self._helpers.values()))
        self._pool, self._pooled = np.zeros(2 * (total + more) + 64, np.int32), 0
        for case_id, helpers in self._helpers.items():
            self._pool[self._pooled : self._pooled + len(helpers)] = helpers
            self._cases[self._encoder.cases[case_id]] = self._pooled, len(helpers)
            self._pooled += len(helpers)
        self._shared = None

    def _stale(self) -> None:
        self._encoder.languages.changed = True

    def _worth(self, points: Sequence[int]) -> int:
        return points[0] * self.weights.fair_load + points[1] * self.weights.answering

    def _ready(self) -> Shared:
        """Bring everything that is worked out late up to date; what both sides share."""
        self._offers.settle()
        self._needs.settle()
        encoder = self._encoder
        self._room_for_providers()
        if NO_CASE + 1 + len(encoder.cases) > len(self._cases):
            self._cases = np.pad(self._cases, ((0, len(encoder.cases) * 3 // 2 + 64 - len(self._cases)), (0, 0)))
            self._shared = None
        if encoder.languages.changed:
            self._met, self._met_folded = encoder.languages.table()
            self._shared = None
        if self._shared is None or len(self._shared.below) != len(encoder.categories.below):
            self._shared = Shared(
                met=self._met,
                met_folded=self._met_folded,
                below=encoder.categories.below,
                points=self._points,
                best_points=self._best,
                cases=self._cases,
                helpers=self._pool,
                weights=self._weights_now,
            )
        if encoder.languages.changed:
            accept(self._needs.rows, self._shared, 1, self._needs.used)
            encoder.languages.changed = False
        return self._shared


def _points(record: ProviderRecord) -> tuple[int, int]:
    """Fair load and answering record, as `score` measures them."""
    return FULL // (1 + record.open_requests), FULL * (record.answered_in_time + 1) // (record.asked + 2)


def _moment(as_of: datetime) -> tuple[int, int]:
    return as_of.toordinal(), microseconds(as_of)


def _ranked(ids: U64, scores: I64, parts: I64) -> list[Ranked]:
    lines = zip(ids.tolist(), scores.tolist(), parts.tolist(), strict=True)
    return [Ranked(UUID(int=high << 64 | low), score, tuple(points)) for (high, low), score, points in lines]
