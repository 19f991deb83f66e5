"""The one reviewed table: which route exists for the outside, who owns it, and who may call it. What is not in it is not served (R23).

This decides what kind of caller may knock; whose record it is, the owning service's store decides again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chassis.errors import Forbidden, HubError, NotFound, Unauthenticated
from chassis.identity import Caller
from contracts.roles import Role, Scope


class NoSuchRoute(NotFound):
    """Nothing is served at this address."""


class OtherMethod(HubError):
    """The address exists and does not take this method; `allowed` names those that it takes."""

    status = 405

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class SignInNeeded(Unauthenticated):
    """This needs somebody who is known."""


class NotForYourRole(Forbidden):
    """The caller is known and may not do this."""


class SecondFactorMissing(Forbidden):
    """The account must set up a second factor before anything else."""


V, M, C, O, A = Role.VOLUNTEER, Role.MEMBER, Role.COORDINATOR, Role.OBSERVER, Role.ADMIN  # noqa: E741 - one letter each keeps the table readable
EVERYONE = frozenset({V, M, C, O, A})
BEFORE_SECOND_FACTOR = frozenset({"/api/v1/me", "/api/v1/sessions/current"})
READ, OFFERS, NEEDS, MATCHES, STATISTICS, REGISTRY = Scope.READ, Scope.OFFERS, Scope.NEEDS, Scope.MATCHES, Scope.STATISTICS, Scope.REGISTRY


@dataclass(frozen=True, slots=True)
class Rule:
    """One route. `public`: no sign-in needed. `roles` and `scopes`: which accounts and API clients may call it."""

    method: str
    path: str
    service: str
    action: str
    public: bool = False
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    limit: str = "normal"
    before_second_factor: bool = field(default=False)

    def require(self, caller: Caller) -> None:
        """Raise unless this caller may knock here."""
        if self.public:
            return
        if caller.kind == "anonymous":
            raise SignInNeeded("Please sign in first.")
        if caller.kind == "account" and caller.role in self.roles:
            return
        if caller.kind == "client" and caller.scopes & self.scopes:
            return
        raise NotForYourRole("Your role does not allow this.")


def _rules(service: str, *rows: tuple[str, str, str, Iterable[str], Iterable[str]]) -> list[Rule]:
    return [Rule(method, path, service, action, roles=frozenset(roles), scopes=frozenset(scopes)) for method, path, action, roles, scopes in rows]


def _public(service: str, *rows: tuple[str, str, str], limit: str = "normal") -> list[Rule]:
    return [Rule(method, path, service, action, public=True, limit=limit) for method, path, action in rows]


def _own(service: str, *rows: tuple[str, str, str]) -> list[Rule]:
    """Routes about the caller's own account. Before the second factor is set up, only what leads there is open."""
    return [
        Rule(method, path, service, action, roles=EVERYONE, before_second_factor=path in BEFORE_SECOND_FACTOR or "/second-factor" in path)
        for method, path, action in rows
    ]


_RECORDS = ("memberships", "declarations", "initiatives", "resources")
_REGISTRARS = (M, C, A)

