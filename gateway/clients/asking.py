"""One question to a service on behalf of whoever is at the door: the permission table decides first, the signed line carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from chassis.call import Answer, Line
from chassis.errors import FieldError, HubError
from gateway.limits import BY_ADDRESS, Limits
from gateway.permissions import Permissions, Rule, SecondFactorMissing
from gateway.session import Visitor

Json = Any
"""A JSON value (Any: its shape is the service's; the templates read it)."""
Record = dict[str, Any]
"""A JSON object (Any: as above)."""
Query = Sequence[tuple[str, str]]
"""Names and values of a query string."""


class ProblemFromService(HubError):
    """A service refused. `code`, `detail` and the fields at fault are the service's own, already in the reader's language."""

    def __init__(self, status: int, body: Mapping[str, Json]) -> None:
        self.problem_status = status
        self.problem_code = str(body.get("code", ""))
        fields = tuple(
            FieldError(str(item.get("pointer", "")), str(item.get("code", "")), str(item.get("message", ""))) for item in body.get("errors") or ()
        )
        detail = str(body.get("detail") or body.get("title") or "").replace("{", "(").replace("}", ")")
        super().__init__(detail, fields)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; `more` is the cursor of the next page, if there is one."""

    items: list[Record]
    total: int | None = None
    more: str | None = None


def path_of(template: str, *parts: object) -> str:
    """An address with its parts put in safely: nothing that a reader typed can leave its place in the path."""
    return template.format(*(quote(str(part), safe="") for part in parts))


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks for one visitor. Deny by default: a route that the permission table does not name cannot be asked."""

    visitor: Visitor
    lines: Mapping[str, Line]
    permissions: Permissions
    limits: Limits
    address: str

    def may(self, method: str, path: str) -> bool:
        """Whether this visitor may knock at that route (what pages show or hide)."""
        try:
            self.permissions.rule(method, path).require(self.visitor.caller)
        except HubError:
            return False
        return True

    def require(self, method: str, path: str) -> None:
        """Raise unless this visitor may knock at that route, now."""
        self._rule(method, path)

    def _rule(self, method: str, path: str) -> Rule:
        rule = self.permissions.rule(method, path)
        rule.require(self.visitor.caller)
        if self.visitor.second_factor_missing and not rule.before_second_factor and not rule.public:
            raise SecondFactorMissing("Please set up your second factor first.")
        return rule

    async def answer(
        self,
        method: str,
        path: str,
        *,
        body: Json = None,
        query: Query = (),
        version: int | None = None,
        once: str | None = None,
        raw: tuple[str, bytes] | None = None,
    ) -> Answer:
        """The answer, if it is one; raises ProblemFromService. `version` is sent as If-Match, `once` as the Idempotency-Key of a form; `raw` is a
        body that is no JSON, after its content type."""
        rule = self._rule(method, path)
        if rule.limit in BY_ADDRESS:
            await self.limits.take(rule.limit, self.address)
        headers: dict[str, str] = {}
        if version is not None:
            headers["if-match"] = f'"{version}"'
        if once:
            headers["idempotency-key"] = once
        if rule.tells_source:
            headers["hub-source"] = self.address
        if rule.service == "people" and self.visitor.session_id:
            headers["hub-session"] = self.visitor.session_id
        asked = f"{path}?{urlencode(query)}" if query else path
        answer = await self.lines[rule.service].ask(self.visitor.caller, method, asked, body=body, headers=headers, raw=raw)
        if answer.status >= 400:
            raise ProblemFromService(answer.status, _problem_of(answer))
        return answer

    async def get(self, path: str, query: Query = ()) -> Record:
        """One record."""
        record: Record = (await self.answer("GET", path, query=query)).json()
        return record

    async def list(self, path: str, query: Query = ()) -> Listing:
        """One page of a list."""
        return self.listing(await self.answer("GET", path, query=query))

    def listing(self, answer: Answer) -> Listing:
        """An answer as one page of a list."""
        found: Record = answer.json()
        return Listing(found["items"], found.get("total"), _more(answer.headers.get("link")))

    async def send(self, method: str, path: str, body: Json = None, *, version: int | None = None, once: str | None = None) -> Record:
        """Change something; the record as it is now, or an empty one where the service answers none."""
        answer = await self.answer(method, path, body=body, version=version, once=once)
        record: Record = answer.json() if answer.body else {}
        return record


def _more(link: str | None) -> str | None:
    """The cursor in `Link: <...>; rel="next"`."""
    if not link or 'rel="next"' not in link:
        return None
    return dict(parse_qsl(urlsplit(link[link.find("<") + 1 : link.find(">")]).query)).get("cursor")


def _problem_of(answer: Answer) -> Mapping[str, Json]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
