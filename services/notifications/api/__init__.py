"""First door: HTTP in. Reads, calls one use case, shapes the answer."""

from services.notifications.api import inbox, messages, webhooks

ROUTERS = (inbox.router, messages.router, webhooks.router)
