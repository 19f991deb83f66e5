"""Questions of administration: the settings of the hub, others' accounts, webhooks, and how each service stands."""

import asyncio
from typing import Any

from chassis.call import Answer, ServiceAway
from gateway.clients.asking import Asker, Json, Listing, ProblemFromService, Query, Record, path_of


class InstanceClient:
    """The settings of the hub."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def settings(self) -> Record:
        """All of them; null was never chosen."""
        return await self._ask.get("/api/v1/instance/settings")

    async def change(self, body: Json, version: int) -> Record:
        """Change some; null goes back to the environment."""
        return await self._ask.send("PATCH", "/api/v1/instance/settings", body, version=version)

    async def put_logo(self, image: str, version: int) -> Record:
        """Another picture, in base64."""
        return await self._ask.send("PUT", "/api/v1/instance/logo", {"image": image}, version=version)

    async def drop_logo(self, version: int) -> Record:
        """No picture any more."""
        return await self._ask.send("DELETE", "/api/v1/instance/logo", version=version)


class PeopleAdminClient:
    """What administrators do with others' accounts and with API clients."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def search(self, words: str) -> Listing:
        """Accounts by address or by a part of the name."""
        found = await self._ask.send("POST", "/api/v1/accounts/search", {"words": words})
        return Listing(found["items"], found["total"])

    async def end_sessions(self, account_id: str) -> Record:
        """End all sessions of an account."""
        return await self._ask.send("POST", path_of("/api/v1/accounts/{}/sessions/end", account_id))

    async def reset_second_factor(self, account_id: str) -> Record:
        """Take a lost second factor away."""
        return await self._ask.send("POST", path_of("/api/v1/accounts/{}/second-factor/reset", account_id))

    async def correct_email(self, account_id: str, email: str) -> Record:
        """Correct the address of somebody who reads neither mailbox."""
        return await self._ask.send("POST", path_of("/api/v1/accounts/{}/email-correction", account_id), {"email": email})

    async def client(self, client_id: str) -> Record:
        """One API client with its secrets' prefixes."""
        return await self._ask.get(path_of("/api/v1/clients/{}", client_id))

    async def change_client(self, client_id: str, body: Json, version: int) -> Record:
        """Another name or other scopes."""
        return await self._ask.send("PATCH", path_of("/api/v1/clients/{}", client_id), body, version=version)

    async def add_secret(self, client_id: str) -> Record:
        """One more secret, shown once."""
        return await self._ask.send("POST", path_of("/api/v1/clients/{}/secrets", client_id), {})

    async def withdraw_secret(self, client_id: str, prefix: str) -> None:
        """Withdraw one."""
        await self._ask.send("DELETE", path_of("/api/v1/clients/{}/secrets/{}", client_id, prefix))


class WebhooksClient:
    """Webhooks and what was sent to them."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def webhooks(self, query: Query = ()) -> Listing:
        """All of them, for an administrator."""
        return await self._ask.list("/api/v1/webhooks", query)

    async def webhook(self, webhook_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/webhooks/{}", webhook_id))

    async def create(self, url: str, events: list[str]) -> Record:
        """Set one up; its secret is in the answer."""
        return await self._ask.send("POST", "/api/v1/webhooks", {"url": url, "events": events})

    async def change(self, webhook_id: str, body: Json, version: int) -> Record:
        """Other events, another address, off or on."""
        return await self._ask.send("PATCH", path_of("/api/v1/webhooks/{}", webhook_id), body, version=version)

    async def delete(self, webhook_id: str, version: int) -> None:
        """Take it away."""
        await self._ask.send("DELETE", path_of("/api/v1/webhooks/{}", webhook_id), version=version)

    async def rotate(self, webhook_id: str) -> Record:
        """A new secret, in the answer."""
        return await self._ask.send("POST", path_of("/api/v1/webhooks/{}/rotate", webhook_id))

    async def test(self, webhook_id: str) -> Record:
        """Send a test event."""
        return await self._ask.send("POST", path_of("/api/v1/webhooks/{}/test", webhook_id))

    async def deliveries(self, webhook_id: str, query: Query = ()) -> Listing:
        """What was sent, newest first."""
        return await self._ask.list(path_of("/api/v1/webhooks/{}/deliveries", webhook_id), query)

    async def resend(self, webhook_id: str, delivery_id: str) -> Record:
        """Send a delivery again."""
        return await self._ask.send("POST", path_of("/api/v1/webhooks/{}/deliveries/{}/resend", webhook_id, delivery_id))

    async def retry_mail(self, message_id: str) -> Record:
        """Try a mail that failed once more."""
        return await self._ask.send("POST", path_of("/api/v1/messages/{}/retry", message_id))


class UpkeepClient:
    """How the services stand, asked of each over its own line. Only for those who may change the settings of the hub."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def all(self, path: str, method: str = "GET") -> dict[str, Any]:
        """The answer of each service (Any: JSON), or None where it is away."""
        self._ask.require("PATCH", "/api/v1/instance/settings")

        async def one(name: str) -> Any:  # Any: JSON
            try:
                answer = await self._ask.lines[name].ask(self._ask.visitor.caller, method, f"/internal/v1{path}")
            except ServiceAway:
                return None
            return answer.json() if answer.status == 200 else None

        names = list(self._ask.lines)
        return dict(zip(names, await asyncio.gather(*(one(name) for name in names)), strict=True))

    async def mend(self, service: str, path: str, body: Json = None) -> Record:
        """Let one service do something. Raises ProblemFromService."""
        self._ask.require("PATCH", "/api/v1/instance/settings")
        answer: Answer = await self._ask.lines[service].ask(self._ask.visitor.caller, "POST", f"/internal/v1{path}", body=body)
        found: Record = answer.json() if answer.body else {}
        if answer.status >= 400:
            raise ProblemFromService(answer.status, found)
        return found
