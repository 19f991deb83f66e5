"""imported offers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "imported_offer",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_imported_offer")),
    )


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
