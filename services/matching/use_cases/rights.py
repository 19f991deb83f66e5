"""Who may do what, by role and scope, whatever the gateway already checked; whose record it is, the stores decide."""

from chassis.errors import Forbidden, Unauthenticated
from chassis.identity import Caller
from contracts.roles import Role, Scope

PROVIDERS = (Role.VOLUNTEER, Role.MEMBER, Role.COORDINATOR, Role.ADMIN)
RECORDERS = (Role.MEMBER, Role.COORDINATOR)
PARTIES = (Role.VOLUNTEER, Role.MEMBER, Role.COORDINATOR)
COORDINATORS = (Role.COORDINATOR,)
MODERATORS = (Role.COORDINATOR, Role.ADMIN)
ADMINISTRATORS = (Role.ADMIN,)


class PleaseSignIn(Unauthenticated):
    """This is for people who signed in."""


class NotForYourRole(Forbidden):
    """The caller's role, or the client's scopes, do not allow this."""


def require(caller: Caller, roles: tuple[Role, ...], *scopes: Scope) -> None:
    """Let the hub itself pass, accounts of one of the roles, and API clients with one of the scopes. Raises PleaseSignIn or NotForYourRole."""
    if caller.kind == "system" or (caller.kind == "account" and caller.role in roles):
        return
    if caller.kind == "client" and not caller.scopes.isdisjoint(scopes):
        return
    if caller.kind == "anonymous":
        raise PleaseSignIn("Please sign in first.")
    raise NotForYourRole("Your role does not allow this.")
