"""The best offers found so far, as a heap in two arrays with the worst on top, in the order of `score.rank`."""

from services.matching.engine.columns.compiled import compiled
from services.matching.engine.columns.layout import (
    I64,
    POSTED,
    U64,
    Number,
)


@compiled
def _better(moments: I64, ids: U64, score: Number, row: Number, than: Number, other: Number) -> Number:
    """The order of `score.rank`: higher score, then what was posted earlier, then the lower id."""
    if score != than:
        return score > than
    if moments[row, POSTED] != moments[other, POSTED]:
        return moments[row, POSTED] < moments[other, POSTED]
    if ids[row, 0] != ids[other, 0]:
        return ids[row, 0] < ids[other, 0]
    return ids[row, 1] < ids[other, 1]


@compiled
def sink(moments: I64, ids: U64, rows: I64, scores: I64, count: Number) -> None:
    """Restore the heap (the worst on top) after its top was replaced."""
    row, score, at = rows[0], scores[0], 0
    while 2 * at + 1 < count:
        child = 2 * at + 1
        if child + 1 < count and _better(moments, ids, scores[child], rows[child], scores[child + 1], rows[child + 1]):
            child += 1
        if _better(moments, ids, scores[child], rows[child], score, row):
            break
        rows[at], scores[at] = rows[child], scores[child]
        at = child
    rows[at], scores[at] = row, score


@compiled
def keep(moments: I64, ids: U64, rows: I64, scores: I64, count: Number, row: Number, score: Number) -> Number:
    """Take an offer into the heap of the best, if it is better than the worst of a full one; how many the heap then holds."""
    if count == len(rows):
        if _better(moments, ids, score, row, scores[0], rows[0]):
            rows[0], scores[0] = row, score
            sink(moments, ids, rows, scores, count)
        return count
    at = count
    while at > 0 and _better(moments, ids, scores[(at - 1) // 2], rows[(at - 1) // 2], score, row):
        rows[at], scores[at] = rows[(at - 1) // 2], scores[(at - 1) // 2]
        at = (at - 1) // 2
    rows[at], scores[at] = row, score
    return count + 1
