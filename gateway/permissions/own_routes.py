"""Routes of the gateway itself."""

from contracts.roles import Scope
from gateway.permissions.rules import EVERYONE, A, O, Rule, rules

TABLE: tuple[Rule, ...] = (
    *rules(
        "gateway",
        ("GET", "/api/v1/events", "live news", EVERYONE, Scope),
        ("GET", "/api/v1/audit", "audit trail", (A, O), ()),
        ("GET", "/api/v1/me/data", "own account", EVERYONE, ()),
    ),
)
