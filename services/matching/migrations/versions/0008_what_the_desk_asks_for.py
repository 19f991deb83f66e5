"""what the desk asks for: reminders, reasons of moderators, and indexes of requests by their day and of the audit by its subject."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("hub_match") as table:
        table.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        table.create_index("ix_hub_match_state", ["state", "answer_by"])
    with op.batch_alter_table("offer") as table:
        table.add_column(sa.Column("refused_because", sa.String(length=20), nullable=True))
    op.create_index("ix_audit_subject_id", "audit", ["subject_id"])


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
