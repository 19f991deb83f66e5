"""figures of months by upper kind of help, and rows in the order of their key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMES = ("grain", "split", "measure", "start", "category", "area", "language", "bucket", "value")
OLD, NEW = (sa.table(name, *(sa.column(each) for each in NAMES)) for name in ("statistic", "statistic_new"))


def upgrade() -> None:
    """Forward."""
    connection = op.get_bind()
    op.drop_index("ix_statistic_split_start", table_name="statistic")
    if connection.dialect.name == "sqlite":
        op.create_table(
            "statistic_new",
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
            sqlite_with_rowid=False,
        )
        connection.execute(sa.insert(NEW).from_select(NAMES, sa.select(OLD)))
        op.drop_table("statistic")
        op.rename_table("statistic_new", "statistic")
    kind = OLD.c.category
    upper = sa.func.split_part(kind, ".", 1)
    if connection.dialect.name == "sqlite":
        upper = sa.func.substr(kind, 1, sa.func.instr(kind + sa.literal("."), ".") - 1)
    for split, name in (("category", "top"), ("category area", "top area"), ("category language", "top language")):
        chosen = sa.select(
            OLD.c.grain, sa.literal(name, sa.String(20)), OLD.c.measure, OLD.c.start, upper.label("upper"), OLD.c.area, OLD.c.language, OLD.c.bucket,
            sa.cast(sa.func.sum(OLD.c.value), sa.Integer),
        ).where(OLD.c.grain == "month", OLD.c.split == split)  # fmt: skip
        chosen = chosen.group_by(OLD.c.grain, OLD.c.measure, OLD.c.start, sa.text("upper"), OLD.c.area, OLD.c.language, OLD.c.bucket)
        connection.execute(sa.insert(OLD).from_select(NAMES, chosen))


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
