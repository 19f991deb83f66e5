"""What was recorded: needs, offers and matches with the times at which they came and went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.matching.engine.types import NeedFacts, OfferFacts

Pair = tuple[UUID, UUID]
"""A need and an offer."""


@dataclass(frozen=True, slots=True)
class PastNeed:
    """A need as it was asked, open; `withdrawn_at` is when the case no longer asked for it (None: it did until the end, or was helped)."""

    facts: NeedFacts
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastOffer:
    """An offer as it was posted, open and with all its places free; `closed_at` is when it took no more requests (None: it still does);
    `returns` says whether a place comes back when its match ends."""

    facts: OfferFacts
    returns: bool = True
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastMatch:
    """A request that was made. It was accepted (`accepted_at`), or declined or left unanswered (`refused`, at `ended_at`), or called off before;
    `gave_back` says whether its places were free again after `ended_at`; `called_off` that the end was a cancellation."""

    need_id: UUID
    offer_id: UUID
    case_id: UUID
    provider_id: str
    category: str
    size: int
    asked_at: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    declined: bool = False
    expired: bool = False
    called_off: bool = False
    gave_back: bool = False

    @property
    def pair(self) -> Pair:
        """The two ids."""
        return self.need_id, self.offer_id

    @property
    def answered_at(self) -> datetime | None:
        """When the provider said yes or no."""
        return self.accepted_at or (self.ended_at if self.declined else None)


@dataclass(frozen=True, slots=True)
class History:
    """Everything recorded up to `until`. Only `needs` are placed anew; matches of other needs (posted before the window, or left out because
    what describes their household was removed) happen again as they did. `left_out` counts what could not be replayed, by why."""

    needs: tuple[PastNeed, ...]
    offers: tuple[PastOffer, ...]
    matches: tuple[PastMatch, ...]
    until: datetime
    answer_time: timedelta = timedelta(days=7)
    left_out: Mapping[str, int] = field(default_factory=dict)
