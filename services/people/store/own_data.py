"""Links and addresses that are kept about the holder of an account: that they are there, and when; never what opens them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.people.tables import Base

INVITED, R, G, L, F, E = (
    Base.metadata.tables[name].c for name in ("invitation", "password_reset", "registration", "answer_link", "calendar_feed", "email_change")
)


def own_links(account_id: UUID) -> Mapping[str, Select[Any]]:
    """What to read, by kind, newest first. Whom somebody invited is that person's own: told is the role, and when."""
    return {
        "invitations_you_made": select(
            INVITED.role, INVITED.actor_id, INVITED.locale, INVITED.created_at, INVITED.expires_at, INVITED.used_at, INVITED.revoked_at
        )
        .where(INVITED.invited_by == account_id)
        .order_by(INVITED.created_at.desc()),
        "invitations_you_got": select(
            INVITED.role, INVITED.actor_id, INVITED.locale, INVITED.created_at, INVITED.expires_at, INVITED.used_at, INVITED.revoked_at
        )
        .where(INVITED.account_id == account_id)
        .order_by(INVITED.created_at.desc()),
        "registrations": select(G.locale, G.created_at, G.expires_at, G.used_at).where(G.account_id == account_id).order_by(G.created_at.desc()),
        "new_password_links": select(R.created_at, R.expires_at, R.used_at).where(R.account_id == account_id).order_by(R.created_at.desc()),
        "answer_links": select(L.match_id, L.created_at, L.expires_at, L.used_at).where(L.account_id == account_id).order_by(L.created_at.desc()),
        "calendar_addresses": select(F.created_at).where(F.account_id == account_id),
        "email_changes_waiting": select(E.created_at, E.expires_at, E.old_confirmed_at, E.new_confirmed_at).where(E.account_id == account_id),
    }
