"""What an operator may set for the registry: how long things are remembered, and how its open data are published."""

from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the service `actors` (ACTORS_...)."""

    model_config = SettingsConfigDict(env_prefix="ACTORS_", extra="ignore", env_ignore_empty=True)

    withdrawn_days: int = Field(
        30, ge=8, le=365, description="Days that the bare id of a withdrawn offer is remembered, so that late news does not bring it back; above 7."
    )
    graph_seconds: int = Field(
        3600, ge=60, le=86400, description="Seconds after which a drawing of the network is given up; a hundred thousand actors take some minutes."
    )
    graph_memory_mb: int = Field(2048, ge=512, le=65536, description="Memory in MB that the process which draws the network may use.")
    snapshot_days: int = Field(730, ge=30, le=3650, description="Days that the published statistics of a day are kept.")
    public_url: str = Field("http://127.0.0.1:8080", max_length=200, description="The hub's address as people type it; stands in the open data.")
    publisher_name: str = Field(
        "The municipality that runs this hub", min_length=1, max_length=200, description="Who publishes the open data, as catalogues name it."
    )
    publisher_place: str = Field("", max_length=100, description="The city of the publisher, as catalogues name it; may be empty.")
    publisher_key: str = Field(
        "", max_length=80, description="Key of the publisher's own record in the registry; offers of residents are published under it."
    )
    licence_url: str = Field(
        "https://creativecommons.org/licenses/by/4.0/", max_length=200, description="Licence of the open data, as the address of its text."
    )
    licence_name: str = Field("CC-BY-4.0", max_length=60, description="Short name of that licence (SPDX where it has one).")
    timezone: str = Field("Europe/Paris", max_length=60, description="The city's time zone (IANA name); calendars give weekly times in it.")
    export_folder: str | None = Field(
        None, max_length=500, description="Folder for the files of the open data; without one they lie in a private temporary folder."
    )
    export_seconds: int = Field(
        30, ge=0, le=86400, description="Seconds that a file of the open data is served before it is compared with the registry again."
    )

    stamp_wait_seconds: int = Field(3, ge=0, le=60, description="Seconds that somebody without an account takes at least to fill in a suggestion.")
    suggestions_open: int = Field(1000, ge=1, le=100_000, description="Suggestions that may wait for an answer at the same time.")
    suggestions_per_day: int = Field(500, ge=1, le=100_000, description="Suggestions that are taken within a day, from everybody together.")
    suggestion_days: int = Field(180, ge=30, le=3650, description="Days after which a decided suggestion is deleted; what came of it stays.")

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        """An unknown zone is refused at start."""
        return ZoneInfo(value).key

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        """Addresses are made by adding a path."""
        return value.rstrip("/")
