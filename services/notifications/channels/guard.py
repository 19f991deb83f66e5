"""Keeps webhooks away from machines that only this server can reach (R28): a name is resolved once, judged, and only that is called."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

GLOBAL_V6 = ipaddress.ip_network("2000::/3")
REFUSED = tuple(
    ipaddress.ip_network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Special ranges that look global: protocol assignments, documentation, and tunnels that carry an IPv4 address inside."""
MAX_URL = 500


class AddressRefused(Exception):
    """The webhook's address may not be called; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL: the name for TLS and the Host header, the port, and the one address that may be connected to."""

    host: str
    port: int
    address: str


def is_public(address: IPAddress) -> bool:
    """Whether an address is on the open internet. IPv6 addresses that carry an IPv4 address (mapped, 6to4, NAT64, Teredo) are not."""
    if any(address in network for network in REFUSED if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address not in GLOBAL_V6 or address.scope_id is not None):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def parts_of(url: str) -> tuple[str, int]:
    """Host and port of a webhook's URL; raises AddressRefused unless it is a plain https address."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise AddressRefused("url_form") from None
    if parts.scheme != "https":
        raise AddressRefused("not_https")
    host = parts.hostname
    printable = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not host or not printable or len(url) > MAX_URL or parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused("url_form")
    return host, port


def check_form(url: str, *, allow_private: bool) -> None:
    """What can be said without asking the name service: https, no user name in it, and no address of a private network."""
    host, _ = parts_of(url)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if not allow_private and not is_public(address):
        raise AddressRefused("address_not_public")


async def resolve(url: str, *, allow_private: bool) -> Target:
    """Resolve the host once. Every address that it has must be public, so that a mixed answer gets nobody in; the first one is called."""
    host, port = parts_of(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
    except (OSError, UnicodeError, ValueError):
        raise AddressRefused("name_unknown") from None
    if not addresses:
        raise AddressRefused("name_unknown")
    if not allow_private and not all(is_public(address) for address in addresses):
        raise AddressRefused("address_not_public")
    return Target(host, port, str(addresses[0]))


class OneAddress(AbstractResolver):
    """Gives the HTTP client the checked address and nothing else, so that a name which changes its mind in between changes nothing."""

    def __init__(self, target: Target) -> None:
        self._target = target

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The checked address, for the checked name only."""
        if host != self._target.host:
            raise OSError("not the name that was checked")
        kind = socket.AF_INET6 if ":" in self._target.address else socket.AF_INET
        return [ResolveResult(hostname=host, host=self._target.address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)]

    async def close(self) -> None:
        """Nothing to let go of."""
