"""Builds the service: settings, keys, doors. Nothing else builds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import Counter

from chassis.database import Database
from chassis.service import Service
from chassis.work import Clock, utc_now
from services.people.api import ROUTERS
from services.people.events_in import HANDLERS
from services.people.model.passwords import Passwords
from services.people.settings import Settings
from services.people.store.keys import KeyStore
from services.people.tables import ledger
from services.people.timers import TIMERS
from services.people.use_cases.ending import PREVIEWS
from services.people.work import PasswordDesk, Resources, Work

NAME = "people"
DESCRIPTION = (
    "Accounts, sign-in, API clients, consents, and the vault of contacts. The only place with names and addresses; each contact is shown to "
    "the other party of an accepted match alone, while a consent lives, and each reading is written down."
)


class PeopleService(Service[Work, Resources]):
    """The service; it also opens and closes the database of the keys."""

    async def check(self) -> None:
        """Refuse to run where an acknowledged write, or a key, could be lost."""
        await super().check()
        await self.resources.keys.prepare()
        await self.resources.keys.database.check_durability()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Background work."""
        try:
            async with super().running():
                yield
        finally:
            await self.resources.keys.database.close()


def build(settings: Settings, clock: Clock = utc_now) -> tuple[PeopleService, FastAPI]:
    """The service and its application. Raises BadKey."""
    resources = Resources(
        settings=settings,
        keys=KeyStore(Database(settings.keys_url, pool=2, busy_seconds=settings.database_busy_seconds), settings.masters()),
        lookup=settings.lookup(),
        source_key=settings.source_key(),
        desk=PasswordDesk(Passwords(settings.cost())),
        alarms=Counter("hub_contact_alarms_total", "Readings of a contact by an account above 50 persons an hour.", registry=None),
    )
    service = PeopleService(
        name=NAME, settings=settings, ledger=ledger, work=Work, handlers=HANDLERS, timers=TIMERS, resources=resources, clock=clock, previews=PREVIEWS
    )
    service.metrics.registry.register(resources.alarms)
    return service, service.app(title="Hospitium: people", description=DESCRIPTION, routers=ROUTERS)


def create() -> FastAPI:
    """The application, with settings from the environment."""
    return build(Settings())[1]
