"""Questions to `actors` about the network of memberships."""

from gateway.clients.asking import Asker, Listing, Query, Record


class NetworkClient:
    """The network's picture, ways through it, who connects, what is alike, how it grew."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def graph(self, query: Query = ()) -> Record:
        """Actors and memberships by columns, with the places where everything is drawn."""
        return await self._ask.get("/api/v1/network", [("format", "columns"), *query])

    async def drawing(self) -> Record:
        """Of when the newest drawing is, and what it came to."""
        return await self._ask.get("/api/v1/network/drawing")

    async def central(self, query: Query = ()) -> Listing:
        """Actors by memberships, or by how much they bridge."""
        return await self._ask.list("/api/v1/network/central", query)

    async def communities(self, query: Query = ()) -> Listing:
        """Groups that belong together, the largest first."""
        return await self._ask.list("/api/v1/network/communities", query)

    async def paths(self, start: str, goal: str) -> Record:
        """The shortest ways between two actors."""
        return await self._ask.get("/api/v1/network/paths", [("from", start), ("to", goal), ("limit", "10")])

    async def connect(self, actors: list[str]) -> Record:
        """Who connects these actors."""
        return await self._ask.get("/api/v1/network/connect", [("actor", each) for each in actors])

    async def overlap(self, query: Query) -> Record:
        """What networks have in common."""
        return await self._ask.get("/api/v1/network/overlap", query)

    async def alike(self, actor: str) -> Record:
        """Actors that are in much the same networks."""
        return await self._ask.get("/api/v1/network/alike", [("actor", actor), ("limit", "10")])

    async def years(self, query: Query = ()) -> Record:
        """How the network grew."""
        return await self._ask.get("/api/v1/network/years", query)
