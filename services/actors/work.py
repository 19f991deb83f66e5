"""One transaction of actors: its stores."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.work import Work as BaseWork
from services.actors.model.records import Capacity, Declaration, Initiative, Membership, Practice, Resource
from services.actors.store import parts
from services.actors.store.actors import ActorStore
from services.actors.store.confirmations import ConfirmationStore
from services.actors.store.directory import DirectoryStore
from services.actors.store.history import HistoryStore
from services.actors.store.identifiers import IdentifierStore
from services.actors.store.people import PeopleStore
from services.actors.store.records import Records
from services.actors.store.revision import RevisionStore
from services.actors.store.search import Finder, SearchStore
from services.actors.store.statistics import StatisticsStore
from services.actors.store.tombstones import TombstoneStore


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
    revision: RevisionStore = field(init=False)
    search: SearchStore = field(init=False)
    finder: Finder = field(init=False)
    directory: DirectoryStore = field(init=False)
    statistics: StatisticsStore = field(init=False)
    people: PeopleStore = field(init=False)

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
        self.revision = RevisionStore(session)
        self.search = SearchStore(session, self.now)
        self.finder = Finder(session)
        self.directory = DirectoryStore(session)
        self.statistics = StatisticsStore(session)
        self.people = PeopleStore(session, self.parts.ledger)

    async def finish(self) -> None:
        """What is left to the end; then the registry's revision rises, if this transaction changed the registry."""
        await BaseWork.finish(self)
        revision = await self.revision.rise()
        if revision is not None:
            await self.search.stamp(revision)
