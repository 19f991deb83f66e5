"""Loads and saves what this service knows from events: cases, matches, actors, and which events it has seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound
from services.people.model.disclosures import SHOWING, Match, MatchState
from services.people.model.known import KnownCase
from services.people.tables import ActorRow, CaseRow, HeardRow, MatchRow, SealedFieldRow


class CaseNotFound(NotFound):
    """No such case, or none that concerns the caller."""

    def __init__(self) -> None:
        super().__init__("There is no such case, or you may not see it.")


def _case(row: CaseRow) -> KnownCase:
    shared = frozenset(UUID(text) for text in row.shared_with)
    return KnownCase(
        row.case_id, row.version, row.code, row.state, row.recorded_by, row.actor_id, shared, row.statement, row.closed_at
    )  # fmt: skip


@dataclass(slots=True)
class CaseStore:
    """Projection of cases."""

    session: AsyncSession

    async def find(self, code: str) -> KnownCase | None:
        """A case by its code in its one written form."""
        row = (await self.session.execute(select(CaseRow).where(col(CaseRow.code) == code))).scalars().first()
        return _case(row) if row is not None else None

    async def by_id(self, case_id: UUID) -> KnownCase | None:
        """A case by its id."""
        query = select(CaseRow).where(col(CaseRow.case_id) == case_id).execution_options(populate_existing=True)
        row = (await self.session.execute(query)).scalars().first()
        return _case(row) if row is not None else None

    async def put(self, case: KnownCase) -> None:
        """Write the newest state of a case."""
        values: dict[str, Any] = {  # Any: column values of several types
            "version": case.version, "code": case.code, "state": case.state, "recorded_by": case.recorded_by, "actor_id": case.actor_id,
            "shared_with": sorted(str(actor) for actor in case.shared_with), "statement": case.statement, "closed_at": case.closed_at,
        }  # fmt: skip
        done = await self.session.execute(update(CaseRow).where(col(CaseRow.case_id) == case.id).values(**values))
        if done.rowcount == 0:  # type: ignore[attr-defined]
            self.session.add(CaseRow(case_id=case.id, **values))
            await self.session.flush()

    async def closed_with_contact(self, before: datetime, limit: int) -> list[KnownCase]:
        """Cases that were closed before a moment and still have a contact."""
        sealed = exists().where(col(SealedFieldRow.person) == "case:" + col(CaseRow.code))
        query = select(CaseRow).where(col(CaseRow.closed_at) < before, sealed).limit(limit)
        return [_case(row) for row in (await self.session.execute(query)).scalars()]

    async def delete(self, code: str) -> None:
        """Forget a case and its matches."""
        await self.session.execute(delete(CaseRow).where(col(CaseRow.code) == code))
        await self.session.execute(delete(MatchRow).where(col(MatchRow.case_code) == code))


@dataclass(slots=True)
class MatchStore:
    """Projection of matches."""

    session: AsyncSession

    async def find(self, match_id: UUID) -> Match | None:
        """A match, or None."""
        row = (await self.session.execute(select(MatchRow).where(col(MatchRow.match_id) == match_id))).scalars().first()
        if row is None:
            return None
        shared = frozenset(UUID(text) for text in row.shared_with)
        return Match(
            row.match_id, MatchState(row.state), row.case_code, row.provider_account_id, row.provider_actor_id, row.answered_by,
            row.recorded_by, row.case_actor_id, shared,
        )  # fmt: skip

    async def answer_by(self, match_id: UUID) -> datetime | None:
        """Until when the provider may answer, if it was told."""
        return (await self.session.execute(select(col(MatchRow.answer_by)).where(col(MatchRow.match_id) == match_id))).scalar()

    async def put(self, match: Match, version: int, answer_by: datetime | None = None) -> bool:
        """Write a state of a match, if it is newer than the known one; answers whether it was."""
        values: dict[str, Any] = {  # Any: column values of several types
            "version": version, "state": match.state.value, "case_code": match.case_code, "provider_account_id": match.provider_account_id,
            "provider_actor_id": match.provider_actor_id, "answered_by": match.answered_by, "recorded_by": match.recorded_by,
            "case_actor_id": match.case_actor_id, "shared_with": sorted(str(actor) for actor in match.shared_with),
            "answer_by": answer_by,
        }  # fmt: skip
        known = (await self.session.execute(select(col(MatchRow.version)).where(col(MatchRow.match_id) == match.id))).scalar()
        if known is None:
            self.session.add(MatchRow(match_id=match.id, **values))
            await self.session.flush()
        elif known < version:
            await self.session.execute(update(MatchRow).where(col(MatchRow.match_id) == match.id).values(**values))
        return known is None or known < version

    async def is_running(self, case_code: str) -> bool:
        """Whether the case has a match whose parties still need the contact."""
        states = [state.value for state in (*SHOWING, MatchState.CONFIRMED)]
        mine = col(MatchRow.case_code) == case_code, col(MatchRow.state).in_(states)
        return (await self.session.execute(select(col(MatchRow.match_id)).where(*mine).limit(1))).first() is not None


@dataclass(slots=True)
class ActorStore:
    """Projection of actors."""

    session: AsyncSession

    async def is_open(self, actor_id: UUID) -> bool:
        """Whether there is such an actor, and not archived."""
        archived = (await self.session.execute(select(col(ActorRow.archived)).where(col(ActorRow.actor_id) == actor_id))).scalar()
        return archived is False

    async def put(self, actor_id: UUID, version: int, archived: bool) -> None:
        """Write a state of an actor, if it is newer than the known one."""
        known = (await self.session.execute(select(col(ActorRow.version)).where(col(ActorRow.actor_id) == actor_id))).scalar()
        if known is None:
            self.session.add(ActorRow(actor_id=actor_id, version=version, archived=archived))
            await self.session.flush()
        elif known < version:
            await self.session.execute(update(ActorRow).where(col(ActorRow.actor_id) == actor_id).values(version=version, archived=archived))


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom an event may concern: accounts, the teams of actors, or all who coordinate."""

    accounts: frozenset[UUID]
    actors: frozenset[UUID]
    staff: bool


@dataclass(slots=True)
class HeardStore:
    """Which events this service has seen."""

    session: AsyncSession

    async def note(self, event_id: UUID, concerned: Concerned, now: datetime) -> None:
        """Remember an event; the inbox sees to it that each comes once."""
        self.session.add(
            HeardRow(
                event_id=event_id, accounts=sorted(map(str, concerned.accounts)), actors=sorted(map(str, concerned.actors)),
                staff=concerned.staff, heard_at=now,
            )
        )  # fmt: skip
        await self.session.flush()

    async def find(self, event_id: UUID) -> Concerned | None:
        """Whom an event may concern; None if it was not seen."""
        row = (await self.session.execute(select(HeardRow).where(col(HeardRow.event_id) == event_id))).scalars().first()
        if row is None:
            return None
        return Concerned(_ids(row.accounts), _ids(row.actors), row.staff)

    async def purge(self, before: datetime) -> None:
        """Forget old events."""
        await self.session.execute(delete(HeardRow).where(col(HeardRow.heard_at) < before))


def _ids(texts: Iterable[str]) -> frozenset[UUID]:
    return frozenset(UUID(text) for text in texts)
