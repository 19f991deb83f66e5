"""The keys above the vault: master keys that wrap each person's key, and the key of the lookup by e-mail address.

Keys are turned into ciphers at once and kept as such, so that no representation, log line or error can hold their bytes.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.errors import HubError, Unavailable
from services.people.model.fields import normalise_email

KEY_BYTES = 32


class BadKey(HubError):
    """A key is not 32 random bytes in base64: the service does not start with it."""


class MasterKeyMissing(Unavailable):
    """A person's key is wrapped by a master key that this service was not given."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A master key, AES-256-GCM. Its id is derived from it, so it cannot be mislabelled."""

    id: str
    cipher: AESGCM = field(repr=False, compare=False)

    @classmethod
    def of(cls, key: bytes) -> "MasterKey":
        """A master key from its 32 bytes. Raises BadKey."""
        require_key(key)
        return cls(hashlib.sha256(b"hospitium master key\x00" + key).hexdigest()[:16], AESGCM(key))

    def __reduce__(self) -> str:
        raise TypeError("a master key is not written down")


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master key in use, and earlier ones that still open what they wrapped."""

    current: MasterKey
    previous: tuple[MasterKey, ...] = ()

    def by_id(self, key_id: str) -> MasterKey:
        """The key of that id. Raises MasterKeyMissing."""
        for key in (self.current, *self.previous):
            if key.id == key_id:
                return key
        raise MasterKeyMissing("A master key of the vault is missing; give the service the earlier key too.")


class LookupKey:
    """The key of the lookup: finds an account by e-mail address without storing the address."""

    __slots__ = ("_mac",)

    def __init__(self, key: bytes) -> None:
        require_key(key)
        self._mac = hmac.new(key, digestmod=hashlib.sha256)

    def of_email(self, email: str) -> bytes:
        """HMAC-SHA256 of the address in its normal form, 32 bytes. Raises Invalid."""
        mac = self._mac.copy()
        mac.update(b"email\x00" + normalise_email(email).encode())
        return mac.digest()

    def __repr__(self) -> str:
        return "LookupKey()"

    def __reduce__(self) -> str:
        raise TypeError("a lookup key is not written down")


def new_key() -> bytes:
    """32 random bytes for a new master or lookup key."""
    return secrets.token_bytes(KEY_BYTES)


def key_from_base64(text: str) -> bytes:
    """A key as an operator stores it: 32 bytes in standard or URL-safe base64. Raises BadKey, which does not repeat it."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/") + "=" * (-len(text.strip()) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadKey("A key of the vault must be 32 bytes in base64.") from None
    require_key(key)
    return key


def require_key(key: bytes) -> None:
    """Refuse keys of another length and keys that are plainly not random. Raises BadKey."""
    if len(key) != KEY_BYTES or len(set(key)) < 8:
        raise BadKey("A key of the vault must be 32 random bytes.")
