"""provenance, identifiers, confirmations, capacities."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from chassis.ids import new_id
from chassis.tables import Json

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RECORDS = ("actor", "membership", "declaration", "initiative", "resource")
BATCH = 1000


def _times() -> list[sa.Column[Any]]:  # Any: columns of many types
    return [
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _origin() -> list[sa.Column[Any]]:  # Any: columns of many types
    return [
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(length=20), nullable=False, server_default="system"),
        sa.Column("quality", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("quality_due", sa.Date(), nullable=True),
    ]


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("entered_by", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=True),
        sa.Column("source", sa.String(length=500), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("state", Json, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("kind", "record_id", "version", name=op.f("uq_history_kind")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_at", ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_history_author"), ["author"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "record_id", name=op.f("pk_tombstone")),
    )
    with op.batch_alter_table("tombstone", schema=None) as batch_op:
        batch_op.create_index("ix_tombstone_removed_at", ["removed_at", "record_id"], unique=False)
        batch_op.create_index("ix_tombstone_slug", ["slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_tombstone_merged_into"), ["merged_into"], unique=False)
    op.create_table(
        "actor_identifier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_actor_identifier_actor_id_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor_identifier")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_actor_identifier_scheme")),
    )
    with op.batch_alter_table("actor_identifier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_identifier_actor_id"), ["actor_id"], unique=False)
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("side_actor_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["side_actor_id"], ["actor.id"], name=op.f("fk_confirmation_side_actor_id_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("subject_id", "other_id", "side_actor_id", name=op.f("uq_confirmation_subject_id")),
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_side_actor_id"), ["side_actor_id"], unique=False)
    _create_new_records()
    for table in RECORDS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in _origin():
                batch_op.add_column(column)
            if table == "membership":
                batch_op.add_column(sa.Column("confirmation", sa.String(length=20), nullable=False, server_default="none"))
            batch_op.create_index(f"ix_{table}_quality", ["quality", "id"], unique=False)
    for table in RECORDS:
        op.execute(sa.text(f"UPDATE {table} SET quality_due = '1970-01-01'"))  # noqa: S608 - names of our own tables
        _begin_history(table)


def _create_new_records() -> None:
    op.create_table(
        "capacity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        *_origin(),
        *_times(),
        sa.ForeignKeyConstraint(["municipality_id"], ["actor.id"], name=op.f("fk_capacity_municipality_id_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity")),
    )
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.create_index("ix_capacity_municipality_id", ["municipality_id", "purpose", "begins_on"], unique=False)
        batch_op.create_index("ix_capacity_order", ["begins_on", "id"], unique=False)
        batch_op.create_index("ix_capacity_quality", ["quality", "id"], unique=False)
    op.create_table(
        "practice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("source", sa.String(length=500), nullable=False),
        *_origin(),
        *_times(),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_practice_actor_id_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        sa.UniqueConstraint("actor_id", "practice", name=op.f("uq_practice_actor_id")),
    )
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_practice"), ["practice"], unique=False)
        batch_op.create_index("ix_practice_quality", ["quality", "id"], unique=False)


LISTS = ("themes", "partners", "topic_themes", "actors")
"""Columns that hold a list as `;a;b;`."""
UNRECORDED = ("folded", "quality", "quality_due")
"""Columns that are made from the others."""


def _value(column: str, value: Any) -> Any:  # Any: a column's value, and its JSON
    if column in LISTS:
        return [part for part in value.split(";") if part]
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def _begin_history(name: str) -> None:
    """What was recorded before there was a history gets its first line: entered, with the state as it is now."""
    connection = op.get_bind()
    records = sa.Table(name, sa.MetaData(), autoload_with=connection)
    on_sqlite = connection.dialect.name == "sqlite"  # there a reflected UUID column reads as text
    line = sa.table(
        "history", *(sa.column(part) for part in ("kind", "version", "act", "entered_by", "source", "read_on")),
        sa.column("id", sa.Uuid()), sa.column("record_id", sa.Uuid()), sa.column("state", Json), sa.column("at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    columns = [
        sa.type_coerce(column, sa.Uuid()).label(column.name) if on_sqlite and (column.name == "id" or column.name.endswith("_id")) else column
        for column in records.columns
    ]
    place = None
    while True:
        asked = sa.select(*columns).order_by(records.c.id).limit(BATCH)
        if place is not None:
            asked = asked.where(records.c.id > (place.hex if on_sqlite else place))
        rows = connection.execute(asked).mappings().all()
        if not rows:
            return
        place = rows[-1]["id"]
        connection.execute(
            sa.insert(line),
            [
                {
                    "id": new_id(), "kind": name, "record_id": row["id"], "version": row["version"], "act": "entered", "entered_by": "system",
                    "source": row["source"], "read_on": None, "at": row["updated_at"],
                    "state": {column: _value(column, value) for column, value in row.items() if column not in UNRECORDED},
                }
                for row in rows
            ],
        )  # fmt: skip


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
