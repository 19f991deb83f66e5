"""The registry's revision: it rises with each transaction that changes the registry, so that "nothing is new" needs no look at the data."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.search import FOLDING
from services.actors.tables import RegistryRevisionRow

CHANGED = "registry changed"


def mark_changed(session: AsyncSession) -> None:
    """Note that this transaction changes what the registry shows; its revision rises at the commit."""
    session.info[CHANGED] = True


def revision_column() -> ColumnElement[int]:
    """The revision as a column of another query, so that both are of the same moment."""
    return select(col(RegistryRevisionRow.revision)).where(col(RegistryRevisionRow.id) == 1).scalar_subquery()


@dataclass(slots=True)
class RevisionStore:
    """The revision in one transaction."""

    session: AsyncSession

    async def now(self) -> int:
        """The revision that this transaction sees."""
        return (await self.session.execute(select(col(RegistryRevisionRow.revision)))).scalar_one()

    async def rise(self) -> int | None:
        """Raise the revision if this transaction changed the registry; its number, or None. The row is held from here to the commit, so this
        comes last."""
        if not self.session.info.pop(CHANGED, False):
            return None
        risen = update(RegistryRevisionRow).values(revision=RegistryRevisionRow.revision + 1).returning(col(RegistryRevisionRow.revision))
        return (await self.session.execute(risen.execution_options(synchronize_session=False))).scalar_one()

    async def unhealed(self) -> int | None:
        """The revision up to which the search has to be compared with the records; None when it is compared already."""
        row = (await self.session.execute(select(RegistryRevisionRow))).scalars().one()
        return None if row.healed == row.revision and row.folding == FOLDING else row.revision

    async def healed(self, revision: int) -> None:
        """The search was compared with the records up to a revision."""
        done = update(RegistryRevisionRow).values(healed=revision, folding=FOLDING)
        await self.session.execute(done.execution_options(synchronize_session=False))
