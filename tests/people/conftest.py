"""A bench around people, and a small town to test with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import make_url

from chassis.identity import SYSTEM, Caller, Signer, new_signing_key, public_key_of
from chassis.ids import new_id
from chassis.testing import TRUSTED, Bench, Databases, TestClock, account, bench_for, settings_for_tests
from contracts.actors import ActorCreatedV1
from contracts.roles import Role
from services.people.app import PeopleService, build
from services.people.settings import Settings
from services.people.use_cases.accounts import create_account

NOTIFICATIONS_KEY = new_signing_key()
NOTIFICATIONS = Signer("notifications", NOTIFICATIONS_KEY)
VAULT_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
LOOKUP_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"
PASSWORD = "tulip canyon marble drift"


class Town:
    """People's service under test, and how to fill it."""

    def __init__(self, bench: Bench, service: PeopleService, settings: Settings) -> None:
        self.bench = bench
        self.service = service
        self.settings = settings

    async def person(self, role: str, *, actor: UUID | None = None, email: str | None = None, password: str | None = None, **more: Any) -> Caller:
        """An account that may sign in, as its caller."""
        if role == "member" and actor is None:
            actor = await self.actor()
        async with self.service.open_work(SYSTEM) as work:
            made = await create_account(
                work, email or f"{new_id().hex}@town.example", more.pop("name", "Somebody"), Role(role), actor, "en", password=password, **more
            )
        return account(role, actor=actor, account_id=made.id)

    async def actor(self) -> UUID:
        """An organisation that the registry told of."""
        actor_id = new_id()
        await self.bench.hear(ActorCreatedV1(actor_id=actor_id, version=1, slug=str(actor_id), kind="civil_society", name="Club"))
        return actor_id

    async def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> Any:
        """Ask for a session."""
        headers = more.pop("headers", {"hub-source": "192.0.2.7"})
        return await self.bench.post(Caller(), "/api/v1/sessions", {"email": email, "password": password, **more}, headers=headers)

    async def introspect(self, token: str) -> Any:
        """Ask as the gateway who is behind a token."""
        response = await self.bench.post(Caller(kind="service", id="gateway"), "/internal/v1/introspect", {"token": token})
        assert response.status_code == 200
        return response.json()

    async def address(self, kind: str, recipient: object, event: object, purpose: str = "notification") -> Any:
        """Ask as notifications where a message goes."""
        headers = {"hub-identity": NOTIFICATIONS.token_for(Caller(kind="service", id="notifications"), "people")}
        body = {"recipient_kind": kind, "recipient_id": str(recipient), "event_id": str(event), "purpose": purpose}
        return await self.bench.call(None, "POST", "/internal/v1/addresses", json=body, headers=headers)

    async def event_ids(self, name: str) -> list[UUID]:
        """Ids of the events of that class that wait or went out."""
        return [envelope.id for envelope, event in await self.bench.queued_with_envelopes() if type(event).__name__ == name]


MakeTown = Callable[..., Awaitable[Town]]


@pytest.fixture
async def make_town(databases: Databases, clock: TestClock) -> AsyncIterator[MakeTown]:
    """Makes towns: `await make_town("sqlite", second_factor_required=True)`."""
    open_benches: list[Any] = []

    async def make(kind: str = "sqlite", **more: Any) -> Town:
        url, keys = await databases.fresh(kind, "people"), await databases.empty(kind)
        base = settings_for_tests(url)
        base["trusted_keys"] = {**TRUSTED, "notifications": public_key_of(NOTIFICATIONS_KEY)}
        values = {
            "keys_database_url": keys,
            "vault_key": VAULT_KEY,
            "lookup_key": LOOKUP_KEY,
            "password_cost": "cheap",
            "second_factor_required": False,
        }
        settings = Settings(**{**base, **values, **more})
        opened = bench_for(lambda: build(settings, clock))
        bench = await opened.__aenter__()
        open_benches.append((opened, bench))
        service: Any = bench.service
        return Town(bench, service, settings)

    yield make
    for opened, bench in open_benches:
        await bench.service.resources.keys.database.close()
        await opened.__aexit__(None, None, None)


@pytest.fixture
async def town(make_town: MakeTown) -> Town:
    """A town on SQLite where no second factor is required."""
    return await make_town()


@pytest.fixture
async def both(make_town: MakeTown, database_kind: str) -> Town:
    """The same, once on each kind of database."""
    return await make_town(database_kind)


def files_of(town: Town) -> list[str]:
    """The SQLite files of the data and of the keys, with their logs."""
    found = []
    for url in (town.settings.database_url, town.settings.keys_url):
        path = make_url(url).database or ""
        found += [path, path + "-wal", path + "-shm"]
    return found
