"""Loads and saves API clients, their secrets and their access tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound, PreconditionFailed
from chassis.paging import Listed, PageRequest, read_page
from contracts.roles import Scope
from services.people.model.clients import AccessToken, ApiClient, ClientSecret
from services.people.model.tokens import hash_token
from services.people.tables import ClientRow, ClientSecretRow, ClientTokenRow

ORDER: Any = (col(ClientRow.created_at), col(ClientRow.id))  # Any: as in store.accounts


class ClientNotFound(NotFound):
    """No such client."""

    def __init__(self) -> None:
        super().__init__("There is no such client.")


@dataclass(slots=True)
class ClientStore:
    """Clients of one transaction."""

    session: AsyncSession

    async def add(self, client: ApiClient) -> None:
        """Write a new client."""
        self.session.add(
            ClientRow(
                id=client.id, version=client.version, label=client.label, actor_id=client.actor_id,
                scopes=sorted(scope.value for scope in client.scopes), created_at=client.created_at, updated_at=client.updated_at,
            )
        )  # fmt: skip
        await self.session.flush()
        await self._put_secrets(client)

    async def find(self, client_id: UUID) -> ApiClient | None:
        """A client, or None."""
        query = select(ClientRow).where(col(ClientRow.id) == client_id).execution_options(populate_existing=True)
        row = (await self.session.execute(query)).scalars().first()
        return (await self._shaped([row]))[0] if row is not None else None

    async def get(self, client_id: UUID) -> ApiClient:
        """A client. Raises ClientNotFound."""
        found = await self.find(client_id)
        if found is None:
            raise ClientNotFound
        return found

    async def page(self, request: PageRequest) -> Listed[ApiClient]:
        """All clients, oldest first."""
        found = await read_page(self.session, select(ClientRow), ORDER, request)
        return Listed(await self._shaped(found.items), found.more_after)

    async def save(self, before: ApiClient, after: ApiClient) -> None:
        """Write a change, if nobody else changed the client meanwhile. Raises PreconditionFailed."""
        if before == after:
            return
        values = {
            "version": after.version, "label": after.label, "scopes": sorted(scope.value for scope in after.scopes),
            "updated_at": after.updated_at, "revoked_at": after.revoked_at,
        }  # fmt: skip
        mine = col(ClientRow.id) == before.id, col(ClientRow.version) == before.version
        done = await self.session.execute(update(ClientRow).where(*mine).values(**values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise PreconditionFailed("Somebody changed this client in the meantime; read it again.")
        await self._put_secrets(after)

    async def note_use(self, client: ApiClient) -> None:
        """Write when its secrets were last used; this is no change of the client."""
        for held in client.secrets:
            mine = col(ClientSecretRow.prefix) == held.prefix
            await self.session.execute(update(ClientSecretRow).where(mine).values(last_used_at=held.last_used_at))

    async def add_token(self, token: AccessToken) -> None:
        """Write an access token."""
        scopes = sorted(scope.value for scope in token.scopes)
        row = ClientTokenRow(token_hash=token.token_hash.hex(), client_id=token.client_id, scopes=scopes, expires_at=token.expires_at)
        self.session.add(row)
        await self.session.flush()

    async def by_token(self, token: str) -> tuple[AccessToken, ApiClient] | None:
        """A token's record with its client, or None."""
        query = select(ClientTokenRow).where(col(ClientTokenRow.token_hash) == hash_token(token).hex())
        row = (await self.session.execute(query)).scalars().first()
        client = await self.find(row.client_id) if row is not None else None
        if row is None or client is None:
            return None
        scopes = frozenset(Scope(name) for name in row.scopes)
        return AccessToken(row.client_id, bytes.fromhex(row.token_hash), scopes, row.expires_at), client

    async def end_tokens(self, client_id: UUID) -> None:
        """Delete all access tokens of a client."""
        await self.session.execute(delete(ClientTokenRow).where(col(ClientTokenRow.client_id) == client_id))

    async def purge_tokens(self, now: datetime) -> None:
        """Delete tokens that are too old."""
        await self.session.execute(delete(ClientTokenRow).where(col(ClientTokenRow.expires_at) < now))

    async def _put_secrets(self, client: ApiClient) -> None:
        await self.session.execute(delete(ClientSecretRow).where(col(ClientSecretRow.client_id) == client.id))
        for held in client.secrets:
            self.session.add(
                ClientSecretRow(
                    prefix=held.prefix, client_id=client.id, hash=held.hash.hex(), created_at=held.created_at, expires_at=held.expires_at,
                    last_used_at=held.last_used_at, revoked_at=held.revoked_at,
                )
            )  # fmt: skip
        await self.session.flush()

    async def _shaped(self, rows: list[ClientRow]) -> list[ApiClient]:
        query = select(ClientSecretRow).where(col(ClientSecretRow.client_id).in_([row.id for row in rows]))
        held: dict[UUID, list[ClientSecret]] = {}
        for secret in (await self.session.execute(query.order_by(col(ClientSecretRow.created_at), col(ClientSecretRow.prefix)))).scalars():
            held.setdefault(secret.client_id, []).append(
                ClientSecret(secret.prefix, bytes.fromhex(secret.hash), secret.created_at, secret.expires_at, secret.last_used_at, secret.revoked_at)
            )
        return [
            ApiClient(
                row.id, row.version, row.label, row.actor_id, frozenset(Scope(name) for name in row.scopes), tuple(held.get(row.id, ())),
                row.created_at, row.updated_at, row.revoked_at,
            )
            for row in rows
        ]  # fmt: skip
