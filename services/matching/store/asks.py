"""Asks in the database: found by their code for whoever knows the secret words, listed for every coordinator while they wait."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import NotFound, PreconditionFailed
from chassis.ids import new_id
from chassis.paging import Listed, PageRequest, read_page
from services.matching.engine.types import Place
from services.matching.model.asks import Ask, AskState, Message, Sentence, WhyNot
from services.matching.model.need import Need, NeedState
from services.matching.store import shapes
from services.matching.tables import AskFeedbackRow, AskMessageRow, AskRow, AskTryRow, Base

A, M, F, T = (Base.metadata.tables[name].c for name in ("ask", "ask_message", "ask_feedback", "ask_try"))
N, H = (Base.metadata.tables[name].c for name in ("need", "hub_match"))
LIVE_NEEDS = ("open", "matched", "in_progress")
MESSAGES = 50


class AskNotFound(NotFound):
    """No such ask, or none that the caller may see."""


class AskChanged(PreconditionFailed):
    """Somebody else was faster."""


class AskStore:
    """Asks of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, ask: Ask) -> bool:
        """Insert a new ask; answers False where the same request was made already."""
        try:
            async with self._session.begin_nested():
                self._session.add(AskRow(id=ask.id, **_columns(ask)))
                await self._session.flush()
        except IntegrityError:
            return False
        return True

    async def by_code(self, code: str) -> Ask | None:
        """The ask under a code; it stays locked, for whoever knows its words is about to do something."""
        return _found(await self._one(select(AskRow).where(A.code == code).with_for_update()))

    async def by_once(self, once_hash: str) -> Ask | None:
        """The ask that a repeated request made the first time."""
        return _found(await self._one(select(AskRow).where(A.once_hash == once_hash)))

    async def find(self, ask_id: UUID) -> Ask | None:
        """Any ask."""
        return _found(await self._one(select(AskRow).where(A.id == ask_id)))

    async def many(self, ids: Sequence[UUID]) -> dict[UUID, Ask]:
        """Those of the ids that exist."""
        rows = (await self._session.execute(select(AskRow).where(A.id.in_(ids[:400])))).scalars()
        return {row.id: _to_ask(row) for row in rows}

    async def waiting(self, ask_id: UUID) -> Ask:
        """One that still waits for a coordinator. Raises AskNotFound."""
        found = _found(await self._one(select(AskRow).where(A.id == ask_id, A.state == AskState.WAITING.value).with_for_update()))
        if found is None:
            raise AskNotFound("There is no such request, or a colleague has taken it already.")
        return found

    async def listed(self, page: PageRequest) -> Listed[Ask]:
        """Asks that wait, oldest first."""
        query = select(AskRow).where(A.state == AskState.WAITING.value)
        return (await read_page(self._session, query, [A.id], page)).map(_to_ask)

    async def count_waiting(self) -> int:
        """How many wait."""
        query = select(func.count()).select_from(AskRow).where(A.state == AskState.WAITING.value)
        return int((await self._session.execute(query)).scalar_one())

    async def save(self, before: Ask, after: Ask) -> None:
        """Write a change, if nobody else did meanwhile. Raises AskChanged."""
        done = await self._session.execute(update(AskRow).where(A.id == before.id, A.version == before.version).values(**_columns(after)))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise AskChanged("Somebody changed this in the meantime; load the page again.")

    async def over(self, now: datetime, limit: int = 100) -> list[Ask]:
        """Asks that waited too long."""
        query = select(AskRow).where(A.state == AskState.WAITING.value, A.expires_at < now).order_by(A.id).limit(limit)
        return [_to_ask(row) for row in (await self._session.execute(query)).scalars()]

    async def forget(self, now: datetime, ended_before: datetime, limit: int = 200) -> int:
        """Delete asks that ended long ago, and taken ones whose time is over and whose case needs nothing any more; answers how many."""
        needed = exists().where(N.case_id == A.id, N.state.in_(LIVE_NEEDS))
        over = (A.state == AskState.TAKEN.value) & (A.expires_at < now) & ~needed
        ids = list((await self._session.execute(select(A.id).where(or_(A.ended_at < ended_before, over)).order_by(A.id).limit(limit))).scalars())
        for table, column in ((AskMessageRow, M.ask_id), (AskFeedbackRow, F.ask_id), (AskRow, A.id)):
            await self._session.execute(delete(table).where(column.in_(ids)))
        return len(ids)

    async def write(self, message: Message) -> None:
        """Keep what a coordinator wrote."""
        self._session.add(
            AskMessageRow(
                id=message.id, ask_id=message.ask_id, need_id=message.need_id, sentence=message.sentence.value, text=message.text,
                written_by=message.by, written_at=message.at,
            )
        )  # fmt: skip
        await self._session.flush()

    async def messages(self, ask_id: UUID) -> list[Message]:
        """What coordinators wrote, newest first."""
        rows = (await self._session.execute(select(AskMessageRow).where(M.ask_id == ask_id).order_by(M.id.desc()).limit(MESSAGES))).scalars()
        return [Message(row.id, row.ask_id, row.need_id, Sentence(row.sentence), row.text, row.written_by, row.written_at) for row in rows]

    async def say(self, ask_id: UUID, need_id: UUID, helped: bool, now: datetime) -> None:
        """Keep whether it helped; the newest word counts."""
        done = await self._session.execute(update(AskFeedbackRow).where(F.need_id == need_id).values(helped=helped, said_at=now))
        if done.rowcount == 0:  # type: ignore[attr-defined]
            self._session.add(AskFeedbackRow(need_id=need_id, ask_id=ask_id, helped=helped, said_at=now))
            await self._session.flush()

    async def feedback(self, ask_id: UUID) -> dict[UUID, bool]:
        """What the asker said, need by need."""
        rows = await self._session.execute(select(F.need_id, F.helped).where(F.ask_id == ask_id).limit(500))
        return {need_id: helped for need_id, helped in rows.all()}

    async def live_matches(self, case_id: UUID) -> dict[UUID, tuple[UUID, str]]:
        """For each need of a case its live match and where that stands."""
        query = select(H.need_id, H.id, H.state).where(H.case_id == case_id, H.state.in_(("confirmed", "accepted", "in_progress"))).limit(500)
        return {need_id: (match_id, state) for need_id, match_id, state in (await self._session.execute(query)).all()}

    async def tried(self, kind: str, key: str, since: datetime) -> int:
        """How often, under a pseudonym."""
        query = select(func.count()).select_from(AskTryRow).where(T.kind == kind, T.key == key, T.at > since)
        return int((await self._session.execute(query)).scalar_one())

    async def note_try(self, kind: str, keys: Sequence[str], now: datetime) -> None:
        """Count once under each pseudonym."""
        self._session.add_all([AskTryRow(id=new_id(), kind=kind, key=key, at=now) for key in keys])
        await self._session.flush()

    async def forget_tries(self, before: datetime) -> None:
        """Counts that matter no more."""
        await self._session.execute(delete(AskTryRow).where(T.at < before))

    async def _one(self, query: Any) -> AskRow | None:  # Any: SQLAlchemy's select
        row: AskRow | None = (await self._session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
        return row


def hash_of(text: str) -> str:
    """What stands for a word that is not kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _found(row: AskRow | None) -> Ask | None:
    return _to_ask(row) if row is not None else None


def _to_ask(row: AskRow) -> Ask:
    content = row.content
    place = content["place"]
    return Ask(
        id=row.id,
        code=row.code,
        secret_hash=row.secret_hash,
        asked_at=row.asked_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
        household=shapes.household(content["household"]),
        languages=tuple(content["languages"]),
        location=Place(*place) if place else None,
        reads=content["reads"],
        text_version=content["text_version"],
        needs=tuple(_need(row.id, each) for each in content["needs"]),
        state=AskState(row.state),
        taken_by=row.taken_by,
        why_not=WhyNot(row.why_not) if row.why_not else None,
        ended_at=row.ended_at,
        version=row.version,
        once_hash=row.once_hash,
    )


def _columns(ask: Ask) -> dict[str, Any]:  # Any: column values of many types
    return {
        "version": ask.version,
        "code": ask.code,
        "secret_hash": ask.secret_hash,
        "once_hash": ask.once_hash,
        "state": ask.state.value,
        "content": {
            "household": shapes.household_json(ask.household),
            "languages": list(ask.languages),
            "place": [ask.location.lat, ask.location.lon] if ask.location else None,
            "reads": ask.reads,
            "text_version": ask.text_version,
            "needs": [_need_json(need) for need in ask.needs],
        },
        "taken_by": ask.taken_by,
        "why_not": ask.why_not.value if ask.why_not else None,
        "ended_at": ask.ended_at,
        "expires_at": ask.expires_at,
        "asked_at": ask.asked_at,
        "updated_at": ask.updated_at,
    }


def _need(ask_id: UUID, row: Any) -> Need:  # Any: JSON as stored
    at = datetime.fromisoformat(row["at"])
    return Need(
        id=UUID(row["id"]),
        case_id=ask_id,
        category=row["category"],
        size=row["size"],
        posted_at=at,
        created_at=at,
        updated_at=at,
        languages=shapes.wishes(row["languages"]),
        max_travel_km=row["max_travel_km"],
        windows=shapes.windows(row["windows"]),
        from_date=_day(row["from"]),
        until_date=_day(row["until"]),
        state=NeedState(row["state"]),
    )


def _need_json(need: Need) -> Any:  # Any: JSON
    return {
        "id": str(need.id),
        "category": need.category,
        "size": need.size,
        "at": need.posted_at.isoformat(),
        "languages": shapes.plain(need.languages),
        "max_travel_km": need.max_travel_km,
        "windows": shapes.windows_json(need.windows),
        "from": need.from_date.isoformat() if need.from_date else None,
        "until": need.until_date.isoformat() if need.until_date else None,
        "state": need.state.value,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
