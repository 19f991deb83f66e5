"""Tiny instances for the solvers, and the answer by trying everything."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from services.matching.engine.solving.instance import UNPLACED, Instance, Ints


def ints(*numbers: int) -> Ints:
    return np.array(numbers, np.int64)


def an_instance(capacity: list[int], demands: list[list[tuple[int, dict[int, int]]]], must: bool = False) -> Instance:
    """Demands as lists of options (value, amount by resource)."""
    options = [option for demand in demands for option in demand]
    uses = [use for _, amounts in options for use in sorted(amounts.items())]
    return Instance(
        ints(*capacity),
        ints(*np.cumsum([0, *(len(demand) for demand in demands)])),
        ints(*(value for value, _ in options)),
        ints(*np.cumsum([0, *(len(amounts) for _, amounts in options)])),
        ints(*(resource for resource, _ in uses)),
        ints(*(amount for _, amount in uses)),
        must,
    )


@st.composite
def tiny(draw: st.DrawFn) -> Instance:
    resources = draw(st.integers(1, 4))
    amounts = st.dictionaries(st.integers(0, resources - 1), st.integers(1, 6), max_size=draw(st.sampled_from([1, 3])))
    option = st.tuples(st.integers(-3, 20), amounts)
    demands = draw(st.lists(st.lists(option, max_size=4), max_size=5))
    return an_instance(draw(st.lists(st.integers(0, 9), min_size=resources, max_size=resources)), demands, draw(st.booleans()))


def by_trying_all(instance: Instance) -> int | None:
    """The best value of all choices that hold; None where none does."""
    ways = [[*([] if instance.must else [UNPLACED]), *range(a, b)] for a, b in zip(instance.first[:-1], instance.first[1:], strict=True)]
    worth = [instance.worth(choice) for each in product(*ways) if not instance.faults(choice := ints(*each))]
    return max(worth, default=None)
