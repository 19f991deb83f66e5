"""Keeps a password between the two steps of signing in: sealed for five minutes in the form itself, so that nothing is stored here."""

import base64
import json
import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECONDS = 300
"""How long the second step may take."""


class Seal:
    """Seals and opens, with a key drawn from the gateway's own (so every replica opens what another sealed)."""

    def __init__(self, signing_key: str) -> None:
        key = HKDF(hashes.SHA256(), 32, None, b"hospitium second step").derive(signing_key.encode())
        self._cipher = AESGCM(key)

    def close(self, email: str, password: str) -> str:
        """Both, sealed."""
        nonce = os.urandom(12)
        plain = json.dumps([int(time.time()) + SECONDS, email, password]).encode()
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, b"")).decode()

    def open(self, sealed: str) -> tuple[str, str] | None:
        """Both again; None when the time is over or it was not sealed here."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            until, email, password = json.loads(self._cipher.decrypt(raw[:12], raw[12:], b""))
        except (ValueError, InvalidTag):
            return None
        return (email, password) if time.time() <= until else None
