"""The town as it stands at a moment of the replay: which offers have room, which needs wait, what providers were asked."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.matching.engine.index import Index, at_and_above
from services.matching.engine.quick import NO, NeedSketch, quick_score, sketch_need, sketch_offer
from services.matching.engine.replay.history import PastMatch, PastNeed, PastOffer
from services.matching.engine.types import NeedFacts, ProviderRecord
from services.matching.engine.weights import Weights


class Town:
    """Keeps the index as the running service would: places, counters, helpers and tried pairs. Places held never exceed those that there are."""

    def __init__(self, offers: tuple[PastOffer, ...], weights: Weights) -> None:
        self.index = Index(weights)
        self.waiting: dict[UUID, NeedFacts] = {}
        self._by_category: defaultdict[str, dict[UUID, NeedSketch]] = defaultdict(dict)
        self.requests: Counter[str] = Counter()
        self._offers = {offer.facts.id: offer for offer in offers}
        self._used: Counter[UUID] = Counter()
        self._open: set[UUID] = set()
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._helpers: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
        self._fresh: set[UUID] = set()
        self._touched: set[UUID] = set()

    # Offers

    def post(self, offer_id: UUID) -> None:
        """An offer takes requests from now on."""
        self._open.add(offer_id)
        self._show(offer_id)
        self._touched.add(offer_id)

    def close(self, offer_id: UUID) -> None:
        """An offer takes no more requests; what it holds goes on."""
        self._open.discard(offer_id)
        self.index.remove_offer(offer_id)

    def hold(self, offer_id: UUID, size: int) -> bool:
        """Hold places, if there are as many; whether they were held."""
        offer = self._offers.get(offer_id)
        if offer is None or self._used[offer_id] + size > offer.facts.places:
            return False
        self._used[offer_id] += size
        self._show(offer_id)
        return True

    def release(self, offer_id: UUID, size: int) -> None:
        """Places come back."""
        self._used[offer_id] -= size
        self._show(offer_id)
        if offer_id in self._open:
            self._touched.add(offer_id)

    def returns(self, offer_id: UUID) -> bool:
        """Whether the offer's places come back when a match ends."""
        return self._offers[offer_id].returns

    def provider(self, offer_id: UUID) -> str:
        """Whose offer it is."""
        return self._offers[offer_id].facts.provider_id

    def _show(self, offer_id: UUID) -> None:
        if offer_id in self._open:
            facts, used = self._offers[offer_id].facts, self._used[offer_id]
            self.index.put_offer(replace(facts, places_used=used, is_open=used < facts.places))

    # Needs

    def wait(self, need: PastNeed | NeedFacts) -> None:
        """A need looks for an offer from now on."""
        facts = need.facts if isinstance(need, PastNeed) else need
        self.waiting[facts.id] = facts
        self._by_category[facts.category][facts.id] = sketch_need(facts)
        self._fresh.add(facts.id)

    def leave(self, need_id: UUID) -> None:
        """A need waits no more."""
        facts = self.waiting.pop(need_id, None)
        if facts is not None:
            del self._by_category[facts.category][need_id]
        self._fresh.discard(need_id)

    def to_try(self, now: datetime) -> list[NeedFacts]:
        """The waiting needs that may find an offer now, in the order of their ids: those that came since, and those that would fit an offer where
        room appeared since. A need that found nothing finds nothing as long as no place appears: dates and consent only run out, and pairs are
        only ruled out."""
        found = set(self._fresh)
        for offer_id in self._touched & self.index.offers.keys():
            offer = self.index.offers[offer_id]
            sketch = sketch_offer(offer)
            for category in at_and_above(offer.category) if offer.is_open else ():
                for key, need in self._by_category[category].items():
                    if key not in found and quick_score(need, sketch, now.toordinal(), self.index.weights) != NO:
                        found.add(key)
        self._fresh.clear()
        self._touched.clear()
        return [self.waiting[key] for key in sorted(found)]

    # Providers and cases

    def asked(self, provider_id: str) -> None:
        """A request waits for the provider."""
        self._count(provider_id, open=1)

    def answered(self, provider_id: str, *, in_time: bool) -> None:
        """A request waits no more: answered, or its time is over."""
        self._count(provider_id, open=-1, answered=int(in_time), asked=1)

    def helps(self, case_id: UUID, provider_id: str) -> None:
        """The provider helps this case, or helped it."""
        self._helpers[case_id][provider_id] += 1
        self._show_helpers(case_id)

    def called_off(self, match: PastMatch) -> None:
        """A recorded match was cancelled: it counts neither as asked nor as help any more, as in the service."""
        if match.accepted_at is None:
            self._count(match.provider_id, open=-1)
        else:
            self._count(match.provider_id, answered=-1, asked=-1)
            self._helpers[match.case_id][match.provider_id] -= 1
            self._show_helpers(match.case_id)

    def _show_helpers(self, case_id: UUID) -> None:
        self.index.put_helpers(case_id, [provider for provider, count in self._helpers[case_id].items() if count > 0])

    def _count(self, provider_id: str, **changes: int) -> None:
        counts = self._counts[provider_id]
        for name, change in changes.items():
            counts[name] += change
        self.index.put_record(provider_id, ProviderRecord(counts["open"], counts["answered"], counts["asked"]))
