"""Questions to `matching`: words, offers, cases, needs with their proposals, matches, rounds, weights, and what is lacking."""

from dataclasses import dataclass

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of


class WordsClient:
    """Names of categories, tags and topics."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def categories(self) -> Json:
        """All kinds of help."""
        return (await self._ask.answer("GET", "/api/v1/categories")).json()

    async def vocabulary(self) -> Json:
        """All tags and topics."""
        return (await self._ask.answer("GET", "/api/v1/vocabulary")).json()


class OffersClient:
    """Offers of help."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def offers(self, query: Query = ()) -> Listing:
        """Offers that the caller may see."""
        return await self._ask.list("/api/v1/offers", query)

    async def offer(self, offer_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/offers/{}", offer_id))

    async def post(self, body: Json, once: str | None) -> Record:
        """Post an offer."""
        return await self._ask.send("POST", "/api/v1/offers", body, once=once)

    async def change(self, offer_id: str, body: Json, version: int) -> Record:
        """Change an offer."""
        return await self._ask.send("PATCH", path_of("/api/v1/offers/{}", offer_id), body, version=version)

    async def act(self, offer_id: str, verb: str, body: Json = None, once: str | None = None) -> Record:
        """pause, resume, close, confirm_review, approve or refuse."""
        return await self._ask.send("POST", path_of("/api/v1/offers/{}/{}", offer_id, verb), body, once=once)


class CasesClient:
    """Cases: households under a code."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def cases(self, query: Query = ()) -> Listing:
        """Cases that the caller may see."""
        return await self._ask.list("/api/v1/cases", query)

    async def case(self, case_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/cases/{}", case_id))

    async def record(self, body: Json, once: str | None) -> Record:
        """Record a case."""
        return await self._ask.send("POST", "/api/v1/cases", body, once=once)

    async def change(self, case_id: str, body: Json, version: int) -> Record:
        """Change a case."""
        return await self._ask.send("PATCH", path_of("/api/v1/cases/{}", case_id), body, version=version)

    async def close(self, case_id: str) -> Record:
        """End a case."""
        return await self._ask.send("POST", path_of("/api/v1/cases/{}/close", case_id))


@dataclass(frozen=True, slots=True)
class Proposals:
    """What fits a need; `changes` where nothing does. Not `fresh`: it is being computed."""

    items: list[Record]
    changes: list[Record]
    fresh: bool


class NeedsClient:
    """Needs of cases, and what fits them."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def needs(self, query: Query = ()) -> Listing:
        """Needs that the caller may see."""
        return await self._ask.list("/api/v1/needs", query)

    async def need(self, need_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/needs/{}", need_id))

    async def post(self, body: Json, once: str | None) -> Record:
        """Post a need."""
        return await self._ask.send("POST", "/api/v1/needs", body, once=once)

    async def change(self, need_id: str, body: Json, version: int) -> Record:
        """Change an open need; it is proposed anew."""
        return await self._ask.send("PATCH", path_of("/api/v1/needs/{}", need_id), body, version=version)

    async def withdraw(self, need_id: str) -> Record:
        """The case no longer asks for this."""
        return await self._ask.send("POST", path_of("/api/v1/needs/{}/withdraw", need_id))

    async def proposals(self, need_id: str) -> "Proposals":
        """Offers that fit, best first, with reasons; where there is none, the smallest changes that would give one."""
        found = await self._ask.get(path_of("/api/v1/needs/{}/proposals", need_id))
        return Proposals(found["items"], found.get("smallest_changes") or [], bool(found.get("fresh", True)))

    async def why(self, need_id: str, offer_id: str) -> Record:
        """Why this offer fits, or why not."""
        return await self._ask.get(path_of("/api/v1/needs/{}/proposals/{}", need_id, offer_id))


class MatchesClient:
    """Confirmed pairings on their way."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def matches(self, query: Query = ()) -> Listing:
        """Matches that the caller may see."""
        return await self._ask.list("/api/v1/matches", query)

    async def match(self, match_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/matches/{}", match_id))

    async def confirm(self, need_id: str, offer_id: str, once: str | None) -> Record:
        """Pair a need with an offer."""
        return await self._ask.send("POST", "/api/v1/matches", {"need_id": need_id, "offer_id": offer_id}, once=once)

    async def act(self, match_id: str, verb: str, body: Json, once: str | None) -> Record:
        """accept, decline, start, fulfil, fail or cancel."""
        return await self._ask.send("POST", path_of("/api/v1/matches/{}/{}", match_id, verb), body, once=once)


class RoundsClient:
    """Many needs planned at once."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def rounds(self, query: Query = ()) -> Listing:
        """Rounds, newest first."""
        return await self._ask.list("/api/v1/rounds", query)

    async def round(self, round_id: str) -> Record:
        """One of them, with its plan."""
        return await self._ask.get(path_of("/api/v1/rounds/{}", round_id))

    async def begin(self, body: Json, once: str | None) -> Record:
        """Begin a round."""
        return await self._ask.send("POST", "/api/v1/rounds", body, once=once)

    async def apply(self, round_id: str) -> Record:
        """Make matches of its plan."""
        return await self._ask.send("POST", path_of("/api/v1/rounds/{}/apply", round_id))

    async def edit(self, round_id: str, body: Json, version: int) -> Record:
        """Decide otherwise by hand; it is planned again from where it stood."""
        return await self._ask.send("PATCH", path_of("/api/v1/rounds/{}", round_id), body, version=version)

    async def stop(self, round_id: str) -> Record:
        """Take the best plan so far."""
        return await self._ask.send("POST", path_of("/api/v1/rounds/{}/stop", round_id))


class WeightsClient:
    """The weights by which offers are ranked."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def presets(self) -> Record:
        """All of them, and which is in use."""
        return await self._ask.get("/api/v1/weights")

    async def example(self, version: str) -> Record:
        """An invented pair, scored with one of them."""
        return await self._ask.get(path_of("/api/v1/weights/{}/example", version))

    async def make(self, body: Json, once: str | None) -> Record:
        """A new one."""
        return await self._ask.send("POST", "/api/v1/weights", body, once=once)

    async def use(self, version: str) -> Record:
        """Rank by it from now on."""
        return await self._ask.send("POST", path_of("/api/v1/weights/{}/use", version))


class ScarcityClient:
    """What is lacking."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def lacking(self, query: Query = ()) -> Record:
        """Offers that are lacking, what serves most first; exact for coordinators, rounded for everybody."""
        return await self._ask.get("/api/v1/scarcity", query)

    async def refresh(self) -> Record:
        """Compute it now."""
        return await self._ask.send("POST", "/api/v1/scarcity/refresh")
