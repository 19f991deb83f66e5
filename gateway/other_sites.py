"""Reading from pages of other sites (CORS): what everybody may read of the registry, and nothing else. No cookie or token goes with it."""

from gateway.forward import Headers
from gateway.permissions import Rule

READABLE: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Content-Disposition, ETag, Hub-Correlation-Id, Hub-Harvest-From, Link, RateLimit, RateLimit-Policy, Retry-After",
    ),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
"""Sent with what other sites' pages may read. A star never goes with credentials: browsers refuse that."""
PREFLIGHT: Headers = [
    *READABLE,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, If-None-Match"),
    (b"access-control-max-age", b"86400"),
]
"""Sent when a browser asks first."""


def readable(rule: Rule) -> bool:
    """Whether pages of other sites may read what this rule answers: public reading of the registry."""
    return rule.public and rule.method == "GET" and rule.service == "actors"
