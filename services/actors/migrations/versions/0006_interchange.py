"""Every table in the order of its changes, for readers who keep a copy."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


TABLES = ("actor", "membership", "declaration", "initiative", "resource", "capacity", "practice", "directory_offer")


def upgrade() -> None:
    """Forward."""
    for table in TABLES:
        op.create_index(f"ix_{table}_changes", table, ["updated_at", "id"])


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
