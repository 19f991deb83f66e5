"""memberships by member, and actors by kind, are counted over an index alone."""

from collections.abc import Sequence

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_index("ix_membership_member", "membership", ["member_id", "network_id"])
    op.drop_index("ix_membership_member_id", table_name="membership")
    op.create_index("ix_actor_kinds", "actor", ["kind", "country", "archived", "id"])
    op.drop_index("ix_actor_kind", table_name="actor")


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
