"""One transaction of matching, and the index that each process keeps in memory, fresh from the change table."""

import asyncio
import sys
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identity import SYSTEM
from chassis.ids import derived_id
from chassis.work import Work as BaseWork
from services.matching.engine.index import Index
from services.matching.engine.types import NeedFacts
from services.matching.engine.weights import DEFAULT, Weights
from services.matching.engine.workers import ROOT, worker_environment
from services.matching.model.need import Need
from services.matching.model.offer import Provider
from services.matching.model.scarcity import Pace
from services.matching.settings import Settings
from services.matching.store.asks import AskStore
from services.matching.store.case_history import CaseHistoryStore
from services.matching.store.cases import CaseStore
from services.matching.store.categories import CategoryStore
from services.matching.store.changes import ChangeStore
from services.matching.store.desk import DeskStore
from services.matching.store.following import FollowStore
from services.matching.store.history import HistoryStore
from services.matching.store.known import KnownStore
from services.matching.store.matches import MatchStore
from services.matching.store.needs import NeedStore
from services.matching.store.offers import OfferStore
from services.matching.store.proposals import ProposalStore
from services.matching.store.questions import QuestionStore
from services.matching.store.results import ResultStore
from services.matching.store.rounds import RoundStore
from services.matching.store.scarcity import ScarcityStore
from services.matching.store.statistics import StatisticsStore
from services.matching.store.statistics_sources import StatisticsSources
from services.matching.store.weights import WeightsStore

MOST_CHANGES = 20_000
"""Changes that are read at once."""


class LearnsTooEarly(RuntimeError):
    """An index was to be read within a transaction that changed something itself."""


class IndexKeeper:
    """The index of this process. It is brought up to date from committed changes, before anything of a transaction is written."""

    def __init__(self, large_from: int = 5_000, weights: Weights = DEFAULT) -> None:
        self.weights = weights
        self.index = Index(weights)
        self._large_from = large_from
        self._place = -1
        self._seen: set[int] = set()
        self._lock = asyncio.Lock()

    async def refresh(self, work: "Work") -> Index:
        """Read what changed since, or everything at first; answers the index. Raises LearnsTooEarly."""
        if work.changes.written:
            raise LearnsTooEarly("This transaction changed something itself and may still be rolled back; no index may read it.")
        async with self._lock:
            outgrown = len(self.index.offers) >= self._large_from and type(self.index) is Index
            if self._place < 0 or outgrown:
                await self._build(work)
            else:
                await self._follow(work)
        return self.index

    async def _build(self, work: "Work") -> None:
        place = await work.changes.place()
        self.weights = await work.weights.in_use()
        index = await self._empty(await work.offers.count_open())
        async for offer in work.offers.all_open():
            index.put_offer(offer.facts())
        needs = await work.needs.all_open(SYSTEM)
        for facts in await need_facts(work, needs):
            index.put_need(facts)
        for key, record in (await work.matches.records()).items():
            index.put_record(key, record)
        for case_id, helpers in (await work.matches.helpers()).items():
            index.put_helpers(case_id, helpers)
        for need_id, offers in (await work.matches.tried()).items():
            for offer_id in offers:
                index.put_tried(need_id, offer_id)
        self.index, self._place = index, place

    async def _empty(self, offers: int) -> Index:
        """An index for so many offers. The compiled one is loaded only by a hub that is large, and compiled beside the service, once a machine."""
        if offers < self._large_from:
            return Index(self.weights)
        command = (sys.executable, "-m", "services.matching.engine.columns.large")
        compiling = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=worker_environment(), stdin=asyncio.subprocess.DEVNULL)
        await compiling.wait()
        from services.matching.engine.columns.large import LargeIndex

        return LargeIndex(self.weights)

    async def _follow(self, work: "Work") -> None:
        """Read what was noted since, in portions. The next time it is read from the place where this reading began, for what was noted meanwhile
        with a lower number may not have been there yet; what was read twice is known by its number."""
        next_place, seen, after = self._place, set[int](), None
        while True:
            changes, place = await work.changes.since(self._place, MOST_CHANGES, after)
            if after is None:
                next_place = place
            if fresh := {(each.kind, each.subject_id) for each in changes if each.seq not in self._seen}:
                await self._load(work, fresh)
            seen.update(each.seq for each in changes if each.at_place >= next_place)
            if len(changes) < MOST_CHANGES:
                break
            after = changes[-1]
        self._place, self._seen = next_place, seen

    async def _load(self, work: "Work", changed: set[tuple[str, UUID]]) -> None:
        ids: dict[str, list[UUID]] = {"offer": [], "need": [], "case": [], "provider": [], "weights": []}
        for kind, subject in changed:
            ids[kind].append(subject)
        offers = await work.offers.many(ids["offer"])
        for offer_id in ids["offer"]:
            if offer_id in offers and offers[offer_id].state != "closed":
                self.index.put_offer(offers[offer_id].facts())
            else:
                self.index.remove_offer(offer_id)
        await self._load_needs(work, ids["need"], ids["case"], matched=bool(ids["provider"]))
        if ids["provider"]:
            for key, record in (await work.matches.records(ids["provider"])).items():
                self.index.put_record(key, record)
        if ids["weights"]:
            self.weights = await work.weights.in_use()
            self.index.use_weights(self.weights)

    async def _load_needs(self, work: "Work", need_ids: list[UUID], case_ids: list[UUID], *, matched: bool) -> None:
        needs = await work.needs.many(need_ids)
        for case_id in case_ids:
            needs.update({need.id: need for need in await work.needs.of_case(case_id)})
        if matched:
            # What a match provides may count for the needs that link to the matched one.
            needs.update({need.id: need for need in await work.needs.linking(list({need.case_id for need in needs.values()}))})
        for facts in await need_facts(work, list(needs.values())):
            self.index.put_need(facts) if facts.is_open else self.index.remove_need(facts.id)
        for need_id, tried in (await work.matches.tried(list(needs))).items():
            for offer_id in tried:
                self.index.put_tried(need_id, offer_id)
        cases = list({need.case_id for need in needs.values()})
        helpers = await work.matches.helpers(cases)
        for case_id in cases:
            self.index.put_helpers(case_id, helpers.get(case_id, set()))


