"""Questions about matches in the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import PreconditionFailed
from services.matching.model.questions import MOST, Question, QuestionNotFound
from services.matching.tables import Base, QuestionRow

Q = Base.metadata.tables["match_question"].c
M = Base.metadata.tables["hub_match"].c


class QuestionChanged(PreconditionFailed):
    """The question was changed since it was read."""


class QuestionStore:
    """Questions of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, question: Question) -> None:
        """Insert a new question."""
        self._session.add(
            QuestionRow(
                id=question.id,
                version=question.version,
                match_id=question.match_id,
                asked_by=question.asked_by,
                text=question.text,
                created_at=question.created_at,
                updated_at=question.updated_at,
            )
        )
        await self._session.flush()

    async def of_match(self, match_id: UUID) -> list[Question]:
        """What was asked about a match, oldest first."""
        query = select(QuestionRow).where(Q.match_id == match_id).order_by(Q.id).limit(MOST * 2)
        return [_question(row) for row in (await self._session.execute(query)).scalars()]

    async def waiting(self, match_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the matches about which a question waits for its answer."""
        found: set[UUID] = set()
        for start in range(0, len(match_ids), 400):
            query = select(Q.match_id).where(Q.match_id.in_(match_ids[start : start + 400]), Q.answered_at.is_(None))
            found |= set((await self._session.execute(query)).scalars())
        return found

    async def get(self, match_id: UUID, question_id: UUID) -> Question:
        """One question about a match. Raises QuestionNotFound."""
        query = select(QuestionRow).where(Q.id == question_id, Q.match_id == match_id).with_for_update()
        row = (await self._session.execute(query)).scalar_one_or_none()
        if row is None:
            raise QuestionNotFound("There is no such question about this request.")
        return _question(row)

    async def save(self, before: Question, after: Question) -> None:
        """Write an answer, if nobody else did meanwhile. Raises QuestionChanged."""
        values = {
            "version": after.version,
            "answer": after.answer,
            "answered_by": after.answered_by,
            "answered_at": after.answered_at,
            "updated_at": after.updated_at,
        }
        done = await self._session.execute(update(QuestionRow).where(Q.id == before.id, Q.version == before.version).values(**values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise QuestionChanged("Somebody answered in the meantime; read it again.")

    async def blank_case(self, case_id: UUID, now: datetime) -> None:
        """Remove all words about the matches of a case."""
        of_case = select(M.id).where(M.case_id == case_id)
        await self._session.execute(update(QuestionRow).where(Q.match_id.in_(of_case)).values(text=None, answer=None, updated_at=now))

    async def blank_account(self, account_id: UUID, now: datetime) -> None:
        """Remove the words that somebody wrote, and who wrote them."""
        asked = update(QuestionRow).where(Q.asked_by == account_id).values(text=None, asked_by=None, updated_at=now)
        answered = update(QuestionRow).where(Q.answered_by == account_id).values(answer=None, answered_by=None, updated_at=now)
        await self._session.execute(asked)
        await self._session.execute(answered)


def _question(row: QuestionRow) -> Question:
    return Question(
        row.id, row.match_id, row.asked_by, row.text, row.created_at, row.updated_at, row.answer, row.answered_by, row.answered_at, row.version
    )
