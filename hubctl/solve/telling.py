"""Progress on standard error: a line a second with value, bound and gap."""

import sys
from collections.abc import Callable
from decimal import Decimal
from time import perf_counter

Amount = Callable[[int], int | Decimal]
"""An amount of the solver in the unit (and sense) of the file."""


class Progress:
    """Says how far the solving is, at most once a second."""

    def __init__(self, amount: Amount) -> None:
        self.amount = amount
        self.started = self.last = perf_counter()

    def tell(self, value: int | None, bound: int) -> None:
        """Say value (None: nothing found yet) and bound, unless that was said within the last second."""
        now = perf_counter()
        if now - self.last < 1:
            return
        self.last = now
        found = "nothing yet" if value is None else f"{self.amount(value):f}" if isinstance(self.amount(value), Decimal) else str(self.amount(value))
        gap = "" if value is None else f", gap {gap_of(value, bound):.3%}"
        print(f"{now - self.started:.0f} s: value {found}, bound {self.amount(bound)}{gap}", file=sys.stderr, flush=True)


def gap_of(value: int, bound: int) -> float:
    """(bound - value) / |bound|, whichever the sense, so that it is never below 0; 0 where they meet."""
    return 0.0 if value == bound else abs(bound - value) / max(abs(bound), 1)
