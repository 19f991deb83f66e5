"""What an operator may set for the registry: how long the directory remembers what it no longer shows."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the service `actors` (ACTORS_...)."""

    model_config = SettingsConfigDict(env_prefix="ACTORS_", extra="ignore", env_ignore_empty=True)

    withdrawn_days: int = Field(
        30, ge=8, le=365, description="Days that the bare id of a withdrawn offer is remembered, so that late news does not bring it back; above 7."
    )
    snapshot_days: int = Field(730, ge=30, le=3650, description="Days that the published statistics of a day are kept.")
