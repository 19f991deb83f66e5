"""PostgreSQL answers questions about figures from their key alone, as SQLite does, whose rows lie in the key's order since 0011."""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE statistic DROP CONSTRAINT pk_statistic, ADD CONSTRAINT pk_statistic"
            " PRIMARY KEY (grain, split, measure, start, category, area, language, bucket) INCLUDE (value)"
        )


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
