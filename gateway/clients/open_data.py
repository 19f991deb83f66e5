"""Questions to `actors` about its open data."""

from gateway.clients.asking import Asker, Record


class OpenDataClient:
    """What can be taken as open data."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def index(self) -> Record:
        """Tables, files, licence, how to cite, when they last changed."""
        return await self._ask.get("/api/v1/export")
