"""Keeps suggestions, who may read how they ended, and claims."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.ids import new_id
from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.provenance import RecordKind
from services.actors.model.suggestions import (
    AlreadyDecided,
    AnswerState,
    Claim,
    NoSuchClaim,
    NoSuchSuggestion,
    RefusalReason,
    StampUsed,
    Suggestion,
    SuggestionKind,
)
from services.actors.store.records import chunks, holds, joined, parted
from services.actors.tables import ClaimRow, SuggestionAskRow, SuggestionRow

ORDER: Any = (col(SuggestionRow.created_at), col(SuggestionRow.id))  # Any: mapped columns
CLAIM_ORDER: Any = (col(ClaimRow.created_at), col(ClaimRow.id))  # Any: as above


def _suggestion(row: SuggestionRow) -> Suggestion:
    return Suggestion(
        row.id, row.version, SuggestionKind(row.kind), AnswerState(row.state), RecordKind(row.record_kind) if row.record_kind else None,
        row.record_id, row.record_version, row.values, row.source, row.note, tuple(map(UUID, parted(row.owners))), row.content_key, row.times,
        row.created_at, row.updated_at, RefusalReason(row.reason) if row.reason else None,
        RecordKind(row.result_kind) if row.result_kind else None, row.result_id, row.decided_at,
    )  # fmt: skip


def _claim(row: ClaimRow) -> Claim:
    return Claim(
        row.id, row.version, row.actor_id, row.account_id, row.role, row.text, AnswerState(row.state), row.created_at, row.updated_at,
        RefusalReason(row.reason) if row.reason else None, row.decided_at,
    )  # fmt: skip


@dataclass(slots=True)
class SuggestionStore:
    """Suggestions of one transaction."""

    session: AsyncSession

    async def add(self, new: Suggestion) -> None:
        """A new suggestion."""
        await self.session.execute(
            insert(SuggestionRow).values(
                id=new.id, version=new.version, kind=new.kind.value, state=new.state.value,
                record_kind=new.record_kind.value if new.record_kind else None, record_id=new.record_id, record_version=new.record_version,
                values=new.values, source=new.source, note=new.note, owners=joined(new.owners), content_key=new.content_key, times=new.times,
                created_at=new.created_at, updated_at=new.updated_at,
            )
        )  # fmt: skip

    async def same(self, content_key: str) -> Suggestion | None:
        """The open suggestion that proposes the same."""
        asked = select(SuggestionRow).where(col(SuggestionRow.content_key) == content_key, col(SuggestionRow.state) == AnswerState.OPEN.value)
        row = (await self.session.execute(asked.limit(1))).scalars().first()
        return _suggestion(row) if row is not None else None

    async def again(self, suggestion_id: UUID, now: datetime) -> None:
        """Count that the same was sent once more."""
        values = {"times": SuggestionRow.times + 1, "version": SuggestionRow.version + 1, "updated_at": now}
        await self._run(update(SuggestionRow).where(col(SuggestionRow.id) == suggestion_id).values(**values))

    async def open_count(self) -> int:
        """How many wait for an answer."""
        asked = select(func.count()).select_from(SuggestionRow).where(col(SuggestionRow.state) == AnswerState.OPEN.value)
        return (await self.session.execute(asked)).scalar_one()

    async def sent_since(self, moment: datetime) -> int:
        """How many were sent since a moment."""
        asked = select(func.count()).select_from(SuggestionAskRow).where(col(SuggestionAskRow.created_at) > moment)
        return (await self.session.execute(asked)).scalar_one()

    async def add_ask(self, ask_id: UUID, suggestion_id: UUID, secret_hash: str, stamp: str | None, now: datetime) -> None:
        """One sending. Raises StampUsed."""
        if stamp is not None:
            used = select(col(SuggestionAskRow.id)).where(col(SuggestionAskRow.stamp) == stamp)
            if (await self.session.execute(used)).first() is not None:
                raise StampUsed("This form was sent already; open it again for another suggestion.")
        row = insert(SuggestionAskRow).values(id=ask_id, suggestion_id=suggestion_id, secret_hash=secret_hash, stamp=stamp, created_at=now)
        await self.session.execute(row)

    async def asked(self, ask_id: UUID, secret_hash: str) -> Suggestion:
        """What became of a sending, for who holds its secret. Raises NoSuchSuggestion."""
        ask = (await self.session.execute(select(SuggestionAskRow).where(col(SuggestionAskRow.id) == ask_id))).scalars().first()
        if ask is None or not hmac.compare_digest(ask.secret_hash, secret_hash):
            raise NoSuchSuggestion("There is no such suggestion, or the word that belongs to it is another one.")
        return await self.get(ask.suggestion_id)

    async def asks_of(self, suggestion_id: UUID) -> list[UUID]:
        """The ids of all sendings of a suggestion."""
        asked = select(col(SuggestionAskRow.id)).where(col(SuggestionAskRow.suggestion_id) == suggestion_id)
        return list((await self.session.execute(asked)).scalars())

    async def get(self, suggestion_id: UUID, owner: UUID | None = None) -> Suggestion:
        """One suggestion, locked; with `owner`, only one that this actor's members may decide. Raises NoSuchSuggestion."""
        conditions = [col(SuggestionRow.id) == suggestion_id, *_of(owner)]
        row = (await self.session.execute(select(SuggestionRow).where(*conditions).with_for_update())).scalars().first()
        if row is None:
            raise NoSuchSuggestion("There is no such suggestion, or you may not see it.")
        return _suggestion(row)

    async def page(self, request: PageRequest, state: AnswerState, kind: SuggestionKind | None, owner: UUID | None) -> Listed[Suggestion]:
        """Suggestions in a state, oldest first."""
        asked = select(SuggestionRow).where(col(SuggestionRow.state) == state.value, *_of(owner))
        if kind is not None:
            asked = asked.where(col(SuggestionRow.kind) == kind.value)
        return (await read_page(self.session, asked, ORDER, request)).map(_suggestion)

    async def decide(
        self, suggestion: Suggestion, state: AnswerState, now: datetime, reason: RefusalReason | None, result: tuple[RecordKind, UUID] | None
    ) -> None:
        """Write how it ended. Raises AlreadyDecided."""
        done = await self._run(
            update(SuggestionRow)
            .where(col(SuggestionRow.id) == suggestion.id, col(SuggestionRow.state) == AnswerState.OPEN.value)
            .values(
                state=state.value, reason=reason.value if reason else None, result_kind=result[0].value if result else None,
                result_id=result[1] if result else None, version=SuggestionRow.version + 1, updated_at=now, decided_at=now,
            )
        )  # fmt: skip
        if done.rowcount != 1:
            raise AlreadyDecided("Somebody decided on this already.")

    async def count_decided(self, before: datetime) -> int:
        """How many were decided before a moment."""
        query = select(func.count()).select_from(SuggestionRow).where(col(SuggestionRow.decided_at) < before)
        return int((await self.session.execute(query)).scalar_one())

    async def forget(self, before: datetime) -> None:
        """Delete what was decided before a moment, with its sendings."""
        old = select(col(SuggestionRow.id)).where(col(SuggestionRow.decided_at) < before).limit(500)
        for part in chunks((await self.session.execute(old)).scalars()):
            await self._run(delete(SuggestionAskRow).where(col(SuggestionAskRow.suggestion_id).in_(part)))
            await self._run(delete(SuggestionRow).where(col(SuggestionRow.id).in_(part)))

    async def _run(self, statement: Any) -> Any:  # Any: an update or delete, and its cursor result
        return await self.session.execute(statement.execution_options(synchronize_session=False))


