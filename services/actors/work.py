"""One transaction of actors: its stores."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.work import Work as BaseWork
from services.actors.model.counted import Counted
from services.actors.model.graph.keeper import Keeper
from services.actors.model.provenance import EnteredBy
from services.actors.model.records import Capacity, Declaration, Initiative, Membership, Practice, Resource
from services.actors.store import parts
from services.actors.store.actors import ActorStore
from services.actors.store.confirmations import ConfirmationStore
from services.actors.store.directory import DirectoryStore
from services.actors.store.duplicates import DuplicateStore
from services.actors.store.graph.drawings import DrawingStore
from services.actors.store.graph.questions import GraphStore
from services.actors.store.history import HistoryStore
from services.actors.store.identifiers import IdentifierStore
from services.actors.store.imports import ImportStore
from services.actors.store.merges import MergeStore
from services.actors.store.people import PeopleStore
from services.actors.store.quality import QualityStore
from services.actors.store.records import Records
from services.actors.store.revision import RevisionStore
from services.actors.store.saved import SavedSearches
from services.actors.store.search import Finder, SearchStore
from services.actors.store.statistics import StatisticsStore
from services.actors.store.suggestions import ClaimStore, SuggestionStore
from services.actors.store.tombstones import TombstoneStore


@dataclass(frozen=True, slots=True)
class Resources:
    """What the service was built with: the drawing of the network and the counts that this process keeps in memory."""

    graphs: Keeper = field(default_factory=Keeper)
    counted: Counted = field(default_factory=Counted)


@dataclass(slots=True)
class Work(BaseWork):
    """What a use case of the registry works with."""

    actors: ActorStore = field(init=False)
    memberships: Records[Membership] = field(init=False)
    declarations: Records[Declaration] = field(init=False)
    initiatives: Records[Initiative] = field(init=False)
    resources: Records[Resource] = field(init=False)
    capacities: Records[Capacity] = field(init=False)
    practices: Records[Practice] = field(init=False)
    history: HistoryStore = field(init=False)
    tombstones: TombstoneStore = field(init=False)
    identifiers: IdentifierStore = field(init=False)
    confirmations: ConfirmationStore = field(init=False)
    quality: QualityStore = field(init=False)
    revision: RevisionStore = field(init=False)
    search: SearchStore = field(init=False)
    finder: Finder = field(init=False)
    searches: SavedSearches = field(init=False)
    directory: DirectoryStore = field(init=False)
    imports: ImportStore = field(init=False)
    drawings: DrawingStore = field(init=False)
    graph: GraphStore = field(init=False)
    statistics: StatisticsStore = field(init=False)
    people: PeopleStore = field(init=False)
    merges: MergeStore = field(init=False)
    duplicates: DuplicateStore = field(init=False)
    suggestions: SuggestionStore = field(init=False)
    claims: ClaimStore = field(init=False)
    author: EnteredBy | None = field(init=False, default=None)
    """Who stands behind what this transaction writes, where that is not the caller: a suggestion that somebody accepts."""

    def open_stores(self, session: AsyncSession) -> None:
        """The stores of this transaction."""
        self.actors = ActorStore(session)
        self.memberships = parts.memberships(session)
        self.declarations = parts.declarations(session)
        self.initiatives = parts.initiatives(session)
        self.resources = parts.resources(session)
        self.capacities = parts.capacities(session)
        self.practices = parts.practices(session)
        self.history = HistoryStore(session)
        self.tombstones = TombstoneStore(session)
        self.identifiers = IdentifierStore(session)
        self.confirmations = ConfirmationStore(session)
        self.quality = QualityStore(session)
        self.revision = RevisionStore(session)
        self.search = SearchStore(session, self.now)
        self.finder = Finder(session)
        self.searches = SavedSearches(session)
        self.directory = DirectoryStore(session)
        self.imports = ImportStore(session)
        self.drawings = DrawingStore(session)
        self.graph = GraphStore(session)
        self.statistics = StatisticsStore(session)
        self.people = PeopleStore(session, self.parts.ledger)
        self.merges = MergeStore(session)
        self.duplicates = DuplicateStore(session)
        self.suggestions = SuggestionStore(session)
        self.claims = ClaimStore(session)

    async def finish(self) -> None:
        """What is left to the end; then the registry's revision rises, if this transaction changed the registry."""
        await BaseWork.finish(self)
        revision = await self.revision.rise()
        if revision is not None:
            await self.search.stamp(revision)

    @property
    def graphs(self) -> Keeper:
        """The drawing that this process keeps in memory."""
        found: Resources = self.parts.resources
        return found.graphs

    @property
    def counted(self) -> Counted:
        """The counts that this process keeps in memory."""
        found: Resources = self.parts.resources
        return found.counted