TABLE: tuple[Rule, ...] = (
    # actors: the public registry
    *_public(
        "actors",
        ("GET", "/api/v1/actors", "read registry"),
        ("GET", "/api/v1/actors/{actor_id}", "read registry"),
        ("GET", "/api/v1/actors.geojson", "read registry"),
        ("GET", "/api/v1/network", "read registry"),
        ("GET", "/api/v1/directory", "read public offers"),
        ("GET", "/api/v1/directory/{offer_id}", "read public offers"),
        ("GET", "/api/v1/statistics", "read published statistics"),
        *(("GET", f"/api/v1/{noun}", "read registry") for noun in _RECORDS),
        *(("GET", f"/api/v1/{noun}/{{record_id}}", "read registry") for noun in _RECORDS),
    ),
    *_rules(
        "actors",
        ("POST", "/api/v1/actors", "change registry", (C, A), (REGISTRY,)),
        ("PATCH", "/api/v1/actors/{actor_id}", "change registry", _REGISTRARS, (REGISTRY,)),
        ("POST", "/api/v1/actors/{actor_id}/archive", "change registry", (C, A), (REGISTRY,)),
        ("POST", "/api/v1/imports", "change registry", (A,), (REGISTRY,)),
        *(("POST", f"/api/v1/{noun}", "change registry", _REGISTRARS, (REGISTRY,)) for noun in _RECORDS),
        *(("PATCH", f"/api/v1/{noun}/{{record_id}}", "change registry", _REGISTRARS, (REGISTRY,)) for noun in _RECORDS),
        *(("DELETE", f"/api/v1/{noun}/{{record_id}}", "change registry", _REGISTRARS, (REGISTRY,)) for noun in _RECORDS),
    ),
    # people: accounts, the vault, consents
    *_public(
        "people",
        ("POST", "/api/v1/sessions", "sign in"),
        ("POST", "/oauth2/token", "sign in as an API client"),
        ("POST", "/api/v1/invitations/accept", "accept an invitation"),
        ("POST", "/api/v1/password-resets", "ask for a new password"),
        ("POST", "/api/v1/password-resets/complete", "set a new password"),
        limit="sign-in",
    ),
    *_own(
        "people",
        ("GET", "/api/v1/sessions", "own sessions"),
        ("DELETE", "/api/v1/sessions/current", "own sessions"),
        ("DELETE", "/api/v1/sessions/{session_id}", "own sessions"),
        ("GET", "/api/v1/me", "own account"),
        ("PATCH", "/api/v1/me", "own account"),
        ("DELETE", "/api/v1/me", "own account"),
        ("GET", "/api/v1/me/export", "own account"),
        ("POST", "/api/v1/me/password", "own account"),
        ("POST", "/api/v1/me/second-factor", "own account"),
        ("POST", "/api/v1/me/second-factor/confirm", "own account"),
        ("POST", "/api/v1/me/second-factor/recovery-codes", "own account"),
        ("DELETE", "/api/v1/me/second-factor", "own account"),
        ("GET", "/api/v1/me/consents", "own account"),
        ("POST", "/api/v1/me/consents", "own account"),
        ("DELETE", "/api/v1/me/consents", "own account"),
    ),
    *_rules(
        "people",
        ("GET", "/api/v1/invitations", "invite", (M, C, A), ()),
        ("POST", "/api/v1/invitations", "invite", (M, C, A), ()),
        ("DELETE", "/api/v1/invitations/{invitation_id}", "invite", (M, C, A), ()),
        ("GET", "/api/v1/accounts", "people", (M, C, A), ()),
        ("GET", "/api/v1/accounts/{account_id}", "people", (M, C, A), ()),
        ("PATCH", "/api/v1/accounts/{account_id}", "people", (A,), ()),
        ("GET", "/api/v1/clients", "clients", (A,), ()),
        ("POST", "/api/v1/clients", "clients", (A,), ()),
        ("GET", "/api/v1/clients/{client_id}", "clients", (A,), ()),
        ("PATCH", "/api/v1/clients/{client_id}", "clients", (A,), ()),
        ("DELETE", "/api/v1/clients/{client_id}", "clients", (A,), ()),
        ("POST", "/api/v1/clients/{client_id}/secrets", "clients", (A,), ()),
        ("DELETE", "/api/v1/clients/{client_id}/secrets/{prefix}", "clients", (A,), ()),
        ("GET", "/api/v1/consents", "consents", (V, M, C), ()),
        ("POST", "/api/v1/cases/{code}/consents", "consents", (M, C), ()),
        ("DELETE", "/api/v1/cases/{code}/consents", "consents", (M, C), ()),
        ("GET", "/api/v1/cases/{code}/contact", "see a contact", (M, C), ()),
        ("PUT", "/api/v1/cases/{code}/contact", "see a contact", (M, C), ()),
        ("DELETE", "/api/v1/cases/{code}/contact", "see a contact", (M, C), ()),
        ("GET", "/api/v1/cases/{code}/person-export", "answer an access request", (A,), ()),
        ("GET", "/api/v1/disclosures", "see who saw a contact", (V, M, C, A), ()),
        ("POST", "/api/v1/disclosures", "see a contact", (V, M, C), ()),
        ("POST", "/api/v1/erasures", "erase a person", (A,), ()),
    ),
    # matching: offers, cases, needs, matches, rounds
    *_public(
        "matching",
        ("GET", "/api/v1/categories", "read categories"),
        ("GET", "/api/v1/vocabulary", "read categories"),
        ("GET", "/api/v1/weights", "read how matching ranks"),
        ("GET", "/api/v1/weights/{version}", "read how matching ranks"),
        ("GET", "/api/v1/scarcity", "read what is lacking"),
        ("GET", "/api/v1/scarcity/history", "read what is lacking"),
        ("GET", "/api/v1/offers", "read public offers"),
        ("GET", "/api/v1/offers/{offer_id}", "read public offers"),
    ),
    *_rules(
        "matching",
        ("POST", "/api/v1/offers", "post offers", (V, M, C, A), (OFFERS,)),
        ("PATCH", "/api/v1/offers/{offer_id}", "post offers", (V, M, C, A), (OFFERS,)),
        *(
            ("POST", f"/api/v1/offers/{{offer_id}}/{verb}", "post offers", (V, M, C, A), (OFFERS,))
            for verb in ("pause", "resume", "close", "confirm_review")
        ),
        ("POST", "/api/v1/offers/{offer_id}/approve", "moderate", (C, A), ()),
        ("POST", "/api/v1/offers/{offer_id}/refuse", "moderate", (C, A), ()),
        ("GET", "/api/v1/cases", "cases and needs", (M, C), (NEEDS,)),
        ("POST", "/api/v1/cases", "cases and needs", (M, C), (NEEDS,)),
        ("GET", "/api/v1/cases/{case_id}", "cases and needs", (M, C), (NEEDS,)),
        ("PATCH", "/api/v1/cases/{case_id}", "cases and needs", (M, C), (NEEDS,)),
        *(("POST", f"/api/v1/cases/{{case_id}}/{verb}", "cases and needs", (M, C), (NEEDS,)) for verb in ("close", "share", "unshare")),
        ("GET", "/api/v1/needs", "cases and needs", (M, C), (NEEDS,)),
        ("POST", "/api/v1/needs", "cases and needs", (M, C), (NEEDS,)),
        ("GET", "/api/v1/needs/{need_id}", "cases and needs", (M, C), (NEEDS,)),
        ("PATCH", "/api/v1/needs/{need_id}", "cases and needs", (M, C), (NEEDS,)),
        ("POST", "/api/v1/needs/{need_id}/withdraw", "cases and needs", (M, C), (NEEDS,)),
        ("GET", "/api/v1/needs/{need_id}/proposals", "see proposals", (C, A), (MATCHES,)),
        ("GET", "/api/v1/needs/{need_id}/proposals/{offer_id}", "see proposals", (C, A), (MATCHES,)),
        ("GET", "/api/v1/needs/{need_id}/changes", "see proposals", (C, A), (MATCHES,)),
        ("GET", "/api/v1/matches", "matches", (V, M, C, A), (MATCHES, OFFERS)),
        ("POST", "/api/v1/matches", "confirm", (C,), (MATCHES,)),
        ("GET", "/api/v1/matches/{match_id}", "matches", (V, M, C, A), (MATCHES, OFFERS)),
        *(
            ("POST", f"/api/v1/matches/{{match_id}}/{verb}", "answer requests", (V, M, C), (MATCHES, OFFERS))
            for verb in ("accept", "decline", "start", "fulfil", "fail", "cancel")
        ),
        ("POST", "/api/v1/scarcity/refresh", "exact figures, scarcity", (C, A), ()),
        ("GET", "/api/v1/rounds", "rounds", (C, A), (MATCHES,)),
        ("POST", "/api/v1/rounds", "rounds", (C,), (MATCHES,)),
        ("GET", "/api/v1/rounds/{round_id}", "rounds", (C, A), (MATCHES,)),
        ("PATCH", "/api/v1/rounds/{round_id}", "rounds", (C,), (MATCHES,)),
        ("POST", "/api/v1/rounds/{round_id}/stop", "rounds", (C,), (MATCHES,)),
        ("POST", "/api/v1/rounds/{round_id}/apply", "rounds", (C,), (MATCHES,)),
        ("POST", "/api/v1/weights", "choose how matching ranks", (A,), ()),
        ("POST", "/api/v1/weights/{version}/use", "choose how matching ranks", (A,), ()),
    ),
    # notifications: inbox, preferences, webhooks
    *_rules(
        "notifications",
        ("GET", "/api/v1/notifications", "own notices", EVERYONE, ()),
        ("POST", "/api/v1/notifications/read_all", "own notices", EVERYONE, ()),
        ("POST", "/api/v1/notifications/{notification_id}/read", "own notices", EVERYONE, ()),
        ("GET", "/api/v1/subscriptions", "own notices", EVERYONE, ()),
        ("PUT", "/api/v1/subscriptions", "own notices", EVERYONE, ()),
        *((method, "/api/v1/webhooks", "webhooks", (A,), Scope) for method in ("GET", "POST")),
        *((method, "/api/v1/webhooks/{webhook_id}", "webhooks", (A,), Scope) for method in ("GET", "PATCH", "DELETE")),
        ("POST", "/api/v1/webhooks/{webhook_id}/rotate", "webhooks", (A,), Scope),
        ("POST", "/api/v1/webhooks/{webhook_id}/test", "webhooks", (A,), Scope),
        ("GET", "/api/v1/webhooks/{webhook_id}/deliveries", "webhooks", (A,), Scope),
        ("GET", "/api/v1/messages", "messages sent", (A,), ()),
        ("GET", "/api/v1/messages/caught", "messages sent", (A,), ()),
    ),
    # the gateway's own
    *_rules(
        "gateway",
        ("GET", "/api/v1/events", "live news", EVERYONE, Scope),
        ("GET", "/api/v1/audit", "audit trail", (A, O), ()),
    ),
)


