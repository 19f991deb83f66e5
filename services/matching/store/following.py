"""What names an organisation in matches, rounds and shares, and what followed a merge."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.tables import Base, FollowedMergeRow

OFFER, CASE, SHARE, SHARE_BOTH, MATCH, ROUND = "offer", "case", "share", "share_both", "match", "round"
_F = Base.metadata.tables["followed_merge"].c
_C, _S = Base.metadata.tables["hub_case"].c, Base.metadata.tables["case_share"].c
QUIET: dict[str, tuple[Any, Any, Any]] = {  # Any: tables and columns
    MATCH: (Base.metadata.tables["hub_match"], Base.metadata.tables["hub_match"].c.id, Base.metadata.tables["hub_match"].c.provider_id),
    ROUND: (Base.metadata.tables["hub_round"], Base.metadata.tables["hub_round"].c.id, Base.metadata.tables["hub_round"].c.actor_id),
}
"""What follows without a word: each reader of matches hears of the merge itself, and nobody is to be told of a match again."""


@dataclass(slots=True)
class FollowStore:
    """Merges that were followed, in one transaction."""

    session: AsyncSession

    async def cases_of(self, actor_id: UUID) -> list[UUID]:
        """Cases of an organisation's team, locked."""
        return list((await self.session.execute(select(_C.id).where(_C.actor_id == actor_id).with_for_update())).scalars())

    async def cases_shared_with(self, actor_id: UUID) -> list[UUID]:
        """Cases that are shared with an organisation."""
        return list((await self.session.execute(select(_S.case_id).where(_S.actor_id == actor_id))).scalars())

    async def move(self, part: str, from_id: UUID, to_id: UUID, only: Iterable[UUID] | None = None) -> list[UUID]:
        """Let matches or rounds name another organisation; answers their ids. `only`: no more than these."""
        table, key, names = QUIET[part]
        ids = list((await self.session.execute(select(key).where(names == from_id))).scalars())
        wanted = ids if only is None else sorted(set(ids) & set(only))
        for start in range(0, len(wanted), 400):
            await self.session.execute(update(table).where(key.in_(wanted[start : start + 400])).values({names.name: to_id}))
        return wanted

    async def remember(self, merge_id: UUID, part: str, ids: Iterable[UUID]) -> None:
        """What followed a merge."""
        rows = [{"merge_id": merge_id, "part": part, "subject_id": subject_id} for subject_id in ids]
        if rows:
            await self.session.execute(insert(FollowedMergeRow), rows)

    async def followed(self, merge_id: UUID) -> dict[str, list[UUID]]:
        """What followed a merge, by part."""
        found: dict[str, list[UUID]] = {}
        for part, subject_id in (await self.session.execute(select(_F.part, _F.subject_id).where(_F.merge_id == merge_id))).all():
            found.setdefault(part, []).append(subject_id)
        return found

    async def forget(self, merge_id: UUID) -> None:
        """Nothing followed that merge any more."""
        await self.session.execute(delete(FollowedMergeRow).where(_F.merge_id == merge_id))
