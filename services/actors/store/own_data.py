"""What is kept here about the holder of an account: searches that they keep, organisations that they claimed, and what they entered."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.actors.tables import Base

S, C, H, F = (Base.metadata.tables[name].c for name in ("saved_search", "claim", "history", "confirmation"))


def own_data(account_id: UUID) -> Mapping[str, Select[Any]]:
    """What to read, by kind, newest first. What was entered into the registry is public; told is which records, and when."""
    return {
        "saved_searches": select(S.id, S.name, S.query, S.language, S.digest, S.looked_at, S.created_at, S.updated_at)
        .where(S.account_id == account_id)
        .order_by(S.created_at.desc()),
        "claims": select(C.id, C.actor_id, C.role, C.text, C.state, C.reason, C.created_at, C.decided_at)
        .where(C.account_id == account_id)
        .order_by(C.created_at.desc()),
        "entered": select(H.kind, H.record_id, H.version, H.act, H.at).where(H.author == str(account_id)).order_by(H.at.desc()),
        "confirmations": select(F.subject_kind, F.subject_id, F.state, F.at).where(F.by == str(account_id)).order_by(F.at.desc()),
    }
