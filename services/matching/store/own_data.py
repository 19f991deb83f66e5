"""What is kept here about the holder of an account: what they posted, answered, asked and recorded. Of households, codes and nothing else."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select

from services.matching.model.offer import ProviderKind
from services.matching.tables import Base

OFFER, M, C, Q, R, W, A, S, K = (
    Base.metadata.tables[name].c
    for name in ("offer", "hub_match", "hub_case", "match_question", "hub_round", "weights", "ask", "ask_message", "known_account")
)
NOT_TOLD = ("id", "entered_by", "provider_kind", "provider_id")
ACCOUNT = str(ProviderKind.ACCOUNT)


def own_data(account_id: UUID) -> Mapping[str, Select[Any]]:
    """What to read, by kind, newest first.

    Left out is what describes somebody else: the household behind a request, who confirmed it, the words of the other side, and what a coordinator
    wrote to an asker (which may describe that household).
    """
    given = _is_provider(OFFER, account_id)
    helped = _is_provider(M, account_id)
    told = [column for column in OFFER if column.name not in NOT_TOLD]
    request = (
        M.id, M.offer_id, M.category, M.size, M.state, M.created_at.label("asked_at"), M.answer_by, M.accepted_at, M.ended_at, M.decline_reason,
        M.cancel_reason, M.outcome, M.on_behalf, (M.answered_by == account_id).label("answered_by_you"),
    )  # fmt: skip
    return {
        "account": select(K.role, K.actor_id, K.active, K.version).where(K.id == account_id),
        "offers": select(OFFER.id, given.label("yours"), (OFFER.entered_by == account_id).label("written_by_you"), *told)
        .where(or_(given, OFFER.entered_by == account_id))
        .order_by(OFFER.created_at.desc()),
        "requests_and_matches": select(*request).where(or_(helped, M.answered_by == account_id)).order_by(M.created_at.desc()),
        "questions_asked": select(Q.id, Q.match_id, Q.text, Q.created_at.label("asked_at"), Q.answered_at)
        .where(Q.asked_by == account_id)
        .order_by(Q.created_at.desc()),
        "questions_answered": select(Q.id, Q.match_id, Q.answer, Q.answered_at).where(Q.answered_by == account_id).order_by(Q.answered_at.desc()),
        "cases_recorded": select(C.code, C.state, C.created_at).where(C.recorded_by == account_id).order_by(C.created_at.desc()),
        "matches_confirmed": select(M.id, M.category, M.state, M.created_at.label("confirmed_at"))
        .where(M.confirmed_by == account_id)
        .order_by(M.created_at.desc()),
        "asks_taken": select(A.code, A.state, A.asked_at).where(A.taken_by == account_id).order_by(A.asked_at.desc()),
        "messages_to_askers": select(S.sentence, S.written_at).where(S.written_by == account_id).order_by(S.written_at.desc()),
        "rounds": select(R.id, R.state, R.created_at).where(R.created_by == account_id).order_by(R.created_at.desc()),
        "weights": select(W.version, W.note, W.created_at, literal(True).label("written_by_you"))
        .where(W.created_by == account_id)
        .order_by(W.created_at.desc()),
    }


def _is_provider(columns: Any, account_id: UUID) -> ColumnElement[bool]:  # Any: a table's columns
    return and_(columns.provider_kind == ACCOUNT, columns.provider_id == account_id)
