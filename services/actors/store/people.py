"""What this service holds about a person: nothing but the answers kept under an account's idempotency keys, for a day."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.tables import Ledger


@dataclass(slots=True)
class PeopleStore:
    """Traces of persons in one transaction."""

    session: AsyncSession
    ledger: Ledger

    async def forget(self, principal: str) -> None:
        """Delete the answers kept for a caller."""
        await self.session.execute(delete(self.ledger.idempotency).where(self.ledger.idempotency.c.principal == principal))
