"""Offers and needs in memory: prefiltered by category and bit masks, it answers exactly what `score.reference` answers over everything."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, MutableMapping
from datetime import datetime
from heapq import nsmallest
from uuid import UUID

from services.matching.engine.quick import (
    NO,
    NeedSketch,
    OfferSketch,
    continuity_points,
    provider_points,
    quick_score,
    sketch_need,
    sketch_offer,
    waiting_points,
)
from services.matching.engine.score import of_fitting, reference
from services.matching.engine.types import INTERPRETER, Audience, Circumstances, NeedFacts, OfferFacts, ProviderRecord, Verdict
from services.matching.engine.weights import DEFAULT, Weights

OPEN = "open"
SHARED = "shared with peers"
CONSENTED = "consented"
CATEGORY = "category "
TAG = "tag "


def at_and_above(category: str) -> Iterator[str]:
    """A category and its ancestors, nearest first: `housing.room`, then `housing`."""
    while category:
        yield category
        category = category.rpartition(".")[0]


class _Masks:
    """Which slots carry which mark: one Python integer per mark, one bit per slot; freed slots are used again."""

    def __init__(self) -> None:
        self.slot_of: dict[UUID, int] = {}
        self.id_at: dict[int, UUID] = {}
        self.free: list[int] = []
        self.marks: defaultdict[str, int] = defaultdict(int)
        self.marks_of: dict[UUID, frozenset[str]] = {}

    def put(self, key: UUID, marks: frozenset[str]) -> None:
        """Insert a key with its marks, or replace the marks it had."""
        self.drop(key)
        slot = self.free.pop() if self.free else len(self.id_at)
        self.slot_of[key], self.id_at[slot], self.marks_of[key] = slot, key, marks
        for mark in marks:
            self.marks[mark] |= 1 << slot

    def drop(self, key: UUID) -> None:
        """Forget a key; unknown keys are fine."""
        slot = self.slot_of.pop(key, None)
        if slot is None:
            return
        del self.id_at[slot]
        self.free.append(slot)
        for mark in self.marks_of.pop(key):
            self.marks[mark] &= ~(1 << slot)
            if not self.marks[mark]:
                del self.marks[mark]

    def having(self, mark: str) -> int:
        """The slots that carry a mark."""
        return self.marks.get(mark, 0)

    def keys(self, mask: int) -> Iterator[UUID]:
        """The keys of a mask's slots."""
        while mask:
            lowest = mask & -mask
            yield self.id_at[lowest.bit_length() - 1]
            mask ^= lowest


def _marks_of_offer(offer: OfferFacts) -> frozenset[str]:
    marks = {CATEGORY + category for category in at_and_above(offer.category)} | {TAG + tag for tag in offer.provides}
    if offer.is_open:
        marks.add(OPEN)
    if offer.audience is Audience.PEERS:
        marks.add(SHARED)
    return frozenset(marks)


def _marks_of_need(need: NeedFacts) -> frozenset[str]:
    marks = {CATEGORY + need.category} | {TAG + tag for tag in need.requires}
    if need.is_open:
        marks.add(OPEN)
    if need.consent_match:
        marks.add(CONSENTED)
    return frozenset(marks)


