"""questions about requests, who entered an offer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "match_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(length=400), nullable=True),
        sa.Column("answer", sa.String(length=400), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["hub_match.id"], name=op.f("fk_match_question_match_id_hub_match")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_question")),
    )
    with op.batch_alter_table("match_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_question_match_id"), ["match_id"], unique=False)

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entered_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("closed_because", sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError("migrations only go forward; restore a backup instead")