def weights_subject(version: str) -> UUID:
    """A preset's id where one is asked for: of the audit line, and of the change that indexes follow."""
    return derived_id("weights", version)


async def need_facts(work: "Work", needs: list[Need]) -> list[NeedFacts]:
    """Needs as the engine sees them, with what they take over from their cases and linked matches."""
    if not needs:
        return []
    cases = await work.cases.many(need.case_id for need in needs)
    interpreted = await work.matches.interpreted({link.need_id for need in needs for link in need.links})
    return [need.facts(cases[need.case_id], any(link.need_id in interpreted for link in need.links)) for need in needs]


@dataclass(frozen=True, slots=True)
class Resources:
    """What the service was built with."""

    settings: Settings
    keeper: IndexKeeper
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news: what its effects are correlated to, and whether it is late."""

    correlation_id: UUID
    late: bool


@dataclass(slots=True)
class Touched:
    """What the news that is handled in one transaction is about: its effects on proposals are computed together, at the end."""

    needs: dict[UUID, News] = field(default_factory=dict)
    offers: dict[UUID, News] = field(default_factory=dict)
    providers: dict[Provider, News] = field(default_factory=dict)


@dataclass(slots=True)
class Work(BaseWork):
    """One transaction of matching."""

    asks: AskStore = field(init=False)
    offers: OfferStore = field(init=False)
    cases: CaseStore = field(init=False)
    categories: CategoryStore = field(init=False)
    needs: NeedStore = field(init=False)
    matches: MatchStore = field(init=False)
    proposals: ProposalStore = field(init=False)
    questions: QuestionStore = field(init=False)
    results: ResultStore = field(init=False)
    rounds: RoundStore = field(init=False)
    following: FollowStore = field(init=False)
    weights: WeightsStore = field(init=False)
    scarcity: ScarcityStore = field(init=False)
    statistics: StatisticsStore = field(init=False)
    sources: StatisticsSources = field(init=False)
    changes: ChangeStore = field(init=False)
    known: KnownStore = field(init=False)
    history: HistoryStore = field(init=False)
    desk: DeskStore = field(init=False)
    trail: CaseHistoryStore = field(init=False)
    touched: Touched = field(default_factory=Touched)

    def open_stores(self, session: AsyncSession) -> None:
        """Open the stores on the transaction."""
        self.asks = AskStore(session)
        self.offers = OfferStore(session)
        self.cases = CaseStore(session)
        self.categories = CategoryStore(session)
        self.needs = NeedStore(session)
        self.matches = MatchStore(session)
        self.proposals = ProposalStore(session)
        self.questions = QuestionStore(session)
        self.results = ResultStore(session)
        self.rounds = RoundStore(session)
        self.following = FollowStore(session)
        self.weights = WeightsStore(session)
        self.scarcity = ScarcityStore(session)
        self.statistics = StatisticsStore(session)
        self.sources = StatisticsSources(session)
        self.changes = ChangeStore(session)
        self.known = KnownStore(session)
        self.history = HistoryStore(session)
        self.desk = DeskStore(session)
        self.trail = CaseHistoryStore(session)

    @property
    def settings(self) -> Settings:
        """The operator's settings."""
        return self.resources.settings

    @property
    def resources(self) -> Resources:
        """What the service was built with."""
        found: Resources = self.parts.resources
        return found
