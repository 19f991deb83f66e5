"""Which row has which id: a hash table of row numbers with linear probing, 8 to 16 bytes an id, where a dictionary of UUIDs takes 200."""

import numpy as np

from services.matching.engine.columns.compiled import entry
from services.matching.engine.columns.layout import I32, U64, Number

ABSENT = -1


@entry
def _slot(table: I32, ids: U64, high: Number, low: Number) -> Number:
    """The slot that holds an id, or the empty one where it belongs."""
    # Multiplying by odd constants (of splitmix64) spreads ids that count up or share their beginning, as UUIDv7 do.
    mixed = (high * np.uint64(0xBF58476D1CE4E5B9)) ^ (low * np.uint64(0x94D049BB133111EB))
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    last = table.size - 1
    at = np.int64(mixed & np.uint64(last))
    while table[at] >= 0:
        row = table[at]
        if ids[row, 0] == high and ids[row, 1] == low:
            break
        at = (at + 1) & last
    return at


@entry
def find(table: I32, ids: U64, high: Number, low: Number) -> Number:
    """The row of an id, or -1. O(1) expected."""
    return np.int64(table[_slot(table, ids, high, low)])


@entry
def enter(table: I32, ids: U64, first: Number, end: Number) -> None:
    """Enter the ids of the rows from `first` to before `end`; an id that was known has the later row from now on."""
    for row in range(first, end):
        table[_slot(table, ids, ids[row, 0], ids[row, 1])] = row


@entry
def find_many(table: I32, ids: U64, asked: U64, rows: I32) -> None:
    """The row of each id asked for, -1 where it is unknown."""
    for at in range(len(asked)):
        rows[at] = table[_slot(table, ids, asked[at, 0], asked[at, 1])]


def empty_table(ids: int) -> I32:
    """A table with room for so many ids: at most half full."""
    size = 64
    while size < 2 * ids:
        size *= 2
    return np.full(size, ABSENT, np.int32)
