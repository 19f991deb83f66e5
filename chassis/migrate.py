"""Migrations of a service's database with Alembic: run by `./hub migrate` and by tests, never by a serving process.

`python -m chassis.migrate revision actors "words"` writes a new numbered migration from the difference between tables and database.
"""

import asyncio
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.sql.sqltypes import AutoString

from chassis.database import Database
from chassis.tables import UTCDateTime

SERVICES = Path(__file__).parent.parent / "services"
FULL_TEXT = "full_text_"
"""What a migration names so is each database's own full-text index, which tables in code do not describe."""

APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit WHEN OLD.seq IS NOT NULL BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.seq IS NULL OR NOT EXISTS "
    "(SELECT 1 FROM audit_head WHERE kind = 'checkpoint' AND seq >= OLD.seq) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
)
APPEND_ONLY_POSTGRESQL = (
    """CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seq IS NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'DELETE' AND OLD.seq IS NOT NULL
        AND EXISTS (SELECT 1 FROM audit_head WHERE kind = 'checkpoint' AND seq >= OLD.seq) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'audit is append-only'; END $$""",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
)


def make_audit_append_only(connection: Connection) -> None:
    """Triggers under which audit rows can only be added, sealed once, and purged behind a checkpoint. Call it in the first migration."""
    statements = APPEND_ONLY_SQLITE if connection.dialect.name == "sqlite" else APPEND_ONLY_POSTGRESQL
    for statement in statements:
        connection.execute(text(statement))


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:  # Any: Alembic's own hook signature
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from chassis.tables import Json")
        return "Json"
    return False


def run_env(metadata: MetaData) -> None:
    """The whole of a service's `migrations/env.py`: runs on the connection that `upgrade` opened."""
    connection: Connection = context.config.attributes["connection"]
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '5s'"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=_compare_type,
        include_name=_is_compared,
        render_item=_render,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _compare_type(ctx: Any, found_column: Any, meta_column: Any, found: Any, wanted: Any) -> bool | None:  # Any: Alembic's own hook signature
    return False if isinstance(wanted, UTCDateTime) else None


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SERVICES / service / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


async def _with_connection(url: str, service: str, act: Callable[[Config], None]) -> None:
    database = Database(url)  # its engine sets WAL and the other pragmas
    await database.close()
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_lock(7305911)"))
            config = _config(service)

            def call(sync_connection: Connection) -> None:
                config.attributes["connection"] = sync_connection
                act(config)

            await connection.run_sync(call)
            await connection.commit()
    finally:
        await engine.dispose()


async def upgrade(url: str, service: str, revision: str = "head") -> None:
    """Bring a database to a revision, under a lock. Running it twice changes nothing. A database newer than the code is refused by Alembic."""
    await _with_connection(url, service, lambda config: command.upgrade(config, revision))


def _is_compared(name: str | None, kind: str, parents: Any) -> bool:  # Any: Alembic's own hook signature
    return not (kind in ("table", "index") and name is not None and name.startswith(FULL_TEXT))


async def differences(url: str, service: str) -> list[Any]:
    """What the tables in code and the database disagree about; empty is right (Any: Alembic's operations)."""
    metadata: MetaData = importlib.import_module(f"services.{service}.tables").Base.metadata
    found: list[Any] = []
    options = {"compare_type": _compare_type, "include_name": _is_compared}

    def compare(connection: Connection) -> None:
        found.extend(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(compare)
    finally:
        await engine.dispose()
    return found


def new_revision(service: str, words: str, url: str) -> None:
    """Write the next numbered migration and point `head.txt` at it."""
    folder = SERVICES / service / "migrations"
    number = f"{len(list((folder / 'versions').glob('[0-9]*.py'))) + 1:04d}"
    asyncio.run(_with_connection(url, service, lambda config: _write(config, words, number)))
    (folder / "head.txt").write_text(number + "\n", encoding="utf-8")


def _write(config: Config, words: str, number: str) -> None:
    command.upgrade(config, "head")
    command.revision(config, message=words, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        new_revision(sys.argv[2], sys.argv[3], f"sqlite+aiosqlite:///{folder}/scratch.db")
