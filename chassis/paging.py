"""Lists in pages that neither lose nor double a record while others write: keyset cursors, signed so that nobody makes one up."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import invalid_field

T = TypeVar("T")
MAX_LIMIT = 200


class Page(BaseModel, Generic[T]):
    """One page of a list. The header `Link: <...>; rel="next"` leads on while there is more."""

    items: list[T]
    total: int | None = Field(None, description="How many there are in all, where counting is cheap; otherwise null.")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What the reader asked for: at most `limit` records after the place `after` (values of the sort columns)."""

    limit: int
    after: tuple[Any, ...] | None  # Any: str, int, UUID or datetime, as the sort columns are


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page as the store answers it: records, and the sort values of the last one when more follow."""

    items: list[T]
    more_after: tuple[Any, ...] | None  # Any: as in PageRequest
    total: int | None = None

    def map(self, shape: Callable[[T], Any]) -> "Listed[Any]":  # Any: whatever the shape returns
        """The same page with other records."""
        return Listed([shape(item) for item in self.items], self.more_after, self.total)


def _secret(request: Request) -> bytes:
    """A secret of this list's own: a cursor of another list has other columns."""
    secret: bytes = request.app.state.service.cursor_secret
    return secret + request.url.path.encode()


def _word(value: Any) -> Any:  # Any: a sort value, and its JSON
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"id": str(value)} if isinstance(value, UUID) else value


def _value(word: Any) -> Any:  # Any: as above
    if isinstance(word, dict):
        return datetime.fromisoformat(word["at"]) if "at" in word else UUID(word["id"])
    return word


def encode_cursor(secret: bytes, place: tuple[Any, ...]) -> str:
    """A place in a list as an opaque, signed word."""
    values = [_word(value) for value in place]
    body = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, body, hashlib.sha256)[:12] + body).rstrip(b"=").decode()


def decode_cursor(secret: bytes, cursor: str) -> tuple[Any, ...]:
    """The place; 422 when it was not made here."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if not hmac.compare_digest(hmac.digest(secret, raw[12:], hashlib.sha256)[:12], raw[:12]):
            raise ValueError
        return tuple(_value(word) for word in json.loads(raw[12:]))
    except (ValueError, KeyError, TypeError, UnicodeError):
        raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.") from None


def page_request(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many records at most.")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="Where to go on: taken from the `Link` header.")] = None,
) -> PageRequest:
    """Dependency of list routes."""
    return PageRequest(limit, decode_cursor(_secret(request), cursor) if cursor else None)


Paging = Annotated[PageRequest, Depends(page_request)]


async def read_page(
    session: AsyncSession, query: Select[Any], order: Sequence[ColumnElement[Any]], page: PageRequest, *, descending: bool = False
) -> Listed[Any]:
    """Rows of `query` in the order of `order` (the last column must be unique), one page of them.

    Rows are ORM rows (`select(Row)`); Any: the row type is the store's. Keyset paging: `(a, b) > (x, y)` written out, so that NULL-free columns
    of any kind work on both databases.
    """
    if page.after is not None:
        if len(page.after) != len(order):
            raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.")
        steps = []
        for index, column in enumerate(order):
            same = [earlier == value for earlier, value in zip(order[:index], page.after[:index], strict=True)]
            steps.append(and_(*same, column < page.after[index] if descending else column > page.after[index]))
        query = query.where(or_(*steps))
    query = query.order_by(*((column.desc() if descending else column.asc()) for column in order)).limit(page.limit + 1)
    rows = list((await session.execute(query)).scalars())
    if len(rows) <= page.limit:
        return Listed(rows, None)
    rows = rows[: page.limit]
    return Listed(rows, tuple(getattr(rows[-1], column.key) for column in order))  # type: ignore[arg-type]


def listed(request: Request, response: Response, result: Listed[Any]) -> dict[str, Any]:
    """Shape a page for the wire and set its `Link` header (RFC 8288). Any: items of the route's response model."""
    if result.more_after is not None:
        query = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
        query.append(("cursor", encode_cursor(_secret(request), result.more_after)))
        response.headers["Link"] = f'<{request.url.path}?{urlencode(query)}>; rel="next"'
    return {"items": result.items, "total": result.total}
