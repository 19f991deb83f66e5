"""daily figures and what is published of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from chassis.tables import Json

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "published_quarter",
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("start", name=op.f("pk_published_quarter")),
    )
    op.create_table(
        "statistic",
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("split", sa.String(length=20), nullable=False),
        sa.Column("measure", sa.String(length=30), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=120), nullable=False),
        sa.Column("area", sa.String(length=15), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "split", "measure", "start", "category", "area", "language", "bucket", name=op.f("pk_statistic")),
    )
    with op.batch_alter_table("statistic", schema=None) as batch_op:
        batch_op.create_index("ix_statistic_split_start", ["grain", "split", "start"], unique=False)

    op.create_table(
        "statistic_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_statistic_day")),
    )


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
