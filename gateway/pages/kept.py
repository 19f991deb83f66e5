"""What somebody has typed when they choose another language: sealed for two minutes in a cookie, shown again on the same page, then taken away.

Nothing of it goes into an address, a log or a store; passwords are never kept.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from gateway.pages.forms import Form
from gateway.pages.notes import Notes, drop_cookie, keep_cookie, read_cookie

if TYPE_CHECKING:
    from gateway.pages.door import Visit

COOKIE, PURPOSE = "hub-typed", "typed before the language changed"
SECONDS = 120
PIECES, PIECE_BYTES = 3, 3600
"""Browsers keep about 4,000 bytes a cookie, so a long form takes up to three."""
BACK = "language-back"
"""The field of a language button that names the page."""
NOT_KEPT = frozenset({"csrf", "once", BACK})

Values = dict[str, list[str]]


def keep_typed(visit: "Visit", response: Response, page: str, form: Form) -> bool:
    """Let the browser keep a form's fields for their page. False when the longest texts had to stay behind."""
    values = {name: list(texts) for name, texts in form.values.items() if name not in NOT_KEPT and "password" not in name}
    whole = True
    while values:
        sealed = Notes.of(visit, PURPOSE).close({"page": urlsplit(page).path, "who": _who(visit), "values": values}, SECONDS)
        if len(sealed) <= PIECES * PIECE_BYTES:
            for piece in range(PIECES):
                if part := sealed[piece * PIECE_BYTES : (piece + 1) * PIECE_BYTES]:
                    keep_cookie(visit, response, f"{COOKIE}{piece}", part, SECONDS)
            return whole
        del values[max(values, key=lambda name: sum(map(len, values[name])))]
        whole = False
    return whole


def typed_before(visit: "Visit") -> Values | None:
    """What was typed on this page before its language changed; None where nothing was."""
    if visit.request.method != "GET" or (first := read_cookie(visit, f"{COOKIE}0")) is None:
        return None
    note = Notes.of(visit, PURPOSE).open(first + "".join(read_cookie(visit, f"{COOKIE}{piece}") or "" for piece in range(1, PIECES)))
    if not isinstance(note, dict) or note["page"] != visit.request.url.path or note["who"] != _who(visit):
        return None
    values: Values = note["values"]
    return values


def forget_typed(visit: "Visit", response: Response) -> None:
    """It was shown again: the browser keeps it no longer."""
    for piece in range(PIECES):
        if read_cookie(visit, f"{COOKIE}{piece}") is not None:
            drop_cookie(visit, response, f"{COOKIE}{piece}")


def address_of(request: Request) -> str:
    """The address of the page that is shown, with what was searched for and without what was just done."""
    query = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "done"])
    return request.url.path + (f"?{query}" if query and request.method == "GET" else "")


def page_for(request: Request, address: str) -> str:
    """The address itself, or the nearest page above it: what answered a form has perhaps no page of its own."""
    parts = urlsplit(address)
    path = parts.path
    while path.strip("/"):
        if _is_page(request, path):
            return path + (f"?{urlencode(parse_qsl(parts.query))}" if path == parts.path and parts.query else "")
        path = path.rstrip("/").rpartition("/")[0]
    return "/"


def refill(context: dict[str, Any], values: Mapping[str, list[str]]) -> None:  # Any: what a template shows
    """Put what was typed into the page's form."""
    form = context.get("form")
    if not isinstance(form, Form):
        return
    form.values = values
    if "rows" in context and form.text("rows").isdecimal():
        context["rows"] = max(1, min(20, int(form.text("rows"))))


def _who(visit: "Visit") -> str:
    return visit.visitor.session_id or ""


def _is_page(request: Request, path: str) -> bool:
    """Whether a page has this address: every route of the pages but the last one, which shows that nothing is there."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": [], "query_string": b""}
    routes = (route for router in request.app.state.pages[:-1] for route in router.routes)
    return any(route.matches(scope)[0] is Match.FULL for route in routes)
