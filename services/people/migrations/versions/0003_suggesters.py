"""addresses for answers to suggestions; what follows a merge."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "suggestion_contact",
        sa.Column("suggestion_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_suggestion_contact")),
    )
    with op.batch_alter_table("suggestion_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_contact_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_contact_told_at"), ["told_at"], unique=False)
    op.create_table(
        "followed_merge",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("merge_id", "part", "subject_id", name=op.f("pk_followed_merge")),
    )


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
