"""Seals a file that waits: it may hold contacts, which the registry must not keep in the clear."""

import hashlib
import os
import zlib
from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PART = 512 * 1024


class FileSeal:
    """Seals and opens the pieces of files with a key of the service's own; a piece opens only in its place of its import."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"hospitium import files\x00" + secret).digest())

    def seal(self, job_id: UUID, place: int, content: bytes) -> list[bytes]:
        """A file as sealed pieces."""
        packed = zlib.compress(content, 1)
        pieces = [packed[start : start + PART] for start in range(0, len(packed), PART)]
        return [self._seal(job_id, place, part, piece) for part, piece in enumerate(pieces)]

    def _seal(self, job_id: UUID, place: int, part: int, piece: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, piece, f"{job_id}/{place}/{part}".encode())

    def open(self, job_id: UUID, place: int, pieces: Sequence[bytes]) -> bytes:
        """The file again."""
        opened = [self._cipher.decrypt(each[:12], each[12:], f"{job_id}/{place}/{part}".encode()) for part, each in enumerate(pieces)]
        return zlib.decompress(b"".join(opened))
