"""Routes of `notifications`: inbox, preferences, webhooks."""

from contracts.roles import Scope
from gateway.permissions.rules import EVERYONE, A, Rule, rules

TABLE: tuple[Rule, ...] = (
    *rules(
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
        ("POST", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", "webhooks", (A,), Scope),
        ("POST", "/api/v1/messages/{message_id}/retry", "messages sent", (A,), ()),
        ("GET", "/api/v1/messages", "messages sent", (A,), ()),
        ("GET", "/api/v1/messages/caught", "messages sent", (A,), ()),
    ),
)
