"""Finds what names an organisation, lets it follow a merge, and remembers what did."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.people.model.accounts import Account
from services.people.store.accounts import account_of
from services.people.tables import AccountRow, FollowedMergeRow, MatchRow

ACCOUNT, PROVIDER, CASE, SHARE, SHARE_BOTH = "account", "provider", "case", "share", "share_both"
SIDES: dict[str, Any] = {PROVIDER: col(MatchRow.provider_actor_id), CASE: col(MatchRow.case_actor_id)}  # Any: mapped columns


@dataclass(slots=True)
class PlaceStore:
    """Places in organisations, in one transaction."""

    session: AsyncSession

    async def accounts_in(self, actor_id: UUID) -> list[Account]:
        """The accounts that have a place in an actor."""
        return [account_of(row) for row in (await self.session.execute(select(AccountRow).where(col(AccountRow.actor_id) == actor_id))).scalars()]

    async def matches_of(self, part: str, actor_id: UUID) -> list[UUID]:
        """The matches that name an actor on one side."""
        return list((await self.session.execute(select(col(MatchRow.match_id)).where(SIDES[part] == actor_id))).scalars())

    async def shared_with(self, actor_id: UUID) -> dict[UUID, list[str]]:
        """The matches whose case is shared with an actor, with all that it is shared with."""
        asked = select(col(MatchRow.match_id), col(MatchRow.shared_with)).where(cast(col(MatchRow.shared_with), Text).contains(str(actor_id)))
        return {match_id: list(shared) for match_id, shared in (await self.session.execute(asked)).all()}

    async def move(self, part: str, match_ids: list[UUID], from_id: UUID, to_id: UUID) -> None:
        """Let one side of these matches name another actor."""
        for start in range(0, len(match_ids), 400):
            mine = col(MatchRow.match_id).in_(match_ids[start : start + 400]), SIDES[part] == from_id
            await self.session.execute(update(MatchRow).where(*mine).values({SIDES[part].key: to_id}))

    async def share(self, match_id: UUID, shared: list[str]) -> None:
        """Whom the case of a match is shared with."""
        await self.session.execute(update(MatchRow).where(col(MatchRow.match_id) == match_id).values(shared_with=sorted(set(shared))))

    async def remember(self, merge_id: UUID, part: str, ids: list[UUID]) -> None:
        """What followed a merge."""
        if ids:
            rows = [{"merge_id": merge_id, "part": part, "subject_id": subject_id} for subject_id in ids]
            await self.session.execute(insert(FollowedMergeRow), rows)

    async def followed(self, merge_id: UUID) -> dict[str, list[UUID]]:
        """What followed a merge, by part."""
        found: dict[str, list[UUID]] = {}
        for row in (await self.session.execute(select(FollowedMergeRow).where(col(FollowedMergeRow.merge_id) == merge_id))).scalars():
            found.setdefault(row.part, []).append(row.subject_id)
        return found

    async def forget(self, merge_id: UUID) -> None:
        """Nothing followed that merge any more."""
        await self.session.execute(delete(FollowedMergeRow).where(col(FollowedMergeRow.merge_id) == merge_id))
