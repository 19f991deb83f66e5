"""network graph: drawings, positions, communities."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from chassis.tables import Json

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "graph_drawing",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=120), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_graph_drawing")),
    )
    op.create_table(
        "graph_position",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("degree", sa.Integer(), nullable=False),
        sa.Column("bridging", sa.BigInteger(), nullable=False),
        sa.Column("component", sa.Integer(), nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("drawing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_graph_position")),
    )
    op.create_index("ix_graph_position_degree", "graph_position", ["degree", "actor_id"])
    op.create_index("ix_graph_position_bridging", "graph_position", ["bridging", "actor_id"])
    op.create_index("ix_graph_position_community", "graph_position", ["community", "degree", "actor_id"])
    op.create_index(op.f("ix_graph_position_drawing"), "graph_position", ["drawing"])
    op.create_table(
        "graph_community",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_graph_community")),
    )


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
