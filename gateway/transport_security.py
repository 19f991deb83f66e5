"""The one place that decides whether plain HTTP is acceptable: on loopback, and behind a proxy that the operator named. Nowhere else."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import Scope

from chassis.errors import Forbidden
from chassis.web import header_of
from gateway.settings import GatewaySettings

INSIDE = frozenset({"/healthz", "/readyz", "/metrics"})
"""Watched from inside the network, where the proxy does not stand in between; they carry nothing of a reader."""


class PlainHttpRefused(RuntimeError):
    """The gateway would speak plain HTTP to the network."""


class NotOverTls(Forbidden):
    """This request came over plain HTTP, past the proxy; it is refused, not redirected, since its secrets were already readable."""


@dataclass(frozen=True, slots=True)
class Security:
    """How this gateway is reached. `secure` says that readers come over TLS: cookies are Secure with the `__Host-` prefix, and HSTS is sent."""

    secure: bool

    @property
    def cookie(self) -> str:
        """Name of the session cookie; `__Host-` needs TLS, so loopback has a name of its own."""
        return "__Host-hub-session" if self.secure else "hub-session-loopback"


class Proxies:
    """The reverse proxies that the operator named."""

    def __init__(self, named: Sequence[str]) -> None:
        self._networks = tuple(ipaddress.ip_network(entry, strict=False) for entry in named)

    def include(self, address: str) -> bool:
        """Whether this is one of them."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self._networks)

    def client_of(self, peer: str, forwarded_for: str | None) -> str:
        """Who connects: the peer, or what a proxy of ours says of it (the last address that is no proxy of ours)."""
        if not self.include(peer):
            return peer
        for hop in reversed((forwarded_for or "").split(",")):
            try:
                address = str(ipaddress.ip_address(hop.strip()))
            except ValueError:
                break
            if not self.include(address):
                return address
        return peer


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
    https = settings.public_url.startswith("https://")
    if settings.trusted_proxies and https:
        return Security(secure=True)
    if is_loopback(settings.host) and not https:
        return Security(secure=False)
    if https:
        raise PlainHttpRefused(
            "GATEWAY_PUBLIC_URL is https, but nothing here speaks TLS. Name the reverse proxy in GATEWAY_TRUSTED_PROXIES, "
            "or set GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY."
        )
    raise PlainHttpRefused(
        f"The gateway would answer plain HTTP on {settings.host}. Set GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY, or name the reverse proxy in "
        "GATEWAY_TRUSTED_PROXIES with an https GATEWAY_PUBLIC_URL, or listen on 127.0.0.1."
    )


def require_protected(scope: Scope, security: Security, proxies: Proxies) -> None:
    """Raise NotOverTls for a request that reached a public hub without TLS: past its proxy, or through it over http."""
    if not security.secure or scope.get("scheme") == "https" or scope["path"] in INSIDE:
        return
    peer = str((scope.get("client") or ("unknown", 0))[0])
    if proxies.include(peer):
        told = (header_of(scope, b"x-forwarded-proto") or "https").split(",")[-1].strip().lower()
        if told == "https":
            return
    elif is_loopback(peer):
        return
    raise NotOverTls("This hub answers over https only.")
