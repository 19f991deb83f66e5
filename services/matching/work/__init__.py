"""One transaction of matching, and what it shares with the others of its process."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import derived_id
from chassis.work import Work as BaseWork
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
from services.matching.work.keeper import IndexKeeper, LearnsTooEarly, facts_of, need_facts

__all__ = [
    "IndexKeeper",
    "LearnsTooEarly",
    "News",
    "Resources",
    "Touched",
    "Work",
    "facts_of",
    "need_facts",
    "weights_subject",
]


def weights_subject(version: str) -> UUID:
    """A preset's id where one is asked for: of the audit line, and of the change that indexes follow."""
    return derived_id("weights", version)


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
