"""The best offers found so far, as a heap in two arrays with the worst on top, in the order of `score.rank`."""

from services.matching.engine.columns.compiled import compiled
from services.matching.engine.columns.layout import (
    I64,
    POSTED,
    Number,
    Rows,
)


@compiled
def _better(offers: Rows, score: Number, row: Number, than: Number, other: Number) -> Number:
    """The order of `score.rank`: higher score, then what was posted earlier, then the lower id."""
    if score != than:
        return score > than
    if offers.moments[row, POSTED] != offers.moments[other, POSTED]:
        return offers.moments[row, POSTED] < offers.moments[other, POSTED]
    if offers.ids[row, 0] != offers.ids[other, 0]:
        return offers.ids[row, 0] < offers.ids[other, 0]
    return offers.ids[row, 1] < offers.ids[other, 1]


@compiled
def sink(offers: Rows, rows: I64, scores: I64, count: Number) -> None:
    """Restore the heap (the worst on top) after its top was replaced."""
    row, score, at = rows[0], scores[0], 0
    while 2 * at + 1 < count:
        child = 2 * at + 1
        if child + 1 < count and _better(offers, scores[child], rows[child], scores[child + 1], rows[child + 1]):
            child += 1
        if _better(offers, scores[child], rows[child], score, row):
            break
        rows[at], scores[at] = rows[child], scores[child]
        at = child
    rows[at], scores[at] = row, score


@compiled
def keep(offers: Rows, rows: I64, scores: I64, count: Number, row: Number, score: Number) -> Number:
    """Take an offer into the heap of the best, if it is better than the worst of a full one; how many the heap then holds."""
    if count == len(rows):
        if _better(offers, score, row, scores[0], rows[0]):
            rows[0], scores[0] = row, score
            sink(offers, rows, scores, count)
        return count
    at = count
    while at > 0 and _better(offers, scores[(at - 1) // 2], rows[(at - 1) // 2], score, row):
        rows[at], scores[at] = rows[(at - 1) // 2], scores[(at - 1) // 2]
        at = (at - 1) // 2
    rows[at], scores[at] = row, score
    return count + 1
