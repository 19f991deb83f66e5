"""Makes the secrets folder of the city shape: one file a secret, so that each container is given only its own (docker-compose.yml names them)."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from chassis import topology
from chassis.broker import load_keys, public_key
from chassis.identity import new_signing_key, public_key_of
from chassis.topology import BrokerSettings, UserKeys
from hubctl.parts import PROCESSES, SERVICES, TRUSTED
from hubctl.secret_files import load_or_create, new_symmetric_key, write_private

DATABASE_HOST = "postgres:5432"
DATABASES = (*SERVICES, "people_keys")
"""One database and one user each; the persons' keys lie apart from the persons."""


def write_secrets(folder: Path, database_host: str = DATABASE_HOST) -> None:
    """Make what is missing: keys, passwords, database addresses, the broker's configuration, and the public halves in `public.env`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    public = {name: public_key_of(load_or_create(folder / "keys" / "signing" / f"{name}.key", new_signing_key)) for name in PROCESSES}
    for path in (folder / "vault-keys" / "master.key", folder / "vault-keys" / "lookup.key", folder / "keys" / "webhook.key"):
        load_or_create(path, new_symmetric_key)
    load_or_create(folder / "postgres" / "superuser.password", _password)
    (folder / "smtp.password").touch(mode=0o600)
    load_or_create(folder / "metrics.token", _password)
    passwords = {name: load_or_create(folder / "postgres" / f"{name}.password", _password) for name in DATABASES}
    for name, password in passwords.items():
        write_private(folder / "postgres" / f"{name}.url", f"postgresql+asyncpg://{name}:{password}@{database_host}/{name}\n")
    _write_roles(folder / "postgres" / "init.sql", passwords)
    _write_broker(folder)
    trusted = {name: json.dumps({caller: public[caller] for caller in TRUSTED[name]}) for name in SERVICES}
    write_private(folder / "public.env", "".join(f"{name.upper()}_TRUSTED_KEYS='{keys}'\n" for name, keys in trusted.items()))


def _write_broker(folder: Path) -> None:
    keys = load_keys(folder, topology.services_of(topology.CONSUMERS))
    users = {name: UserKeys(public_key(keys.seeds[name]), public_key(keys.provisioning[name])) for name in keys.seeds}
    settings = BrokerSettings(store_dir="/data/jetstream", host="0.0.0.0", private_network=True)  # noqa: S104  # the containers' own network
    write_private(folder / "nats" / "nats-server.conf", topology.render_config(topology.CONSUMERS, users, settings))
    write_private(folder / "nats" / "store.env", f"{topology.STORE_KEY_VARIABLE}={keys.store_key}\n")


def _write_roles(path: Path, passwords: dict[str, str]) -> None:
    """The statements that a new PostgreSQL runs once. They hold verifiers, not passwords: the server's own user must be able to read them."""
    if path.exists():
        return
    statements = [
        f"CREATE ROLE {name} LOGIN PASSWORD '{scram_verifier(password)}';\n"
        f"CREATE DATABASE {name} OWNER {name};\n"
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;\n"
        for name, password in passwords.items()
    ]
    write_private(path, "".join(statements))
    path.chmod(0o644)


def scram_verifier(password: str, iterations: int = 4096) -> str:
    """What PostgreSQL stores of a password (SCRAM-SHA-256, RFC 5802 and 7677)."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def _password() -> str:
    return secrets.token_hex(24)
