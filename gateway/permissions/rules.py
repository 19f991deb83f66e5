"""What a rule of the permission table is, and how rows become rules."""

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

    @property
    def tells_source(self) -> bool:
        """Whether the owner may know the network address of whoever asks: where guesses and floods are counted."""
        return self.service == "people" or self.limit == "sign-in"

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


def rules(service: str, *rows: tuple[str, str, str, Iterable[str], Iterable[str]]) -> list[Rule]:
    """Rules from rows of method, path, action, roles, scopes."""
    return [Rule(method, path, service, action, roles=frozenset(roles), scopes=frozenset(scopes)) for method, path, action, roles, scopes in rows]


def public(service: str, *rows: tuple[str, str, str], limit: str = "normal") -> list[Rule]:
    """Rules of routes that need no sign-in, from rows of method, path, action."""
    return [Rule(method, path, service, action, public=True, limit=limit) for method, path, action in rows]


def own(service: str, *rows: tuple[str, str, str]) -> list[Rule]:
    """Routes about the caller's own account. Before the second factor is set up, only what leads there is open."""
    return [
        Rule(method, path, service, action, roles=EVERYONE, before_second_factor=path in BEFORE_SECOND_FACTOR or "/second-factor" in path)
        for method, path, action in rows
    ]
