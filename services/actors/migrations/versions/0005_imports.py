"""imports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from chassis.tables import Json, UTCDateTime

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "import_source",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=True),
        sa.Column("citation", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_import_source")),
    )
    op.create_index(op.f("ix_import_source_actor_id"), "import_source", ["actor_id"])
    op.create_table(
        "import_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=60), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("remove_gone", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("links", Json, nullable=False),
        sa.Column("tables", Json, nullable=False),
        sa.Column("problem", Json, nullable=True),
        sa.Column("runner", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
    )
    op.create_index("ix_import_job_order", "import_job", ["created_at", "id"])
    op.create_index("ix_import_job_state", "import_job", ["state"])
    op.create_index(op.f("ix_import_job_source_key"), "import_job", ["source_key"])
    op.create_index(op.f("ix_import_job_actor_id"), "import_job", ["actor_id"])
    op.create_table(
        "import_file",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["import_job.id"], name=op.f("fk_import_file_job_id_import_job")),
        sa.PrimaryKeyConstraint("job_id", "place", "part", name=op.f("pk_import_file")),
    )
    op.create_table(
        "import_line",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("told", sa.String(length=12), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("message", Json, nullable=True),
        sa.Column("detail", Json, nullable=True),
        sa.Column("data", Json, nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["import_job.id"], name=op.f("fk_import_line_job_id_import_job")),
        sa.PrimaryKeyConstraint("job_id", "seq", name=op.f("pk_import_line")),
    )
    op.create_index("ix_import_line_outcome", "import_line", ["job_id", "outcome", "seq"])
    op.create_index("ix_import_line_told", "import_line", ["job_id", "told"])
    op.create_table(
        "imported_service",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.String(length=60), nullable=False),
        sa.Column("service_key", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_imported_service")),
        sa.UniqueConstraint("source_key", "service_key", name=op.f("uq_imported_service_source_key")),
    )
    op.create_index("ix_actor_name", "actor", ["name"])
    op.create_index(op.f("ix_imported_service_actor_id"), "imported_service", ["actor_id"])


def downgrade() -> None:
    """Refused: migrations are forward-only."""
    raise NotImplementedError("Migrations are forward-only; restore a backup instead.")
