"""Questions about matches, for their two sides."""

from uuid import UUID

from fastapi import APIRouter

from chassis.edge import HubRoute
from services.matching.api.common import InOneTransaction
from services.matching.model.questions import Question
from services.matching.schemas.questions import QuestionList, QuestionRead, QuestionText
from services.matching.use_cases import questions as do

router = APIRouter(prefix="/api/v1/matches/{match_id}/questions", route_class=HubRoute)


def _read(question: Question) -> QuestionRead:
    return QuestionRead(
        id=question.id,
        version=question.version,
        text=question.text,
        answer=question.answer,
        answered_at=question.answered_at,
        created_at=question.created_at,
        updated_at=question.updated_at,
    )


@router.get("")
async def list_questions(match_id: UUID, work: InOneTransaction) -> QuestionList:
    """What was asked about a match, and answered."""
    items = [_read(question) for question in await do.questions_of(work, match_id)]
    return QuestionList(items=items, total=len(items))


@router.post("", status_code=201)
async def ask_question(match_id: UUID, body: QuestionText, work: InOneTransaction) -> QuestionRead:
    """Ask the case's team something before you answer a request. One question at a time; 422 when it looks as if it held contact data."""
    return _read(await do.ask_question(work, match_id, body.text))


@router.post("/{question_id}/answer")
async def answer_question(match_id: UUID, question_id: UUID, body: QuestionText, work: InOneTransaction) -> QuestionRead:
    """Answer a question, once; for the case's team."""
    return _read(await do.answer_question(work, match_id, question_id, body.text))
