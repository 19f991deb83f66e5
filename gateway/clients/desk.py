"""Questions to `matching` that the desk asks: what needs somebody now, and what is done from there."""

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of


class DeskClient:
    """The coordinator's desk."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def desk(self, query: Query = ()) -> tuple[Listing, dict[str, int]]:
        """One page of what waits, and how many of each kind there are."""
        answer = await self._ask.answer("GET", "/api/v1/desk", query=query)
        counts: dict[str, int] = answer.json()["counts"]
        return self._ask.listing(answer), counts

    async def history(self, case_id: str, query: Query = ()) -> Listing:
        """What happened to a case."""
        return await self._ask.list(path_of("/api/v1/cases/{}/history", case_id), query)

    async def on_match(self, match_id: str, verb: str, body: Json = None, once: str | None = None) -> Record:
        """remind or extend."""
        return await self._ask.send("POST", path_of("/api/v1/matches/{}/{}", match_id, verb), body, once=once)

    async def on_case(self, case_id: str, verb: str, body: Json = None, once: str | None = None) -> Record:
        """close, reopen, share or unshare."""
        return await self._ask.send("POST", path_of("/api/v1/cases/{}/{}", case_id, verb), body, once=once)

    async def on_need(self, need_id: str, verb: str, once: str | None = None) -> Record:
        """withdraw."""
        return await self._ask.send("POST", path_of("/api/v1/needs/{}/{}", need_id, verb), once=once)
