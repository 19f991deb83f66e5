"""One transaction of notifications: its stores, and the channels that the service was built with."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.work import Work as BaseWork
from services.notifications.channels.address_book import AddressBook
from services.notifications.channels.email import EmailChannel
from services.notifications.channels.in_app import InAppChannel
from services.notifications.channels.webhook import WebhookChannel
from services.notifications.settings import Settings
from services.notifications.store.mails import MailStore
from services.notifications.store.notices import NoticeStore
from services.notifications.store.people import PeopleStore
from services.notifications.store.webhooks import WebhookStore


@dataclass(frozen=True, slots=True)
class Resources:
    """What the service was built with."""

    settings: Settings
    in_app: InAppChannel
    email: EmailChannel
    addresses: AddressBook
    webhooks: WebhookChannel


@dataclass(slots=True)
class Work(BaseWork):
    """One transaction."""

    people: PeopleStore = field(init=False)
    notices: NoticeStore = field(init=False)
    mails: MailStore = field(init=False)
    webhooks: WebhookStore = field(init=False)

    def open_stores(self, session: AsyncSession) -> None:
        """The stores of this service."""
        self.people = PeopleStore(session)
        self.notices = NoticeStore(session)
        self.mails = MailStore(session)
        self.webhooks = WebhookStore(session)

    @property
    def resources(self) -> Resources:
        """Channels and settings."""
        resources: Resources = self.parts.resources
        return resources

    @property
    def settings(self) -> Settings:
        """What the operator set."""
        return self.resources.settings
