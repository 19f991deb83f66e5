"""Codes that people read aloud and type: random, in groups, without letters that look alike. A case code has 80 random bits."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U."""

CASE_CODE_BYTES = 10
GROUP = 4
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None, "\u2010": None, "\u2011": None, "\u2013": None, "\u00a0": None})


class MalformedCode(ValueError):
    """What was typed is not a code of this kind. The message does not repeat it."""


def encode(data: bytes) -> str:
    """Bytes as base 32 digits, most significant bit first; the count of bytes must be a multiple of 5, so that no bit is padding."""
    if not data or len(data) % 5:
        raise ValueError("a code is made of 5, 10, 15 ... bytes")
    number = int.from_bytes(data, "big")
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(len(data) * 8 - 5, -1, -5))


def grouped(digits: str) -> str:
    """Digits in groups of four, joined by hyphens: `K7QX-9M2D`."""
    return "-".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def read_code(text: str, digits: int) -> str:
    """A typed code of that many digits in its one written form: case, spaces and hyphens do not matter; I and L are 1, O is 0.

    Raises MalformedCode.
    """
    if len(text) > 4 * digits:
        raise MalformedCode("the code is too long")
    read = text.upper().translate(_READ_AS)
    if len(read) != digits or any(letter not in ALPHABET for letter in read):
        raise MalformedCode("the code does not have its form")
    return grouped(read)


def new_case_code(random_bytes: bytes) -> str:
    """The code of a case from exactly 10 random bytes (80 bits): 16 digits in four groups, as in `K7QX-9M2D-04TB-ZRHW`."""
    if len(random_bytes) != CASE_CODE_BYTES:
        raise ValueError("a case code takes 10 random bytes")
    return grouped(encode(random_bytes))


def normalise_case_code(text: str) -> str:
    """A case code as somebody typed it, in its one written form. Raises MalformedCode."""
    return read_code(text, CASE_CODE_BYTES * 8 // 5)
