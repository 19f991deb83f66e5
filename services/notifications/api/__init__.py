"""First door: HTTP in. Reads, calls one use case, shapes the answer."""

from services.notifications.api import inbox, messages, own_data, webhooks

ROUTERS = (inbox.router, messages.router, webhooks.router, own_data.router)
