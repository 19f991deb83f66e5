"""RFC 9457 problem documents: every refusal in one shape, in the reader's language, without a word of what was sent."""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from chassis.context import correlation_id, locale
from chassis.errors import Conflict, FieldError, HubError, Unauthenticated
from chassis.language import translate

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request cannot be read.",
    401: "Please sign in.",
    403: "This is not allowed for you.",
    404: "There is nothing here, or nothing that you may see.",
    405: "This address does not take that method.",
    406: "None of the formats that you accept is offered.",
    409: "This does not fit the present state.",
    412: "Somebody changed this in the meantime.",
    413: "The request is too large.",
    415: "Send the body as application/json.",
    422: "Some fields need another value.",
    428: "Say which version you are changing.",
    429: "Too many requests for the moment.",
    500: "Something went wrong on our side.",
    503: "The hub is busy; nothing was changed.",
}

FIELD_MESSAGES = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known here.",
    "string_too_short": "Use at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "too_short": "Give at least {min_length} entries.",
    "too_long": "Give at most {max_length} entries.",
    "greater_than": "Use a number above {gt}.",
    "greater_than_equal": "Use a number of at least {ge}.",
    "less_than": "Use a number below {lt}.",
    "less_than_equal": "Use a number of at most {le}.",
    "enum": "Choose one of: {expected}.",
    "literal_error": "Choose one of: {expected}.",
    "union_tag_invalid": "Choose one of the kinds that the documentation names.",
    "int_parsing": "Use a whole number.",
    "int_type": "Use a whole number.",
    "int_from_float": "Use a whole number.",
    "float_parsing": "Use a number.",
    "float_type": "Use a number.",
    "finite_number": "Use a finite number.",
    "bool_parsing": "Use true or false.",
    "bool_type": "Use true or false.",
    "string_type": "Use text.",
    "list_type": "Use a list.",
    "dict_type": "Use an object.",
    "model_type": "Use an object.",
    "model_attributes_type": "Use an object.",
    "uuid_parsing": "Use a UUID.",
    "uuid_type": "Use a UUID.",
    "date_from_datetime_parsing": "Use a date like 2026-11-21.",
    "date_parsing": "Use a date like 2026-11-21.",
    "date_type": "Use a date like 2026-11-21.",
    "datetime_parsing": "Use a date and time with a zone.",
    "datetime_from_date_parsing": "Use a date and time with a zone.",
    "timezone_aware": "Use a date and time with a zone.",
    "time_parsing": "Use a time like 18:30.",
    "string_pattern_mismatch": "This value does not have the expected form.",
    "json_invalid": "The body is not valid JSON.",
    "url_parsing": "Use a full address that begins with https://.",
    "url_scheme": "Use a full address that begins with https://.",
}
OTHER_FIELD_MESSAGE = "This value is not accepted here."
SAFE_KEY = re.compile(r"^[a-z][a-z0-9_.-]{0,40}$", re.IGNORECASE)
OWN_PARAMS = frozenset({"min_length", "max_length", "gt", "ge", "lt", "le", "expected"})


class FieldProblem(BaseModel):
    """One field at fault."""

    pointer: str = Field(description="Where in the request, as a JSON pointer (RFC 6901).", examples=["/places"])
    code: str = Field(description="A stable word for programs.", examples=["greater_than_equal"])
    message: str = Field(description="What to do, in the reader's language.", examples=["Use a number of at least 1."])


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="Which problem, as a stable URI.", examples=["urn:hospitium:problem:offer_is_full"])
    title: str = Field(description="The kind of problem in a few words, in the reader's language.")
    status: int = Field(description="The HTTP status.", examples=[409])
    detail: str = Field(description="What happened and what to do, in the reader's language.")
    code: str = Field(description="The same as in `type`, for programs.", examples=["offer_is_full"])
    trace_id: str = Field(description="The correlation id; tell it to your administrator.")
    errors: list[FieldProblem] = Field(default_factory=list, description="The fields at fault, if any.")


class AlreadyExists(Conflict):
    """A record with this key exists."""


class Refused(ValueError):
    """Raised in validators of request bodies: a sentence of ours that may be shown (an ordinary ValueError's text never is)."""

    def __init__(self, code: str, message: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.message, self.params = code, message, params


def problem_body(status: int, code: str, detail: str, fields: Sequence[FieldError] = (), **params: str | int) -> dict[str, Any]:
    """A problem document as a dictionary (Any: JSON), translated."""
    language = locale()
    return {
        "type": f"urn:hospitium:problem:{code}",
        "title": translate(TITLES.get(status, TITLES[500]), language),
        "status": status,
        "detail": translate(detail, language, params),
        "code": code,
        "trace_id": str(correlation_id()),
        "errors": [
            {"pointer": field.pointer, "code": field.code, "message": translate(field.message, language, dict(field.params))} for field in fields
        ],
    }


def problem(
    status: int, code: str, detail: str, fields: Sequence[FieldError] = (), headers: dict[str, str] | None = None, **params: str | int
) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(problem_body(status, code, detail, fields, **params), status, headers, MEDIA_TYPE)


def from_error(error: HubError) -> JSONResponse:
    """A domain refusal as a response."""
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.code(), error.message, error.fields, headers or None, **error.params)


def from_validation(error: RequestValidationError) -> JSONResponse:
    """What is wrong with the fields of a request; 422."""
    return problem(422, "invalid_request", "Some fields need another value.", [_field(item) for item in error.errors()[:50]])


def _field(item: Any) -> FieldError:  # Any: pydantic's error dictionaries
    kind, context = str(item["type"]), item.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        cause = context.get("error")
        if isinstance(cause, Refused):
            return FieldError(_pointer(item["loc"]), cause.code, cause.message, tuple(cause.params.items()))
    params = tuple((name, str(value)) for name, value in context.items() if name in OWN_PARAMS)
    return FieldError(_pointer(item["loc"]), kind, FIELD_MESSAGES.get(kind, OTHER_FIELD_MESSAGE), params)


def _pointer(location: Sequence[int | str]) -> str:
    """A JSON pointer; keys that the sender made up are shown only when they look like field names."""
    parts = list(location)
    if parts and parts[0] == "body":
        parts = parts[1:]
    return "".join(f"/{part}" if isinstance(part, int) or SAFE_KEY.match(part) else "/?" for part in parts)


async def _on_hub_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return from_error(error)


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return from_validation(error)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, f"http_{error.status_code}", TITLES.get(error.status_code, TITLES[400]), headers=headers)


async def _on_integrity(request: Request, error: Exception) -> Response:
    return from_error(AlreadyExists("This exists already, or it refers to something that does not exist."))


HANDLERS: dict[Any, Any] = {  # Any: Starlette's own type for this mapping
    HubError: _on_hub_error,
    RequestValidationError: _on_validation,
    HTTPException: _on_http,
    IntegrityError: _on_integrity,
}
