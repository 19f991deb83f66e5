"""The index of a large hub: columns find the pairs, facts lie packed beside them, and it answers as `engine.index.Index` does."""

import pickle  # only ever our own values, packed in this process
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from services.matching.engine.columns.index import ColumnIndex
from services.matching.engine.index import Index
from services.matching.engine.types import INTERPRETER, NeedFacts, OfferFacts, ProviderRecord, Verdict
from services.matching.engine.weights import DEFAULT, Weights

T = TypeVar("T", OfferFacts, NeedFacts)


class Packed(MutableMapping[UUID, T], Generic[T]):
    """Facts by id, each packed into about half a kilobyte and unpacked when it is read: a third of what the objects take."""

    def __init__(self, kind: type[T]) -> None:
        self._kind: type[T] = kind
        self._names = [field.name for field in fields(kind)]
        self._packed: dict[UUID, bytes] = {}

    def __getitem__(self, key: UUID) -> T:
        values: tuple[Any, ...] = pickle.loads(self._packed[key])  # noqa: S301 - packed below
        facts: T = self._kind(*values)
        return facts

    def __setitem__(self, key: UUID, value: T) -> None:
        self._packed[key] = pickle.dumps(tuple(getattr(value, name) for name in self._names), protocol=5)

    def __delitem__(self, key: UUID) -> None:
        del self._packed[key]

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


class LargeIndex(Index):
    """Guarantee: the same answers as `Index`, bit for bit, for whatever was put and removed before."""

    def __init__(self, weights: Weights = DEFAULT) -> None:
        self._columns = ColumnIndex(weights)
        self._interpreters: set[UUID] = set()
        super().__init__(weights)
        self.offers: MutableMapping[UUID, OfferFacts] = Packed(OfferFacts)
        self.needs: MutableMapping[UUID, NeedFacts] = Packed(NeedFacts)

    def use_weights(self, weights: Weights) -> None:
        """From now on score by other weights."""
        super().use_weights(weights)
        self._columns.use_weights(weights)

    def put_offer(self, offer: OfferFacts) -> None:
        """Insert an offer, or replace what was known of it."""
        self.offers[offer.id] = offer
        self._columns.put_offer(offer)
        if offer.is_open and INTERPRETER in offer.provides:
            self._interpreters.add(offer.id)
        else:
            self._interpreters.discard(offer.id)

    def remove_offer(self, offer_id: UUID) -> None:
        """Forget an offer; unknown ids are fine."""
        self.offers.pop(offer_id, None)
        self._columns.remove_offer(offer_id)
        self._interpreters.discard(offer_id)

    def put_need(self, need: NeedFacts) -> None:
        """Insert a need, or replace what was known of it."""
        self.needs[need.id] = need
        self._columns.put_need(need)

    def remove_need(self, need_id: UUID) -> None:
        """Forget a need; unknown ids are fine."""
        self.needs.pop(need_id, None)
        self._columns.remove_need(need_id)

    def put_record(self, provider_id: str, record: ProviderRecord) -> None:
        """Set a provider's counters."""
        super().put_record(provider_id, record)
        self._columns.put_record(provider_id, record)

    def put_helpers(self, case_id: UUID, provider_ids: Iterable[str]) -> None:
        """Set which providers already help a case."""
        helpers = frozenset(provider_ids)
        super().put_helpers(case_id, helpers)
        self._columns.put_helpers(case_id, helpers)

    def put_tried(self, need_id: UUID, offer_id: UUID) -> None:
        """Remember that a pair was tried, and declined or left unanswered."""
        super().put_tried(need_id, offer_id)
        self._columns.put_tried(need_id, offer_id)

    @property
    def interpreters(self) -> int:
        """How many open offers provide an interpreter."""
        return len(self._interpreters)

    def best(self, need: NeedFacts, k: int, as_of: datetime) -> list[tuple[UUID, int]]:
        """The ids and scores of `top_k`."""
        return [(found.id, found.score) for found in self._columns.top_k(need, k, as_of)]

    def need_ids_for(self, offer: OfferFacts, as_of: datetime) -> list[UUID]:
        """The ids of `needs_for`."""
        return [found.id for found in self._columns.needs_for(offer, as_of)]

    def needs_for(self, offer: OfferFacts, as_of: datetime) -> list[Verdict]:
        """Every need that an offer is eligible for, best first; ties by earlier need, then id."""
        return [self.verdict(self.needs[key], offer, as_of) for key in self.need_ids_for(offer, as_of)]


def warm() -> None:
    """Compile what is not compiled yet, and keep it on disk; takes up to a minute the first time on a machine, and a second afterwards."""
    from datetime import UTC

    index, now = LargeIndex(), datetime(2026, 1, 1, tzinfo=UTC)
    offer = OfferFacts(id=UUID(int=1), category="language", provider_id="actor:1", places=1, places_used=0, is_open=True, posted_at=now, remote=True)
    need = NeedFacts(id=UUID(int=2), case_id=UUID(int=3), category="language", size=1, is_open=True, posted_at=now, consent_match=True)
    index.put_offer(offer)
    index.put_need(need)
    index.put_tried(need.id, UUID(int=4))
    index.put_helpers(need.case_id, ["actor:1"])
    index.top_k(need, 1, now)
    index.needs_for(offer, now)


if __name__ == "__main__":
    warm()
