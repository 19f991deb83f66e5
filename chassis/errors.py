"""The kinds of refusal that every service shares. A domain error is a named subclass; `chassis.web` turns a kind into a status once.

A message is an English sentence with `{named}` parameters; `chassis.language` translates the sentence, then fills it. Parameters are
ids, counts and codes that the system itself chose, never what the caller sent: an error must not echo personal data.
"""

import re
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: `pointer` is an RFC 6901 JSON pointer ("/location/lat"), `code` a stable word, `message` a sentence."""

    pointer: str
    code: str
    message: str
    params: tuple[tuple[str, str | int], ...] = ()


class HubError(Exception):
    """A refusal with a stable code (the class name in snake case), an HTTP status, and a sentence that says what to do."""

    status: ClassVar[int] = 500
    retry_after: int | None = None

    def __init__(self, message: str, /, fields: tuple[FieldError, ...] = (), retry_after: int | None = None, **params: str | int) -> None:
        super().__init__(message.format(**params) if params else message)
        self.message = message
        self.params = params
        self.fields = fields
        self.retry_after = retry_after if retry_after is not None else self.retry_after

    @classmethod
    def code(cls) -> str:
        """The stable code of this error: `OfferIsFull` is `offer_is_full`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Invalid(HubError):
    """The request is understood but breaks a rule of form. 422, with the fields at fault."""

    status = 422


class NotFound(HubError):
    """No such record, or none that the caller may see: the two answers are the same on purpose (R23). 404."""

    status = 404


class Conflict(HubError):
    """The record is not in a state that allows this. 409."""

    status = 409


class Forbidden(HubError):
    """The caller is known and may not do this. 403."""

    status = 403


class Unauthenticated(HubError):
    """The caller did not say who they are, or what they said does not hold. 401."""

    status = 401


class PreconditionFailed(HubError):
    """`If-Match` names another version than the stored one: read again, then repeat. 412."""

    status = 412


class PreconditionRequired(HubError):
    """The change needs `If-Match` with the version that was read. 428."""

    status = 428


class TooManyRequests(HubError):
    """The caller's share is used up for now. 429 with Retry-After."""

    status = 429
    retry_after = 1


class Unavailable(HubError):
    """A part that this answer needs is busy or away; nothing was changed. 503 with Retry-After."""

    status = 503
    retry_after = 1


def invalid_field(pointer: str, code: str, message: str, **params: str | int) -> Invalid:
    """An `Invalid` about one field."""
    return Invalid("Some fields need another value.", fields=(FieldError(pointer, code, message, tuple(params.items())),))
