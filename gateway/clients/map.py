"""Questions to `actors` about where organisations are."""

from gateway.clients.asking import Asker, Query, Record


class MapClient:
    """Organisations as points, those near each other as one, and how many there are by country."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def points(self, query: Query) -> list[Record]:
        """Points of GeoJSON; one with `count` stands for several organisations."""
        features: list[Record] = (await self._ask.get("/api/v1/actors.geojson", query))["features"]
        return features

    async def counts(self, query: Query) -> Record:
        """How many organisations there are, by kind and country."""
        return await self._ask.get("/api/v1/actors/facets", query)
