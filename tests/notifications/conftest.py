"""A bench of notifications with a vault that remembers its questions, a real mail server, and a clock that tests move."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from chassis.call import Answer, ServiceAway
from chassis.free_ports import free_ports
from chassis.ids import new_id
from chassis.testing import Bench, Databases, TestClock, bench_for, settings_for_tests
from contracts import matching, people
from services.notifications.app import build
from services.notifications.catcher import MailCatcher
from services.notifications.settings import Settings

CANARY = "amina.canary@example.org"
CITY = UUID("01980000-0000-7000-8000-00000000c171")


@dataclass
class Vault:
    """Stands where `people` is: answers for known recipients."""

    status: int = 200
    email: str = CANARY
    locale: str = "en"
    token: str | None = None
    away: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        assert (method, path) == ("POST", "/internal/v1/addresses")
        assert headers["hub-identity"]
        self.asked.append(json.loads(body))
        if self.away:
            raise ServiceAway("away")
        answer = {"email": self.email, "locale": self.locale, "name": "Amina Canary", "link_token": self.token}
        return Answer(self.status, {}, json.dumps(answer if self.status == 200 else {}).encode())

    async def close(self) -> None:
        return None


def free_port() -> int:
    return free_ports(1)[0]


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    catcher = MailCatcher(tmp_path / "mails")
    catcher.port = free_port()  # type: ignore[attr-defined]
    catcher.start("127.0.0.1", catcher.port)  # type: ignore[attr-defined]
    yield catcher
    catcher.stop()


@pytest.fixture
def more_settings() -> dict[str, object]:
    """A test module may override what it needs."""
    return {}


@pytest.fixture
def kind() -> str:
    """Most tests run on SQLite only; modules of store tests ask for both."""
    return "sqlite"


@pytest.fixture
async def bench(
    databases: Databases, kind: str, clock: TestClock, vault: Vault, catcher: MailCatcher, more_settings: dict[str, object]
) -> AsyncIterator[Bench]:
    url = await databases.fresh(kind, "notifications")
    values = settings_for_tests(url, smtp_port=catcher.port, mail_seconds=3, public_url="https://hub.example", **more_settings)  # type: ignore[attr-defined]
    async with bench_for(lambda: build(Settings(**values), vault, clock)) as bench:
        yield bench


def an_account(role: str = "coordinator", **more: object) -> people.AccountActivatedV1:
    values = {"account_id": new_id(), "version": 1, "role": role, "actor_id": None, "locale": "en", "active": True, **more}
    return people.AccountActivatedV1.model_validate(values)


def a_match(cls: type[matching.MatchState] = matching.MatchConfirmedV1, **more: object) -> matching.MatchState:
    values = {
        "match_id": new_id(),
        "version": 1,
        "state": "confirmed",
        "need_id": new_id(),
        "offer_id": new_id(),
        "case_id": new_id(),
        "case_code": "K7QXWPRT2MZA4BCD",
        "category": "housing.room",
        "size": 1,
        **more,
    }
    return cls.model_validate(values)


def an_offer(cls: type[matching.OfferState] = matching.OfferPostedV1, **more: object) -> matching.OfferState:
    values = {
        "offer_id": new_id(),
        "version": 1,
        "state": "open",
        "category": "housing.room",
        "audience": "public",
        "unit": "person",
        "places": 1,
        "places_left": 1,
        "returns": True,
        **more,
    }
    return cls.model_validate(values)
