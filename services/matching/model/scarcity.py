"""When what is lacking is computed again, and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.matching.engine.scarcity.figures import Figure, Total
from services.matching.engine.scarcity.published import Published

REST = timedelta(minutes=15)
"""Between two computations by themselves, and after one that failed."""
STALE = timedelta(days=1)
"""After so long it is computed again even if nothing changed: dates pass, and needs wait longer."""
KEPT = timedelta(days=30)
"""How long computations are kept."""


@dataclass(frozen=True, slots=True)
class Computation:
    """What was lacking at a moment, by a preset of weights. `figures` are kept of the last computation only."""

    id: UUID
    computed_at: datetime
    weights: str
    figures: tuple[Figure, ...]
    totals: dict[str, Total]
    published: Published


@dataclass(slots=True)
class Pace:
    """What one process remembers of when to compute: whether a coordinator asked for it, and since when to rest after a failure."""

    wanted: bool = False
    failed_at: datetime | None = None

    def is_due(self, now: datetime, last: datetime | None, changed: bool) -> bool:
        """Whether it is time: asked for; or rested, and something changed or the last one is stale (`last` None: there is none yet)."""
        if self.wanted:
            return True
        if self.failed_at is not None and now - self.failed_at < REST:
            return False
        return last is None or (now - last >= REST and (changed or now - last >= STALE))
