"""which kinds of help this city offers, under which names, in which order."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from chassis.tables import Json

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "category_choice",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("names", Json, nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("icon", sa.String(length=40), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category_choice")),
    )


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
