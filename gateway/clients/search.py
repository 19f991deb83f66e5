"""Questions to `actors` about searching: organisations and resources, suggestions, counts, and the searches that an account keeps."""

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of


class SearchClient:
    """Searching the registry, and one's own searches."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def actors(self, query: Query) -> Listing:
        """Organisations, filtered, the best hits first."""
        return await self._ask.list("/api/v1/actors", query)

    async def facets(self, query: Query) -> Record:
        """How many there are, and how they spread over kinds, countries, networks and themes."""
        return await self._ask.get("/api/v1/actors/facets", query)

    async def suggestions(self, q: str) -> list[Record]:
        """Organisations whose name may be meant."""
        found: list[Record] = (await self._ask.answer("GET", "/api/v1/actors/suggest", query=[("q", q), ("limit", "5")])).json()
        return found

    async def resources(self, query: Query) -> Listing:
        """Reports, articles, books and pages, filtered."""
        return await self._ask.list("/api/v1/resources", query)

    async def archive_languages(self) -> list[Record]:
        """The languages of the archive with how many resources come in each."""
        found: list[Record] = (await self._ask.get("/api/v1/archive-languages", []))["items"]
        return found

    async def kept(self) -> Listing:
        """The searches that the reader keeps."""
        return await self._ask.list("/api/v1/searches", [("limit", "100")])

    async def keep(self, body: Json, once: str | None) -> Record:
        """Keep a search."""
        return await self._ask.send("POST", "/api/v1/searches", body, once=once)

    async def change(self, search_id: str, body: Json, version: int) -> Record:
        """Change a search of one's own."""
        return await self._ask.send("PATCH", path_of("/api/v1/searches/{}", search_id), body, version=version)

    async def drop(self, search_id: str, version: int) -> Record:
        """Remove a search of one's own."""
        return await self._ask.send("DELETE", path_of("/api/v1/searches/{}", search_id), version=version)
