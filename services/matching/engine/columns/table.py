"""The rows of one kind: written, replaced, removed and found by id; the larger part sorted into a grid, what is new in a short tail behind it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import numpy as np

from services.matching.engine.columns.codes import split
from services.matching.engine.columns.grid import NO_GRID, build
from services.matching.engine.columns.identity import ABSENT, empty_table, enter, find
from services.matching.engine.columns.layout import (
    CATEGORY,
    FLAGS,
    LIVE,
    RADIUS,
    REMOTE,
    SCRATCH,
    TOPICS,
    TOPICS_AT,
    TRIED,
    TRIED_AT,
    WINDOWS,
    WINDOWS_AT,
    WISHES,
    WISHES_AT,
    Grid,
    Rows,
)

LOW = (1 << 64) - 1
CHUNK = 5_000
SHORTEST_TAIL, TAIL_SHARE = 1_000, 128
"""The tail is sorted in once it is longer than the first, and than one row in so many."""
MUCH = 20_000
"""Entries of a pool that may be left behind by what was replaced, besides as many as there were."""
POOLS = {"topics": (TOPICS_AT, TOPICS, 3), "windows": (WINDOWS_AT, WINDOWS, 2), "wishes": (WISHES_AT, WISHES, 2), "tried": (TRIED_AT, TRIED, 2)}
"""For what has no fixed number: the columns of `facts` that say where it begins and how many there are, and how wide an entry is."""
OFFER_POOLS, NEED_POOLS = ("topics", "windows"), ("topics", "windows", "wishes", "tried")


class Encoded(NamedTuple):
    """An offer or a need in numbers, ready to be written to a row. `tags` and `langs` are masks of any length."""

    id: UUID
    masks: tuple[int, int, int, int]
    limits: tuple[int, ...]
    exact: tuple[float, float, float]
    facts: tuple[int, ...]
    moments: tuple[int, ...]
    tags: tuple[int, int, int]
    langs: int
    topics: Sequence[tuple[int, int, int]]
    windows: Sequence[tuple[int, int]]
    wishes: Sequence[tuple[int, int]] = ()
    tried: Sequence[tuple[int, int]] = ()


class Table:
    """Rows of one kind. Row 0 is scratch; rows from 1 to before `sorted_to` are in the grid's order; the tail reaches to `used`."""

    def __init__(self, facts: int, moments: int, pools: tuple[str, ...], lame: int) -> None:
        self._pools, self._lame = pools, lame
        self.rows = Rows(
            masks=np.zeros((4, 64), np.uint64),
            limits=np.zeros((6, 64), np.int32),
            spot=np.zeros((3, 64), np.float32),
            exact=np.zeros((64, 3)),
            facts=np.zeros((64, facts), np.int32),
            moments=np.zeros((64, moments), np.int64),
            ids=np.zeros((64, 2), np.uint64),
            tags=np.zeros((64, 3, 1), np.uint64),
            langs=np.zeros((64, 1), np.uint64),
            topics=np.zeros((64, 3), np.int32),
            windows=np.zeros((64, 2), np.int32),
            wishes=np.zeros((64, 2), np.int32),
            tried=np.zeros((64, 2), np.uint64),
        )
        self._pooled = dict.fromkeys(pools, 0)
        self._compact_at = dict.fromkeys(pools, 0)
        self._row_of = empty_table(64)
        self.grid: Grid = NO_GRID
        self.used = self.sorted_to = 1
        self.live = 0

    def find(self, key: UUID) -> int:
        """The live row of an id, or -1."""
        row = self._find(key)
        return row if row >= 0 and self.rows.facts[row, FLAGS] & LIVE else ABSENT

    def _find(self, key: UUID) -> int:
        return int(find(self._row_of, self.rows.ids, np.uint64(key.int >> 64), np.uint64(key.int & LOW)))

    def widen(self, tag_words: int, lang_words: int) -> None:
        """Make room for longer masks."""
        tags, langs = self.rows.tags, self.rows.langs
        if tag_words > tags.shape[2]:
            self.rows = self.rows._replace(tags=np.pad(tags, ((0, 0), (0, 0), (0, tag_words - tags.shape[2]))))
        if lang_words > langs.shape[1]:
            self.rows = self.rows._replace(langs=np.pad(langs, ((0, 0), (0, lang_words - langs.shape[1]))))

    def ask(self, encoded: Encoded) -> None:
        """Write to the scratch row, to be asked about and not kept."""
        self._write_one(SCRATCH, encoded)

    def put(self, encoded: Encoded) -> int:
        """Insert, or replace what the same id had; its row. In place where neither category, reach nor place changed or the row is in the tail."""
        row = self._find(encoded.id)
        if row >= 0:
            was = bool(self.rows.facts[row, FLAGS] & LIVE)
            if row >= self.sorted_to or (was and self._stays(row, encoded)):
                self._write_one(row, encoded)
                self.live += not was
                return row
            if was:
                self._kill(row)
        self._append([encoded])
        return self.used - 1

    def load(self, many: Iterable[Encoded]) -> None:
        """Insert many that are new (no id known before or twice among them), and sort once at the end."""
        source: Iterator[Encoded] = iter(many)
        while chunk := list(islice(source, CHUNK)):
            self._append(chunk)
        self.sort()

    def remove(self, key: UUID) -> None:
        """Forget an id; unknown ones are fine."""
        row = self.find(key)
        if row >= 0:
            self._kill(row)

    def _stays(self, row: int, new: Encoded) -> bool:
        old = self.rows.facts[row]
        return bool(
            old[CATEGORY] == new.facts[CATEGORY]
            and (old[FLAGS] ^ new.facts[FLAGS]) & REMOTE == 0
            and self.rows.limits[RADIUS, row] == new.limits[RADIUS]
            and tuple(self.rows.exact[row].tolist()) == new.exact
        )

    def _kill(self, row: int) -> None:
        self.rows.facts[row, FLAGS] = 0
        self.rows.limits[0, row] = self._lame
        self.live -= 1

    def _append(self, many: list[Encoded]) -> None:
        first, end = self.used, self.used + len(many)
        if end > len(self.rows.ids):
            self._grow(max(end, len(self.rows.ids) * 3 // 2))
        self._write(first, many)
        self.used = end
        self.live += len(many)
        if 2 * end > len(self._row_of):
            self._row_of = empty_table(2 * end)
            enter(self._row_of, self.rows.ids, 1, end)
        else:
            enter(self._row_of, self.rows.ids, first, end)

    def _grow(self, capacity: int) -> None:
        hot = [_longer(array, capacity, 1) for array in self.rows[:3]]
        self.rows = Rows._make([*hot, *(_longer(array, capacity, 0) for array in self.rows[3:9]), *self.rows[9:]])

    def _write_one(self, row: int, one: Encoded) -> None:
        """As `_write`, five times faster for a single row."""
        rows = self.rows
        rows.masks[:, row], rows.limits[:, row], rows.moments[row] = one.masks, one.limits, one.moments
        rows.exact[row] = rows.spot[:, row] = one.exact
        facts = list(one.facts)
        for name in self._pools:
            at, count, _ = POOLS[name]
            entries = getattr(one, name)
            facts[at], facts[count] = self._pool(name, entries), len(entries)
        rows.facts[row] = facts
        rows.ids[row] = one.id.int >> 64, one.id.int & LOW
        width = rows.tags.shape[2]
        rows.tags[row] = [split(mask, width) for mask in one.tags]
        rows.langs[row] = split(one.langs, rows.langs.shape[1])

    def _write(self, first: int, many: list[Encoded]) -> None:
        end, rows = first + len(many), self.rows
        rows.masks[:, first:end] = np.array([each.masks for each in many], np.uint64).T
        rows.limits[:, first:end] = np.array([each.limits for each in many], np.int32).T
        exact = np.array([each.exact for each in many], np.float64)
        rows.exact[first:end], rows.spot[:, first:end] = exact, exact.T
        facts = np.array([each.facts for each in many], np.int32)
        for name in self._pools:
            at, count, _ = POOLS[name]
            counts = [len(getattr(each, name)) for each in many]
            facts[:, count] = counts
            facts[:, at] = self._pool(name, [entry for each in many for entry in getattr(each, name)]) + np.cumsum([0, *counts[:-1]])
        rows.facts[first:end] = facts
        rows.moments[first:end] = np.array([each.moments for each in many], np.int64)
        rows.ids[first:end] = np.array([(each.id.int >> 64, each.id.int & LOW) for each in many], np.uint64)
        width = rows.tags.shape[2]
        rows.tags[first:end] = np.array([[split(mask, width) for mask in each.tags] for each in many], np.uint64)
        width = rows.langs.shape[1]
        rows.langs[first:end] = np.array([split(each.langs, width) for each in many], np.uint64)

    def _pool(self, name: str, entries: Sequence[tuple[int, ...]]) -> int:
        """Add entries to a pool; where they begin."""
        at, pool = self._pooled[name], getattr(self.rows, name)
        if at + len(entries) > len(pool):
            pool = _longer(pool, max(at + len(entries), len(pool) * 3 // 2), 0)
            self.rows = self.rows._replace(**{name: pool})
        if entries:
            pool[at : at + len(entries)] = np.array(entries, pool.dtype)
        self._pooled[name] = at + len(entries)
        return at

    def pool_tried(self, row: int, entries: list[tuple[int, int]]) -> None:
        """Replace the tried ids of a row."""
        self.rows.facts[row, TRIED_AT], self.rows.facts[row, TRIED] = self._pool("tried", list(entries)), len(entries)

    def settle(self) -> None:
        """Sort the tail in where it has grown long, or where replaced entries fill the pools."""
        tail = self.used - self.sorted_to
        if tail > max(SHORTEST_TAIL, self.live // TAIL_SHARE) or any(used > 2 * self._compact_at[name] + MUCH for name, used in self._pooled.items()):
            self.sort()

    def sort(self) -> None:
        """Sort all live rows into a new grid; no tail and no removed rows remain. O(n log n)."""
        order, self.grid = build(self.rows, self.used)
        order = np.concatenate((np.zeros(1, np.int64), order))
        capacity = len(order) + max(64, 2 * SHORTEST_TAIL, len(order) // 32)
        rows = [_longer(array[:, order], capacity, 1) for array in self.rows[:3]] + [_longer(array[order], capacity, 0) for array in self.rows[3:9]]
        self.rows = Rows._make([*rows, *self.rows[9:]])
        self.used = self.sorted_to = len(order)
        self.live = self.used - 1
        for name in self._pools:
            self._compact(name)
        self._row_of = empty_table(self.used + self.used // 32)
        enter(self._row_of, self.rows.ids, 1, self.used)

    def _compact(self, name: str) -> None:
        at, count, _ = POOLS[name]
        facts, pool = self.rows.facts[: self.used], getattr(self.rows, name)
        counts = facts[:, count].astype(np.int64)
        begins = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        taken = np.repeat(facts[:, at] - begins[:-1], counts) + np.arange(int(begins[-1]))
        facts[:, at] = begins[:-1]
        self._pooled[name] = self._compact_at[name] = int(begins[-1])
        self.rows = self.rows._replace(**{name: _longer(pool[taken], int(begins[-1]) + max(64, int(begins[-1]) // 32), 0)})

    @property
    def bytes(self) -> int:
        """What the arrays take."""
        return sum(array.nbytes for array in (*self.rows, *self.grid, self._row_of))


def _longer(array: np.ndarray, length: int, axis: int) -> np.ndarray:
    """The array with zeros behind it, up to a length."""
    missing = length - array.shape[axis]
    shape = [(0, 0)] * array.ndim
    shape[axis] = (0, max(0, missing))
    return np.ascontiguousarray(np.pad(array, shape))
