"""What anybody may suggest, what keeps machines and persons' contacts out, and what becomes of it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from chassis.contact_hints import ContactHint, contact_hints
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests, invalid_field
from services.actors.model.provenance import RecordKind, State


class SuggestionKind(StrEnum):
    """What is suggested."""

    MISSING_ACTOR = "missing_actor"
    CORRECTION = "correction"
    PLACE_CITY = "place_city"
    MISSING_MEMBERSHIP = "missing_membership"
    MISSING_RESOURCE = "missing_resource"


class AnswerState(StrEnum):
    """Where a suggestion or a claim stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"
    """Of a claim: the organisation no longer keeps its own record."""


class RefusalReason(StrEnum):
    """Why a suggestion or a claim was refused."""

    NOT_IN_SOURCE = "not_in_source"
    ALREADY_THERE = "already_there"
    OUT_OF_SCOPE = "out_of_scope"
    UNCLEAR = "unclear"
    PERSONAL_DATA = "personal_data"
    NOT_OF_THE_ORGANISATION = "not_of_the_organisation"
    SPAM = "spam"


CORRECTED = (RecordKind.ACTOR, RecordKind.MEMBERSHIP, RecordKind.DECLARATION, RecordKind.INITIATIVE, RecordKind.RESOURCE)
"""Kinds of records that anybody may suggest a correction of."""


class NoSuchSuggestion(NotFound):
    """There is no such suggestion, or none that the caller may see."""


class NoSuchClaim(NotFound):
    """There is no such claim, or none that the caller may see."""


class AlreadyDecided(Conflict):
    """Somebody decided before."""


class RecordChanged(Conflict):
    """The record is another than the one that was compared with the suggestion."""


class TooManyOpen(TooManyRequests):
    """The queue is full."""


class StampUsed(Conflict):
    """A form is good for one sending."""


class NotForYou(Forbidden):
    """The caller decides nothing here."""


class AlreadyClaimed(Conflict):
    """The account has asked already, or has a place there."""


class NotClaimed(Conflict):
    """No organisation keeps that record."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody suggests. `times`: how often the same was sent."""

    id: UUID
    version: int
    kind: SuggestionKind
    state: AnswerState
    record_kind: RecordKind | None
    record_id: UUID | None
    record_version: int | None
    values: State
    source: str
    note: str | None
    owners: tuple[UUID, ...]
    content_key: str
    times: int
    created_at: datetime
    updated_at: datetime
    reason: RefusalReason | None = None
    result_kind: RecordKind | None = None
    result_id: UUID | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """An account says that it is of an organisation."""

    id: UUID
    version: int
    actor_id: UUID
    account_id: UUID
    role: str
    text: str
    state: AnswerState
    created_at: datetime
    updated_at: datetime
    reason: RefusalReason | None = None
    decided_at: datetime | None = None


def content_key_of(kind: SuggestionKind, record_id: UUID | None, values: State) -> str:
    """The same for two suggestions that propose the same, however their texts are spaced and written in capitals."""
    plain = orjson.dumps([kind.value, str(record_id), _plain(values)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def _plain(value: Any) -> Any:  # Any: JSON values
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if part is not None and key != "source"}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def check_no_contact(pointer: str, text: str) -> None:
    """Raise Invalid where a text seems to hold an e-mail address, a telephone number or a document number; web addresses may hold digits."""
    found = set(contact_hints(_ADDRESS.sub(" ", text)))
    if ContactHint.EMAIL in contact_hints(text):
        found.add(ContactHint.EMAIL)
    if found:
        raise invalid_field(pointer, "contact", "Leave e-mail addresses, telephone numbers and document numbers out; everybody can read this.")


def check_no_contacts(pointer: str, values: Mapping[str, Any]) -> None:
    """The same for every text among proposed values."""
    for where, text in _texts(pointer, values):
        check_no_contact(where, text)


def _texts(pointer: str, value: Any) -> Iterator[tuple[str, str]]:  # Any: JSON values
    if isinstance(value, str):
        if not _is_id(value):
            yield pointer, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(f"{pointer}/{key}", part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(pointer, part)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


STAMP_HOURS = 4
"""Hours that a form may be filled in."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """Marks on forms: signed, good for one sending, not before a moment and not after some hours. Nothing is kept of who got one."""

    secret: bytes
    wait_seconds: int

    def issue(self, now: datetime) -> str:
        """A new stamp."""
        body = f"{int(now.timestamp())}.{secrets.token_urlsafe(12)}"
        return f"{body}.{self._sign(body)}"

    def check(self, stamp: str | None, now: datetime) -> str:
        """What is kept of a stamp so that it works once. Raises Invalid."""
        body, _, signature = (stamp or "").rpartition(".")
        at = body.partition(".")[0]
        if (
            not stamp
            or not at.isascii()
            or not at.isdigit()
            or len(at) > 12
            or not hmac.compare_digest(self._sign(body).encode(), signature.encode())
        ):
            raise self._refused("stamp", "Open the form again and send it from there; API clients get a stamp first.")
        age = now.timestamp() - int(at)
        if age < self.wait_seconds:
            raise self._refused("too_fast", "This came very fast. Please wait {seconds} seconds and send it again.", seconds=self.wait_seconds)
        if age > timedelta(hours=STAMP_HOURS).total_seconds():
            raise self._refused("too_old", "This form was open for too long. Please send it once more.")
        return hashlib.sha256(body.encode()).hexdigest()

    def _sign(self, body: str) -> str:
        return hmac.new(self.secret, b"suggestion stamp\0" + body.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    @staticmethod
    def _refused(code: str, message: str, **params: str | int) -> Invalid:
        return invalid_field("/stamp", code, message, **params)


def new_secret() -> tuple[str, str]:
    """A secret for whoever sends a suggestion, and the hash that is stored."""
    text = secrets.token_urlsafe(24)
    return text, hash_secret(text)


def hash_secret(text: str) -> str:
    """SHA-256: a plain hash is enough, for nobody guesses 192 random bits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
