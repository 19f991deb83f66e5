"""Sealed notes: what a page keeps for a reader without storing it here, in a cookie that nobody else can read or make, for a limited time."""

import base64
import json
import os
import time
import zlib
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from starlette.responses import Response

from gateway.session import cookie_of

if TYPE_CHECKING:
    from gateway.pages.door import Visit

MOST_BYTES = 3800
"""Browsers keep about 4,000 bytes a cookie, its name included."""
MOST_OPENED = 64_000


class Notes:
    """Seals and opens notes of one purpose, with a key drawn from the gateway's own, so that every replica opens what another sealed."""

    def __init__(self, signing_key: str, purpose: str) -> None:
        self._about = purpose.encode()
        self._cipher = AESGCM(HKDF(hashes.SHA256(), 32, None, b"hospitium note " + self._about).derive(signing_key.encode()))

    @classmethod
    def of(cls, visit: "Visit", purpose: str) -> "Notes":
        """Those of this gateway."""
        return cls(visit.settings.signing_key.get_secret_value(), purpose)

    def close(self, note: Any, seconds: int) -> str:  # Any: JSON
        """A note, sealed for so long."""
        nonce = os.urandom(12)
        plain = zlib.compress(json.dumps([int(time.time()) + seconds, note], ensure_ascii=False).encode(), 9)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, self._about)).decode().rstrip("=")

    def open(self, sealed: str | None) -> Any:  # Any: JSON
        """The note again; None when its time is over or it was not sealed here for this purpose."""
        if not sealed or len(sealed) > 12_000:
            return None
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            plain = zlib.decompressobj().decompress(self._cipher.decrypt(raw[:12], raw[12:], self._about), MOST_OPENED)
            until, note = json.loads(plain)
        except (ValueError, TypeError, InvalidTag, zlib.error):
            return None
        return note if time.time() <= until else None


def read_cookie(visit: "Visit", name: str) -> str | None:
    """A cookie of ours."""
    return cookie_of(visit.request.scope, _named(visit, name))


def keep_cookie(visit: "Visit", response: Response, name: str, value: str, seconds: int) -> None:
    """Let the browser keep a sealed note: no script reads it, no other site's form sends it."""
    secure = visit.request.app.state.security.secure
    response.set_cookie(_named(visit, name), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def drop_cookie(visit: "Visit", response: Response, name: str) -> None:
    """Take it away."""
    secure = visit.request.app.state.security.secure
    response.delete_cookie(_named(visit, name), path="/", secure=secure, httponly=True, samesite="lax")


def _named(visit: "Visit", name: str) -> str:
    return f"__Host-{name}" if visit.request.app.state.security.secure else name
