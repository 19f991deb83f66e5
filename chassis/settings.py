"""What an operator may set for any service. Each service adds its own; every setting has a prefix, a type, a default and a sentence.

A value comes from the environment (`MATCHING_DATABASE_URL`), or from a file named by the same variable with `_FILE` added
(`MATCHING_DATABASE_URL_FILE=/run/secrets/...`), so that secrets need not stand in the environment.
"""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class FileSource(PydanticBaseSettingsSource):
    """Reads `<PREFIX><NAME>_FILE`: the value is the content of that file, without the last line end."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The file's content for one setting, or None (Any: pydantic's own signature)."""
        prefix = self.config.get("env_prefix", "")
        path = os.environ.get(f"{prefix}{field_name}_FILE".upper())
        value = Path(path).read_text(encoding="utf-8").rstrip("\r\n") if path else None
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        """All settings that a file gives."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class HubSettings(BaseSettings):
    """Settings of any process of the hub."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    signing_key: SecretStr = Field(description="This process's Ed25519 private key, 32 bytes in base64url; signs its calls and audit heads.")
    trusted_keys: dict[str, str] = Field(default_factory=dict, description="Public keys of the processes that may call this one: name to base64url.")
    default_locale: str = Field("en", description="Language of answers to readers who name none that we speak.")
    log_level: str = Field("INFO", description="Least severe log level written: DEBUG, INFO, WARNING or ERROR.")
    stop_seconds: float = Field(10, gt=0, description="Seconds a stopping process gives to running requests.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then files."""
        return init_settings, env_settings, FileSource(settings_cls)


class ServiceSettings(HubSettings):
    """Settings of a service with a database and a place at the broker."""

    database_url: str = Field(description="SQLAlchemy URL with its driver: sqlite+aiosqlite:///... or postgresql+asyncpg://...")
    database_pool: int = Field(5, ge=1, le=100, description="Open connections to PostgreSQL; SQLite has one writer and this many readers.")
    database_busy_seconds: float = Field(5, gt=0, description="How long a request waits for the database before it answers 503.")
    nats_url: str = Field("nats://127.0.0.1:4222", description="Address of the broker.")
    nats_seed: SecretStr = Field(description="This service's nkey seed at the broker (SU...).")
    retry_seconds: list[float] = Field(
        [1, 5, 30, 120], description="Waits between attempts to handle an event; after the last comes the dead letter."
    )
    outbox_days: int = Field(7, ge=1, description="Days that published events stay in the outbox, from which the broker can be rebuilt.")
    inbox_days: int = Field(14, ge=1, description="Days that handled event ids are remembered; longer than the stream keeps messages.")
    idempotency_hours: int = Field(24, ge=1, description="Hours that an Idempotency-Key and its answer are kept.")
    audit_days: int = Field(730, ge=30, description="Days that audit rows are kept; older rows go behind a signed checkpoint.")
