"""Passwords: which are refused when chosen, and how they are hashed and checked with argon2id (RFC 9106)."""

import functools
import heapq
import re
import secrets
import unicodedata
from dataclasses import dataclass
from importlib.resources import files

from pwdlib.hashers.argon2 import Argon2Hasher

from chassis.errors import HubError, Invalid, invalid_field

SHORTEST = 15
LONGEST = 256
PRODUCT = "hospitium"
FEW_PARTS = 3
"""A password that is put together from so few common parts is guessed early."""

LONGEST_PART = 26

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "1234567890", "abcdefghijklmnopqrstuvwxyz")
_WALKS = _ROWS + tuple(row[::-1] for row in _ROWS)
_PLAIN = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})
_NUMBER = re.compile(r"[0-9]{1,8}")
_MARKS = re.compile(r"[\W_]{1,4}")


class PasswordCostTooLow(HubError):
    """The cost of hashing is below the least that is safe; the service does not start with it."""


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """The cost of one argon2id hash: memory in KiB, passes, lanes. The defaults are the least that OWASP names (19 MiB, 2, 1)."""

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1

    def require_safe(self) -> None:
        """Refuse a cost below the defaults; every service outside the tests asks this at start. Raises PasswordCostTooLow."""
        if self.memory_kib < 19 * 1024 or self.passes < 2 or self.lanes < 1:
            raise PasswordCostTooLow("Password hashing must use 19 MiB, two passes and one lane at least.")


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a password was right, and whether its hash should be renewed because the cost changed."""

    right: bool
    renew: bool = False


class Passwords:
    """Hashes and checks passwords at one cost. Each call takes tens of milliseconds: run it off the event loop."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = Argon2Hasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        # Checked where there is no account, so that the answer takes as long as for a known one.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """The argon2id hash, with its salt and cost, of a password that `require_good` let pass."""
        return self._hasher.hash(_normal(password))

    def check(self, password: str, stored: str | None) -> Checked:
        """Whether the password belongs to the stored hash; for `None` (no such account, or no password yet) the same work, and no."""
        # Cut before hashing: a huge input must not buy more work. Nobody's password is this long.
        right = self._hasher.verify(_normal(password[: LONGEST + 1]), stored if stored is not None else self._nobody)
        if stored is None or not right:
            return Checked(False)
        return Checked(True, self._hasher.check_needs_rehash(stored))


def require_good(password: str, email: str | None = None) -> None:
    """Refuse a password that others would guess.

    15 to 256 characters; not in the list of common ones, nor put together from three or fewer common parts; not one pattern repeated; without
    the product's name and without the part of the e-mail address before the @. Nothing else is asked: no digits, no signs (NIST SP 800-63B).
    Raises Invalid at /password.
    """
    normal = _normal(password)
    if len(normal) < SHORTEST:
        raise _refused("too_short", "Use 15 characters or more; a few words are easy to remember.")
    if len(normal) > LONGEST:
        raise _refused("too_long", "Use 256 characters at most.")
    lower = normal.casefold()
    for code, part in (("names_product", PRODUCT), ("names_you", _local_part(email))):
        if len(part) >= 4 and part in _letters_and_digits(lower):
            raise _refused(code, "Leave the product's name and your own address out of the password.")
    if _is_repetitive(lower):
        raise _refused("repetitive", "Do not repeat the same few characters.")
    if is_common(lower):
        raise _refused("too_common", "This password is easy to guess; use several words that do not belong together.")


def is_common(lower: str) -> bool:
    """Whether a password in lower case is in the list, or consists of three or fewer common parts, as it stands or with signs for letters."""
    plain = lower.translate(_PLAIN)
    if lower in common_passwords() or plain in common_passwords():
        return True
    return _parts(lower, lower) <= FEW_PARTS or _parts(plain, lower) <= FEW_PARTS


@functools.cache
def common_passwords() -> frozenset[str]:
    """The bundled list of common passwords, in lower case."""
    lines = (files(__package__ or __name__) / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _parts(text: str, written: str) -> int:
    """The least count of different common parts that make up the text; more than FEW_PARTS if there is no such way.

    Parts: listed words, runs of one character, walks along the alphabet or a keyboard row, numbers, signs (read in the text as written).
    Best first over (parts used, position); a part used again is free.
    """
    waiting: list[tuple[int, int, frozenset[str]]] = [(0, 0, frozenset())]
    seen: set[tuple[int, frozenset[str]]] = set()
    while waiting:
        count, behind, used = heapq.heappop(waiting)
        start = -behind
        if start == len(text):
            return count
        for part in _parts_from(text, written, start):
            parts = used | {part}
            end = start + len(part)
            if len(parts) <= FEW_PARTS and (end, parts) not in seen:
                seen.add((end, parts))
                heapq.heappush(waiting, (len(parts), -end, parts))
    return FEW_PARTS + 1


def _parts_from(text: str, written: str, start: int) -> set[str]:
    found: set[str] = set()
    pattern = ""
    for length in range(3, min(LONGEST_PART, len(text) - start) + 1):
        part = text[start : start + length]
        if part in common_passwords():
            found.add(part)
        if len(set(part)) == 1 or any(part in walk for walk in _WALKS):
            pattern = part
    # Only the longest run or walk: all its beginnings would make the search explode, and guess no more.
    if pattern:
        found.add(pattern)
    for kind in (_NUMBER, _MARKS):
        if (match := kind.match(written, start)) is not None:
            found.add(text[start : match.end()])
    return found


def _is_repetitive(text: str) -> bool:
    if len(set(text)) < 5:
        return True
    return any(text == (text[:period] * (len(text) // period + 1))[: len(text)] for period in range(1, len(text) // 3 + 1))


def _letters_and_digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _local_part(email: str | None) -> str:
    return _letters_and_digits(_normal(email or "").partition("@")[0].casefold())


def _normal(password: str) -> str:
    # NFKC, so that the same password typed on another keyboard has the same bytes (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)


def _refused(code: str, message: str) -> Invalid:
    return invalid_field("/password", code, message)
