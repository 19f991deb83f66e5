"""How much, of which type and how deeply nested a request's body may be: decided at the gate, before a service reads it."""

import re

from starlette.types import Message, Receive, Scope, Send

from chassis.errors import HubError
from chassis.web import header_of

MAX_BODY = 1_000_000
MAX_UPLOAD = 20_000_000
UPLOADS = frozenset({"/api/v1/imports", "/imports"})
FORMS = frozenset({"/oauth2/token"})
JSON_TYPES = ("application/json", "application/merge-patch+json")
MAX_DEPTH = 50
"""Lists and objects inside one another; our own bodies need fewer than ten."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A JSON string, also one that never ends; possessive, so that no body makes it go back."""
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class BodyTooLarge(HubError):
    """More than this address takes."""

    status = 413


class WrongBodyType(HubError):
    """Not a type that this address reads."""

    status = 415


class BodyUnreadable(HubError):
    """A body that no service needs to see."""

    status = 400


class Bounded:
    """A request's body that ends with a refusal when it grows over the limit, whoever reads it and whatever they make of the interruption."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._limit = receive, send, limit
        self._taken = 0
        self._started = False
        self.exceeded = False
        declared = header_of(scope, b"content-length")
        if declared is not None and declared.isdigit() and int(declared) > limit:
            raise self.refusal()

    def refusal(self) -> BodyTooLarge:
        """What the sender is told."""
        return BodyTooLarge("The request is too large: at most {bytes} bytes.", bytes=self._limit)

    async def receive(self) -> Message:
        """The next piece; raises BodyTooLarge."""
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._taken > self._limit:
            self.exceeded = True
            raise self.refusal()
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, except one that was made of the interruption."""
        if self.exceeded and not self._started:
            return
        self._started = True
        await self._send(message)


def require_type(scope: Scope) -> None:
    """JSON, except where a form or files are read; no body needs no type."""
    kind = _type_of(scope)
    length = header_of(scope, b"content-length")
    if kind == "" and length in (None, "0") and header_of(scope, b"transfer-encoding") is None:
        return
    wanted: tuple[str, ...] = JSON_TYPES
    if scope["path"] in FORMS:
        wanted = ("application/x-www-form-urlencoded",)
    elif scope["path"] in UPLOADS:
        wanted = ("multipart/form-data",)
    if kind not in wanted:
        raise WrongBodyType("Send the body as {type}.", type=wanted[0])


async def checked(scope: Scope, receive: Receive) -> Receive:
    """The body again, after a look at its nesting when it is JSON. A service then gets it whole, and no slow sender can hold it."""
    if _type_of(scope) not in JSON_TYPES:
        return receive
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    raw = b"".join(pieces)
    require_shallow(raw)
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": raw, "more_body": False} if message["type"] == "http.request" else message

    return again


def require_shallow(raw: bytes) -> None:
    """Raise BodyUnreadable for JSON nested deeper than MAX_DEPTH, in time proportional to its length; and for what is not UTF-8 JSON (NUL)."""
    if b"\x00" in raw:
        raise BodyUnreadable("The body is not valid JSON.")
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    brackets = _STRING.sub(b"", raw).translate(_ONE_KIND, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"")
    if b"[" in brackets:
        raise BodyUnreadable("The body is nested too deeply, or its brackets do not close.")


def _type_of(scope: Scope) -> str:
    return (header_of(scope, b"content-type") or "").split(";")[0].strip().lower()
