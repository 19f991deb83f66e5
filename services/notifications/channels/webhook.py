"""Webhooks: the event as a CloudEvents document, signed after Standard Webhooks, sent to a checked address without redirects (R28)."""

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import aiohttp
from standardwebhooks import Webhook as Signature

from services.notifications.channels import guard
from services.notifications.model.webhooks import CallOutcome, Webhook, WebhookCall

MAX_ANSWER = 64 * 1024
"""Bytes of an answer that are read; nothing in it is used."""
MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"


class Secrets:
    """The webhooks' secrets, derived from one key (HMAC-SHA-256 over id and generation), so that no database and no backup holds them."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"hospitium webhook secrets", hashlib.sha256)

    def secret(self, webhook_id: UUID, generation: int) -> str:
        """The secret of one generation, as Standard Webhooks writes it."""
        raw = hmac.digest(self._key, webhook_id.bytes + generation.to_bytes(8, "big"), hashlib.sha256)
        return "whsec_" + base64.b64encode(raw).decode()

    def signing(self, webhook: Webhook, now: datetime) -> list[str]:
        """The secrets that sign at this moment: the present one, and for a while after a rotation the one before."""
        secrets = [self.secret(webhook.id, webhook.generation)]
        if webhook.previous_until is not None and now < webhook.previous_until and webhook.generation > 1:
            secrets.append(self.secret(webhook.id, webhook.generation - 1))
        return secrets


def signed_headers(secrets: Sequence[str], call: WebhookCall, now: datetime) -> dict[str, str]:
    """Standard Webhooks headers; the id is the event's, the same at each attempt."""
    message_id = str(call.event_id)
    signatures = [Signature(secret).sign(message_id, now, call.body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": MEDIA_TYPE,
        "user-agent": "Hospitium-Webhooks/1",
    }


class WebhookChannel:
    """Calls webhooks."""

    def __init__(self, secrets: Secrets, *, allow_private: bool, ca_file: Path | None, seconds: float) -> None:
        self.secrets = secrets
        self.allow_private = allow_private
        self._ca_file = ca_file
        self._seconds = seconds
        self._tls: ssl.SSLContext | None = None

    def _context(self) -> ssl.SSLContext:
        """The system's authorities, loaded at the first call: most instances have no webhook, and they take megabytes."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
            if self._ca_file is not None:
                self._tls.load_verify_locations(self._ca_file)
        return self._tls

    async def send(self, webhook: Webhook, call: WebhookCall, now: datetime) -> CallOutcome:
        """One attempt. A redirect is an answer like any other that is not a 2xx."""
        headers = signed_headers(self.secrets.signing(webhook, now), call, now)
        try:
            async with asyncio.timeout(self._seconds):
                target = await guard.resolve(webhook.url, allow_private=self.allow_private)
                return await self._post(target, webhook.url, call.body.encode(), headers)
        except guard.AddressRefused as refusal:
            return CallOutcome(error=refusal.code)
        except TimeoutError:
            return CallOutcome(error="timeout")
        except aiohttp.ClientConnectorCertificateError:
            return CallOutcome(error="certificate")
        except (aiohttp.ClientError, OSError, ValueError):
            return CallOutcome(error="no_answer")

    async def _post(self, target: guard.Target, url: str, body: bytes, headers: dict[str, str]) -> CallOutcome:
        connector = aiohttp.TCPConnector(resolver=guard.OneAddress(target), use_dns_cache=False, force_close=True, ssl=self._context())
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False) as session:
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                return await self._judge(response)

    @staticmethod
    async def _judge(response: aiohttp.ClientResponse) -> CallOutcome:
        size = 0
        async for chunk in response.content.iter_chunked(8192):
            size += len(chunk)
            if size > MAX_ANSWER:
                return CallOutcome(response.status, "answer_too_large")
        return CallOutcome(response.status)
