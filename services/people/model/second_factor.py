"""The second factor: time-based codes (RFC 6238) that work once, and recovery codes for a lost telephone."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pyotp

from chassis.errors import Unauthenticated
from contracts.codes import MalformedCode, encode, grouped, read_code

STEP_SECONDS = 30
SKEW_STEPS = 2
"""Clocks may differ by 60 seconds, which is two steps."""
DIGITS = 6
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


class CodeRefused(Unauthenticated):
    """The code is wrong, too old, or was used before: one answer for all."""

    def __init__(self) -> None:
        super().__init__("The code does not hold; wait for the next one.")


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What is stored beside the sealed secret: the last time step that was used, and the hashes of the unused recovery codes."""

    last_step: int = -1
    recovery_hashes: frozenset[bytes] = field(default=frozenset(), repr=False)

    def accept_code(self, secret: str, code: str, now: datetime) -> "SecondFactor":
        """After a right code; the same code and all earlier ones are refused from now on. Raises CodeRefused.

        Store the answer with a condition on the old `last_step`, so that of two simultaneous uses one loses.
        """
        return replace(self, last_step=step_of(secret, code, self.last_step, now))

    def accept_recovery_code(self, code: str) -> "SecondFactor":
        """After a right recovery code, which is then gone. Raises CodeRefused."""
        try:
            given = hash_recovery_code(code)
        except MalformedCode:
            raise CodeRefused from None
        used = {stored for stored in self.recovery_hashes if hmac.compare_digest(stored, given)}
        if not used:
            raise CodeRefused
        return replace(self, recovery_hashes=self.recovery_hashes - used)

    def with_recovery_codes(self, codes: Iterable[str]) -> "SecondFactor":
        """With new recovery codes; the old ones no longer work."""
        return replace(self, recovery_hashes=frozenset(hash_recovery_code(code) for code in codes))


def new_secret() -> str:
    """A secret of 160 random bits (RFC 4226, section 4) in base 32. It lies in the vault, field `totp_secret`."""
    return pyotp.random_base32(32)


def provisioning_uri(secret: str, label: str, issuer: str) -> str:
    """The `otpauth://` address for an authenticator. It holds the secret: show it once, to its owner, as a picture; never log it."""
    return _totp(secret).provisioning_uri(name=label, issuer_name=issuer)


def step_of(secret: str, code: str, last_step: int, now: datetime) -> int:
    """The time step (30 s since 1970) that a code belongs to, within 60 s of `now` and after `last_step`. Raises CodeRefused."""
    typed = re.sub(r"[ \u00a0-]", "", code[:20])
    if re.fullmatch(rf"[0-9]{{{DIGITS}}}", typed) is None:
        raise CodeRefused
    totp = _totp(secret)
    present = totp.timecode(now)
    # All steps are tried, so that the time taken does not tell which one was right.
    found = [step for step in range(present - SKEW_STEPS, present + SKEW_STEPS + 1) if hmac.compare_digest(totp.generate_otp(step), typed)]
    fresh = [step for step in found if step > last_step]
    if not fresh:
        raise CodeRefused
    return fresh[0]


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 80 random bits each, to be shown once: `K7QX-9M2D-04TB-ZRHW`."""
    return tuple(grouped(encode(secrets.token_bytes(_RECOVERY_BYTES))) for _ in range(RECOVERY_CODES))


def hash_recovery_code(code: str) -> bytes:
    """SHA-256 of a recovery code in its one written form; 80 random bits need no slow hash. Raises MalformedCode."""
    return hashlib.sha256(read_code(code, _RECOVERY_BYTES * 8 // 5).encode()).digest()


def _totp(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
