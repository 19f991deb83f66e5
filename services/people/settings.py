"""What an operator may set for people: the vault's keys, signing in, retention."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict
from sqlalchemy import make_url

from chassis.settings import ServiceSettings
from services.people.model.keys import LookupKey, MasterKey, MasterKeys, key_from_base64
from services.people.model.passwords import PasswordCost
from services.people.model.sessions import Limits


class Cost(StrEnum):
    """How much work one password hash takes. `cheap` is for tests alone."""

    CHEAP = "cheap"
    NORMAL = "normal"


class Settings(ServiceSettings):
    """Settings of the service `people` (PEOPLE_...)."""

    model_config = SettingsConfigDict(env_prefix="PEOPLE_", extra="ignore", env_ignore_empty=True)

    vault_key: SecretStr = Field(description="Master key of the vault: 32 random bytes in base64url. Wraps each person's key; lies in no database.")
    vault_key_previous: SecretStr | None = Field(
        None, description="The master key before this one; the keys that it wrapped are wrapped anew while the service runs."
    )
    lookup_key: SecretStr = Field(
        description="Key under which accounts are found by e-mail address (HMAC): 32 random bytes in base64url. It cannot be changed later."
    )
    keys_database_url: str | None = Field(
        None,
        description="Database of the persons' keys, apart from the data, with a backup of its own that expires in 30 days. "
        "By default the service's database with `_keys` added to its name.",
    )
    public_url: str = Field("http://127.0.0.1:8080", description="The hub's address as people type it.")
    instance_name: str = Field("Hospitium", max_length=80, description="The hub's name as authenticator apps show it.")

    instance_fixed: list[str] = Field(
        default_factory=list,
        max_length=60,
        description="Settings of the hub that only the environment decides, by name: the page shows them as fixed.",
    )
    second_factor_required: bool = Field(True, description="Whether admins, coordinators and observers must sign in with a second factor.")
    password_cost: Cost = Field(Cost.NORMAL, description="Work of one password hash; `cheap` is for tests alone.")
    session_hours: int = Field(12, ge=1, le=72, description="Hours after which a session ends, however much it is used.")
    session_idle_minutes: int = Field(30, ge=5, le=720, description="Minutes without use after which a session ends.")
    client_token_minutes: int = Field(15, ge=1, le=60, description="Minutes that an API client's access token holds.")
    resets_per_hour: int = Field(3, ge=1, le=20, description="Mails for a new password that one address may ask for in an hour.")
    suggestion_contacts: int = Field(2000, ge=1, le=100_000, description="Addresses that may wait for the answer to a suggestion.")
    suggestion_contact_days: int = Field(90, ge=1, le=90, description="Days after which such an address is destroyed, answered or not.")
    invited_days: int = Field(30, ge=7, le=365, description="Days after which somebody who never accepted an invitation is erased.")
    register_by_mail: bool = Field(True, description="Whether somebody without an account may offer help and confirm the address by a mailed link.")
    registration_days: int = Field(3, ge=1, le=14, description="Days that such a link works; who never came is erased then.")
    registrations_per_hour: int = Field(10, ge=1, le=1000, description="Links that one network address may ask for in an hour.")
    registrations_per_day: int = Field(300, ge=1, le=100_000, description="Links that may be asked for in a day in all; more are refused.")

    @property
    def keys_url(self) -> str:
        """Where the persons' keys lie."""
        if self.keys_database_url:
            return self.keys_database_url
        url = make_url(self.database_url)
        name = url.database or "people"
        stem, dot, ending = name.rpartition(".") if "." in name.rpartition("/")[2] else (name, "", "")
        return url.set(database=f"{stem}_keys{dot}{ending}").render_as_string(hide_password=False)

    def masters(self) -> MasterKeys:
        """The master keys. Raises BadKey."""
        before = (self.vault_key_previous,) if self.vault_key_previous else ()
        return MasterKeys(_master(self.vault_key), tuple(_master(key) for key in before))

    def lookup(self) -> LookupKey:
        """The key of the lookup by address. Raises BadKey."""
        return LookupKey(key_from_base64(self.lookup_key.get_secret_value()))

    def source_key(self) -> bytes:
        """The key under which network addresses are counted. Raises BadKey."""
        return key_from_base64(self.lookup_key.get_secret_value())

    def cost(self) -> PasswordCost:
        """The cost of one password hash."""
        return PasswordCost(8, 1, 1) if self.password_cost is Cost.CHEAP else PasswordCost()

    def session_limits(self) -> Limits:
        """How long sessions last."""
        return Limits(timedelta(hours=self.session_hours), timedelta(minutes=self.session_idle_minutes))


def _master(key: SecretStr) -> MasterKey:
    return MasterKey.of(key_from_base64(key.get_secret_value()))
