"""Where each value lies in the columns: the rows of the arrays that kernels read, and the bits that have a meaning of their own."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Number = Any
"""A number or a truth value in compiled code, where Python's types and numpy's are one."""

SCRATCH = 0
"""The row of a need or an offer that is asked about without being kept."""

# Rows of `masks` (offer / need).
LANGS, PROVIDES, REQUIRES, SLOTS = range(4)
ACCEPTS, HAS = LANGS, PROVIDES
"""A need's row of accepted languages meets the offer's of spoken ones, and its row of what it has holds what the offer requires."""

# Rows of `limits` of an offer: places left (`OUT` where it cannot be proposed), household bounds, ordinal days, radius.
LEFT, LEAST, MOST, FIRST, LAST, RADIUS = range(6)
# Rows of `limits` of a need: size (`NEVER` where it cannot be matched), household, ordinal days, travel; FIRST, LAST and RADIUS as above.
SIZE, HOUSEHOLD = 0, 1
OUT, NEVER, LARGEST = -1, 2**31 - 1, 2**31 - 2

# Columns of `facts`, both kinds.
FLAGS, CATEGORY, TOPICS_AT, TOPICS, WINDOWS_AT, WINDOWS = range(6)
PROVIDER = 6
OFFER_FACTS = 7
WISHES_AT, WISHES, TRIED_AT, TRIED, MINUTES, PREFERENCES, CASE = range(6, 13)
NEED_FACTS = 13

# Bits of `facts[FLAGS]`.
LIVE, REMOTE, PLACED, SPEAKING, INTERPRETER, ASKS_TIMES = 1, 2, 4, 8, 16, 32

# Groups of `tags`, and columns of `moments`.
TAGS_PROVIDED, TAGS_REQUIRED, TAGS_PREFERRED = range(3)
TAGS_NEEDED, TAGS_HELD, TAGS_WISHED = range(3)
POSTED, CONSENT_UNTIL = 0, 1

TAG_BITS, TOPIC_BITS = 44, 19
SHARED = 1 << 63
NO_LANGUAGE, INTERPRETS = 1 << 62, 1 << 63
SLOT_MINUTES = 180
ALL_SLOTS = (1 << 56) - 1


class Rows(NamedTuple):
    """Offers or needs as columns. The first three arrays are read for every row that a search visits, so each of their rows is contiguous
    (72 bytes a row); the others only for what passed, so there each row is contiguous. `pool_*` hold what has no fixed number."""

    masks: U64
    limits: I32
    spot: F32
    exact: F64
    facts: I32
    moments: I64
    ids: U64
    tags: U64
    langs: U64
    topics: I32
    windows: I32
    wishes: I32
    tried: U64


class Shared(NamedTuple):
    """What both sides refer to by number: wishes and the languages that meet them, the tree of categories, providers' points (fair load,
    answering), the providers that help each case, and the weights."""

    met: U64
    met_folded: U64
    below: Bools
    points: I32
    best_points: I64
    cases: I32
    helpers: I32
    weights: I64


class Grid(NamedTuple):
    """The sorted part of the rows: a group for each category and class of reach, each with its own grid of cells in rows of latitude, cells
    numbered through; `starts` holds where each cell begins."""

    groups: I64
    scales: F64
    starts: I64


# Columns of `Grid.groups` and `Grid.scales`.
G_CATEGORY, G_REACH, G_ROWS, G_COLS, G_CELLS, G_REMOTE, G_FROM, G_TO = range(8)
LAT, LON, ROWS_A_RADIAN, COLS_A_RADIAN = range(4)
