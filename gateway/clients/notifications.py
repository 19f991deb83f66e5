"""Questions to `notifications`: a person's inbox and choices, and what went out."""

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of


class NotificationsClient:
    """The caller's own inbox and choices."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def inbox(self, query: Query = ()) -> Listing:
        """Messages, newest first; `total` counts the unread."""
        return await self._ask.list("/api/v1/notifications", query)

    async def read(self, notification_id: str) -> Record:
        """Mark one as read."""
        return await self._ask.send("POST", path_of("/api/v1/notifications/{}/read", notification_id))

    async def read_all(self) -> Record:
        """Mark all as read."""
        return await self._ask.send("POST", "/api/v1/notifications/read_all")

    async def choices(self) -> Record:
        """Which messages come, and how."""
        return await self._ask.get("/api/v1/subscriptions")

    async def choose(self, items: list[Json], version: int) -> Record:
        """Choose which messages come, and how."""
        return await self._ask.send("PUT", "/api/v1/subscriptions", {"items": items}, version=version)


class MessagesClient:
    """What went out by mail, for administrators."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def sent(self, query: Query = ()) -> Listing:
        """Mails, newest first, without address and text."""
        return await self._ask.list("/api/v1/messages", query)

    async def caught(self) -> Listing:
        """In the demo: what the local catcher kept."""
        return await self._ask.list("/api/v1/messages/caught")
