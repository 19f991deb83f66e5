"""Questions about asking without a name (`matching`) and about registering by mail (`people`)."""

from gateway.clients.asking import Asker, Json, Listing, Record, path_of


class AsksClient:
    """Asks without a name: the asker's side and the coordinators'."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def terms(self) -> Record:
        """Whether one may ask here, and what holds then."""
        return await self._ask.get("/api/v1/asks/terms")

    async def ask(self, body: Json) -> Record:
        """Ask; code and words come back once."""
        return await self._ask.send("POST", "/api/v1/asks", body)

    async def follow(self, key: Record) -> Record:
        """Where everything stands."""
        return await self._ask.send("POST", "/api/v1/asks/follow", key)

    async def withdraw(self, key: Record, need_id: str | None) -> Record:
        """One thing, or everything."""
        return await self._ask.send("POST", "/api/v1/asks/withdraw", {**key, "need_id": need_id})

    async def add(self, key: Record, need: Record) -> Record:
        """One more thing."""
        return await self._ask.send("POST", "/api/v1/asks/needs", {**key, "need": need})

    async def say_helped(self, key: Record, need_id: str, helped: bool) -> Record:
        """Whether it helped."""
        return await self._ask.send("POST", "/api/v1/asks/feedback", {**key, "need_id": need_id, "helped": helped})

    async def waiting(self) -> Listing:
        """Asks that wait for a coordinator."""
        return await self._ask.list("/api/v1/asks", [("limit", "50")])

    async def one(self, ask_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/asks/{}", ask_id))

    async def take(self, ask_id: str, urgency: str) -> Record:
        """It becomes a case of the caller's team."""
        return await self._ask.send("POST", path_of("/api/v1/asks/{}/take", ask_id), {"urgency": urgency})

    async def decline(self, ask_id: str, why_not: str) -> Record:
        """It cannot be done here."""
        return await self._ask.send("POST", path_of("/api/v1/asks/{}/decline", ask_id), {"why_not": why_not})

    async def write(self, ask_id: str, body: Json, once: str | None) -> Record:
        """Write to the asker."""
        return await self._ask.send("POST", path_of("/api/v1/asks/{}/messages", ask_id), body, once=once)


class RegistrationsClient:
    """Registering by mail."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def terms(self) -> Record:
        """Whether one may register here."""
        return await self._ask.get("/api/v1/registrations/terms")

    async def register(self, email: str, locale: str, carry: str) -> Record:
        """Ask for the link that confirms an address."""
        return await self._ask.send("POST", "/api/v1/registrations", {"email": email, "locale": locale, "carry": carry})

    async def confirm(self, body: Json) -> Record:
        """Confirm it."""
        return await self._ask.send("POST", "/api/v1/registrations/confirm", body)
