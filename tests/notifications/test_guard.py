"""The guard that keeps webhooks away from addresses that only this server can reach (R28)."""

import asyncio
import ipaddress
import socket
from typing import Any

import pytest

from services.notifications.channels import guard

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001:0:7f00:1::", "::ffff:0:127.0.0.1", "3fff::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_on_the_open_internet_is_refused(address: str) -> None:
    assert not guard.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4007::1"])
def test_a_public_address_is_accepted(address: str) -> None:
    assert guard.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/", "not_https"),
        ("ftp://example.org/", "not_https"),
        ("https://", "url_form"),
        ("https://user:word@example.org/", "url_form"),
        ("https://user@example.org/", "url_form"),
        ("https://example.org/#part", "url_form"),
        ("https://example.org:99999/", "url_form"),
        ("https://exa mple.org/", "url_form"),
        ("https://example.org\\@127.0.0.1/", "url_form"),
        ("https://exämple.org/", "url_form"),
        ("https://[::1/", "url_form"),
        ("https://127.0.0.1/", "address_not_public"),
        ("https://[::ffff:127.0.0.1]/", "address_not_public"),
        ("https://[::1]:8443/", "address_not_public"),
    ],
)
def test_a_url_that_is_no_plain_public_https_address_is_refused_when_it_is_set_up(url: str, code: str) -> None:
    with pytest.raises(guard.AddressRefused) as refusal:
        guard.check_form(url, allow_private=False)

    assert refusal.value.code == code


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::ffff:7f00:1]"])
async def test_other_spellings_of_loopback_are_refused_when_they_are_called(host: str) -> None:
    with pytest.raises(guard.AddressRefused) as refusal:
        await guard.resolve(f"https://{host}/", allow_private=False)

    assert refusal.value.code in ("address_not_public", "name_unknown")


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[int]:
    """The name service answers with these addresses, round by round; the list counts its questions."""
    asked: list[int] = []

    async def getaddrinfo(self: Any, host: str, port: int, **options: Any) -> list[Any]:
        found = rounds[min(len(asked), len(rounds) - 1)]
        asked.append(1)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


async def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, ["93.184.215.14", "10.0.0.1"])

    with pytest.raises(guard.AddressRefused):
        await guard.resolve("https://hooks.example/", allow_private=False)


async def test_a_name_that_changes_after_the_check_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])

    target = await guard.resolve("https://hooks.example/", allow_private=False)
    connected = await guard.OneAddress(target).resolve("hooks.example", 443)

    assert [result["host"] for result in connected] == ["93.184.215.14"]
    assert connected[0]["hostname"] == "hooks.example"
    assert len(asked) == 1


async def test_the_client_is_given_no_address_for_another_name() -> None:
    with pytest.raises(OSError, match="not the name"):
        await guard.OneAddress(guard.Target("hooks.example", 443, "93.184.215.14")).resolve("other.example", 443)
