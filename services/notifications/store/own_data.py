"""What is kept here about the holder of an account: their inbox, their choices, mails that went to them, webhooks that they made."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from services.notifications.model.messages import RecipientKind
from services.notifications.tables import Base

A, P, N, M, W = (Base.metadata.tables[name].c for name in ("account", "preferences", "notice", "mail", "webhook"))


def own_data(account_id: UUID) -> Mapping[str, Select[Any]]:
    """What to read, by kind, newest first. Of mails their kind, state and dates; their text is kept nowhere."""
    to_account = (M.recipient_kind == RecipientKind.ACCOUNT.value) & (M.recipient_id == account_id)
    return {
        "account": select(A.role, A.actor_id, A.locale, A.active, A.version).where(A.account_id == account_id),
        "preferences": select(P.choices, P.version, P.updated_at).where(P.account_id == account_id),
        "notices": select(N.kind, N.numbers, N.created_at, N.read_at).where(N.account_id == account_id).order_by(N.created_at.desc()),
        "mails": select(M.kind, M.state, M.attempts, M.created_at, M.updated_at)
        .where(or_(M.account_id == account_id, to_account))
        .order_by(M.created_at.desc()),
        "webhooks": select(W.id, W.url, W.events, W.state, W.last_success_at, W.created_at, W.updated_at)
        .where(W.owner_kind == "account", W.owner_id == str(account_id))
        .order_by(W.created_at.desc()),
    }
