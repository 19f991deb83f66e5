"""An instance's data directory: what lies where, its keys, its lock, and the settings that each process is started with."""

import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from chassis.identity import new_signing_key, public_key_of
from chassis.language import CITY_VARIABLE
from hubctl.demo.places import AROUND, DISTRICTS
from hubctl.parts import PROCESSES, SERVICES, TRUSTED
from hubctl.ports import Ports
from hubctl.refusals import BadSettings, InUse, WrongInstance
from hubctl.secret_files import load_or_create, new_symmetric_key, write_private

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 5
DATA_VARIABLE = "HOSPITIUM_DATA"

Environment = dict[str, str]


class Kind(StrEnum):
    """What an instance is for."""

    DEMO = "demo"
    LIVE = "up"


@dataclass(frozen=True, slots=True)
class Instance:
    """A data directory. Nothing is made until it is asked for."""

    data: Path

    @property
    def accounts_file(self) -> Path:
        """The demo's accounts with their passwords."""
        return self.data / "demo-accounts.json"

    @property
    def mail_folder(self) -> Path:
        """Mails that the demo's catcher kept."""
        return self.data / "mail"

    @property
    def logs(self) -> Path:
        """One log a process."""
        return self.data / "logs"

    @property
    def plan_file(self) -> Path:
        """What the supervisor runs."""
        return self.data / "run" / "plan.json"

    @property
    def state_file(self) -> Path:
        """Which processes run now."""
        return self.data / "run" / "state.json"

    @property
    def settings_file(self) -> Path:
        """Settings of the operator, one `NAME=value` a line; they win over what the hub chooses."""
        return self.data / "hub.env"

    def prepare(self) -> None:
        """Make the directory, readable by the owner only."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("databases", "person-keys", "keys", "logs", "run"):
            (self.data / name).mkdir(mode=0o700, exist_ok=True)

    def lock(self) -> int:
        """Keep a second hub from using the directory, until this process (or what it becomes by exec) ends. Raises InUse."""
        self.prepare()
        descriptor = os.open(self.data / "hub.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise InUse("A hub already runs on this data directory. Stop it first, or choose another directory with --data.") from None
        os.set_inheritable(descriptor, True)
        return descriptor

    def facts(self) -> dict[str, object]:
        """`{"kind", "ready"}` as written; empty for a new directory."""
        try:
            found: dict[str, object] = json.loads((self.data / "instance.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def be(self, kind: Kind, *, ready: bool) -> None:
        """Write what this instance is, and whether its first start came to its end."""
        write_private(self.data / "instance.json", json.dumps({"kind": kind.value, "ready": ready}))

    def require(self, kind: Kind) -> None:
        """Raise WrongInstance if the directory holds the other kind."""
        found = self.facts().get("kind")
        if found == kind or (found is None and not (self.data / "vault-keys").exists()):
            return
        if found == Kind.DEMO:
            raise WrongInstance("This data directory holds the demo. Choose another one for real use: ./hub up --data DIRECTORY")
        raise WrongInstance("This data directory holds a hub in real use, which the demo never touches. Choose another one with --data.")

    def note_address(self, url: str) -> None:
        """Write the hub's present address into the file of the demo's accounts."""
        if self.accounts_file.exists():
            known = json.loads(self.accounts_file.read_text(encoding="utf-8"))
            if known["gateway"] != url:
                write_private(self.accounts_file, json.dumps({**known, "gateway": url}, indent=2) + "\n")

    def empty(self) -> None:
        """Delete everything but the lock and the operator's settings."""
        kept = {"hub.lock", self.settings_file.name}
        for path in self.data.iterdir():
            if path.name in kept:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.prepare()

    def make_keys(self) -> dict[str, str]:
        """Make the keys that are missing; the public halves of the signing keys, by process."""
        keys = {name: load_or_create(self.signing_key(name), new_signing_key) for name in PROCESSES}
        for path in (self.vault_key("master"), self.vault_key("lookup"), self.data / "keys" / "webhook.key"):
            load_or_create(path, new_symmetric_key)
        return {name: public_key_of(key) for name, key in keys.items()}

    def signing_key(self, process: str) -> Path:
        """The file with a process's private key."""
        return self.data / "keys" / "signing" / f"{process}.key"

    def vault_key(self, name: str) -> Path:
        """The vault's own keys lie apart from all others and from the databases."""
        return self.data / "vault-keys" / f"{name}.key"

    @property
    def words_folder(self) -> Path:
        """Where the city keeps its own words: one gettext catalogue for each language."""
        return self.data / "locales"

    def environment(self, kind: Kind, ports: Ports, *, mail: bool) -> dict[str, Environment]:
        """The settings of each process: what the hub chooses, then `hub.env`, then the environment of this command.

        Secrets are named by file, so that they stand in no process's environment. `mail` says that the local mail catcher runs.
        """
        public = self.make_keys()
        chosen = {name: self._of_service(name, public, ports) for name in SERVICES}
        url = f"http://127.0.0.1:{ports.gateway}"
        people, told = chosen["people"], chosen["notifications"]
        chosen["actors"]["ACTORS_PUBLIC_URL"] = url
        people |= {
            "PEOPLE_VAULT_KEY_FILE": str(self.vault_key("master")),
            "PEOPLE_LOOKUP_KEY_FILE": str(self.vault_key("lookup")),
            "PEOPLE_KEYS_DATABASE_URL": sqlite_url(self.data / "person-keys" / "people_keys.db"),
            "PEOPLE_PUBLIC_URL": url,
            "PEOPLE_SECOND_FACTOR_REQUIRED": "false" if kind is Kind.DEMO else "true",
        }
        told |= {
            "NOTIFICATIONS_WEBHOOK_KEY_FILE": str(self.data / "keys" / "webhook.key"),
            "NOTIFICATIONS_PUBLIC_URL": url,
            "NOTIFICATIONS_PEOPLE_URL": f"http://127.0.0.1:{ports.services['people']}",
        }
        if mail:
            told |= {"NOTIFICATIONS_SMTP_PORT": str(ports.mail), "NOTIFICATIONS_CATCHER_FOLDER": str(self.mail_folder)}
        gateway = {
            "GATEWAY_SIGNING_KEY_FILE": str(self.signing_key("gateway")),
            "GATEWAY_PORT": str(ports.gateway),
            "GATEWAY_PUBLIC_URL": url,
            "GATEWAY_DEMO": "true" if kind is Kind.DEMO else "false",
            "GATEWAY_STOP_SECONDS": str(STOP_SECONDS),
            **{f"GATEWAY_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.services.items()},
        }
        if kind is Kind.DEMO:
            gateway["GATEWAY_PLACES"] = json.dumps([asdict(place) for place in (*DISTRICTS.values(), *AROUND.values())])
            office = "Reception office, town hall of the demo city, Monday to Friday, 9:00 to 12:00"
            chosen["matching"] |= {"MATCHING_ASK_WITHOUT_NAME": "true", "MATCHING_ASK_PLACE": office}
            chosen["actors"] |= {"ACTORS_PUBLISHER_NAME": "Hospitium Grenoble (demo)", "ACTORS_PUBLISHER_PLACE": "Grenoble"}
            for variables, prefix in ((people, "PEOPLE"), (told, "NOTIFICATIONS"), (gateway, "GATEWAY")):
                variables[f"{prefix}_INSTANCE_NAME"] = "Hospitium Grenoble (demo)"
        chosen["gateway"] = gateway
        for variables in chosen.values():
            variables[CITY_VARIABLE] = str(self.words_folder)
        given = {**read_settings(self.settings_file), **os.environ}
        return {name: variables | _overrides(name, variables, given) for name, variables in chosen.items()}

    def _of_service(self, name: str, public: Mapping[str, str], ports: Ports) -> Environment:
        prefix = name.upper()
        return {
            f"{prefix}_SIGNING_KEY_FILE": str(self.signing_key(name)),
            f"{prefix}_TRUSTED_KEYS": json.dumps({caller: public[caller] for caller in TRUSTED[name]}),
            f"{prefix}_DATABASE_URL": sqlite_url(self.data / "databases" / f"{name}.db"),
            f"{prefix}_NATS_URL": f"nats://127.0.0.1:{ports.broker}",
            f"{prefix}_NATS_SEED_FILE": str(self.data / "keys" / "nats" / f"{name}.seed"),
            f"{prefix}_STOP_SECONDS": str(STOP_SECONDS),
            f"{prefix}_HOST": "127.0.0.1",
            f"{prefix}_PORT": str(ports.services[name]),
        }


def instance_at(data: Path | None) -> Instance:
    """The instance of a directory; by default HOSPITIUM_DATA, else `.hospitium` in the checkout."""
    return Instance((data or Path(os.environ.get(DATA_VARIABLE) or ROOT / ".hospitium")).absolute())


def sqlite_url(path: Path) -> str:
    """SQLAlchemy's address of a database file."""
    return f"sqlite+aiosqlite:///{path}"


def read_settings(path: Path) -> Environment:
    """`NAME=value` lines; empty lines and lines that begin with # are left out. Raises BadSettings."""
    if not path.is_file():
        return {}
    found: Environment = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, sign, value = text.partition("=")
        if not sign or not name.strip().replace("_", "").isalnum():
            raise BadSettings("Line {number} of {file} is not NAME=value.", number=number, file=path.name)
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found[name.strip()] = value
    return found


def _overrides(process: str, chosen: Mapping[str, str], given: Mapping[str, str]) -> Environment:
    """What the operator gave for one process. A value given plainly takes the place of our file, and the reverse."""
    prefix = f"{process.upper()}_"
    found = {name: value for name, value in given.items() if name.startswith(prefix) and value}
    for name in list(found):
        twin = name.removesuffix("_FILE") if name.endswith("_FILE") else f"{name}_FILE"
        if twin in chosen and twin not in found:
            found[twin] = ""
    return found
