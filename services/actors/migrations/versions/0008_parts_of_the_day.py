"""directory: in which parts of which days an offer has its hours, so that readers find offers in the evening."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from chassis.tables import Json

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ANY_TIME = 2**21 - 1
PARTS = ((360, 720), (720, 1080), (1080, 1380))


def upgrade() -> None:
    """Forward. The default lets the release before this one go on writing; its offers are found at any time until they are told again."""
    op.add_column("directory_offer", sa.Column("slots", sa.Integer(), nullable=False, server_default=str(ANY_TIME)))
    table = sa.table("directory_offer", sa.column("id", sa.Uuid()), sa.column("details", Json), sa.column("slots", sa.Integer()))
    rows = op.get_bind().execute(sa.select(table.c.id, table.c.details)).all()
    changes = [{"one": row.id, "bits": _slots(row.details.get("windows") or [])} for row in rows]
    if changes:
        op.get_bind().execute(sa.update(table).where(table.c.id == sa.bindparam("one")).values(slots=sa.bindparam("bits")), changes)


def _slots(windows: list[dict[str, int]]) -> int:
    bits = 0
    for window in windows:
        for number, (first, last) in enumerate(PARTS):
            if window["from_minute"] < last and window["to_minute"] > first:
                bits |= 1 << (3 * window["day"] + number)
    return bits if windows else ANY_TIME


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
