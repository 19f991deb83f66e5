"""Random bearer tokens: what the holder carries, and the hash that is stored in its place."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the only moment when it is known: `text` goes to the holder, `hash` is stored. Its text is never printed."""

    text: str = field(repr=False)
    hash: bytes = field(repr=False)


def hash_token(text: str) -> bytes:
    """SHA-256 of a token. A plain hash is enough, for nobody can guess 256 random bits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def new_token() -> NewToken:
    """A token with 256 random bits, as 43 letters that are safe in links and headers."""
    text = secrets.token_urlsafe(TOKEN_BYTES)
    return NewToken(text, hash_token(text))


def is_token(text: str, stored: bytes) -> bool:
    """Whether the text is the token behind a stored hash, compared in constant time."""
    return hmac.compare_digest(hash_token(text), stored)
