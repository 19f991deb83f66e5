"""Who may change what in the registry. Reading is for everybody; the gateway checks the role, here we decide whose record it is (R23)."""

from uuid import UUID

from chassis.errors import Forbidden, Unauthenticated
from chassis.identity import Caller
from contracts.roles import Role, Scope


class NotYourRecord(Forbidden):
    """The record belongs to another actor, or the caller's role changes no records."""


class ReviewedField(Forbidden):
    """A field that only the registry's editors change."""


class SignInFirst(Unauthenticated):
    """Reading is for everybody; changing is not."""


def edits_all(caller: Caller) -> bool:
    """Whether the caller may change every record: coordinator, admin, an API client with scope `registry`, and the hub itself."""
    if caller.kind == "system":
        return True
    if caller.kind == "client":
        return Scope.REGISTRY in caller.scopes
    return caller.kind == "account" and caller.role in (Role.COORDINATOR, Role.ADMIN)


def check_may_change(caller: Caller, *owners: UUID) -> None:
    """Raise unless the caller may change a record that belongs to these actors: a member may when one of them is their own."""
    if edits_all(caller):
        return
    if caller.kind == "anonymous":
        raise SignInFirst("Please sign in to change the registry.")
    if caller.kind == "account" and caller.role == Role.MEMBER and caller.actor_id is not None and caller.actor_id in owners:
        return
    raise NotYourRecord("You may change only the records of your own organisation.")


def check_may_edit_all(caller: Caller) -> None:
    """Raise unless the caller may change every record."""
    check_may_change(caller)
