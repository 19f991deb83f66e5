"""Finds what looks like a telephone number, an e-mail address or a document number in free text, so that it stays out of public offers (R14)."""

import re
import unicodedata
from enum import StrEnum


class ContactHint(StrEnum):
    """What a piece of text looks like."""

    PHONE = "phone_number"
    EMAIL = "email_address"
    DOCUMENT = "document_number"


_AT = r"\s*(?:@|[(\[{]\s*(?:at|arobase|chez)\s*[)\]}])\s*"
_DOT = r"\s*(?:\.|[(\[{]\s*(?:dot|point|punkt)\s*[)\]}])\s*"
_EMAIL = re.compile(rf"[\w.+-]+{_AT}[\w-]+(?:{_DOT}[\w-]+)+", re.IGNORECASE)
_DATE = re.compile(r"(?<![\d./-])(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{4})(?!\d|[./-]\d)")
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:hH]\s?\d{2}(?!\d)")
_PHONE = re.compile(r"(?<![\w])(?:\+|00)?\(?\d(?:[\s./()-]{0,3}\d){7,16}(?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?(?!\w)")
_DOCUMENT = re.compile(r"(?<!\w)(?:[A-Z]{1,3}[\s-]?\d{6,9}[A-Z]?|\d{2}[A-Z]{2}\d{5}|\d{8}[\s-]?[A-Z])(?!\w)", re.IGNORECASE)


def contact_hints(text: str) -> list[ContactHint]:
    """The kinds of contact data that a text seems to hold, each once. Digits of any script count; dates and times of day do not.
    It errs on the side of asking the writer once more: eight digits in a row look like a telephone number."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in plain)
    found = [ContactHint.EMAIL] if _EMAIL.search(plain) else []
    rest = _TIME.sub(";", _DATE.sub(";", plain))
    without_documents = _DOCUMENT.sub(";", _IBAN.sub(";", rest))
    if _PHONE.search(without_documents):
        found.insert(0, ContactHint.PHONE)
    if without_documents != rest:
        found.append(ContactHint.DOCUMENT)
    return found
