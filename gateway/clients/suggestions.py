"""Questions about suggestions, claims, records that look alike, and merges."""

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of


class SuggestionsClient:
    """What anybody suggests, and what those who keep the registry decide."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def stamp(self) -> str:
        """A stamp for one form."""
        found: str = (await self._ask.get("/api/v1/suggestion-stamp"))["stamp"]
        return found

    async def send(self, body: Json) -> Record:
        """A suggestion; answers its id and secret."""
        return await self._ask.send("POST", "/api/v1/suggestions", body)

    async def leave_address(self, body: Json) -> Record:
        """An address for the answer; it goes to the vault alone."""
        return await self._ask.send("POST", "/api/v1/suggestion-contacts", body)

    async def outcome(self, body: Json) -> Record:
        """What became of a suggestion, for who holds its secret."""
        return await self._ask.send("POST", "/api/v1/suggestion-states", body)

    async def queue(self, query: Query) -> Listing:
        """Suggestions that wait."""
        return await self._ask.list("/api/v1/suggestions", query)

    async def one(self, suggestion_id: str) -> Record:
        """One suggestion with what it would change."""
        return await self._ask.get(path_of("/api/v1/suggestions/{}", suggestion_id))

    async def decide(self, suggestion_id: str, word: str, body: Json) -> Record:
        """Accept or refuse a suggestion."""
        return await self._ask.send("POST", path_of("/api/v1/suggestions/{}/{}", suggestion_id, word), body)

    async def claim(self, key: str, body: Json) -> Record:
        """Say that one is of an organisation."""
        return await self._ask.send("POST", path_of("/api/v1/actors/{}/claims", key), body)

    async def end_claims(self, key: str) -> Record:
        """End that an organisation keeps its own record."""
        return await self._ask.send("POST", path_of("/api/v1/actors/{}/claims/end", key), None)

    async def claims(self, query: Query) -> Listing:
        """Claims."""
        return await self._ask.list("/api/v1/claims", query)

    async def decide_claim(self, claim_id: str, word: str, body: Json) -> Record:
        """Accept or refuse a claim."""
        return await self._ask.send("POST", path_of("/api/v1/claims/{}/{}", claim_id, word), body)

    async def alike(self, query: Query) -> Listing:
        """Pairs of records that look alike."""
        return await self._ask.list("/api/v1/duplicates", query)

    async def pair(self, pair_id: str) -> Record:
        """One pair."""
        return await self._ask.get(path_of("/api/v1/duplicates/{}", pair_id))

    async def settle(self, pair_id: str, version: int, state: str) -> Record:
        """Say that two are not one."""
        return await self._ask.send("PATCH", path_of("/api/v1/duplicates/{}", pair_id), {"state": state}, version=version)

    async def merge(self, gone: str, body: Json) -> Record:
        """Let one go into the other."""
        return await self._ask.send("POST", path_of("/api/v1/actors/{}/merge", gone), body)

    async def merges(self, query: Query) -> Listing:
        """Merges, newest first."""
        return await self._ask.list("/api/v1/merges", query)

    async def undo(self, merge_id: str) -> Record:
        """Undo a merge."""
        return await self._ask.send("POST", path_of("/api/v1/merges/{}/undo", merge_id))
