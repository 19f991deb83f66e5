"""One transaction of people: its stores, and what the service was built with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.work import Work as BaseWork
from services.people.model.keys import LookupKey
from services.people.model.passwords import Checked, Passwords
from services.people.settings import Settings
from services.people.store.accounts import AccountStore
from services.people.store.answer_links import AnswerLinkStore, EmailChangeStore, FeedStore
from services.people.store.cases import ActorStore, CaseStore, HeardStore, MatchStore
from services.people.store.clients import ClientStore
from services.people.store.consents import ConsentStore
from services.people.store.disclosures import DisclosureStore, ErasureStore
from services.people.store.instance import InstanceStore
from services.people.store.keys import KeyStore
from services.people.store.links import InvitationStore, ResetStore
from services.people.store.places import PlaceStore
from services.people.store.registrations import RegistrationStore
from services.people.store.sessions import FactorStore, GuessStore, SessionStore
from services.people.store.suggesters import SuggesterStore
from services.people.store.trail import TrailStore
from services.people.store.vault import VaultStore

HASHES_AT_ONCE = 2
"""Password hashes worked on side by side: each takes 19 MiB and a core."""


class PasswordDesk:
    """Hashes and checks passwords in threads, two at a time, so that a burst of sign-ins does not take the whole machine."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self._places = asyncio.Semaphore(HASHES_AT_ONCE)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Passwords]:
        """Wait for a place. What is decided and counted within it is seen by the next try, so that a burst of guesses is slowed too."""
        async with self._places:
            yield self._passwords

    async def hash(self, password: str) -> str:
        """The hash of a new password. Never inside a transaction: whoever holds a place may be waiting for that transaction's end."""
        async with self._places:
            return await self.hash_at_once(password)

    async def hash_at_once(self, password: str) -> str:
        """The same without waiting for a place: for the operator's hand, inside a transaction."""
        return await asyncio.to_thread(self._passwords.hash, password)


async def check_password(passwords: Passwords, password: str, stored: str | None) -> Checked:
    """Compare a password with a stored hash, in a thread; the caller holds a place at the desk."""
    return await asyncio.to_thread(passwords.check, password, stored)


@dataclass(frozen=True, slots=True)
class Resources:
    """What the service was built with."""

    settings: Settings
    keys: KeyStore
    lookup: LookupKey
    source_key: bytes
    desk: PasswordDesk
    alarms: Counter


@dataclass(slots=True)
class Work(BaseWork):
    """One transaction."""

    accounts: AccountStore = field(init=False)
    vault: VaultStore = field(init=False)
    sessions: SessionStore = field(init=False)
    factors: FactorStore = field(init=False)
    guesses: GuessStore = field(init=False)
    invitations: InvitationStore = field(init=False)
    resets: ResetStore = field(init=False)
    registrations: RegistrationStore = field(init=False)
    answer_links: AnswerLinkStore = field(init=False)
    feeds: FeedStore = field(init=False)
    email_changes: EmailChangeStore = field(init=False)
    clients: ClientStore = field(init=False)
    consents: ConsentStore = field(init=False)
    cases: CaseStore = field(init=False)
    matches: MatchStore = field(init=False)
    actors: ActorStore = field(init=False)
    heard: HeardStore = field(init=False)
    disclosures: DisclosureStore = field(init=False)
    erasures: ErasureStore = field(init=False)
    trail: TrailStore = field(init=False)
    suggesters: SuggesterStore = field(init=False)
    places: PlaceStore = field(init=False)
    instance: InstanceStore = field(init=False)

    def open_stores(self, session: AsyncSession) -> None:
        """The stores of this service."""
        self.accounts = AccountStore(session)
        self.vault = VaultStore(session, self.resources.keys, self.now)
        self.suggesters = SuggesterStore(session)
        self.places = PlaceStore(session)
        self.instance = InstanceStore(session)
        self.sessions = SessionStore(session)
        self.factors = FactorStore(session)
        self.guesses = GuessStore(session)
        self.invitations = InvitationStore(session)
        self.resets = ResetStore(session)
        self.registrations = RegistrationStore(session)
        self.answer_links = AnswerLinkStore(session)
        self.feeds = FeedStore(session)
        self.email_changes = EmailChangeStore(session)
        self.clients = ClientStore(session)
        self.consents = ConsentStore(session)
        self.cases = CaseStore(session)
        self.matches = MatchStore(session)
        self.actors = ActorStore(session)
        self.heard = HeardStore(session)
        self.disclosures = DisclosureStore(session)
        self.erasures = ErasureStore(session)
        self.trail = TrailStore(session)

    @property
    def resources(self) -> Resources:
        """Keys, password desk and settings."""
        resources: Resources = self.parts.resources
        return resources

    @property
    def settings(self) -> Settings:
        """What the operator set."""
        return self.resources.settings
