"""Questions to `actors` about where records come from: history, quality, confirmation, places of reception, practices, comparison."""

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of


class ProvenanceClient:
    """History, quality and confirmation of records; places of reception, practices, cities side by side."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def history(self, noun: str, key: str, query: Query = ()) -> Listing:
        """What happened to a record, newest first."""
        return await self._ask.list(path_of("/api/v1/{}/{}/history", noun, key), query)

    async def quality(self, key: str) -> Record:
        """How good an organisation's record is."""
        return await self._ask.get(path_of("/api/v1/actors/{}/quality", key))

    async def worth_improving(self, query: Query) -> Listing:
        """The records most worth improving."""
        return await self._ask.list("/api/v1/quality", query)

    async def listed(self, noun: str, query: Query) -> Listing:
        """Records of one kind, filtered."""
        return await self._ask.list(f"/api/v1/{noun}", query)

    async def practice_kinds(self) -> list[Record]:
        """All kinds of practice."""
        found: list[Record] = (await self._ask.get("/api/v1/practice-kinds"))["items"]
        return found

    async def compare(self, keys: list[str]) -> list[Record]:
        """Cities side by side."""
        found: list[Record] = (await self._ask.get("/api/v1/compare", [("actor", key) for key in keys]))["cities"]
        return found

    async def say_of_membership(self, membership_id: str, word: str, body: Json) -> Json:
        """Confirm or refuse a membership."""
        return await self._ask.send("POST", path_of("/api/v1/memberships/{}/{}", membership_id, word), body)

    async def say_of_partnership(self, initiative_id: str, partner: str, word: str, body: Json) -> Json:
        """Confirm or refuse a partnership."""
        return await self._ask.send("POST", path_of("/api/v1/initiatives/{}/partners/{}/{}", initiative_id, partner, word), body)

    async def record(self, noun: str, body: Json, once: str) -> Json:
        """Record a capacity or a practice."""
        return await self._ask.send("POST", f"/api/v1/{noun}", body, once=once)
