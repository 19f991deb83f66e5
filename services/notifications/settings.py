"""What an operator may set for notifications: mail, webhooks, retention."""

from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings

VAULT_SECONDS = 5.0
"""Seconds that the vault may take to answer."""


class Settings(ServiceSettings):
    """Settings of the service `notifications` (NOTIFICATIONS_...)."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", extra="ignore", env_ignore_empty=True)

    public_url: str = Field("http://127.0.0.1:8080", description="The hub's address as people type it; links in mails begin with it.")
    instance_name: str = Field("Hospitium", max_length=80, description="The hub's name as mails show it.")
    people_url: str = Field(
        "http://127.0.0.1:8102", description="Address of the service `people`, which is asked for a mail address at sending time."
    )

    smtp_host: str = Field("127.0.0.1", description="The mail server.")
    smtp_port: int = Field(1025, ge=1, le=65535, description="Its port: 587 with STARTTLS, 465 with TLS; 1025 is the demo's local catcher.")
    smtp_tls: str = Field("none", pattern="^(none|starttls|tls)$", description="none (a server on this machine or its own network), starttls or tls.")
    smtp_user: str | None = Field(None, description="User name at the mail server, if it asks for one.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    mail_from: str = Field(
        "hub@localhost.localdomain", max_length=200, pattern=r"^[^@\s]+@[^@\s]+$", description="The sender's address of all mails."
    )
    mail_seconds: float = Field(10, gt=0, le=60, description="Seconds that one conversation with the mail server may take.")
    mail_retry_seconds: list[float] = Field(
        [10, 60, 600, 3600, 21600, 86400], description="Waits between attempts to send a mail; after the last one it has failed."
    )
    mail_parallel: int = Field(10, ge=1, le=50, description="Mails sent side by side.")
    digest_hour: int = Field(6, ge=0, le=23, description="Hour (UTC) at which daily mails go out.")

    webhook_key: SecretStr | None = Field(
        None,
        description="Key from which webhooks' secrets are derived; by default the signing key. Changing it changes all secrets.",
    )
    webhook_allow_private: bool = Field(
        False,
        description="Let webhooks call private and loopback addresses. For tests and demos on one machine only: with it, "
        "whoever may set up a webhook can make this server call machines inside your network.",
    )
    webhook_ca_file: Path | None = Field(None, description="Further certificate authority (PEM) that webhooks' receivers may use.")
    webhook_seconds: float = Field(5, gt=0, le=30, description="Seconds that a webhook's receiver may take to answer.")
    webhook_retry_seconds: list[float] = Field(
        [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400],
        description="Waits between attempts to reach a webhook, about three days in all; each is moved by up to a tenth.",
    )
    webhook_rotation_hours: int = Field(24, ge=1, le=720, description="Hours that the old secret signs beside the new one.")
    webhook_parallel: int = Field(10, ge=1, le=50, description="Webhooks called side by side.")

    lease_seconds: float = Field(
        60,
        ge=5,
        description="Seconds after which a message whose sender died is sent again (same id); longer than any attempt.",
    )
    retention_days: int = Field(7, ge=1, le=90, description="Days that notices and records of sent messages are kept.")
    catcher_folder: Path | None = Field(None, description="Demo only: the folder of the local mail catcher, which the admin may read.")

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        longest = max(self.mail_seconds + VAULT_SECONDS, self.webhook_seconds)
        if self.lease_seconds < 2 * longest:
            raise ValueError("lease_seconds must be at least twice the longest attempt, or messages would be sent twice")
        if self.smtp_user is not None and self.smtp_tls == "none":
            raise ValueError("smtp_user needs smtp_tls=starttls or tls, or the password would travel in the clear")
        return self