class Permissions:
    """Finds the rule of a request. The most literal path wins, so `/actors.geojson` is not an actor."""

    def __init__(self, table: Iterable[Rule] = TABLE) -> None:
        self._by_length: dict[int, list[tuple[tuple[str, ...], Rule]]] = {}
        for rule in table:
            parts = tuple(rule.path.strip("/").split("/"))
            self._by_length.setdefault(len(parts), []).append((parts, rule))
        for rules in self._by_length.values():
            rules.sort(key=lambda item: sum(part.startswith("{") for part in item[0]))

    def rule(self, method: str, path: str) -> Rule:
        """The rule of a route. Raises NoSuchRoute or OtherMethod."""
        wanted = "GET" if method == "HEAD" else method
        parts = tuple(path.strip("/").split("/"))
        fitting = [(pattern, rule) for pattern, rule in self._by_length.get(len(parts), []) if _fits(pattern, parts)]
        literal = [rule for pattern, rule in fitting if pattern == parts]
        for rule in literal or [rule for _, rule in fitting]:
            if rule.method == wanted:
                return rule
        for _, rule in fitting:
            if rule.method == wanted and rule not in literal:
                return rule
        if fitting:
            taken = {rule.method for _, rule in fitting}
            raise OtherMethod("This address does not take that method.", tuple(sorted(taken | ({"HEAD"} if "GET" in taken else set()))))
        raise NoSuchRoute("Nothing is served at this address.")


def _fits(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    return all(part and (wanted.startswith("{") or wanted == part) for wanted, part in zip(pattern, parts, strict=True))


def uncovered(documents: dict[str, dict[str, object]], table: Iterable[Rule] = TABLE) -> list[str]:
    """What the services serve publicly and the table does not name, and the reverse; empty is right. `documents`: service -> OpenAPI."""
    served = set()
    for service, document in documents.items():
        paths = document.get("paths")
        assert isinstance(paths, dict)
        served |= {(service, method.upper(), _shape(path)) for path, methods in paths.items() for method in methods}
    named = {(rule.service, rule.method, _shape(rule.path)) for rule in table if rule.service in documents}
    return sorted([f"not in the table: {' '.join(row)}" for row in served - named] + [f"not served: {' '.join(row)}" for row in named - served])


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
