"""Asking and answering about a request: seen by its two sides alone. The events say that something was asked, never what."""

from uuid import UUID

from chassis.errors import Forbidden
from chassis.ids import new_id
from contracts import matching as told
from contracts.roles import Scope
from services.matching import events_out
from services.matching.model.match import Match
from services.matching.model.questions import Question, ask
from services.matching.use_cases.rights import COORDINATORS, PARTIES, RECORDERS, require
from services.matching.work import Work


class NotTheAsker(Forbidden):
    """Only whoever gives the help asks about a request."""


class NotTheAnswerer(Forbidden):
    """Only the case's own team answers."""


async def questions_of(work: Work, match_id: UUID) -> list[Question]:
    """What was asked about a match of which the caller is a party. Raises MatchNotFound."""
    match, _ = await work.matches.seen(match_id, work.caller)
    return await work.questions.of_match(match.id)


async def ask_question(work: Work, match_id: UUID, text: str) -> Question:
    """The provider asks something. Raises MatchNotFound, NotTheAsker, and what `ask` raises."""
    require(work.caller, PARTIES, Scope.OFFERS)
    match, _ = await work.matches.seen(match_id, work.caller, lock=True)
    if not await work.matches.is_provider(match_id, work.caller):
        raise NotTheAsker("Only whoever gives the help asks here; answer on the page of the match.")
    question = ask(new_id(), match, text, _account(work), await work.questions.of_match(match_id), work.now)
    await work.questions.add(question)
    await _tell(work, told.MatchQuestionAskedV1, question, match, "question.asked")
    return question


async def answer_question(work: Work, match_id: UUID, question_id: UUID, text: str) -> Question:
    """The case's team answers. Raises MatchNotFound, NotTheAnswerer, QuestionNotFound, AnsweredAlready."""
    require(work.caller, (*COORDINATORS, *RECORDERS), Scope.MATCHES)
    match, _ = await work.matches.seen(match_id, work.caller)
    standing = await work.matches.standing([match_id], work.caller)
    if not standing.get(match_id, (False, False))[1]:
        raise NotTheAnswerer("Only the team of the case answers this question.")
    before = await work.questions.get(match_id, question_id)
    after = before.answered(text, _account(work), work.now)
    await work.questions.save(before, after)
    await _tell(work, told.MatchQuestionAnsweredV1, after, match, "question.answered")
    return after


def _account(work: Work) -> UUID | None:
    return UUID(work.caller.id) if work.caller.kind == "account" and work.caller.id else None


async def _tell(work: Work, kind: type[told.MatchQuestionState], question: Question, match: Match, action: str) -> None:
    case = (await work.cases.many([match.case_id]))[match.case_id]
    await work.outbox.add(events_out.question_event(kind, question, match, case), events_out.both_sides(match, case))
    await work.audit.record(action, "match", match.id, question_id=str(question.id))
