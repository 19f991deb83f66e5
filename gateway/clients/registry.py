"""Questions to `actors`: the registry, and the directory of open public offers."""

from gateway.clients.asking import Asker, Listing, Query, Record, path_of


class RegistryClient:
    """Organisations, who belongs to which network, what they declared and run."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def actors(self, query: Query = ()) -> Listing:
        """Organisations, filtered."""
        return await self._ask.list("/api/v1/actors", query)

    async def actor(self, key: str) -> Record:
        """One organisation, by id or readable key."""
        return await self._ask.get(path_of("/api/v1/actors/{}", key))

    async def parts(self, noun: str, actor_id: str) -> Listing:
        """An organisation's memberships, declarations, initiatives or resources, the first hundred."""
        return await self._ask.list(f"/api/v1/{noun}", [("actor", actor_id), ("limit", "100")])

    async def statistics(self) -> Record:
        """The published statistics of the day."""
        return await self._ask.get("/api/v1/statistics")


class DirectoryClient:
    """Open public offers, for anybody."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def search(self, query: Query = ()) -> Listing:
        """Open public offers, filtered."""
        return await self._ask.list("/api/v1/directory", query)

    async def offer(self, offer_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/directory/{}", offer_id))
