"""suggestions, claims, duplicates, merges."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from chassis.tables import Json

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _times(*more: str) -> tuple[sa.Column[Any], ...]:  # Any: a column's type
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in more),
    )


def upgrade() -> None:
    """Forward."""
    _suggestions()
    _duplicates()
    op.create_table(
        "actor_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("steps", Json, nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor_merge")),
    )
    with op.batch_alter_table("actor_merge", schema=None) as batch_op:
        batch_op.create_index("ix_actor_merge_list", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actor_merge_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actor_merge_gone_id"), ["gone_id"], unique=False)
    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimed", sa.Boolean(), nullable=False, server_default=sa.false()))


def _suggestions() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("record_kind", sa.String(length=20), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.Column("values", Json, nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("result_kind", sa.String(length=20), nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        *_times("decided_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index("ix_suggestion_queue", ["state", "created_at", "id"], unique=False)
        batch_op.create_index("ix_suggestion_content", ["content_key", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_record_id"), ["record_id"], unique=False)
    op.create_table(
        "suggestion_ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("suggestion_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_ask_suggestion_id_suggestion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_ask")),
        sa.UniqueConstraint("stamp", name=op.f("uq_suggestion_ask_stamp")),
    )
    with op.batch_alter_table("suggestion_ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_ask_suggestion_id"), ["suggestion_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_ask_created_at"), ["created_at"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        *_times("decided_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_queue", ["state", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_account_id"), ["account_id"], unique=False)


def _duplicates() -> None:
    op.create_table(
        "duplicate_key",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("key", "actor_id", name=op.f("pk_duplicate_key")),
    )
    with op.batch_alter_table("duplicate_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_key_actor_id"), ["actor_id"], unique=False)
    op.create_table(
        "duplicate_seen",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_duplicate_seen")),
    )
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Uuid(), nullable=False),
        sa.Column("high_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_duplicate_pair_low_id")),
    )
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.create_index("ix_duplicate_pair_queue", ["state", "score", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_pair_high_id"), ["high_id"], unique=False)


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
