"""The roles of account holders and the scopes of API clients: one list, shared by the gateway's permission table and the services."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may do in this instance; the permission table says it per action."""

    VOLUNTEER = "volunteer"
    MEMBER = "member"
    COORDINATOR = "coordinator"
    OBSERVER = "observer"
    ADMIN = "admin"


STAFF = frozenset({Role.COORDINATOR, Role.OBSERVER, Role.ADMIN})
"""Roles that see more than their own affairs: they sign in with a second factor, always."""


class Scope(StrEnum):
    """What an API client may do."""

    READ = "read"
    OFFERS = "offers"
    NEEDS = "needs"
    MATCHES = "matches"
    STATISTICS = "statistics"
    REGISTRY = "registry"


SCOPES = frozenset(Scope)