class Index:
    """Follows every change of offers, needs, provider records, helped cases and tried pairs, and ranks without looking at what cannot fit."""

    def __init__(self, weights: Weights = DEFAULT) -> None:
        self.offers: MutableMapping[UUID, OfferFacts] = {}
        self.needs: MutableMapping[UUID, NeedFacts] = {}
        self._offer_masks = _Masks()
        self._need_masks = _Masks()
        self._records: dict[str, ProviderRecord] = {}
        self._helpers: dict[UUID, frozenset[str]] = {}
        self._tried: set[tuple[UUID, UUID]] = set()
        self._offer_sketches: dict[UUID, OfferSketch] = {}
        self._need_sketches: dict[UUID, NeedSketch] = {}
        self.use_weights(weights)

    def use_weights(self, weights: Weights) -> None:
        """From now on score by other weights."""
        self.weights = weights
        self._provider_points = {provider_id: provider_points(record, weights) for provider_id, record in self._records.items()}
        self._unknown_provider = provider_points(ProviderRecord(), weights)
        self._continuity = continuity_points(weights)

    def put_offer(self, offer: OfferFacts) -> None:
        """Insert an offer, or replace what was known of it."""
        self.offers[offer.id] = offer
        self._offer_sketches[offer.id] = sketch_offer(offer)
        self._offer_masks.put(offer.id, _marks_of_offer(offer))

    def remove_offer(self, offer_id: UUID) -> None:
        """Forget an offer; unknown ids are fine."""
        self.offers.pop(offer_id, None)
        self._offer_sketches.pop(offer_id, None)
        self._offer_masks.drop(offer_id)

    def put_need(self, need: NeedFacts) -> None:
        """Insert a need, or replace what was known of it."""
        self.needs[need.id] = need
        self._need_sketches[need.id] = sketch_need(need)
        self._need_masks.put(need.id, _marks_of_need(need))

    def remove_need(self, need_id: UUID) -> None:
        """Forget a need; unknown ids are fine. What it tried is kept by the pair, for it may come back."""
        self.needs.pop(need_id, None)
        self._need_sketches.pop(need_id, None)
        self._need_masks.drop(need_id)

    def put_record(self, provider_id: str, record: ProviderRecord) -> None:
        """Set a provider's counters."""
        self._records[provider_id] = record
        self._provider_points[provider_id] = provider_points(record, self.weights)

    def put_helpers(self, case_id: UUID, provider_ids: Iterable[str]) -> None:
        """Set which providers already help a case."""
        self._helpers[case_id] = frozenset(provider_ids)

    def put_tried(self, need_id: UUID, offer_id: UUID) -> None:
        """Remember that a pair was tried, and declined or left unanswered."""
        self._tried.add((need_id, offer_id))

    def circumstances(self, need: NeedFacts, offer: OfferFacts, as_of: datetime) -> Circumstances:
        """What the verdict on a pair depends on besides its two sides."""
        return Circumstances(
            as_of=as_of,
            record=self._records.get(offer.provider_id, ProviderRecord()),
            helps_case=offer.provider_id in self._helpers.get(need.case_id, frozenset()),
            tried=(need.id, offer.id) in self._tried,
        )

    def verdict(self, need: NeedFacts, offer: OfferFacts, as_of: datetime) -> Verdict:
        """The plain definition, on what the index knows."""
        return reference(need, offer, self.circumstances(need, offer, as_of), self.weights)

    def top_k(self, need: NeedFacts, k: int, as_of: datetime) -> list[Verdict]:
        """The k best eligible offers of a need (which need not be in the index), best first; ties by earlier offer, then id."""
        found = [self.offers[key] for key, _ in self.best(need, k, as_of)]
        return [of_fitting(need, offer, self.circumstances(need, offer, as_of), self.weights) for offer in found]

    def best(self, need: NeedFacts, k: int, as_of: datetime) -> list[tuple[UUID, int]]:
        """The same as `top_k`, in the same order, as ids and scores without their reasons: many times faster."""
        masks = self._offer_masks
        mask = masks.having(CATEGORY + need.category) & masks.having(OPEN)
        if need.from_peer:
            mask &= masks.having(SHARED)
        for tag in need.requires:
            mask &= masks.having(TAG + tag)
        if not need.is_open or not _agreed(need.consent_match, need.consent_until, as_of):
            return []
        asked = sketch_need(need)
        today, extra = as_of.toordinal(), waiting_points(asked, as_of, self.weights)
        helpers = self._helpers.get(need.case_id, frozenset())
        found = []
        for key in masks.keys(mask):
            offer = self._offer_sketches[key]
            score = quick_score(asked, offer, today, self.weights)
            if score != NO and (need.id, key) not in self._tried:
                found.append((-score - extra - self._about_provider(offer.provider_id, helpers), offer.posted_at, key))
        return [(key, -cost) for cost, _, key in nsmallest(k, found)]

    def _about_provider(self, provider_id: str, helpers: frozenset[str]) -> int:
        known = self._provider_points.get(provider_id, self._unknown_provider)
        return known + self._continuity if provider_id in helpers else known

    @property
    def interpreters(self) -> int:
        """How many open offers provide an interpreter."""
        return (self._offer_masks.having(TAG + INTERPRETER) & self._offer_masks.having(OPEN)).bit_count()

    def needs_for(self, offer: OfferFacts, as_of: datetime) -> list[Verdict]:
        """Every need that an offer is eligible for, best first; ties by earlier need, then id."""
        return [self.verdict(self.needs[key], offer, as_of) for key in self.need_ids_for(offer, as_of)]

    def need_ids_for(self, offer: OfferFacts, as_of: datetime) -> list[UUID]:
        """The ids of `needs_for`, without their reasons: many times faster."""
        masks = self._need_masks
        mask = 0
        for category in at_and_above(offer.category):
            mask |= masks.having(CATEGORY + category)
        mask &= masks.having(OPEN) & masks.having(CONSENTED)
        provided = {TAG + tag for tag in offer.provides}
        for mark, slots in masks.marks.items():
            if mark.startswith(TAG) and mark not in provided:
                mask &= ~slots
        if not offer.is_open:
            return []
        asked, today = sketch_offer(offer), as_of.toordinal()
        found = []
        for key in masks.keys(mask):
            need = self._need_sketches[key]
            score = quick_score(need, asked, today, self.weights)
            if score == NO or (key, offer.id) in self._tried or not _agreed(True, need.consent_until, as_of):
                continue
            if need.from_peer and offer.audience is not Audience.PEERS:
                continue
            extra = waiting_points(need, as_of, self.weights)
            helpers = self._helpers.get(need.case_id, frozenset())
            found.append((-score - extra - self._about_provider(offer.provider_id, helpers), need.posted_at, key))
        return [key for _, _, key in sorted(found)]


def _agreed(consent: bool, until: datetime | None, as_of: datetime) -> bool:
    """Whether the case's consent to matching is live."""
    return consent and (until is None or until >= as_of)
