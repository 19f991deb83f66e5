"""What an operator may set for the gateway (GATEWAY_...)."""

import ipaddress

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.context import LOCALES
from chassis.settings import HubSettings


class NamedPlace(BaseModel):
    """A district or commune that readers may choose instead of typing coordinates."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=80)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class GatewaySettings(HubSettings):
    """Settings of the only door."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore", env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on. Anything but loopback needs TLS or a trusted proxy.")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field("http://127.0.0.1:8080", description="The hub's address as people type it.")
    instance_name: str = Field("Hospitium", max_length=80, description="The hub's name as pages show it.")
    security_contact: str = Field("mailto:security@example.org", description="Where to report a weakness; shown in /.well-known/security.txt.")
    languages: list[str] = Field(list(LOCALES), min_length=1, description="Languages offered to readers, the first is the default.")
    colour: str = Field("#1f4e5f", pattern=r"^#[0-9a-fA-F]{6}$", description="The city's main colour; texts on it are white.")
    timezone: str = Field("Europe/Paris", max_length=60, description="The city's time zone (IANA name); times on pages are given in it.")
    places: list[NamedPlace] = Field(
        default_factory=list, max_length=300, description="Districts and communes to choose from, as JSON: name, lat, lon in degrees."
    )
    map_tiles_url: str = Field(
        "",
        max_length=300,
        pattern=r"^$|^https://[a-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/{}@?=&%-]*$",
        description="Map tiles of the city's choice: https://host/{z}/{x}/{y}.png. Their owner sees readers' addresses. Empty: outlines only.",
    )
    map_tiles_attribution: str = Field("", max_length=200, description="Whom to name under those tiles.")
    leave_url: str = Field(
        "https://www.wikipedia.org/",
        max_length=300,
        pattern=r"^https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/?=&%-]*)?$",
        description="The neutral page that opens when somebody leaves the pages of asking for help quickly.",
    )
    backup_mark: str | None = Field(
        None, max_length=500, description="A file that your backup touches when it has ended well; the page of health tells how old it is."
    )
    demo: bool = Field(False, description="Marks every page as a demonstration.")
    actors_url: str = Field("http://127.0.0.1:8101", description="Address of the service actors, when it runs apart.")
    people_url: str = Field("http://127.0.0.1:8102", description="Address of the service people, when it runs apart.")
    matching_url: str = Field("http://127.0.0.1:8103", description="Address of the service matching, when it runs apart.")
    notifications_url: str = Field("http://127.0.0.1:8104", description="Address of the service notifications, when it runs apart.")
    tls_certificate: str | None = Field(None, description="Path of the certificate chain, when the gateway itself speaks TLS.")
    tls_key: str | None = Field(None, description="Path of the certificate's private key.")
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto are believed."
    )
    metrics_token: SecretStr | None = Field(None, description="Bearer token for /metrics; without one only loopback may read it.")
    session_hours: int = Field(12, ge=1, le=72, description="Hours that the session cookie is kept by the browser.")
    token_seconds: float = Field(5, ge=0, le=5, description="Seconds that a checked token is believed without asking people again.")
    reads_per_minute: int = Field(1200, ge=1, description="Requests that read, a minute, of one caller.")
    writes_per_minute: int = Field(300, ge=1, description="Requests that change something, a minute, of one caller.")
    anonymous_per_minute: int = Field(600, ge=1, description="Requests a minute of one address without sign-in.")
    sign_ins_per_minute: int = Field(20, ge=1, description="Attempts to sign in, to get a token or to reset a password, a minute, of one address.")
    suggestions_per_day: int = Field(40, ge=1, description="Suggestions to the registry that one address may send in a day.")
    streams_per_caller: int = Field(6, ge=1, description="Live streams that one caller may hold open.")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: list[str]) -> list[str]:
        """A name or a slip would silently trust nobody: refuse it at start."""
        for entry in value:
            ipaddress.ip_network(entry, strict=False)
        return value
