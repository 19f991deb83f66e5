"""The one reviewed table: which route exists for the outside, who owns it, and who may call it. What is not in it is not served (R23).

This decides what kind of caller may knock; whose record it is, the owning service's store decides again.
"""

from collections.abc import Iterable

from gateway.permissions import matching, notifications, open_data, own_routes, people, registry
from gateway.permissions.rules import NoSuchRoute, NotForYourRole, OtherMethod, Rule, SecondFactorMissing, SignInNeeded

__all__ = ["TABLE", "NoSuchRoute", "NotForYourRole", "OtherMethod", "Permissions", "Rule", "SecondFactorMissing", "SignInNeeded", "uncovered"]

TABLE: tuple[Rule, ...] = (*registry.TABLE, *open_data.TABLE, *people.TABLE, *matching.TABLE, *notifications.TABLE, *own_routes.TABLE)


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
    """What the services serve publicly and the table does not name, and the reverse; empty is right. `documents`: service -> OpenAPI,
    or only its paths and their methods."""
    served = set()
    for service, document in documents.items():
        paths = document.get("paths")
        assert isinstance(paths, dict)
        served |= {(service, method.upper(), _shape(path)) for path, methods in paths.items() for method in methods}
    named = {(rule.service, rule.method, _shape(rule.path)) for rule in table if rule.service in documents}
    return sorted([f"not in the table: {' '.join(row)}" for row in served - named] + [f"not served: {' '.join(row)}" for row in named - served])


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
