"""Plain HTTP is answered on loopback and behind a named proxy, and nowhere else; addresses are believed only from that proxy."""

import httpx2
import pytest
from pydantic import ValidationError

from chassis.call import AsgiTransport
from gateway.app import build
from gateway.settings import GatewaySettings
from gateway.transport_security import PlainHttpRefused, Proxies, decide

BEHIND_PROXY = {"host": "0.0.0.0", "trusted_proxies": ["10.0.0.0/24"], "public_url": "https://hub.city"}


def client_from(hub, peer: str, **settings: object) -> httpx2.AsyncClient:
    """The gateway as it looks to a peer."""
    transports = {name: AsgiTransport(service.app()) for name, service in hub.services.items()}
    app = build(GatewaySettings(signing_key=hub.key, **settings), transports, check=False)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app, client=(peer, 1234)), base_url="http://hub.city")


@pytest.mark.parametrize(
    ("more", "secure"),
    [({"host": "127.0.0.1"}, False), ({"host": "localhost"}, False), ({"host": "::1"}, False), (BEHIND_PROXY, True),
     ({"host": "0.0.0.0", "tls_certificate": "a", "tls_key": "b"}, True)],
)  # fmt: skip
def test_cookies_are_secure_wherever_readers_come_over_tls(more: dict[str, object], secure: bool) -> None:
    security = decide(GatewaySettings(signing_key="x", **more))

    assert security.secure is secure
    assert security.cookie.startswith("__Host-") is secure


@pytest.mark.parametrize(
    "more",
    [{"host": "0.0.0.0"}, {"host": "192.168.1.4"}, {"host": "hub.city"}, {"host": "0.0.0.0", "trusted_proxies": ["10.0.0.1"]},
     {"host": "127.0.0.1", "public_url": "https://hub.city"}, {"host": "0.0.0.0", "tls_certificate": "a"}],
)  # fmt: skip
def test_plain_http_to_the_network_is_refused_in_one_sentence(more: dict[str, object]) -> None:
    with pytest.raises(PlainHttpRefused) as refusal:
        decide(GatewaySettings(signing_key="x", **more))

    assert "GATEWAY_TRUSTED_PROXIES" in str(refusal.value)


def test_a_proxy_that_is_no_address_is_refused_at_start() -> None:
    with pytest.raises(ValidationError):
        GatewaySettings(signing_key="x", trusted_proxies=["proxy.city"])


@pytest.mark.parametrize(
    ("peer", "headers", "path", "status"),
    [
        ("10.0.0.7", {"X-Forwarded-Proto": "https"}, "/api/v1/offers", 200),
        ("10.0.0.7", {}, "/api/v1/offers", 200),
        ("10.0.0.7", {"X-Forwarded-Proto": "http"}, "/api/v1/offers", 403),
        ("192.0.2.9", {"X-Forwarded-Proto": "https"}, "/api/v1/offers", 403),
        ("192.0.2.9", {}, "/sign-in", 403),
        ("192.0.2.9", {}, "/healthz", 200),
        ("127.0.0.1", {}, "/api/v1/offers", 200),
    ],
)
async def test_a_public_hub_answers_nobody_who_came_past_its_proxy(hub, peer: str, headers: dict[str, str], path: str, status: int) -> None:
    async with client_from(hub, peer, **BEHIND_PROXY) as client:
        response = await client.get(path, headers=headers)

    assert response.status_code == status
    assert response.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.7", "192.0.2.9", "192.0.2.9"),
        ("10.0.0.7", "6.6.6.6, 192.0.2.9, 10.0.0.8", "192.0.2.9"),
        ("::ffff:10.0.0.7", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.7", "not an address", "10.0.0.7"),
        ("10.0.0.7", None, "10.0.0.7"),
        ("192.0.2.1", "6.6.6.6", "192.0.2.1"),
        ("unknown", "6.6.6.6", "unknown"),
    ],
)
def test_a_client_address_is_believed_from_named_proxies_only(peer: str, forwarded: str | None, address: str) -> None:
    assert Proxies(["10.0.0.0/24"]).client_of(peer, forwarded) == address


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.9"}, 403),
        ("192.0.2.9", {}, 403),
        ("192.0.2.9", {"Authorization": "Bearer wrong"}, 403),
        ("192.0.2.9", {"Authorization": "Bearer watch"}, 200),
    ],
)
async def test_metrics_are_for_this_machine_and_for_the_token(hub, peer: str, headers: dict[str, str], status: int) -> None:
    async with client_from(hub, peer, metrics_token="watch") as client:
        response = await client.get("/metrics", headers=headers)

    assert response.status_code == status
