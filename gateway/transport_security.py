"""The one place that decides whether plain HTTP is acceptable: on loopback, and behind a proxy that the operator named. Nowhere else."""

import ipaddress
from dataclasses import dataclass

from gateway.settings import GatewaySettings


class PlainHttpRefused(RuntimeError):
    """The gateway would speak plain HTTP to the network."""


@dataclass(frozen=True, slots=True)
class Security:
    """How this gateway is reached. `secure` says that readers come over TLS: cookies are Secure with the `__Host-` prefix, and HSTS is sent."""

    secure: bool

    @property
    def cookie(self) -> str:
        """Name of the session cookie; `__Host-` needs TLS, so loopback has a name of its own."""
        return "__Host-hub-session" if self.secure else "hub-session-loopback"

    @property
    def csrf_cookie(self) -> str:
        """Name of the cookie that ties forms to a session."""
        return "__Host-hub-form" if self.secure else "hub-form-loopback"


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def decide(settings: GatewaySettings) -> Security:
    """Raise PlainHttpRefused unless the way to this gateway is safe."""
    if settings.tls_certificate and settings.tls_key:
        return Security(secure=True)
    if settings.trusted_proxies and settings.public_url.startswith("https://"):
        return Security(secure=True)
    if is_loopback(settings.host):
        return Security(secure=False)
    raise PlainHttpRefused(
        f"The gateway would answer plain HTTP on {settings.host}. Set GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY, or name the reverse proxy in "
        "GATEWAY_TRUSTED_PROXIES with an https GATEWAY_PUBLIC_URL, or listen on 127.0.0.1."
    )
