"""search and saved searches."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from chassis.tables import Json

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SQLITE = (
    "CREATE VIRTUAL TABLE full_text_search USING fts5(words, content='search_entry', content_rowid='id', prefix='2 3 4', "
    "detail='none', columnsize=0, tokenize=\"unicode61 remove_diacritics 0\")",
    "CREATE TRIGGER full_text_search_added AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO full_text_search(rowid, words) VALUES (NEW.id, NEW.words); END",
    "CREATE TRIGGER full_text_search_removed AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO full_text_search(full_text_search, rowid, words) VALUES ('delete', OLD.id, OLD.words); END",
    "CREATE TRIGGER full_text_search_changed AFTER UPDATE OF words ON search_entry WHEN OLD.words <> NEW.words BEGIN "
    "INSERT INTO full_text_search(full_text_search, rowid, words) VALUES ('delete', OLD.id, OLD.words); "
    "INSERT INTO full_text_search(rowid, words) VALUES (NEW.id, NEW.words); END",
)
POSTGRESQL = ("CREATE INDEX full_text_search ON search_entry USING gin (to_tsvector('simple', words))",)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "search_entry",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("folding", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.String(length=1200), nullable=False),
        sa.Column("sub", sa.String(length=30), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("lightness", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "record_id", name=op.f("uq_search_entry_kind")),
    )
    op.create_index("ix_search_entry_record_id", "search_entry", ["record_id"])
    op.create_index("ix_search_entry_order", "search_entry", ["kind", "sort_key"])
    op.create_table(
        "search_moved",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.String(length=1200), nullable=False),
        sa.Column("lightness", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_moved")),
    )
    op.create_index("ix_search_moved_record", "search_moved", ["record_id", "until"])
    op.create_index("ix_search_moved_until", "search_moved", ["until"])
    op.create_index(op.f("ix_search_moved_moved_at"), "search_moved", ["moved_at"])
    op.create_table(
        "former_name",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.Uuid(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "name", name=op.f("pk_former_name")),
    )
    op.create_index(op.f("ix_former_name_origin"), "former_name", ["origin"])
    op.create_table(
        "search_term", sa.Column("word", sa.String(length=60), nullable=False), sa.PrimaryKeyConstraint("word", name=op.f("pk_search_term"))
    )
    op.create_table(
        "search_gram",
        sa.Column("gram", sa.String(length=3), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("gram", "size", "word", name=op.f("pk_search_gram")),
        sqlite_with_rowid=False,
    )
    revisions = op.create_table(
        "registry_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("healed", sa.BigInteger(), nullable=False),
        sa.Column("folding", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_revision")),
    )
    op.bulk_insert(revisions, [{"id": 1, "revision": 1, "healed": 0, "folding": 0}])
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", Json, nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=10), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index(op.f("ix_saved_search_account_id"), "saved_search", ["account_id"])
    op.create_index(op.f("ix_saved_search_due_at"), "saved_search", ["due_at"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
