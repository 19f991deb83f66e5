"""The city's picture: PNG, JPEG or WebP and nothing else, told by its bytes and not by its name, small, and of a sensible size."""

import hashlib
import struct
from dataclasses import dataclass, field

from chassis.errors import invalid_field

MOST_BYTES = 200_000
MOST_PIXELS = 4000
LEAST_PIXELS = 16
POINTER = "/image"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture whose bytes were looked at."""

    media_type: str
    width: int
    height: int
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


def picture_of(content: bytes) -> Picture:
    """A picture from its bytes. Raises Invalid: too large, no picture, or of a size that no page can show."""
    if len(content) > MOST_BYTES:
        raise invalid_field(POINTER, "too_large", "The picture may have 200 kB at most. Save it smaller, then choose it again.")
    found = _png(content) or _jpeg(content) or _webp(content)
    if found is None:
        raise invalid_field(POINTER, "no_picture", "This is no PNG, JPEG or WebP picture. Save it as one of these, then choose it again.")
    media_type, width, height = found
    if not (LEAST_PIXELS <= width <= MOST_PIXELS and LEAST_PIXELS <= height <= MOST_PIXELS):
        raise invalid_field(POINTER, "bad_size", "The picture must be 16 to 4,000 pixels wide and high.")
    return Picture(media_type, width, height, content)


def _png(content: bytes) -> tuple[str, int, int] | None:
    if len(content) < 45 or content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return "image/png", width, height


def _jpeg(content: bytes) -> tuple[str, int, int] | None:
    """The size stands in the first frame header; what comes before it is skipped part by part."""
    if content[:3] != b"\xff\xd8\xff" or b"\xff\xd9" not in content[-64:]:
        return None
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return "image/jpeg", width, height
        place += 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
    return None


def _webp(content: bytes) -> tuple[str, int, int] | None:
    if len(content) < 30 or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return "image/webp", 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return "image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return "image/webp", width & 0x3FFF, height & 0x3FFF
    return None
