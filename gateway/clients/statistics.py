"""Questions about figures over time: exact ones, and what is published."""

from gateway.clients.asking import Asker, Query, Record


class StatisticsClient:
    """Figures over time, from `matching`."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def series(self, query: Query) -> Record:
        """Every measure over time, exact."""
        return await self._ask.get("/api/v1/statistics/series", query)

    async def parts(self, query: Query) -> Record:
        """Measures by kind of help, area or language, exact."""
        return await self._ask.get("/api/v1/statistics/parts", query)

    async def keys(self) -> Record:
        """The areas and languages that there are figures of."""
        return await self._ask.get("/api/v1/statistics/keys")

    async def published(self, query: Query = ()) -> list[Record]:
        """What is published of quarters, oldest first."""
        found: list[Record] = (await self._ask.get("/api/v1/statistics/published", query))["items"]
        return found

    async def measures(self) -> dict[str, str]:
        """The definition of each measure, in the reader's language."""
        return {row["code"]: row["definition"] for row in (await self._ask.get("/api/v1/statistics/measures"))["items"]}