def _of(owner: UUID | None) -> Sequence[ColumnElement[bool]]:
    return () if owner is None else (holds(col(SuggestionRow.owners), owner),)


@dataclass(slots=True)
class ClaimStore:
    """Claims of one transaction."""

    session: AsyncSession

    async def add(self, new: Claim) -> None:
        """A new claim."""
        await self.session.execute(
            insert(ClaimRow).values(
                id=new.id or new_id(), version=new.version, actor_id=new.actor_id, account_id=new.account_id, role=new.role, text=new.text,
                state=new.state.value, created_at=new.created_at, updated_at=new.updated_at,
            )
        )  # fmt: skip

    async def open_of(self, account_id: UUID) -> list[Claim]:
        """An account's open claims."""
        asked = select(ClaimRow).where(col(ClaimRow.account_id) == account_id, col(ClaimRow.state) == AnswerState.OPEN.value)
        return [_claim(row) for row in (await self.session.execute(asked.limit(100))).scalars()]

    async def get(self, claim_id: UUID) -> Claim:
        """One claim, locked. Raises NoSuchClaim."""
        row = (await self.session.execute(select(ClaimRow).where(col(ClaimRow.id) == claim_id).with_for_update())).scalars().first()
        if row is None:
            raise NoSuchClaim("There is no such claim, or you may not see it.")
        return _claim(row)

    async def page(self, request: PageRequest, state: AnswerState | None, account_id: UUID | None) -> Listed[Claim]:
        """Claims, oldest first; of one account."""
        asked = select(ClaimRow)
        if state is not None:
            asked = asked.where(col(ClaimRow.state) == state.value)
        if account_id is not None:
            asked = asked.where(col(ClaimRow.account_id) == account_id)
        return (await read_page(self.session, asked, CLAIM_ORDER, request)).map(_claim)

    async def decide(self, claim: Claim, state: AnswerState, now: datetime, reason: RefusalReason | None) -> None:
        """Write how it ended. Raises AlreadyDecided."""
        values = {
            "state": state.value,
            "reason": reason.value if reason else None,
            "version": claim.version + 1,
            "updated_at": now,
            "decided_at": now,
        }
        waiting = col(ClaimRow.id) == claim.id, col(ClaimRow.state) == AnswerState.OPEN.value
        done = await self.session.execute(update(ClaimRow).where(*waiting).values(**values).execution_options(synchronize_session=False))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise AlreadyDecided("Somebody decided on this already.")

    async def end(self, actor_id: UUID, now: datetime) -> list[Claim]:
        """End the accepted claims of an organisation, and answer them as they were; at most 10,000."""
        accepted = col(ClaimRow.actor_id) == actor_id, col(ClaimRow.state) == AnswerState.ACCEPTED.value
        values = {"state": AnswerState.ENDED.value, "version": ClaimRow.version + 1, "updated_at": now}
        rows = (await self.session.execute(select(ClaimRow).where(*accepted).order_by(col(ClaimRow.id)).limit(10_000).with_for_update())).scalars()
        ended = list(map(_claim, rows))
        await self.session.execute(update(ClaimRow).where(*accepted).values(**values).execution_options(synchronize_session=False))
        return ended

    async def forget(self, account_id: UUID) -> None:
        """Delete the claims of an erased account."""
        await self.session.execute(delete(ClaimRow).where(col(ClaimRow.account_id) == account_id).execution_options(synchronize_session=False))
