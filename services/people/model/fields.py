"""What the vault holds about a person: which fields, how long they may be, and in which form they are kept."""

import re
import unicodedata
from enum import StrEnum

from chassis.errors import Invalid, invalid_field


class Field(StrEnum):
    """A field of the vault. There is none for status, nationality, religion or document numbers, on purpose (R14)."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    NOTE_FOR_MEETING = "note_for_meeting"
    TOTP_SECRET = "totp_secret"  # noqa: S105  the name of a field, not a secret
    LINK_TOKEN = "link_token"  # noqa: S105  the name of a field, not a secret


CONTACT = frozenset({Field.NAME, Field.EMAIL, Field.PHONE, Field.ADDRESS, Field.NOTE_FOR_MEETING})
"""What can be consented to and shown to another person."""

INTERNAL = frozenset({Field.TOTP_SECRET, Field.LINK_TOKEN})
"""What the service seals for itself: the second factor's secret, and the token of a link whose mail is still to be sent."""

LIMITS = {
    Field.NAME: 120,
    Field.EMAIL: 254,
    Field.PHONE: 32,
    Field.ADDRESS: 300,
    Field.NOTE_FOR_MEETING: 500,
    Field.TOTP_SECRET: 64,
    Field.LINK_TOKEN: 64,
}
"""Most characters of each field; 254 is the longest address that SMTP carries (RFC 5321, erratum 1690)."""

_SEVERAL_LINES = frozenset({Field.ADDRESS, Field.NOTE_FOR_MEETING})
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,190}\.[^\s@<>()\[\],;:\\\".]{2,63}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{4,30}")


def clean(field: Field, text: str) -> str:
    """A field's text as it is kept: trimmed, NFC, without control characters. Raises Invalid, which names the field, never its content."""
    kept = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if not kept:
        raise _refused(field, "empty", "Fill this in, or leave the field out.")
    if len(kept) > LIMITS[field]:
        raise invalid_field(f"/{field}", "too_long", "Use {limit} characters at most.", limit=LIMITS[field])
    allowed = "\n" if field in _SEVERAL_LINES else ""
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter not in allowed for letter in kept):
        raise _refused(field, "bad_character", "Leave control characters and line breaks out.")
    if field is Field.EMAIL:
        normalise_email(kept)
    if field is Field.PHONE and _PHONE.fullmatch(kept) is None:
        raise _refused(field, "malformed", "Write a telephone number, for example +49 30 901820.")
    return kept


def normalise_email(email: str) -> str:
    """An address in the form under which it is found again: trimmed, lower case, domain in ASCII. Raises Invalid."""
    # NFKC first: full-width letters and the like are the same mailbox to a reader, and must not be a second account.
    folded = unicodedata.normalize("NFKC", email).strip().lower()
    if len(folded) > LIMITS[Field.EMAIL] or _EMAIL.fullmatch(folded) is None or ".." in folded:
        raise _refused(Field.EMAIL, "malformed", "Write a full e-mail address, for example name@example.org.")
    local, _, domain = folded.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise _refused(Field.EMAIL, "malformed", "Write a full e-mail address, for example name@example.org.") from None


def _refused(field: Field, code: str, message: str) -> Invalid:
    return invalid_field(f"/{field}", code, message)
