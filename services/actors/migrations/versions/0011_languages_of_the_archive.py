"""in which languages a resource of the archive comes; what makes a resource good is weighed anew."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward. The timer of the scores looks first at what is due longest."""
    op.add_column("resource", sa.Column("languages", sa.String(length=800), server_default="", nullable=False))
    resource = sa.table("resource", sa.column("quality_due", sa.Date()))
    op.execute(resource.update().values(quality_due=date(2000, 1, 1)))


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
