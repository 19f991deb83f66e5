"""Small instances for the solvers' tests, and the plainest possible solver to compare with."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from services.matching.engine.solving.instance import UNPLACED, Instance, Ints


def ints(values: object) -> Ints:
    """An array of whole numbers."""
    return np.array(values, np.int64)


def an_instance(capacity: object, options: list[list[tuple[int, int]]], sizes: list[int] | None = None, must: bool = False) -> Instance:
    """An instance of one use an option: per demand its (place, value) pairs and its size."""
    flat = [pair for mine in options for pair in mine]
    amounts = [size for mine, size in zip(options, sizes or [1] * len(options), strict=True) for _ in mine]
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum([len(mine) for mine in options], dtype=np.int64)))
    return Instance(
        ints(capacity), first, ints([v for _, v in flat]), np.arange(len(flat) + 1, dtype=np.int64), ints([p for p, _ in flat]), ints(amounts), must
    )


@st.composite
def unit_instances(draw: st.DrawFn, must: bool = False, most: int = 6, sized: bool = False) -> Instance:
    """Instances small enough to try every choice; values of both signs, and many ties."""
    places = draw(st.integers(1, 4))
    pair = st.tuples(st.integers(0, places - 1), st.integers(-3, 12))
    options = draw(st.lists(st.lists(pair, max_size=4, unique_by=lambda each: each[0]).map(sorted), min_size=1, max_size=most))
    sizes = draw(st.lists(st.integers(1, 4), min_size=len(options), max_size=len(options))) if sized else None
    return an_instance(draw(st.lists(st.integers(0, 6 if sized else 3), min_size=places, max_size=places)), options, sizes, must)


def a_unit_instance(dice: np.random.Generator, needs: int, places: int, candidates: int) -> Instance:
    """A random instance of unit demand, supply a tenth below demand."""
    options = [
        list(zip(np.sort(dice.choice(places, candidates, replace=False)).tolist(), dice.integers(1, 1000, candidates).tolist(), strict=True))
        for _ in range(needs)
    ]
    return an_instance(np.bincount(dice.integers(0, places, needs * 9 // 10), minlength=places), options)


def every_choice(instance: Instance) -> list[Ints]:
    """Every choice that holds."""
    rows = [([] if instance.must else [UNPLACED]) + list(range(instance.first[i], instance.first[i + 1])) for i in range(instance.demands)]
    return [chosen for each in product(*rows) if not instance.faults(chosen := ints(each))]
