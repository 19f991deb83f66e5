"""A question about a request: a short text from the provider to whoever looks after the case, and one answer. Both are scanned for contact data."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict, NotFound
from services.matching.model import limits
from services.matching.model.contact_hints import contact_hints
from services.matching.model.match import Match

LONGEST = 400
MOST = 5
"""Questions that may be asked about one match."""
LEAVE_OUT = "Leave out what looks like a {kind}: contacts are shown on this page once both sides agreed."


class QuestionNotFound(NotFound):
    """No such question about this match."""


class TooManyQuestions(Conflict):
    """Enough was asked about this match."""


class AnswerAwaited(Conflict):
    """A question waits for its answer already."""


class AnsweredAlready(Conflict):
    """Each question is answered once."""


class NothingToAsk(Conflict):
    """The match has ended."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a provider asked about a match, and what was answered. Words are None once they were blanked."""

    id: UUID
    match_id: UUID
    asked_by: UUID | None
    text: str | None
    created_at: datetime
    updated_at: datetime
    answer: str | None = None
    answered_by: UUID | None = None
    answered_at: datetime | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None

    def answered(self, text: str, by: UUID | None, now: datetime) -> "Question":
        """The coordinator answers. Raises AnsweredAlready, Invalid."""
        if not self.is_open:
            raise AnsweredAlready("This question was answered already.")
        require_harmless("/text", text)
        return replace(self, answer=text, answered_by=by, answered_at=now, updated_at=now, version=self.version + 1)


def ask(question_id: UUID, match: Match, text: str, by: UUID | None, earlier: list[Question], now: datetime) -> Question:
    """A new question about a live match, one at a time. Raises NothingToAsk, AnswerAwaited, TooManyQuestions, Invalid."""
    if not match.is_live:
        raise NothingToAsk("This request has ended; there is nobody to ask any more.")
    if any(question.is_open for question in earlier):
        raise AnswerAwaited("Your earlier question waits for its answer. You can ask again after that.")
    if len(earlier) >= MOST:
        raise TooManyQuestions("At most {most} questions can be asked about one request. Accept or decline it, or call the coordinator.", most=MOST)
    require_harmless("/text", text)
    return Question(question_id, match.id, by, text, now, now)


def require_harmless(pointer: str, text: str) -> None:
    """Short enough, and without contact data (R14). Raises Invalid."""
    check = limits.Check()
    check.text(pointer, text, LONGEST)
    for kind in contact_hints(text):
        check.wrong(pointer, f"contains_{kind}", LEAVE_OUT, kind=kind.value)
    check.done()
