"""What matching knows of actors and accounts, from their events."""

from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.tables import Base, ImportedOfferRow, KnownAccountRow, KnownActorRow

ACTOR, ACCOUNT, IMPORTED = (Base.metadata.tables[name].c for name in ("known_actor", "known_account", "imported_offer"))


class KnownStore:
    """What matching knows of actors and accounts, by version."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def learn_actor(self, actor_id: UUID, version: int, archived: bool) -> bool:
        """Follow an actor's event; an older version changes nothing. Answers whether this was news."""
        known = (await self._session.execute(select(ACTOR.version).where(ACTOR.id == actor_id))).scalar()
        if known is None:
            await self._session.execute(insert(KnownActorRow).values(id=actor_id, version=version, archived=archived))
        elif known < version:
            await self._session.execute(update(KnownActorRow).where(ACTOR.id == actor_id).values(version=version, archived=archived))
        return known is None or known < version

    async def learn_account(self, account_id: UUID, version: int, role: str, actor_id: UUID | None, active: bool) -> bool:
        """Follow an account's event; an older version changes nothing. Answers whether this was news."""
        values = {"version": version, "role": role, "actor_id": actor_id, "active": active}
        known = (await self._session.execute(select(ACCOUNT.version).where(ACCOUNT.id == account_id))).scalar()
        if known is None:
            await self._session.execute(insert(KnownAccountRow).values(id=account_id, **values))
        elif known < version:
            await self._session.execute(update(KnownAccountRow).where(ACCOUNT.id == account_id).values(**values))
        return known is None or known < version

    async def learn_service(self, offer_id: UUID, version: int) -> bool:
        """Follow the telling of an imported service. Answers whether this was news."""
        known = (await self._session.execute(select(IMPORTED.version).where(IMPORTED.offer_id == offer_id))).scalar()
        if known is None:
            await self._session.execute(insert(ImportedOfferRow).values(offer_id=offer_id, version=version))
        elif known < version:
            await self._session.execute(update(ImportedOfferRow).where(IMPORTED.offer_id == offer_id).values(version=version))
        return known is None or known < version

    async def actor_is_there(self, actor_id: UUID) -> bool:
        """Whether an actor is known and not archived."""
        return (await self._session.execute(select(ACTOR.id).where(ACTOR.id == actor_id, ACTOR.archived.is_(False)))).first() is not None

    async def account_is_there(self, account_id: UUID) -> bool:
        """Whether an account is known and active."""
        return (await self._session.execute(select(ACCOUNT.id).where(ACCOUNT.id == account_id, ACCOUNT.active.is_(True)))).first() is not None

    async def forget_account(self, account_id: UUID) -> None:
        """An erased account is not active any more, whatever arrives later."""
        await self.learn_account(account_id, 2**31 - 1, "-", None, False)
