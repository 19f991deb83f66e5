"""Identifiers: UUIDv7 (RFC 9562), which sort by the time they were made, and UUIDv5 of natural keys."""

import os
import time
from uuid import UUID, uuid5

HOSPITIUM = UUID("8a9f4f0e-2c0b-5d6e-9d53-6f0a5c1d7e11")
"""Namespace of the ids that we derive from natural keys (rows that arrive without an id)."""


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (millis & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | random & 0x3FFFFFFFFFFFFFFF
    return UUID(int=value)


def derived_id(*key: str) -> UUID:
    """UUIDv5 of a natural key; the same key gives the same id on every machine."""
    return uuid5(HOSPITIUM, "\x1f".join(key))
